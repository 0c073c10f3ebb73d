"""Exchange LP on arrays, beside OR-tools' min-cost-flow, whole HiGHS and PuLP with CBC."""

from __future__ import annotations

import resource
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matcher.optimise.problem import ExchangeProblem

# Libraries are imported by the subject that uses them: OR-tools carries a HiGHS of its own and must
# be loaded before ours, and no subject should pay for the others' memory.

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SEED = 1
# PuLP writes the model to a file: above this it takes minutes and says nothing new.
LIMITS = {
    "pulp with cbc": 100_000,
    "one component: maillage": 100_000,
    "one component: min-cost-flow": 100_000,
}
RATIO_TO = "or-tools min-cost-flow"
# Min-cost-flow takes whole numbers only: gains in hundredths of a cent.
_COST_SCALE = 10_000


def _instance(arcs: int, *, single: bool = False) -> ExchangeProblem:
    from benchmarks.exchange_instances import build_transport

    return build_transport(arcs, SEED, single_component=single)


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in used)


def _sizes_of_components(problem: ExchangeProblem) -> str:
    from matcher.optimise.components import component_of_links

    sizes = np.sort(np.bincount(component_of_links(problem)))[::-1]
    return f"{sizes.size} of {sizes[-1]}-{sizes[0]}"


def _maillage(arcs: int, *, single: bool = False) -> Mapping[str, Any]:
    from matcher.optimise.exchange import solve
    from matcher.settings import Settings

    problem = _instance(arcs, single=single)
    started = _cpu_s()
    report = solve(problem, Settings(workers=1)).report
    return {
        "cpu_s": _cpu_s() - started,
        "objective": report.objective,
        "gap": report.gap,
        "components (arcs)": _sizes_of_components(problem),
    }


def _min_cost_flow(arcs: int, *, single: bool = False) -> Mapping[str, Any]:
    from ortools.graph.python import min_cost_flow

    from benchmarks.exchange_instances import make_transport

    made = make_transport(arcs, SEED, single_component=single)
    started = _cpu_s()
    offers, needs = made.supply.size, made.demand.size
    flow = min_cost_flow.SimpleMinCostFlow()
    source, sink = offers + needs, offers + needs + 1
    supply, demand = made.supply.astype(np.int64), made.demand.astype(np.int64)
    links = flow.add_arcs_with_capacity_and_unit_cost(
        made.arc_offer,
        offers + made.arc_need,
        np.minimum(supply[made.arc_offer], demand[made.arc_need]),
        -np.round(made.gain * _COST_SCALE).astype(np.int64),
    )
    ends = (
        (np.full(offers, source), np.arange(offers), supply),
        (offers + np.arange(needs), np.full(needs, sink), demand),
        (np.array([source]), np.array([sink]), np.array([supply.sum()])),
    )
    for tail, head, most in ends:
        flow.add_arcs_with_capacity_and_unit_cost(tail, head, most, np.zeros(most.size, np.int64))
    flow.set_nodes_supplies(np.array([source, sink]), np.array([1, -1]) * supply.sum())
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("min-cost-flow did not end")
    objective = float(made.gain @ flow.flows(links))
    return {"cpu_s": _cpu_s() - started, "objective": objective}


def _whole_highs(arcs: int) -> Mapping[str, Any]:
    from matcher.optimise import solver
    from matcher.optimise.program import build_program, solve_program
    from matcher.settings import Settings

    problem = _instance(arcs)
    started = _cpu_s()
    program, _ = build_program(problem)
    _, report = solve_program(program, solver.open_highs(Settings()))
    return {"cpu_s": _cpu_s() - started, "objective": report.objective}


def _pulp_with_cbc(arcs: int) -> Mapping[str, Any]:
    from matcher.optimise.reference import solve_reference
    from matcher.settings import Backend, Settings, Solver

    problem = _instance(arcs)
    settings = Settings(backend=Backend.REFERENCE, solver=Solver.CBC)
    started = _cpu_s()
    _, _, report = solve_reference(problem, settings, gap=1e-6)
    return {"cpu_s": _cpu_s() - started, "objective": report.objective}


SUBJECTS: dict[str, Callable[[int], Mapping[str, Any]]] = {
    "maillage": _maillage,
    "or-tools min-cost-flow": _min_cost_flow,
    "highs whole": _whole_highs,
    "pulp with cbc": _pulp_with_cbc,
    "one component: maillage": lambda arcs: _maillage(arcs, single=True),
    "one component: min-cost-flow": lambda arcs: _min_cost_flow(arcs, single=True),
}
