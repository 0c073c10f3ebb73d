"""What of a plan may be published: bands over cells of at least three firms, none by subtraction.

Three firms, none of them more than 85 % of the cell, is the usual rule of French business
statistics; the counts are of firms, not of sites.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matcher.plan import Plan, Proposal

LEAST_FIRMS = 3
LEAST_PROPOSALS = 2  # no lead is shown alone
MOST_SHARE = 0.85
FAMILIES = ("matter", "energy", "water", "equipment", "jobs", "services")

Band = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the public table. When it is not published, its figures are None."""

    family: str | None  # None: all families together
    published: bool
    proposals: int | None = None
    firms: int | None = None
    gain_eur_per_year: Band | None = None
    diverted_t_per_year: Band | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFigures:
    """Everything that the public report may say in figures."""

    firms_surveyed: int | None
    cells: tuple[Cell, ...]
    total: Cell


@dataclass(slots=True)
class _Tally:
    proposals: list[Proposal]
    firms: set[str]

    def may_be_published(self, firm_of: Mapping[str, str]) -> bool:
        return (
            len(self.firms) >= LEAST_FIRMS
            and len(self.proposals) >= LEAST_PROPOSALS
            and not self._is_dominated(firm_of)
        )

    def _is_dominated(self, firm_of: Mapping[str, str]) -> bool:
        """Whether one firm has more than :data:`MOST_SHARE` of the gain."""
        gain: dict[str, float] = defaultdict(float)
        for proposal in self.proposals:
            for party in proposal.parties:
                gain[firm_of[party.site_id]] += abs(party.gain_eur_per_year)
        total = sum(gain.values())
        return total > 0 and max(gain.values()) > MOST_SHARE * total


def public_figures(plan: Plan) -> PublicFigures:
    """Figures by family and in all, with what must stay hidden hidden.

    A hidden cell takes others with it until no hidden cell, nor all of them together, can be had
    by subtracting what is shown from the total: at least two are hidden, of at least three firms;
    where that cannot be, the total is hidden too.
    """
    firm_of = _firm_of(plan)
    tallies = _tallies(plan, firm_of)
    whole = _tally(plan.proposals, firm_of)
    hidden = {family for family, tally in tallies.items() if not tally.may_be_published(firm_of)}
    shown = sorted(set(tallies) - hidden, key=lambda family: (len(tallies[family].firms), family))
    while hidden and shown and not _is_safe(hidden, tallies, firm_of):
        hidden.add(shown.pop(0))
    total_is_shown = whole.may_be_published(firm_of) and (
        not hidden or _is_safe(hidden, tallies, firm_of)
    )
    surveyed = len(set(firm_of.values()))
    return PublicFigures(
        firms_surveyed=surveyed if surveyed >= LEAST_FIRMS else None,
        # A family without any lead looks like a hidden one: what is hidden cannot be counted.
        cells=tuple(
            _cell(family, tallies[family], True)
            if family in tallies and family not in hidden
            else Cell(family=family, published=False)
            for family in FAMILIES
        ),
        total=_cell(None, whole, total_is_shown),
    )


def _is_safe(hidden: set[str], tallies: Mapping[str, _Tally], firm_of: Mapping[str, str]) -> bool:
    """Whether the hidden cells together could be published: two at least, as one cell."""
    together = [proposal for family in hidden for proposal in tallies[family].proposals]
    return len(hidden) >= 2 and _tally(together, firm_of).may_be_published(firm_of)


def _firm_of(plan: Plan) -> dict[str, str]:
    firms = {site_id: site.firm_id for site_id, site in plan.sites.items()}
    for proposal in plan.proposals:
        for party in proposal.parties:
            firms.setdefault(party.site_id, party.site_id)
    return firms


def _tally(proposals: Iterable[Proposal], firm_of: Mapping[str, str]) -> _Tally:
    kept = list(proposals)
    return _Tally(
        proposals=kept,
        firms={firm_of[party.site_id] for proposal in kept for party in proposal.parties},
    )


def _tallies(plan: Plan, firm_of: Mapping[str, str]) -> dict[str, _Tally]:
    by_family: dict[str, list[Proposal]] = defaultdict(list)
    for proposal in plan.proposals:
        view = plan.declarations.get(proposal.parties[0].declaration_id)
        by_family["matter" if view is None else view.family].append(proposal)
    return {family: _tally(proposals, firm_of) for family, proposals in by_family.items()}


def _cell(family: str | None, tally: _Tally, published: bool) -> Cell:
    if not published:
        return Cell(family=family, published=False)
    yearly = [proposal for proposal in tally.proposals if not proposal.one_off]
    return Cell(
        family=family,
        published=True,
        proposals=len(tally.proposals),
        firms=len(tally.firms),
        gain_eur_per_year=band(sum(item.gain_eur_per_year.value or 0.0 for item in yearly)),
        diverted_t_per_year=band(sum(item.diverted_t_per_year.value or 0.0 for item in yearly)),
    )


def band(value: float) -> Band | None:
    """The 1-2-5 band that holds a value: 230 000 is in 200 000 to 500 000; None at 0 or below."""
    if value <= 0:
        return None
    power = 10.0 ** math.floor(math.log10(value))
    for low, high in ((1, 2), (2, 5), (5, 10)):
        if value < high * power:
            return low * power, high * power
    return 10 * power, 20 * power  # rounding put the value on the next power
