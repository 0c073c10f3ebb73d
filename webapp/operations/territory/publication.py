"""The élu's page of a round: what the agent prepares, previews and publishes."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.lifecycle import LeadState, ResponseState
from webapp.models import (
    ErasedError,
    Firm,
    LeadRow,
    Publication,
    Round,
    Site,
    Synergy,
    Territory,
    vault_of,
)
from webapp.operations import journal, scope
from webapp.operations.errors import OperationError
from webapp.operations.publishing import (
    Cell,
    Tally,
    as_stored,
    counted,
    divided,
    from_stored,
    not_undone,
    summed,
)
from webapp.operations.stages import AXES, INDICATORS, SynergyStage
from webapp.operations.territory.naming import NamedFirm, firms_named
from webapp.policy import Action, Actor, ensure

COURSE = ("asked", "answered", "proposed", "agreed", "running")
BASES = ("promised", "measured")
WORDS = ("decide-1", "decide-2", "decide-3", "blocks-1", "blocks-2", "aloud", "not-yet")
MOST_SIGNS = 400
ACTIVE = (SynergyStage.RUNNING, SynergyStage.MEASURED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A publication, as it may be read: values by name of cell, None for secret."""

    round_id: str
    round_name: str
    at: datetime.datetime | None
    values: Mapping[str, float | None]
    hours: float
    public_eur: float
    words: Mapping[str, str]
    communities: tuple[str, ...]
    before: Mapping[str, float | None] | None = None
    before_name: str = ""


def preview(session: Session, actor: Actor, round_id: str) -> Shown:
    """What would be published now, with the words of the last time."""
    ensure(actor, Action.RUN_ROUND)
    row = scope.round_in(session, actor, round_id)
    last = latest(session, row)
    cells = _cells(session, row)
    values, _ = as_stored(cells)
    return _shown(
        session, row, None, values, _means(session, row), {} if last is None else last.words
    )


def publish(
    session: Session,
    actor: Actor,
    round_id: str,
    words: Mapping[str, str],
    *,
    names_agreed: bool = False,
    now: datetime.datetime,
) -> tuple[NamedFirm, ...]:
    """Freeze the figures and hand them to elected people; nothing named: it is done.

    Where the agent's words seem to name firms, these are returned and nothing is published, until
    the agent says that they agreed (``names_agreed``): each then finds a line of it in its log.

    Raises
    ------
    OperationError
        ``too-long``.
    """
    ensure(actor, Action.RUN_ROUND)
    row = scope.round_in(session, actor, round_id)
    kept = {name: words.get(name, "").strip() for name in WORDS}
    if any(len(text) > MOST_SIGNS for text in kept.values()):
        raise OperationError("too-long", most=MOST_SIGNS)
    named = tuple(firms_named(session, row.territory_id, kept.values()))
    if named and not names_agreed:
        return named
    for item in named:
        firm = session.get_one(Firm, item.firm_id)
        journal.record(session, actor, "firm_named", row.public_id, now=now, firm=firm)
    values, members = as_stored(_cells(session, row))
    vault = vault_of(session)
    territory = session.get_one(Territory, row.territory_id)
    session.add(
        Publication(
            public_id=vault.new_token(),
            round_id=row.id,
            account_id=actor.account_id,
            at=now,
            figures={"values": values, **_means(session, row)},
            words=kept,
            members=vault.seal([territory.sealing_key], members),
        )
    )
    session.flush()
    journal.record(session, actor, "figures_published", row.public_id, now=now)
    return ()


def published(session: Session, actor: Actor) -> list[Shown]:
    """The latest publication of each round, newest round first: all that an élu may read."""
    ensure(actor, Action.READ_AGGREGATES)
    rows = session.scalars(
        select(Round).where(Round.territory_id == actor.territory_id).order_by(Round.id.desc())
    )
    return [
        _stored(session, row, found) for row in rows if (found := latest(session, row)) is not None
    ]


def one_published(session: Session, actor: Actor, round_id: str) -> Shown | None:
    """The page of one round, last year beside this one; None while nothing was published."""
    ensure(actor, Action.READ_AGGREGATES)
    row = scope.round_in(session, actor, round_id, with_purged=True)
    found = latest(session, row)
    return None if found is None else _stored(session, row, found)


def latest(session: Session, row: Round) -> Publication | None:
    """The last thing that was said of a round."""
    return session.scalar(
        select(Publication)
        .where(Publication.round_id == row.id)
        .order_by(Publication.id.desc())
        .limit(1)
    )


def _stored(session: Session, row: Round, found: Publication) -> Shown:
    figures = found.figures
    return _shown(session, row, found.at, figures["values"], figures, found.words)


def _shown(
    session: Session,
    row: Round,
    at: datetime.datetime | None,
    values: Mapping[str, Any],
    means: Mapping[str, Any],
    words: Mapping[str, Any],
) -> Shown:
    earlier = session.scalar(
        select(Round)
        .where(
            Round.territory_id == row.territory_id,
            Round.public_id == row.previous if row.previous else Round.id < row.id,
        )
        .order_by(Round.id.desc())
        .limit(1)
    )
    before = None if earlier is None else latest(session, earlier)
    return Shown(
        round_id=row.public_id,
        round_name=row.name,
        at=at,
        values=values,
        hours=means["hours"],
        public_eur=means["public_eur"],
        words={name: str(words.get(name, "")) for name in WORDS},
        communities=tuple(
            sorted(name.removeprefix("agreed@") for name in values if name.startswith("agreed@"))
        ),
        before=None if before is None else before.figures["values"],
        before_name="" if before is None or earlier is None else earlier.name,
    )


def _cells(session: Session, row: Round) -> dict[str, Cell]:
    """Every cell of the page, hidden where it must be, also against what was said before."""
    cells = {**_course(session, row), **_results(session, row)}
    for earlier in session.scalars(
        select(Publication).where(Publication.round_id == row.id).order_by(Publication.id)
    ):
        territory = session.get_one(Territory, row.territory_id)
        members = vault_of(session).open([territory.sealing_key], earlier.members)
        cells = not_undone(cells, from_stored(earlier.figures["values"], members))
    return cells


def _course(session: Session, row: Round) -> dict[str, Cell]:
    """Firms asked, answering, with a proposal, agreed, at work; and by communauté, by axis."""
    whole = {name: Tally() for name in COURSE}
    parts: dict[str, dict[str, Tally]] = {name: defaultdict(Tally) for name in COURSE}
    for name, site, lead in _happenings(session, row):
        whole[name].add(1, [site.firm_id], lead)
        if site.community:
            parts[name][site.community].add(1, [site.firm_id], lead)
    by_axis: dict[str, Tally] = {axis: Tally() for axis in AXES}
    for synergy in _synergies(session, row):
        by_axis[synergy.axis].add(1, [party.firm_id for party in synergy.lead.parties])
    cells = {name: counted(tally) for name, tally in whole.items()}
    for name, places in parts.items():
        division = divided({place: counted(tally) for place, tally in places.items()})
        cells |= {f"{name}@{place}": cell for place, cell in division.items()}
    axes = divided({axis: counted(tally) for axis, tally in by_axis.items()})
    return cells | {f"axis:{axis}": cell for axis, cell in axes.items()}


def _happenings(session: Session, row: Round) -> Iterator[tuple[str, Site, int | None]]:
    """A step of the course, the site that took it, the lead that it took it in."""
    for response in row.responses:
        if response.mails or response.submitted_at:
            yield "asked", response.site, None
        if response.state == ResponseState.SUBMITTED:
            yield "answered", response.site, None
    at_work = {item.lead_id for item in _synergies(session, row) if item.stage in ACTIVE}
    for lead in session.scalars(
        select(LeadRow).where(LeadRow.round_id == row.id, LeadRow.sent_at.is_not(None))
    ):
        for party in lead.parties:
            yield "proposed", party.site, lead.id
            if lead.state == LeadState.REVEALED:
                yield "agreed", party.site, lead.id
            if lead.id in at_work:
                yield "running", party.site, lead.id


def _results(session: Session, row: Round) -> dict[str, Cell]:
    """Promised and measured, each by itself: the latest year of each figure, never two added."""
    tallies = {f"{basis}:{name}": Tally() for basis in BASES for name in INDICATORS}
    vault = vault_of(session)
    for synergy in _synergies(session, row):
        firms = [party.firm_id for party in synergy.lead.parties]
        latest_year: dict[tuple[str, str], Any] = {}
        for result in synergy.results:
            key = (result.basis, result.indicator)
            if key not in latest_year or result.year > latest_year[key].year:
                latest_year[key] = result
        for (basis, indicator), result in latest_year.items():
            try:
                amount = vault.open(synergy.keys, result.sealed)["amount"]
            except ErasedError:
                continue
            tallies[f"{basis}:{indicator}"].add(amount, firms, synergy.lead_id)
    return {name: summed(tally) for name, tally in tallies.items()}


def _means(session: Session, row: Round) -> dict[str, float]:
    """What it took of public means: hours of agents and euros, which tell of no firm."""
    synergies = _synergies(session, row)
    minutes = sum(item.minutes for synergy in synergies for item in synergy.efforts)
    euros = sum(item.public_eur for synergy in synergies for item in synergy.efforts)
    return {"hours": round(minutes / 60), "public_eur": float(euros)}


def _synergies(session: Session, row: Round) -> list[Synergy]:
    return list(
        session.scalars(
            select(Synergy)
            .join(LeadRow, LeadRow.id == Synergy.lead_id)
            .where(LeadRow.round_id == row.id)
            .order_by(Synergy.id)
        )
    )
