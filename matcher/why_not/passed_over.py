"""Why a link that could have been was not kept: what stands in its way, once the plan is chosen.

Every answer is a fact of the plan, checked by arithmetic on what the chosen links leave free; no
price of the solver is read, since with 0/1 choices such prices only indicate.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matcher.declarations import Survey
from matcher.optimise.assembly import Assembly
from matcher.optimise.problem import ExchangeProblem, ExchangeSolution, Floats, Ints, Rows
from matcher.optimise.row_book import RowKind, RowName
from matcher.terms import Message

_ROUNDING = 1e-6
"""Amounts, seats and money closer than this share count as equal: the solver's own rounding."""


class Obstacle(StrEnum):
    """What keeps a link closed, in the order in which it is looked for."""

    PARTNER = "partner-better-served"  # what the chosen links leave of both ends would not pay
    BLEND = "blend-full"  # the mix of the taker would leave its limits
    MACHINE = "machine-full"  # the processor's hours are taken
    PERMIT = "permit-full"  # the taker's tonnes of the year are taken
    LOT = "lot-left"  # less than the least lot is left
    SEATS = "attention-spent"  # a site, a firm, a flow or the round has all its links
    NONE = "not-kept"  # nothing by itself: the best plan found did without


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """One closed link and its obstacle.

    ``left`` is the most that it could still carry a year, in the giver's unit, and ``short`` what
    it would then lack to cover its costs, in the objective's unit (0 when it would not lack any).
    """

    link: int
    obstacle: Obstacle
    left: float
    short: float
    row: RowName | None = None  # for SEATS: which; None: the number of proposals of the round


class Leftovers:
    """What a plan leaves free, for every link of its model."""

    def __init__(self, assembly: Assembly, solution: ExchangeSolution) -> None:
        self._assembly = assembly
        problem = assembly.problem
        self._problem = problem
        links = problem.counts[3]
        self._gain = np.zeros(links)
        self._gain[problem.arc_link] = problem.arc_gain
        # Beside those that are open, what nobody pays yet is its own to pay.
        ways = assembly.ways
        unpaid = np.where(solution.is_open[ways.first :], 0.0, problem.link_cost[ways.first :])
        self._cost = problem.link_cost.copy()
        self._cost[: ways.first] += ways.common(unpaid)
        room = _room_of_ends(problem, solution.amount)
        self._room = {Obstacle.PARTNER: self._by_link(room)}
        for obstacle, rows, upper in (
            (Obstacle.BLEND, problem.arc_rows, None),
            (Obstacle.MACHINE, problem.capacity_rows, problem.capacity),
        ):
            room = np.minimum(room, _room_of_rows(rows, upper, solution.amount))
            self._room[obstacle] = self._by_link(room)
        self._room[Obstacle.PERMIT] = np.minimum(
            self._room[Obstacle.MACHINE], _room_of_year(problem, solution.amount)
        )
        self._full_row = _first_full_row(problem, solution)
        limit = problem.max_links
        spent = float(problem.link_weight @ solution.is_open)
        self._round_is_full = limit is not None and spent + 1 > limit + _ROUNDING

    def _by_link(self, room: Floats) -> Floats:
        return np.bincount(
            self._problem.arc_link, room.sum(axis=1), minlength=self._problem.counts[3]
        )

    def obstacle_of(self, link: int) -> PassedOver:
        """What keeps one closed link out of this plan."""
        cost, least = float(self._cost[link]), float(self._problem.link_lot[link])
        for obstacle, room in self._room.items():
            left = float(room[link])
            short = cost - float(self._gain[link]) * left
            if short >= -_ROUNDING * max(cost, 1.0):
                return PassedOver(link=link, obstacle=obstacle, left=left, short=max(short, 0.0))
        if left < least * (1 - _ROUNDING):
            return PassedOver(link=link, obstacle=Obstacle.LOT, left=left, short=0.0)
        row = int(self._full_row[link])
        name = self._assembly.link_row_names[row] if row >= 0 else None
        if name is None and not (self._round_is_full and self._problem.link_weight[link] > 0):
            return PassedOver(link=link, obstacle=Obstacle.NONE, left=left, short=0.0)
        return PassedOver(link=link, obstacle=Obstacle.SEATS, left=left, short=0.0, row=name)


def who_is_full(row: RowName | None, survey: Survey) -> Message:
    """Who has all the leads allowed; without a row, the round as a whole."""
    if row is None:
        return Message(code="why-not.spent-round")
    if row.kind is RowKind.HOURS:
        return Message(code="why-not.spent-hours", values={"most": row.most})
    if row.kind is RowKind.SITE:
        values = {"site": survey.sites[row.of].name, "most": row.most}
        return Message(code="why-not.spent-site", values=values)
    if row.kind is RowKind.FIRM:
        name = min(site.name for site in survey.sites.values() if site.firm_id == row.of)
        return Message(code="why-not.spent-firm", values={"site": name, "most": row.most})
    name = survey.sites[survey.flows[row.of].site_id].name
    return Message(code="why-not.spent-flow", values={"site": name, "most": row.most})


def _room_of_ends(problem: ExchangeProblem, amount: Floats) -> Floats:
    """(A, T) what both ends of each arc have left."""
    supply, demand = problem.supply.copy(), problem.demand.copy()
    np.subtract.at(supply, problem.arc_offer, amount)
    np.subtract.at(demand, problem.arc_need, amount * problem.arc_yield[:, np.newaxis])
    supply[supply < _ROUNDING * problem.supply] = 0.0
    demand[demand < _ROUNDING * problem.demand] = 0.0
    return np.minimum(
        supply[problem.arc_offer],
        demand[problem.arc_need] / problem.arc_yield[:, np.newaxis],
    )


def _room_of_rows(rows: Rows, upper: Floats | None, amount: Floats) -> Floats:
    """(A, T) how much more each arc could carry before one of these rows is full."""
    room = np.full(amount.shape, np.inf)
    if not rows.column.size:
        return room
    count = rows.upper.size if upper is None else upper.shape[0]
    slack = np.zeros((count, amount.shape[1])) if upper is None else upper.copy()
    scale = np.abs(slack)
    terms = rows.coefficient[:, np.newaxis] * amount[rows.column]
    np.subtract.at(slack, rows.row, terms)
    np.add.at(scale, rows.row, np.abs(terms))
    slack[slack < _ROUNDING * scale] = 0.0
    takes = rows.coefficient > 0
    share = slack[rows.row[takes]] / rows.coefficient[takes, np.newaxis]
    np.minimum.at(room, rows.column[takes], share)
    return room


def _room_of_year(problem: ExchangeProblem, amount: Floats) -> Floats:
    """(L,) how much more each link could carry before a limit of the year is full."""
    rows = problem.year_rows
    upper = rows.upper[:, np.newaxis] if rows.upper.size else np.zeros((0, 1))
    by_arc = _room_of_rows(rows, upper, amount.sum(axis=1, keepdims=True))[:, 0]
    room = np.full(problem.counts[3], np.inf)
    np.minimum.at(room, problem.arc_link, by_arc)
    return room


def _first_full_row(problem: ExchangeProblem, solution: ExchangeSolution) -> Ints:
    """(L,) the first row over links that one more of them would break; -1 for none."""
    rows = problem.link_rows
    first = np.full(problem.counts[3], -1, np.int64)
    if not rows.column.size:
        return first
    used = np.bincount(
        rows.row,
        rows.coefficient * solution.is_open[rows.column],
        minlength=rows.upper.size,
    )
    full = used[rows.row] + rows.coefficient > rows.upper[rows.row] + _ROUNDING
    full &= rows.upper[rows.row] > 0  # what has only to be opened beside it is a cost, no limit
    entries = np.flatnonzero(full)[::-1]
    entries = entries[np.argsort(-rows.row[entries], kind="stable")]
    first[rows.column[entries]] = rows.row[entries]
    return first
