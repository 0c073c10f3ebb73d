"""Firms of a list put into the territory and into a round: each once, completed, never doubled."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.lifecycle import ResponseState, RoundState
from webapp.mapping.apart import HostileError, cells_apart
from webapp.mapping.firm_list import (
    FirmLine,
    FirmList,
    LineProblem,
    read_rows,
    read_text,
    same_name,
)
from webapp.models import Firm, Response, Round, Site, Territory, vault_of
from webapp.operations import journal, post, scope
from webapp.operations.errors import OperationError
from webapp.operations.territory import set_up
from webapp.policy import Action, Actor, FieldClass, Role, ensure

ZIP_SIGN = b"PK"
REGISTER = ("commune_code", "activity_code", "headcount")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of a list. ``unnamed``: sites known by their SIRET only, still to be named."""

    new: int
    completed: int
    known: int
    merged: int
    unnamed: int
    problems: tuple[LineProblem, ...]


def add_pasted(
    session: Session, actor: Actor, round_id: str, text: str, *, now: datetime.datetime
) -> Added:
    """Firms as pasted. Raises OperationError ``list-empty``, ``round-over``."""
    return _add(session, actor, round_id, read_text(text), now)


def add_workbook(
    session: Session, actor: Actor, round_id: str, content: bytes, *, now: datetime.datetime
) -> Added:
    """Firms of a workbook's first sheet, read in a process of its own.

    Raises
    ------
    OperationError
        ``file-kind``, ``file-hostile``, ``list-empty``, ``round-over``.
    """
    ensure(actor, Action.RUN_ROUND, FieldClass.PERSONAL)
    if not content.startswith(ZIP_SIGN):
        raise OperationError("file-kind")
    try:
        rows = cells_apart(content)
    except HostileError:
        raise OperationError("file-hostile") from None
    return _add(session, actor, round_id, read_rows(rows), now)


def _add(
    session: Session, actor: Actor, round_id: str, found: FirmList, now: datetime.datetime
) -> Added:
    ensure(actor, Action.RUN_ROUND, FieldClass.PERSONAL)
    row = scope.round_in(session, actor, round_id)
    if row.state not in {RoundState.DRAFT, RoundState.OPEN}:
        raise OperationError("round-over")
    if not found.lines and not found.problems:
        raise OperationError("list-empty")
    territory = session.get_one(Territory, actor.territory_id)
    counts = {"new": 0, "completed": 0, "known": 0}
    problems = list(found.problems)
    unnamed = 0
    asked = {response.site_id for response in row.responses}
    by_name = {
        same_name(site.name): site
        for site in session.scalars(
            select(Site).join(Firm).where(Firm.territory_id == territory.id).order_by(Site.id)
        )
    }
    for line in found.lines:
        site = _known(session, territory, line, by_name)
        outcome = "known"
        if site is None:
            site = set_up.create_site(session, territory, _as_row(line))
            assert site is not None, "a SIRET that is there was found above"
            by_name[same_name(site.name)] = site
            outcome = "new"
        elif _complete(site, line):
            outcome = "completed"
        unnamed += site.name == site.siret
        if line.community:
            site.community = line.community
        contact = _give_contact(session, territory, site.firm, line, problems)
        counts["completed" if contact and outcome == "known" else outcome] += 1
        if site.id not in asked:
            asked.add(site.id)
            _ask(session, row, site)
    session.flush()
    journal.record(session, actor, "firms_added", row.public_id, now=now, counts=counts)
    return Added(**counts, merged=found.merged, unnamed=unnamed, problems=tuple(problems))


def _known(
    session: Session, territory: Territory, line: FirmLine, by_name: dict[str, Site]
) -> Site | None:
    if line.siret:
        site = session.scalar(
            select(Site)
            .join(Firm)
            .where(Site.siret == line.siret, Firm.territory_id == territory.id)
        )
        if site is not None:
            return site
        twin = by_name.get(same_name(line.name)) if line.name else None
        return twin if twin is not None and twin.siret is None else None
    return by_name.get(same_name(line.name))


def _complete(site: Site, line: FirmLine) -> bool:
    """Give a known site what it lacked; nothing that was there is changed."""
    gaps = {
        name: getattr(line, name)
        for name in REGISTER
        if getattr(line, name) and not site.register.get(name)
    }
    is_better = bool(gaps)
    if gaps:
        site.register = {**site.register, **gaps}
    if line.siret and site.siret is None:
        site.siret, is_better = line.siret, True
    if line.name and site.name == site.siret:
        site.name, is_better = line.name, True
        site.firm.name = line.name
    return is_better


def _give_contact(
    session: Session,
    territory: Territory,
    firm: Firm,
    line: FirmLine,
    problems: list[LineProblem],
) -> bool:
    """An account for whoever answers; a firm that has one keeps it."""
    if not line.address or post.managers_of(session, firm):
        return False
    try:
        set_up.create_account(
            session,
            territory,
            Role.MANAGER,
            name=line.contact or line.name or firm.name,
            address=line.address,
            phone=line.phone,
            firm=firm,
        )
    except OperationError:
        problems.append(LineProblem(number=line.number, value=line.address, code="address-taken"))
        return False
    return True


def _ask(session: Session, row: Round, site: Site) -> None:
    row.responses.append(
        Response(
            public_id=vault_of(session).new_token(),
            site=site,
            state=ResponseState.LISTED.value,
        )
    )


def _as_row(line: FirmLine) -> dict[str, str]:
    name = line.name or line.siret
    return {
        "name": name,
        "firm": name,
        "siret": line.siret,
        **{key: getattr(line, key) for key in REGISTER if getattr(line, key)},
    }
