"""What a matching found besides leads: what became of the round before, and why not the rest."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import ErasedError, Round, Run, vault_of
from webapp.operations import journal, scope
from webapp.operations.errors import NotFoundError
from webapp.operations.territory.matching import keys_behind
from webapp.policy import Action, Actor, FieldClass, ensure


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Of one run. ``since`` None: the round follows none; ``why_not`` by site, in their order."""

    round_id: str
    round_name: str
    before_name: str
    since: Mapping[str, Any] | None
    why_not: Mapping[str, list[dict[str, Any]]]


def findings(session: Session, actor: Actor, round_id: str, *, now: datetime.datetime) -> Findings:
    """Of the round's newest run; the look is logged.

    Raises
    ------
    NotFoundError
        Before any run, or when one of the firms was destroyed.
    """
    ensure(actor, Action.REVIEW_LEADS, FieldClass.TRUSTED)
    row = scope.round_in(session, actor, round_id)
    run = session.scalar(select(Run).where(Run.round_id == row.id).order_by(Run.id.desc()).limit(1))
    if run is None or run.told is None:
        raise NotFoundError
    try:
        told = vault_of(session).open_jointly(keys_behind(row), run.told)
    except ErasedError:
        raise NotFoundError from None
    journal.record(session, actor, "findings_read", row.public_id, now=now)
    by_site: dict[str, list[dict[str, Any]]] = {}
    for item in sorted(told["why_not"], key=lambda item: str(item["site"])):
        by_site.setdefault(item["site"], []).append(item)
    before = session.scalar(
        select(Round.name).where(
            Round.public_id == row.previous, Round.territory_id == row.territory_id
        )
    )
    return Findings(
        round_id=row.public_id,
        round_name=row.name,
        before_name=before or "",
        since=told["since"],
        why_not=by_site,
    )
