"""Capacitated facility location, by periods: who keeps the thing, who uses how much of it, when.

Hosts have a capacity in each period and a yearly cost when open; users have a need in each period,
which may be split. Equation numbers are those of ``docs/model.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.errors import NoPlanError
from matcher.optimise import solver
from matcher.optimise.problem import Bools, Floats, Ints, SolveReport
from matcher.settings import Settings

_NO_LIMIT = highspy.kHighsInf
# A row (43) is added to the relaxation when it is broken by more than this share of its bound.
_BROKEN_FROM = 1e-6
# Rounds after which the relaxation is strong enough: the rest is left to branch and bound.
_MOST_ROUNDS = 30
# What a plan may miss of a row, as a share of its right-hand side: the solver's rounding.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityProblem:
    """Hosts, users and the arcs between them. Shapes: H hosts, U users, A arcs, T periods.

    Attributes
    ----------
    capacity, fixed_cost
        (H, T) units that an open host has in each period; (H,) EUR a year for it to be open.
    need
        (U, T) units that each user must get in each period.
    arc_user, arc_host
        (A,) positions: which user may be served by which host.
    arc_cost
        (A,) EUR a unit served.
    arc_fixed
        (A,) EUR a year for a user to use a host at all; 0 for none.
    """

    capacity: Floats
    fixed_cost: Floats
    need: Floats
    arc_user: Ints
    arc_host: Ints
    arc_cost: Floats
    arc_fixed: Floats = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        if not self.arc_fixed.size:
            object.__setattr__(self, "arc_fixed", np.zeros(self.arc_cost.size))
        if self.capacity.shape[1] != self.need.shape[1]:
            raise ValueError("capacity and need must have as many periods.")
        for name in ("capacity", "fixed_cost", "need", "arc_fixed"):
            values = getattr(self, name)
            if values.size and not (np.isfinite(values).all() and values.min() >= 0):
                raise ValueError(f"{name} must be finite and not negative.")
        if not np.isfinite(self.arc_cost).all():
            raise ValueError("arc_cost must be finite.")

    def most(self) -> Floats:
        """(A, T) the most that an arc can carry: the user's need, or what the host has."""
        most = np.minimum(self.need[self.arc_user], self.capacity[self.arc_host])
        return np.asarray(most, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilitySolution:
    """Units (A, T) on each arc, open hosts (H,), and what is proved.

    The report is of a least cost: ``bound`` is at most ``objective``.
    """

    amount: Floats
    is_open: Bools
    report: SolveReport


def solve(problem: FacilityProblem, settings: Settings) -> FacilitySolution:
    """Meet every need at the least cost.

    The relaxation is solved first, with the rows (43) that it breaks added in rounds. Branch and
    bound then starts from those rows alone: (42) keeps the model whole, (43) makes it tight.

    Raises
    ------
    NoPlanError
        When the needs cannot be met, or the solver hands back no plan.
    """
    deadline = solver.Deadline.after(settings.time_limit_s)
    model = _Model(problem)
    binding = model.tighten(settings)
    highs = solver.open_highs(settings, time_limit_s=deadline.remaining_s())
    model.pass_to(highs, binding, whole=True)
    report = solver.run_highs(highs, "sharing")
    values = solver.column_values(highs)
    is_open = values[model.host_at : model.link_at] > 0.5
    uses = np.ones(problem.arc_cost.size, np.bool_)
    uses[model.linked] = values[model.link_at :] > 0.5
    spent = deadline.spent_s(settings.time_limit_s)
    return finish(problem, is_open, uses, replace(report, seconds=spent), settings)


def finish(
    problem: FacilityProblem, is_open: Bools, uses: Bools, report: SolveReport, settings: Settings
) -> FacilitySolution:
    """Settle amounts on the switches as chosen, check every row, and word what is proved."""
    amount = _settle(problem, is_open, uses, settings)
    is_open = is_open & (_served(problem, amount) > 0)
    check_rows(problem, amount, is_open)
    objective = cost_of(problem, amount, is_open)
    return FacilitySolution(
        amount=amount,
        is_open=is_open,
        report=solver.report(report.status, objective, report.bound, report.seconds, is_least=True),
    )


def check_feasible(problem: FacilityProblem, users: Sequence[str], settings: Settings) -> None:
    """Ask whether all hosts together could meet the needs.

    Raises
    ------
    NoPlanError
        Saying what is missing: the first need that its own hosts cannot meet, or the sum.
    """
    reach = np.zeros(problem.need.shape)
    np.add.at(reach, problem.arc_user, problem.capacity[problem.arc_host])
    tolerance = _ROUNDING * max(float(problem.need.max(initial=0.0)), 1e-9)
    short = np.argwhere(problem.need > reach + tolerance)
    if short.size:
        user, period = short[0]
        raise NoPlanError(
            "infeasible",
            f"sharing: {users[user]!r} needs {problem.need[user, period]:g}, the hosts that it can "
            f"use have {reach[user, period]:g} in all",
        )
    model = _Model(problem)
    highs = solver.open_highs(settings)
    model.pass_most_served(highs)
    met = -solver.run_highs(highs, "sharing").objective
    wanted = float(problem.need.sum())
    if met < wanted - tolerance * max(len(users), 1):
        raise NoPlanError(
            "infeasible",
            f"sharing: with every host open, {wanted - met:g} of {wanted:g} needed cannot be met",
        )


def cost_of(problem: FacilityProblem, amount: Floats, is_open: Bools) -> float:
    """(40) recomputed from amounts and open hosts."""
    by_arc = amount.sum(axis=1)
    return float(
        problem.fixed_cost @ is_open + problem.arc_cost @ by_arc + problem.arc_fixed @ (by_arc > 0)
    )


def check_rows(problem: FacilityProblem, amount: Floats, is_open: Bools) -> None:
    """(41) and (42) again in plain numpy.

    Raises
    ------
    NoPlanError
        When a plan breaks a row by more than rounding.
    """
    met = np.zeros(problem.need.shape)
    np.add.at(met, problem.arc_user, amount)
    used = np.zeros(problem.capacity.shape)
    np.add.at(used, problem.arc_host, amount)
    room = problem.capacity * is_open[:, np.newaxis]
    scale = max(float(problem.need.max(initial=0.0)), 1.0)
    if np.abs(met - problem.need).max(initial=0.0) > _ROUNDING * scale:
        raise NoPlanError("a need is not met", "sharing (41)")
    if (used - room).max(initial=0.0) > _ROUNDING * scale:
        raise NoPlanError("a capacity is exceeded", "sharing (42)")


class _Model:
    """The columns and the rows that always stand: amounts, hosts, uses with a cost of their own."""

    def __init__(self, problem: FacilityProblem) -> None:
        self.problem = problem
        most = problem.most()
        self.arc, self.period = (index.astype(np.int64) for index in np.nonzero(most > 0))
        self.most = most[self.arc, self.period]
        hosts = problem.fixed_cost.size
        self.linked = np.flatnonzero(problem.arc_fixed > 0)
        self.host_at = self.arc.size
        self.link_at = self.host_at + hosts
        self.columns = self.link_at + self.linked.size
        link_column = np.full(problem.arc_cost.size, -1, np.int64)
        link_column[self.linked] = self.link_at + np.arange(self.linked.size)
        self.has_link = link_column[self.arc] >= 0
        # The switch that each amount hangs on: its own use where that costs, else its host.
        self.switch = np.where(
            self.has_link, link_column[self.arc], self.host_at + problem.arc_host[self.arc]
        )
        self.cost = np.concatenate(
            [problem.arc_cost[self.arc], problem.fixed_cost, problem.arc_fixed[self.linked]]
        )
        self.matrix, self.lower, self.upper = self._standing_rows()

    def _standing_rows(self) -> tuple[sparse.csr_matrix, Floats, Floats]:
        problem = self.problem
        users, periods = problem.need.shape
        hosts = problem.fixed_cost.size
        amounts = np.arange(self.arc.size)
        user_row = problem.arc_user[self.arc] * periods + self.period
        host_row = problem.arc_host[self.arc] * periods + self.period
        ones = np.ones(self.arc.size)
        met = sparse.csr_matrix((ones, (user_row, amounts)), shape=(users * periods, self.columns))
        host = np.repeat(np.arange(hosts), periods)
        room = problem.capacity.reshape(-1)
        used = sparse.csr_matrix(
            (
                np.concatenate([ones, -room]),
                (
                    np.concatenate([host_row, np.arange(hosts * periods)]),
                    np.concatenate([amounts, self.host_at + host]),
                ),
            ),
            shape=(hosts * periods, self.columns),
        )
        total = sparse.csr_matrix(
            (room, (np.tile(np.arange(periods), hosts), self.host_at + host)),
            shape=(periods, self.columns),
        )
        use_of = sparse.csr_matrix(  # (45) a use hangs on its host
            (
                np.concatenate([np.ones(self.linked.size), -np.ones(self.linked.size)]),
                (
                    np.tile(np.arange(self.linked.size), 2),
                    np.concatenate(
                        [
                            self.link_at + np.arange(self.linked.size),
                            self.host_at + problem.arc_host[self.linked],
                        ]
                    ),
                ),
            ),
            shape=(self.linked.size, self.columns),
        )
        free = np.full(hosts * periods + self.linked.size, -_NO_LIMIT)
        need = problem.need.reshape(-1)
        return (
            sparse.csr_matrix(sparse.vstack([met, total, used, use_of])),
            np.concatenate([need, problem.need.sum(axis=0), free]),
            np.concatenate([need, np.full(periods, _NO_LIMIT), np.zeros(free.size)]),
        )

    def tight_rows(self, at: Ints) -> sparse.csr_matrix:
        """(43) and (44) for some amounts: ``amount - most * switch <= 0``."""
        row = np.arange(at.size)
        return sparse.csr_matrix(
            (
                np.concatenate([np.ones(at.size), -self.most[at]]),
                (np.tile(row, 2), np.concatenate([at, self.switch[at]])),
            ),
            shape=(at.size, self.columns),
        )

    def pass_to(self, highs: highspy.Highs, tight: Ints, *, whole: bool) -> None:
        """Hand the model over in one call; ``whole``: the switches are 0 or 1."""
        matrix = sparse.csr_matrix(sparse.vstack([self.matrix, self.tight_rows(tight)]))
        upper = np.ones(self.columns)
        upper[: self.arc.size] = self.most
        is_integer = np.zeros(self.columns, np.int32)
        if whole:
            is_integer[self.host_at :] = 1
        lower = np.zeros(self.columns)
        lower[self.host_at : self.link_at] = self.problem.fixed_cost == 0  # open: nothing to decide
        lower_rows = np.concatenate([self.lower, np.full(tight.size, -_NO_LIMIT)])
        upper_rows = np.concatenate([self.upper, np.zeros(tight.size)])
        _pass(highs, matrix, self.cost, lower, upper, lower_rows, upper_rows, is_integer)

    def pass_most_served(self, highs: highspy.Highs) -> None:
        """Instead of the cost: as much as can be met, every host open."""
        upper = np.ones(self.columns)
        upper[: self.arc.size] = self.most
        cost = np.zeros(self.columns)
        cost[: self.arc.size] = -1.0
        free = np.full(self.lower.size, -_NO_LIMIT)
        whole = np.zeros(self.columns, np.int32)
        _pass(highs, self.matrix, cost, np.zeros(self.columns), upper, free, self.upper, whole)

    def tighten(self, settings: Settings) -> Ints:
        """The amounts whose row (43) or (44) the relaxation needs, found in rounds."""
        kept = np.flatnonzero(self.has_link)  # no other row ties these to their switch
        highs = solver.open_highs(settings)
        self.pass_to(highs, kept, whole=False)
        has_row = np.zeros(self.arc.size, np.bool_)
        has_row[kept] = True
        for _ in range(_MOST_ROUNDS):
            solver.run_highs(highs, "sharing")
            values = solver.column_values(highs)
            over = values[: self.arc.size] - self.most * values[self.switch]
            broken = np.flatnonzero((over > _BROKEN_FROM * self.most) & ~has_row)
            if not broken.size:
                break
            has_row[broken] = True
            rows = self.tight_rows(broken)
            highs.addRows(
                broken.size,
                np.full(broken.size, -_NO_LIMIT),
                np.zeros(broken.size),
                rows.nnz,
                rows.indptr[:-1].astype(np.int32),
                rows.indices.astype(np.int32),
                rows.data,
            )
        return np.flatnonzero(has_row)


def _settle(problem: FacilityProblem, is_open: Bools, uses: Bools, settings: Settings) -> Floats:
    """Amounts again, the switches as chosen: a linear programme, and clean figures."""
    fixed = FacilityProblem(
        capacity=problem.capacity * is_open[:, np.newaxis],
        fixed_cost=np.zeros(is_open.size),
        need=problem.need,
        arc_user=problem.arc_user[uses],
        arc_host=problem.arc_host[uses],
        arc_cost=problem.arc_cost[uses],
    )
    model = _Model(fixed)
    highs = solver.open_highs(settings)
    model.pass_to(highs, np.empty(0, np.int64), whole=False)
    solver.run_highs(highs, "sharing")
    values = solver.column_values(highs)[: model.arc.size]
    values[values < 1e-9 * model.most] = 0.0
    amount = np.zeros((problem.arc_cost.size, problem.need.shape[1]))
    amount[np.flatnonzero(uses)[model.arc], model.period] = values
    return amount


def _pass(
    highs: highspy.Highs,
    matrix: sparse.csr_matrix,
    cost: Floats,
    lower: Floats,
    upper: Floats,
    row_lower: Floats,
    row_upper: Floats,
    is_integer: NDArray[np.int32],
) -> None:
    rows, columns = matrix.shape
    status = highs.passModel(
        columns,
        rows,
        matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        cost,
        lower,
        upper,
        row_lower,
        row_upper,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        is_integer,
    )
    if status == highspy.HighsStatus.kError:
        raise ValueError("HiGHS refuses the model.")


def _served(problem: FacilityProblem, amount: Floats) -> Floats:
    served = np.zeros(problem.fixed_cost.size)
    np.add.at(served, problem.arc_host, amount.sum(axis=1))
    return served
