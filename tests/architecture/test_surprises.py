"""What ADR 8 says of our libraries is still so: we read of a change before we meet it by chance."""

from __future__ import annotations

import re
import subprocess
import sys

import highspy
import pulp
import pytest
from pyvis.network import Network


@pytest.mark.parametrize(
    ("solver", "left_behind"), [(pulp.HiGHS(msg=False), 0), (pulp.COIN_CMD(msg=False), 2)]
)
def test_pulp_leaves_numbers_behind_when_there_is_no_solution(solver, left_behind):
    """``min a`` with 0 <= a <= 1 and a >= 2 has no solution; a value can be read all the same."""
    problem = pulp.LpProblem("nothing", pulp.LpMinimize)
    a = problem.add_variable("a", lowBound=0, upBound=1)
    problem += a, "cost"
    problem += a >= 2, "beyond_the_bound"

    statistics = problem.solve(solver)

    assert statistics.status == pulp.LpSolveStatus.Infeasible
    assert not statistics.has_solution
    assert a.value() == left_behind
    assert not hasattr(problem, "status")


def test_pulp_3_idioms_fail():
    with pytest.raises(TypeError):
        pulp.LpVariable("x", 0, 1)
    assert not hasattr(pulp, "PULP_CBC_CMD")
    assert not hasattr(pulp, "LpStatus")


def test_pulp_rewrites_names():
    problem = pulp.LpProblem("names", pulp.LpMinimize)
    variable = problem.add_variable("a b-c[1]", lowBound=0)

    assert variable.name == "a_b-c[1]"


def test_highs_refuses_hipo_and_solves_another_way(capfd):
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)

    assert highs.setOptionValue("solver", "hipo") == highspy.HighsStatus.kError
    assert highs.getOptionValue("solver")[1] == "choose"

    highs.addVar(1.0, 2.0)
    highs.changeColCost(0, 1.0)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal


@pytest.mark.slow
@pytest.mark.parametrize("first", ["highspy", "ortools.graph.python.min_cost_flow"])
def test_highspy_and_ortools_do_not_live_in_one_process(first):
    names = ["highspy", "ortools.graph.python.min_cost_flow"]
    names.sort(key=lambda name: name != first)
    for name in names:
        alone = subprocess.run([sys.executable, "-c", f"import {name}"], check=False)
        assert alone.returncode == 0

    together = "; ".join(f"import {name}" for name in names)
    done = subprocess.run(
        [sys.executable, "-c", together], capture_output=True, text=True, check=False
    )

    assert "undefined symbol" in done.stderr, "OR-tools may be asked beside us now (ADR 8)"


def test_the_page_of_pyvis_asks_another_host_even_in_line():
    drawing = Network(cdn_resources="in_line")
    drawing.add_node("a")

    asked = re.findall(r'(?:src|href)="https?://([^/"]+)', drawing.generate_html())

    assert asked, "pyvis no longer asks anyone: our own template may go (ADR 5)"
