"""What the agent takes away of a round: its survey as files, its network as a page."""

from __future__ import annotations

import datetime
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.mapping.survey import write_folder
from webapp.models import ErasedError, Run, vault_of
from webapp.operations import journal, scope
from webapp.operations.errors import NotFoundError
from webapp.operations.territory.matching import keys_behind, survey_tables
from webapp.policy import Action, Actor, FieldClass, ensure
from webapp.texts import Language

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def survey_zip(session: Session, actor: Actor, round_id: str, *, now: datetime.datetime) -> bytes:
    """The answers that were sent, in the files that ``maillage match`` reads; logged for each firm.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    ensure(actor, Action.READ_ANSWERS, FieldClass.TRUSTED)
    row = scope.round_in(session, actor, round_id)
    tables = survey_tables(session, row)
    for response in row.responses:
        if response.submitted_at is not None:
            journal.record(
                session, actor, "answers_taken", response.public_id, now=now, firm=response.firm
            )
    harmless = {
        name: [{key: _harmless(value) for key, value in line.items()} for line in lines]
        for name, lines in tables.items()
    }
    kept = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(kept, "w") as archive:
        write_folder(harmless, Path(folder))
        for path in sorted(Path(folder).iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
    return kept.getvalue()


def network(
    session: Session, actor: Actor, round_id: str, language: Language, *, now: datetime.datetime
) -> str:
    """The page of the round's newest run, with names; the look is logged.

    Raises
    ------
    NotFoundError
        Before any run, or when one of the firms was destroyed.
    """
    ensure(actor, Action.REVIEW_LEADS, FieldClass.TRUSTED)
    row = scope.round_in(session, actor, round_id)
    run = session.scalar(select(Run).where(Run.round_id == row.id).order_by(Run.id.desc()).limit(1))
    if run is None or run.drawing is None:
        raise NotFoundError
    journal.record(session, actor, "network_read", row.public_id, now=now)
    try:
        pages: dict[str, str] = vault_of(session).open_jointly(keys_behind(row), run.drawing)
    except ErasedError:
        raise NotFoundError from None
    return pages[language]


def _harmless(value: Any) -> Any:
    text = str(value)
    if not text.startswith(FORMULA_SIGNS):
        return value
    try:
        float(text.replace(",", "."))
    except ValueError:
        return f"'{text}"
    return value
