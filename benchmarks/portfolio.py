"""One plan over every kind: links, machines, jobs and purchases, at 60, 200 and 500 sites.

Both subjects are given the same candidates, made before the clock starts. "first plan" may take
10 s, "plan" 60 s; whole HiGHS the same 60 s, for its bound too. The gap that counts is to the
lowest bound that any of them proved.
"""

from __future__ import annotations

import datetime
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.synthetic_surveys import Variety, write_survey
from matcher.errors import NoPlanError
from matcher.optimise.assembly import Assembly
from matcher.settings import Settings

SIZES = (60, 200, 500)
SEED = 1
AS_OF = datetime.date(2027, 1, 15)
RATIO_TO = "highs whole, 60 s"


def _assembly(sites: int) -> Assembly:
    from matcher.candidates import build_candidates
    from matcher.catalogue import load_catalogue
    from matcher.groups import build_bundles
    from matcher.optimise.assembly import assemble
    from matcher.reading import read_survey

    settings, catalogue = Settings(as_of=AS_OF), load_catalogue()
    with tempfile.TemporaryDirectory() as folder:
        write_survey(Path(folder), sites, SEED, Variety.MIXED)
        survey = read_survey(Path(folder), catalogue=catalogue)
    candidates = build_candidates(survey, catalogue, settings)
    return assemble(candidates, survey, settings, build_bundles(survey, catalogue, settings))


def _maillage(sites: int, seconds: float) -> Mapping[str, Any]:
    from matcher.optimise.portfolio import solve_portfolio

    assembly = _assembly(sites)
    settings = Settings(as_of=AS_OF, time_limit_s=seconds, curve_points=0)
    started = time.perf_counter()
    report = solve_portfolio(assembly.problem, settings).solution.report
    return {
        "decisions": assembly.problem.counts[3],
        "objective": report.objective,
        "bound": report.bound,
        "own_gap": report.gap,
        "solve_wall_s": time.perf_counter() - started,
    }


def _whole_highs(sites: int, seconds: float = 60.0) -> Mapping[str, Any]:
    from matcher.optimise import solver
    from matcher.optimise.program import build_program, solve_program

    assembly = _assembly(sites)
    settings = Settings(as_of=AS_OF, time_limit_s=seconds)
    started = time.perf_counter()
    program, _ = build_program(assembly.problem)
    try:
        _, report = solve_program(program, solver.open_highs(settings, gap=settings.portfolio_gap))
    except NoPlanError as error:
        return {"decisions": assembly.problem.counts[3], "no plan": error.status}
    return {
        "decisions": assembly.problem.counts[3],
        "objective": report.objective,
        "bound": report.bound,
        "own_gap": report.gap,
        "solve_wall_s": time.perf_counter() - started,
    }


SUBJECTS: dict[str, Callable[[int], Mapping[str, Any]]] = {
    "maillage, first plan (10 s)": partial(_maillage, seconds=10.0),
    "maillage, plan (60 s)": partial(_maillage, seconds=60.0),
    "highs whole, 60 s": _whole_highs,
}
