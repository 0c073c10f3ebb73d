"""Set packing by columns: choose groups that share no member and are worth most together.

Where all groups fit in memory they are enumerated; where they do not, they are priced anew in every
round, leader by leader, and only the best are kept. Either way every group is looked at, so the
bound (38) is that of all of them, never only of those in the programme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from matcher.optimise import solver
from matcher.optimise.problem import Bools, Floats, Ints, SolveReport, SolveStatus, relative_gap
from matcher.optimise.program import Program, solve_program
from matcher.settings import Settings

Priced = Callable[[Floats, float], Iterator[tuple[Ints, Floats]]]
"""(prices, above) -> blocks of groups worth more than prices + above: members (G, k), value (G,).

The first member of a group is its leader, and the lowest position of all.
"""

# Groups kept in memory: 1.5 million of four members and a value are 60 MB.
ENOUGH_COLUMNS = 1_500_000
# Groups a leader that enter the programme in one round.
_PER_LEADER = 20
_ROUNDS = 200
# Above so many groups, a better plan is looked for before the last choice, to this gap.
_MANY, _FIRST_GAP = 4_000, 2e-3
# Groups in the last choice; more than that takes longer to prove than it is worth.
_LAST_CHOICE = 60_000
_NOTHING = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Groups in hand: members (C, k), -1 padded, and value (C,)."""

    members: Ints
    value: Floats

    @property
    def count(self) -> int:
        """How many."""
        return len(self.value)

    def reduced(self, price: Floats) -> Floats:
        """(C,) value less the prices of the members."""
        padded = np.append(price, 0.0)
        return np.asarray(self.value - padded[self.members].sum(axis=1))

    def at(self, which: Ints | Bools) -> Columns:
        """Some of them."""
        return Columns(members=self.members[which], value=self.value[which])


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """Groups chosen (their members, -1 padded), and what is proved."""

    members: Ints
    report: SolveReport


def pack(
    size: int, most: int, priced: Priced, settings: Settings, enough: int = ENOUGH_COLUMNS
) -> Packing:
    """Choose among all groups that ``priced`` knows.

    Parameters
    ----------
    size, most
        Number of sites; largest group.
    priced
        Where groups come from.
    settings
        Gap, nodes, seed and the emergency stop.
    enough
        More groups than this are never in memory at once.

    Raises
    ------
    NoPlanError
        When a solver hands back nothing.
    """
    deadline = solver.Deadline.after(settings.time_limit_s)
    pool = _all_columns(size, most, priced, enough)
    source = priced if pool is None else _from(pool)
    columns, price, bound = _relaxed(size, most, source, settings, deadline)
    chosen = _dive(size, columns, settings, deadline)
    objective = float(chosen.value.sum())
    status: str = SolveStatus.OPTIMAL
    if relative_gap(objective, max(bound, objective)) > settings.gap:
        chosen, objective, bound, status = _last_choice(
            size, most, source, settings, deadline, (columns, price, chosen, bound)
        )
    seconds = deadline.spent_s(settings.time_limit_s)
    if bound - objective < _NOTHING * max(abs(objective), 1.0):
        bound = objective
    report = solver.report(status, objective, bound, seconds)
    return Packing(members=chosen.members, report=report)


def _none(most: int) -> Columns:
    return Columns(members=np.empty((0, most), np.int64), value=np.empty(0))


def _joined(most: int, blocks: list[Columns]) -> Columns:
    if not blocks:
        return _none(most)
    return Columns(
        members=np.concatenate([block.members for block in blocks]),
        value=np.concatenate([block.value for block in blocks]),
    )


def _block(most: int, members: Ints, value: Floats) -> Columns:
    padded = np.full((len(members), most), -1, np.int64)
    padded[:, : members.shape[1]] = members
    return Columns(members=padded, value=value)


def _all_columns(size: int, most: int, priced: Priced, enough: int) -> Columns | None:
    """Every group that brings something, or None when they are too many."""
    blocks, count = [], 0
    for members, value in priced(np.zeros(size), 0.0):
        blocks.append(_block(most, members, value))
        count += len(value)
        if count > enough:
            return None
    return _joined(most, blocks)


def _from(pool: Columns) -> Priced:
    def priced(price: Floats, above: float) -> Iterator[tuple[Ints, Floats]]:
        kept = np.flatnonzero(pool.reduced(price) > above)
        yield pool.members[kept], pool.value[kept]

    return priced


def _best_of_each_leader(
    size: int, most: int, source: Priced, price: Floats
) -> tuple[Columns, Floats]:
    """The best groups of each leader at these prices, and (F,) how much its best is above them."""
    kept = _none(most)
    best = np.zeros(size)
    for members, value in source(price, _NOTHING):
        block = _block(most, members, value)
        reduced = block.reduced(price)
        np.maximum.at(best, block.members[:, 0], reduced)
        both = _joined(most, [kept, block])
        kept = both.at(_first_of_each(both, both.reduced(price)))
    return kept, best


def _first_of_each(columns: Columns, reduced: Floats) -> Ints:
    """The groups that are among the best of their leader; ties by their members."""
    keys = (*columns.members.T[::-1], -reduced, columns.members[:, 0])
    order = np.lexsort(keys)
    leader = columns.members[order, 0]
    starts = np.flatnonzero(np.r_[True, leader[1:] != leader[:-1]]) if leader.size else leader
    rank = np.arange(leader.size) - np.repeat(starts, np.diff(np.r_[starts, leader.size]))
    return np.asarray(order[rank < _PER_LEADER], np.int64)


def _relaxed(
    size: int, most: int, source: Priced, settings: Settings, deadline: solver.Deadline
) -> tuple[Columns, Floats, float]:
    """Column generation: groups in the programme, prices (F,) of the sites, bound (38)."""
    columns, _ = _best_of_each_leader(size, most, source, np.zeros(size))
    price, lowest = np.zeros(size), np.inf
    best_price = price
    for _ in range(_ROUNDS):
        if not columns.count:
            return columns, price, 0.0
        _, price = _relax(size, columns, settings, deadline)
        more, best = _best_of_each_leader(size, most, source, price)
        bound = float(price.sum() + best.sum())
        if bound < lowest:
            lowest, best_price = bound, price
        if not more.count or deadline.is_over():
            break
        columns = _joined(most, [columns, more])
    return columns, best_price, lowest


def _program(size: int, columns: Columns, whole: bool) -> Program:
    """(30) and (31) over the groups in hand."""
    row = columns.members.ravel()
    column = np.repeat(np.arange(columns.count), columns.members.shape[1])
    used = row >= 0
    return Program(
        cost=columns.value,
        upper=np.ones(columns.count),
        is_integer=np.full(columns.count, whole),
        matrix=sparse.csr_matrix(
            (np.ones(int(used.sum())), (row[used], column[used])), shape=(size, columns.count)
        ),
        row_lower=np.full(size, -np.inf),
        row_upper=np.ones(size),
    )


def _relax(
    size: int, columns: Columns, settings: Settings, deadline: solver.Deadline
) -> tuple[Floats, Floats]:
    """(30) and (31) with parts of groups: how much of each, and the prices of the sites."""
    highs = solver.open_highs(settings, time_limit_s=deadline.remaining_s(), method="simplex")
    values, _ = solve_program(_program(size, columns, whole=False), highs, "hiring")
    return values, np.maximum(solver.row_duals(highs), 0.0)


def _dive(size: int, columns: Columns, settings: Settings, deadline: solver.Deadline) -> Columns:
    """A first plan: take what the relaxation has most of, strike what it excludes, relax again."""
    taken: list[Columns] = []
    while columns.count:
        amount, _ = _relax(size, columns, settings, deadline)
        most = int(amount.argmax())
        if amount[most] < _NOTHING:
            break
        sure = np.union1d(np.flatnonzero(amount > 1 - _NOTHING), [most])
        taken.append(columns.at(sure))
        used = np.zeros(size + 1, np.bool_)
        used[columns.members[sure]] = True
        used[-1] = False
        columns = columns.at(~used[columns.members].any(axis=1))
    return _joined(columns.members.shape[1], taken)


def _whole(
    size: int,
    columns: Columns,
    settings: Settings,
    deadline: solver.Deadline,
    start: Columns,
) -> tuple[Columns, SolveReport]:
    """The best whole choice among the groups in hand, from a start that is among them."""
    highs = solver.open_highs(settings, time_limit_s=deadline.remaining_s())
    program = _program(size, columns, whole=True)
    program.pass_to(highs)
    picked = {tuple(row) for row in start.members.tolist()}
    rows = columns.members.tolist()
    solver.start_from_values(highs, np.array([float(tuple(row) in picked) for row in rows]))
    report = solver.run_highs(highs, "hiring")
    values = solver.column_values(highs)
    return columns.at(np.flatnonzero(values > 0.5)), report


def _last_choice(
    size: int,
    most: int,
    source: Priced,
    settings: Settings,
    deadline: solver.Deadline,
    known: tuple[Columns, Floats, Columns, float],
) -> tuple[Columns, float, float, str]:
    """Choose again among every group that could be part of a better plan.

    A plan better than the one in hand uses no group whose value is further below its prices than
    the bound is above that plan. Where many are left, a better plan is looked for first among the
    groups of the relaxation: it leaves fewer.
    """
    columns, price, chosen, bound = known
    objective = float(chosen.value.sum())
    hopeful = _hopeful(most, source, price, bound - objective)
    if hopeful is None or hopeful.count > _MANY:
        looser = replace(settings, gap=max(settings.gap, _FIRST_GAP))
        better, report = _whole(size, columns, looser, deadline, chosen)
        if report.objective > objective:
            chosen, objective = better, report.objective
        hopeful = _hopeful(most, source, price, bound - objective)
    if hopeful is None or deadline.is_over():
        stop = SolveStatus.TIME_LIMIT if deadline.is_over() else SolveStatus.WORK_LIMIT
        return chosen, objective, bound, stop
    last, report = _whole(size, hopeful, settings, deadline, chosen)
    if report.objective > objective:
        chosen, objective = last, report.objective
    return chosen, objective, max(min(bound, report.bound), objective), report.status


def _hopeful(most: int, source: Priced, price: Floats, room: float) -> Columns | None:
    """The groups that are not further below their prices than that, or None when too many."""
    blocks, count = [], 0
    for members, value in source(price, -room - _NOTHING):
        blocks.append(_block(most, members, value))
        count += len(value)
        if count > _LAST_CHOICE:
            return None
    return _joined(most, blocks)
