"""The engine: the model's arrays straight into HiGHS, one connected part at a time."""

from __future__ import annotations

from matcher.optimise import solver
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, SolveReport
from matcher.optimise.program import build_program, solve_program
from matcher.settings import Settings


def solve_engine(
    exchange: ExchangeProblem, settings: Settings, *, gap: float, deadline: solver.Deadline
) -> tuple[Floats, Bools, SolveReport]:
    """Solve one part: amounts (A, T), links chosen (L,), report."""
    program, layout = build_program(exchange)
    highs = solver.open_highs(settings, gap=gap, time_limit_s=deadline.remaining_s())
    values, report = solve_program(program, highs)
    return layout.amounts(values, exchange), layout.opened(values, exchange), report
