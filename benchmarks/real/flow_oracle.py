"""A transport problem handed to OR-tools in whole numbers: the second opinion, alone in a process.

    python -m benchmarks.real.flow_oracle PROBLEM.npz

The file holds ``supply``, ``demand``, the arcs ``offer``, ``need``, ``cost`` (a unit), and
``prize``, what a unit that stays costs. Prints JSON: ``moved`` and ``cost`` of the cheapest flow,
``most`` of the largest, ``cpu_s``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow, min_cost_flow

type Problem = Mapping[str, NDArray[np.int64]]


def cheapest(problem: Problem) -> tuple[int, int]:
    """Units moved and their cost, where a unit that stays costs the prize."""
    supply, demand, cost = problem["supply"], problem["demand"], problem["cost"]
    offers, needs = len(supply), len(demand)
    source, sink, total = offers + needs, offers + needs + 1, int(supply.sum())
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        problem["offer"], offers + problem["need"], _most(problem), cost
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(offers, source), np.arange(offers), supply, np.zeros(offers, np.int64)
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        offers + np.arange(needs), np.full(needs, sink), demand, np.zeros(needs, np.int64)
    )
    flow.add_arc_with_capacity_and_unit_cost(source, sink, total, int(problem["prize"]))
    flow.set_node_supply(source, total)
    flow.set_node_supply(sink, -total)
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("min-cost-flow found no optimum")
    moved = flow.flows(arcs)
    # Python's own integers: their sum may pass 64 bits
    return int(moved.sum()), sum(a * b for a, b in zip(moved.tolist(), cost.tolist(), strict=True))


def largest(problem: Problem) -> int:
    """Units of the largest flow, whatever it costs."""
    supply, demand = problem["supply"], problem["demand"]
    offers, needs = len(supply), len(demand)
    source, sink = offers + needs, offers + needs + 1
    flow = max_flow.SimpleMaxFlow()
    flow.add_arcs_with_capacity(problem["offer"], offers + problem["need"], _most(problem))
    flow.add_arcs_with_capacity(np.full(offers, source), np.arange(offers), supply)
    flow.add_arcs_with_capacity(offers + np.arange(needs), np.full(needs, sink), demand)
    if flow.solve(source, sink) != flow.OPTIMAL:
        raise RuntimeError("max-flow found no optimum")
    return int(flow.optimal_flow())


def _most(problem: Problem) -> NDArray[np.int64]:
    return np.minimum(problem["supply"][problem["offer"]], problem["demand"][problem["need"]])


def main() -> None:
    """Solve the file that the command line names."""
    problem = dict(np.load(sys.argv[1]))
    started = time.process_time()
    moved, cost = cheapest(problem)
    cpu_s = time.process_time() - started
    print(json.dumps({"moved": moved, "cost": cost, "most": largest(problem), "cpu_s": cpu_s}))


if __name__ == "__main__":
    main()
