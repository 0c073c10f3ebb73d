"""Exchange LP on arrays, beside OR-tools' min-cost-flow, whole HiGHS and PuLP with CBC."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchmarks.exchange_instances import build_transport
from matcher.optimise.problem import ExchangeProblem
from matcher.settings import Backend, Settings, Solver

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


def _sizes_of_components(problem: ExchangeProblem) -> str:
    from matcher.optimise.components import component_of_links

    sizes = np.sort(np.bincount(component_of_links(problem)))[::-1]
    return f"{sizes.size} of {sizes[-1]}-{sizes[0]}"


def _maillage(arcs: int, *, single: bool = False) -> Mapping[str, Any]:
    from matcher.optimise.exchange import solve

    problem = build_transport(arcs, SEED, single_component=single)
    report = solve(problem, Settings(workers=1)).report
    return {
        "objective": report.objective,
        "gap": report.gap,
        "components (arcs)": _sizes_of_components(problem),
    }


def _min_cost_flow(arcs: int, *, single: bool = False) -> Mapping[str, Any]:
    from ortools.graph.python import min_cost_flow

    problem = build_transport(arcs, SEED, single_component=single)
    offers, needs, count, _ = problem.counts
    flow = min_cost_flow.SimpleMinCostFlow()
    source, sink = offers + needs, offers + needs + 1
    supply, demand = problem.supply[:, 0].astype(np.int64), problem.demand[:, 0].astype(np.int64)
    cost = -np.round(problem.arc_gain * _COST_SCALE).astype(np.int64)
    arcs_in = flow.add_arcs_with_capacity_and_unit_cost(
        problem.arc_offer, offers + problem.arc_need, problem.most()[:, 0].astype(np.int64), cost
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(offers, source), np.arange(offers), supply, np.zeros(offers, np.int64)
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        offers + np.arange(needs), np.full(needs, sink), demand, np.zeros(needs, np.int64)
    )
    total = int(supply.sum())
    flow.add_arcs_with_capacity_and_unit_cost(
        np.array([source]), np.array([sink]), np.array([total]), np.array([0])
    )
    flow.set_nodes_supplies(np.array([source, sink]), np.array([total, -total]))
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("min-cost-flow did not end")
    moved = flow.flows(arcs_in)
    return {"objective": float(problem.arc_gain @ moved[:count])}


def _whole_highs(arcs: int) -> Mapping[str, Any]:
    from matcher.optimise import solver
    from matcher.optimise.program import build_program, solve_program

    problem = build_transport(arcs, SEED)
    program, _ = build_program(problem)
    _, report = solve_program(program, solver.open_highs(Settings()))
    return {"objective": report.objective}


def _pulp_with_cbc(arcs: int) -> Mapping[str, Any]:
    from matcher.optimise.reference import solve_reference

    settings = Settings(backend=Backend.REFERENCE, solver=Solver.CBC)
    _, _, report = solve_reference(build_transport(arcs, SEED), settings, gap=1e-6)
    return {"objective": report.objective}


SUBJECTS: dict[str, Callable[[int], Mapping[str, Any]]] = {
    "maillage": _maillage,
    "or-tools min-cost-flow": _min_cost_flow,
    "highs whole": _whole_highs,
    "pulp with cbc": _pulp_with_cbc,
    "one component: maillage": lambda arcs: _maillage(arcs, single=True),
    "one component: min-cost-flow": lambda arcs: _min_cost_flow(arcs, single=True),
}
