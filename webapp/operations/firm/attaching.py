"""What a firm sends instead of typing: our workbook, read at once; anything else, for the agent."""

from __future__ import annotations

import base64
import datetime
import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.catalogue import load_catalogue
from matcher.survey_format.writing import write_survey
from webapp.lifecycle import ResponseStep
from webapp.mapping.apart import HostileError, Problem, Reading, read_apart
from webapp.mapping.survey import OWN_ID, read_tables
from webapp.models import Attachment, Response, vault_of
from webapp.operations import journal, scope
from webapp.operations.errors import NotFoundError, OperationError
from webapp.operations.firm.answering import take_step
from webapp.operations.firm.cards import new_declaration, tables_of
from webapp.operations.firm.notes import open_sheet, private_of, whole
from webapp.policy import Action, Actor, FieldClass, ensure
from webapp.texts import Language

MOST_BYTES = 5_000_000
MOST_FILES = 5
MOST_SIGNS = 100
KINDS = {
    b"%PDF-": "pdf",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"PK\x03\x04": "xlsx",
}
"""What a file is, by its first bytes; its name says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """A file that waits for the agent, or was typed."""

    public_id: str
    name: str
    kind: str
    kilobytes: int
    at: datetime.datetime
    is_typed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What became of a file: cards made of it, what could not be read, whether it is kept."""

    cards: int
    problems: tuple[Problem, ...]
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file that was looked at. ``reading``: of a workbook, what it says."""

    content: bytes
    kind: str
    reading: Reading | None = None


def files(session: Session, actor: Actor, response_id: str) -> list[OwnFile]:
    """What was sent with a sheet, in order."""
    response = whole(session, actor, response_id)
    return [
        OwnFile(
            public_id=item.public_id,
            name=scope.opened(session, response.firm, item.name),
            kind=item.kind,
            kilobytes=max(1, round(item.size / 1000)),
            at=item.at,
            is_typed=item.typed_at is not None,
        )
        for item in _of(session, response)
    ]


def look_at(
    session: Session,
    actor: Actor,
    response_id: str,
    content: bytes,
    language: Language,
    *,
    as_of: datetime.date,
) -> Sent:
    """What a file is, and what our workbook says. In a session that only reads: a workbook takes
    a second or, meant badly, thirty, and nobody could write meanwhile.

    Raises
    ------
    OperationError
        ``file-empty``, ``file-too-big``, ``file-kind``, ``file-hostile``, ``closed``,
        ``charter-first``.
    """
    whole(session, actor, response_id)
    open_sheet(session, actor, response_id)
    kind = _kind(content)
    if kind != "xlsx":
        return Sent(content=content, kind=kind)
    try:
        return Sent(content=content, kind=kind, reading=read_apart(content, language, as_of))
    except HostileError:
        raise OperationError("file-hostile") from None


def attach(
    session: Session,
    actor: Actor,
    response_id: str,
    name: str,
    sent: Sent,
    *,
    now: datetime.datetime,
) -> Arrival:
    """Take a file: our workbook becomes cards to be read over, anything else waits for the agent.

    Raises
    ------
    OperationError
        ``too-many-files``, ``several-sites``, ``closed``, ``charter-first``.
    """
    whole(session, actor, response_id)
    response = open_sheet(session, actor, response_id)
    content, kind, reading = sent.content, sent.kind, sent.reading
    made = 0
    problems: tuple[Problem, ...] = ()
    if reading is not None:
        rows = _rows(reading, response, actor)
        problems = reading.problems if rows else ()
        made = _make_cards(session, actor, response, rows, content, now)
        if rows and not any(item.is_error for item in problems):
            take_step(response, ResponseStep.SAVE)
            return Arrival(cards=made, problems=problems, is_kept=False)
    if len(_of(session, response)) >= MOST_FILES:
        raise OperationError("too-many-files", most=MOST_FILES)
    item = Attachment(
        public_id=vault_of(session).new_token(),
        response_id=response.id,
        account_id=actor.account_id,
        kind=kind,
        size=len(content),
        name=scope.sealed(session, response.firm, _plain_name(name)),
        content=scope.sealed(session, response.firm, base64.b64encode(content).decode()),
        at=now,
    )
    session.add(item)
    take_step(response, ResponseStep.SAVE)
    session.flush()
    journal.record(session, actor, "file_sent", item.public_id, now=now, firm=response.firm)
    return Arrival(cards=made, problems=problems, is_kept=True)


def detach(
    session: Session, actor: Actor, response_id: str, public_id: str, *, now: datetime.datetime
) -> None:
    """Take a file back."""
    whole(session, actor, response_id)
    response = open_sheet(session, actor, response_id)
    for item in _of(session, response):
        if item.public_id == public_id:
            session.delete(item)
            journal.record(
                session, actor, "file_taken_back", public_id, now=now, firm=response.firm
            )
            return
    raise NotFoundError


def workbook(session: Session, actor: Actor, response_id: str, language: Language) -> bytes:
    """The firm's own answers as the survey's workbook: to keep, and to send again next time."""
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    response = whole(session, actor, response_id)
    site = response.site
    private = private_of(session, response)
    register = {k: v for k, v in site.register.items() if k not in {"latitude", "longitude"}}
    own: dict[str, Any] = {
        k: private[k] for k in ("working_pattern", "closed_months", "excluded") if k in private
    }
    tables: dict[str, list[Mapping[str, Any]]] = {
        "sites": [{"site_id": "S1", "name": site.name, "siret": site.siret, **register, **own}]
    }
    for number, item in enumerate(response.declarations, start=1):
        row = {**scope.opened(session, response.firm, item.row), "site_id": "S1"}
        if item.table in OWN_ID:
            row[OWN_ID[item.table]] = f"D{number:03d}"
        for quality in row.pop("qualities", []):
            tables.setdefault("qualities", []).append({**quality, "flow_id": f"D{number:03d}"})
        tables.setdefault(item.table, []).append(row)
    survey, _ = read_tables(tables, None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reponses.xlsx"
        write_survey(survey, path, load_catalogue(), language=language)
        return path.read_bytes()


def _kind(content: bytes) -> str:
    if not content:
        raise OperationError("file-empty")
    if len(content) > MOST_BYTES:
        raise OperationError("file-too-big", most=MOST_BYTES // 1_000_000)
    for start, kind in KINDS.items():
        if content.startswith(start):
            return kind
    raise OperationError("file-kind")


def _plain_name(name: str) -> str:
    """The end of a path, without signs that a header or a page could stumble over."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable())[:MOST_SIGNS] or "fichier"


def _rows(reading: Reading, response: Response, actor: Actor) -> list[tuple[str, dict[str, str]]]:
    """The rows of the firm's own site, by table; nothing when it is not our workbook."""
    sites = reading.tables.get("sites", [])
    own = {row["site_id"] for row in sites if row.get("siret") == response.site.siret}
    if not own and len(sites) > 1:
        raise OperationError("several-sites")
    own = own or {row["site_id"] for row in sites}
    return [
        (table, {k: v for k, v in row.items() if k not in {"site_id", OWN_ID.get(table, "")}})
        for table in tables_of(response, actor)
        for row in reading.tables.get(table, [])
        if row.get("site_id") in own
    ]


def _make_cards(
    session: Session,
    actor: Actor,
    response: Response,
    rows: list[tuple[str, dict[str, str]]],
    content: bytes,
    now: datetime.datetime,
) -> int:
    """A card for each row, to be read over; the same workbook again makes none."""
    mark = hashlib.sha256(content).hexdigest()[:16]
    known = {
        scope.opened(session, response.firm, item.row).get("fresh")
        for item in response.declarations
    }
    made = 0
    for number, (table, row) in enumerate(rows):
        fresh = f"{mark}:{number}"
        if fresh in known:
            continue
        item = new_declaration(session, response, table)
        item.row = scope.sealed(session, response.firm, {**row, "fresh": fresh})
        item.saved_at, item.saved_by = now, actor.account_id
        made += 1
    if made:
        response.receipt = None
        session.flush()
        journal.record(
            session, actor, "workbook_read", response.public_id, now=now, firm=response.firm,
            cards=made,
        )  # fmt: skip
    return made


def _of(session: Session, response: Response) -> list[Attachment]:
    return list(
        session.scalars(
            select(Attachment).where(Attachment.response_id == response.id).order_by(Attachment.id)
        )
    )
