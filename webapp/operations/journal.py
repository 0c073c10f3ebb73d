"""The audit log: lines that are only added, each holding the digest of the one before."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import AuditLine, Firm, Territory
from webapp.policy import Actor

START = "0" * 64
KEPT = "lines_kept"
"""Where a session that only reads keeps its lines: reading a page must not hold up who writes."""

_LAST = select(AuditLine.id, AuditLine.digest).order_by(AuditLine.id.desc()).limit(1)
_CHAINED = ("id", "territory", "at", "actor", "role", "action", "subject", "firm", "detail")


def record(
    session: Session,
    actor: Actor | None,
    action: str,
    subject: str,
    *,
    now: datetime.datetime,
    firm: Firm | None = None,
    territory_id: int | None = None,
    **detail: Any,
) -> None:
    """Add a line. ``actor`` None: the system. ``detail`` holds ids, codes and counts only.

    In a session that only reads (:data:`KEPT`) the line is kept, to be added by :func:`add_kept`.
    """
    number = territory_id if actor is None else actor.territory_id
    territory = None if number is None else session.get(Territory, number)
    values = {
        "territory": None if territory is None else territory.public_id,
        "at": now.astimezone(datetime.UTC).isoformat(),
        "actor": "system" if actor is None else actor.public_id,
        "role": "system" if actor is None else actor.role.value,
        "action": action,
        "subject": subject,
        "firm": None if firm is None else firm.public_id,
        "detail": detail,
    }
    kept = session.info.get(KEPT)
    if kept is None:
        _add(session, values)
    else:
        kept.append(values)


def add_kept(session: Session, kept: Iterable[Mapping[str, Any]]) -> None:
    """Add the lines of what was only read, in a transaction as short as can be."""
    for values in kept:
        _add(session, values)


def _add(session: Session, values: Mapping[str, Any]) -> None:
    last = session.execute(_LAST).first()
    number, digest = (0, START) if last is None else last
    line = AuditLine(**values, id=number + 1, previous=digest)
    line.digest = digest_of(_values(line), line.previous)
    session.add(line)
    session.flush()


def digest_of(values: Mapping[str, Any], previous: str) -> str:
    """What a line must hold: of its own values and the digest before."""
    text = json.dumps(
        {**values, "previous": previous}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken(lines: Iterable[AuditLine]) -> int | None:
    """The number of the first line that does not follow from the one before; None: all do."""
    previous, expected = START, 1
    for line in lines:
        if line.id != expected or line.previous != previous:
            return expected
        if line.digest != digest_of(_values(line), previous):
            return line.id
        previous, expected = line.digest, line.id + 1
    return None


def verify(session: Session) -> tuple[int, int | None]:
    """How many lines there are, and the first broken one."""
    lines = list(session.scalars(select(AuditLine).order_by(AuditLine.id)))
    return len(lines), first_broken(lines)


def lines_about(session: Session, firm_public_id: str) -> list[AuditLine]:
    """What was done to one firm's data, newest first."""
    return list(
        session.scalars(
            select(AuditLine)
            .where(AuditLine.firm == firm_public_id)
            .order_by(AuditLine.id.desc())
            .limit(200)
        )
    )


def _values(line: AuditLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in _CHAINED}
