"""The one door to the solvers: the only module that sets their options or reads their status.

Whatever stops a solver, what leaves this room is a :class:`SolveReport` that a plan stands behind,
or :class:`NoPlanError`. Zeros that a solver hands back without a solution never get out.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import highspy
import numpy as np
from numpy.typing import NDArray

from matcher.errors import NoPlanError
from matcher.optimise.problem import (
    PROVED_GAP,
    Floats,
    Ints,
    SolveReport,
    SolveStatus,
    relative_gap,
)
from matcher.settings import Settings, Solver

if TYPE_CHECKING:
    import pulp

# A bound is taken only when it is not below the objective by more than rounding.
BOUND_TOLERANCE = 1e-6
# What a solver proves by its own sums is a hair wider by ours (1.005e-6 for 1e-6, seen with CBC,
# which rounds values at 1e-6), so it is asked for that much less than will be claimed.
_HAIR = 1e-7
_PRIMAL = 4  # HiGHS' number
_HEURISTIC_EFFORT = 0.05  # HiGHS' own

_Model = highspy.HighsModelStatus
_HIGHS_WORDS = {
    _Model.kOptimal: SolveStatus.OPTIMAL,
    _Model.kTimeLimit: SolveStatus.TIME_LIMIT,
    _Model.kIterationLimit: SolveStatus.WORK_LIMIT,
    _Model.kSolutionLimit: SolveStatus.WORK_LIMIT,
    _Model.kMemoryLimit: SolveStatus.WORK_LIMIT,
}
_HIGHS_REFUSALS = {
    _Model.kInfeasible: "infeasible",
    _Model.kUnbounded: "unbounded",
    _Model.kUnboundedOrInfeasible: "infeasible or unbounded",
}
_PULP_MINIMISES = 1  # pulp.LpMinimize, without loading PuLP
_PULP_WORDS = {
    "Optimal": SolveStatus.OPTIMAL,
    "GapLimit": SolveStatus.OPTIMAL,
    "TimeLimit": SolveStatus.TIME_LIMIT,
    "NodeLimit": SolveStatus.WORK_LIMIT,
    "IterationLimit": SolveStatus.WORK_LIMIT,
    "SolutionLimit": SolveStatus.WORK_LIMIT,
    "MemoryLimit": SolveStatus.WORK_LIMIT,
    "Stopped": SolveStatus.WORK_LIMIT,
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """An emergency stop in wall time, which may be handed to another process."""

    at: float  # seconds since the epoch

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """A deadline that many seconds from now."""
        return cls(time.time() + seconds)

    def remaining_s(self) -> float:
        """Seconds left, never below 0.05 so that a solver still says something."""
        return max(self.at - time.time(), 0.05)

    def spent_s(self, given_s: float) -> float:
        """Seconds gone of those that were given."""
        return max(given_s - (self.at - time.time()), 0.0)

    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.time() >= self.at

    def share(self, part: float) -> Deadline:
        """A nearer deadline: that part (0 to 1) of the time left."""
        return Deadline.after(min(part, 1.0) * self.remaining_s())


def run(
    problem: pulp.LpProblem,
    settings: Settings,
    *,
    gap: float | None = None,
    time_limit_s: float | None = None,
) -> SolveReport:
    """Solve a PuLP model with the solver of the settings.

    Parameters
    ----------
    problem
        The model; its variables keep their values for :func:`value_of`.
    settings
        Solver, seed, node limit and emergency time limit.
    gap
        Relative gap (share) at which to stop; ``settings.gap`` when ``None``.
    time_limit_s
        Emergency stop in seconds; ``settings.time_limit_s`` when ``None``.

    Returns
    -------
    SolveReport
        ``bound`` is infinite when the solver proved none that can be believed.

    Raises
    ------
    NoPlanError
        When the solver hands back no plan.
    """
    gap = settings.gap if gap is None else gap
    limit = settings.time_limit_s if time_limit_s is None else time_limit_s
    started = time.monotonic()
    if not problem.variables():
        value = float(problem.objective.constant) if problem.objective is not None else 0.0
        return report(SolveStatus.OPTIMAL, value, value, 0.0)
    stats = problem.solve(_pulp_solver(settings, gap, limit))
    seconds = time.monotonic() - started
    objective = stats.objective
    if objective is None and not any((problem.objective or {}).values()):
        objective = 0.0  # no term has a coefficient: PuLP then gives no value
    if not stats.has_solution or objective is None or stats.status.name not in _PULP_WORDS:
        word = stats.status.name.lower()
        raise NoPlanError(word, problem.name)
    status = _PULP_WORDS[stats.status.name]
    is_least = problem.sense == _PULP_MINIMISES
    bound = stats.best_bound
    if bound is None:
        # An LP, or a solver that says "optimal" without a figure: it vouches for its own gap.
        slack = _asked(gap) * abs(objective) if stats.is_mip else 0.0
        slack = slack if status == SolveStatus.OPTIMAL else math.inf
        bound = objective - slack if is_least else objective + slack
    return report(status, objective, bound, seconds, is_least=is_least)


def _asked(gap: float) -> float:
    """The gap to ask a solver for, so that its answer keeps ``gap`` by our reckoning."""
    return max(gap - _HAIR, 0.9 * gap)


def value_of(variable: pulp.LpVariable) -> float:
    """The value of a variable of a solved model; an unset one is an error, never zero."""
    value = variable.value()
    if value is None:
        raise NoPlanError("no value", variable.name)
    return float(value)


def report(
    status: str, objective: float, bound: float, seconds: float, *, is_least: bool = False
) -> SolveReport:
    """Word a result: a bound beyond the objective is not believed, a small gap is said as it is.

    ``is_least``: the objective was made small, and no plan is below ``bound``.
    """
    if is_least:
        mirror = report(status, -objective, -bound, seconds)
        return replace(mirror, objective=objective, bound=-mirror.bound)
    tolerance = BOUND_TOLERANCE * max(abs(objective), 1e-9)
    if math.isnan(bound) or bound < objective - tolerance:
        bound = math.inf
    bound = max(bound, objective)
    gap = relative_gap(objective, bound)
    if gap <= PROVED_GAP:
        status = SolveStatus.OPTIMAL
    elif status == SolveStatus.OPTIMAL:
        status = SolveStatus.WITHIN_GAP
    return SolveReport(status=status, objective=objective, bound=bound, gap=gap, seconds=seconds)


def open_highs(
    settings: Settings,
    *,
    gap: float | None = None,
    time_limit_s: float | None = None,
    node_limit: int | None = None,
    method: str = "choose",
) -> highspy.Highs:
    """A HiGHS object with our options set: one thread, fixed seed, gap and limits.

    ``method`` is HiGHS' ``solver`` option: ``choose``, ``simplex`` (dual) or ``ipm``; or ``primal``
    for the primal simplex.
    """
    highs = highspy.Highs()
    set_option(highs, "output_flag", False)
    set_option(highs, "threads", 1)
    set_option(highs, "random_seed", settings.seed)
    set_option(highs, "mip_rel_gap", _asked(settings.gap if gap is None else gap))
    set_option(highs, "mip_abs_gap", 0.0)
    set_option(highs, "mip_max_nodes", settings.node_limit if node_limit is None else node_limit)
    set_option(highs, "time_limit", settings.time_limit_s if time_limit_s is None else time_limit_s)
    set_option(highs, "solver", "simplex" if method == "primal" else method)
    if method == "primal":
        set_option(highs, "simplex_strategy", _PRIMAL)
    return highs


def prove_only(highs: highspy.Highs) -> None:
    """Ask for a bound, not for a plan: no time goes into looking for solutions.

    An effort of 0 does not keep HiGHS 1.15 from the heuristics at the root, which take two thirds
    of the time there; each has to be switched off by its name.
    """
    _seek_plans(highs, is_on=False)


def search_lightly(highs: highspy.Highs, *, is_light: bool) -> None:
    """Neither look for solutions nor start the root over: for a model with a good plan in hand."""
    _seek_plans(highs, is_on=not is_light)
    set_option(highs, "mip_allow_restart", not is_light)


def _seek_plans(highs: highspy.Highs, *, is_on: bool) -> None:
    set_option(highs, "mip_heuristic_effort", _HEURISTIC_EFFORT if is_on else 0.0)
    for heuristic in ("feasibility_jump", "rens", "rins", "root_reduced_cost"):
        set_option(highs, f"mip_heuristic_run_{heuristic}", is_on)


def set_option(highs: highspy.Highs, name: str, value: bool | int | float | str) -> None:
    """Set one option, or raise: HiGHS refuses some silently and then solves another way."""
    if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
        raise ValueError(f"HiGHS refuses {name} = {value!r}.")


def run_highs(highs: highspy.Highs, what: str) -> SolveReport:
    """Run a HiGHS model that was passed before.

    Raises
    ------
    NoPlanError
        When there is no feasible solution to read.
    """
    started = time.monotonic()
    if highs.getNumCol() == 0:
        return report(SolveStatus.OPTIMAL, 0.0, 0.0, 0.0)
    highs.run()
    seconds = time.monotonic() - started
    model_status = highs.getModelStatus()
    info = highs.getInfo()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if model_status not in _HIGHS_WORDS or not feasible:
        word = _HIGHS_REFUSALS.get(model_status, highs.modelStatusToString(model_status).lower())
        raise NoPlanError(word, what)
    objective = float(info.objective_function_value)
    status = _HIGHS_WORDS[model_status]
    is_least = highs.getObjectiveSense()[1] == highspy.ObjSense.kMinimize
    if info.mip_node_count >= 0:  # -1 for an LP
        bound = float(info.mip_dual_bound)
    else:
        bound = objective if status == SolveStatus.OPTIMAL else -math.inf if is_least else math.inf
    return report(status, objective, bound, seconds, is_least=is_least)


def run_for_bound(highs: highspy.Highs, what: str) -> float:
    """Run a model for what nothing exceeds (it is maximised); no plan has to be found for that.

    Infinite when it stopped before it proved any.

    Raises
    ------
    NoPlanError
        When the model contradicts itself.
    """
    highs.run()
    word = _HIGHS_REFUSALS.get(highs.getModelStatus())
    if word is not None:
        raise NoPlanError(word, what)
    info = highs.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    least = info.objective_function_value if found else -math.inf
    bound = float(info.mip_dual_bound)
    return bound if bound >= least - BOUND_TOLERANCE * max(abs(least), 1e-9) else math.inf


def column_values(highs: highspy.Highs) -> Floats:
    """The columns' values of the model just run."""
    return np.asarray(highs.getSolution().col_value, dtype=np.float64)


def row_duals(highs: highspy.Highs) -> Floats:
    """The rows' duals of the LP just run, in the sense of its objective."""
    return np.asarray(highs.getSolution().row_dual, dtype=np.float64)


def reduced_costs(highs: highspy.Highs) -> Floats:
    """The columns' reduced costs of the LP just run, in the sense of its objective."""
    return np.asarray(highs.getSolution().col_dual, dtype=np.float64)


def ask_anew(
    highs: highspy.Highs,
    cost: Floats,
    constant: float,
    lower: Floats,
    upper: Floats,
    first_row: int,
    floors: Floats,
) -> None:
    """Change what a model passed before maximises, the bounds of its columns, and lower ends of
    rows from ``first_row`` on.
    """
    every = np.arange(cost.size, dtype=np.int32)
    highs.changeColsCost(cost.size, every, cost)
    highs.changeObjectiveOffset(constant)
    highs.changeColsBounds(cost.size, every, lower, upper)
    for place, floor in enumerate(floors.tolist()):
        highs.changeRowBounds(first_row + place, floor, highspy.kHighsInf)


def reprice(highs: highspy.Highs, cost: Floats, rows: Ints, upper: Floats) -> None:
    """Change what a model passed before maximises, and the upper ends of some rows."""
    highs.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost)
    lower = np.full(upper.size, -highspy.kHighsInf)
    every = rows.astype(np.int32)
    highs.changeRowsBounds(rows.size, every, lower, upper)  # type: ignore[attr-defined]


def set_gap(highs: highspy.Highs, gap: float) -> None:
    """Change the gap at which the next run may stop."""
    set_option(highs, "mip_rel_gap", _asked(gap))


def _pulp_solver(settings: Settings, gap: float, time_limit_s: float) -> pulp.LpSolver:
    # PuLP loads pandas: half a second and 50 MB that the engine has no use for.
    import pulp

    if settings.solver == Solver.CBC:
        return pulp.COIN_CMD(
            msg=False,
            threads=1,
            gapRel=_asked(gap),
            gapAbs=0.0,
            timeLimit=time_limit_s,
            maxNodes=settings.node_limit,
            randomSeed=settings.seed,
        )
    return pulp.HiGHS(
        msg=False,
        threads=1,
        gapRel=_asked(gap),
        gapAbs=0.0,
        timeLimit=time_limit_s,
        mip_max_nodes=settings.node_limit,
        random_seed=settings.seed,
    )


def start_from_values(highs: highspy.Highs, values: Floats) -> None:
    """Give HiGHS a plan to start from; one that breaks a row is mended or left aside by HiGHS."""
    highs.setSolution(values.size, np.arange(values.size, dtype=np.int32), values)


def limit_columns(
    highs: highspy.Highs, columns: NDArray[np.int64], lower: Floats, upper: Floats
) -> None:
    """Let these columns run between these limits, and no further."""
    status = highs.changeColsBounds(columns.size, columns.astype(np.int32), lower, upper)
    if status == highspy.HighsStatus.kError:
        raise ValueError("HiGHS refuses the limits.")
