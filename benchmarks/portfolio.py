"""One plan over every kind: links, machines, jobs and purchases, at 60, 200 and 500 sites.

All subjects are given the same candidates, made before the clock starts. "first plan" is the first
that stands, whatever it is worth (links one at a time, then their amounts); "in 10 s" and "plan"
are stopped at 10 and 60 s; whole HiGHS at the same 60 s, for its bound too. The gap that counts is
to the lowest bound that any of them proved.
"""

from __future__ import annotations

import datetime
import resource
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


def _first(sites: int) -> Mapping[str, Any]:
    from matcher.optimise.components import drop_what_cannot_pay, split
    from matcher.optimise.greedy import greedy_links
    from matcher.optimise.seasons import merge_seasons
    from matcher.optimise.settle import settle

    assembly, settings = _assembly(sites), Settings(as_of=AS_OF)
    started, wall = time.process_time(), time.perf_counter()
    parts = [
        merge_seasons(p.problem)[0] for p in split(drop_what_cannot_pay(assembly.problem).problem)
    ]
    gain = sum(settle(part, greedy_links(part), settings).objective for part in parts)
    return {
        "decisions": assembly.problem.counts[3],
        "objective": gain,
        "cpu_s": time.process_time() - started,
        "solve_wall_s": time.perf_counter() - wall,
    }


def _maillage(sites: int, seconds: float) -> Mapping[str, Any]:
    from matcher.optimise.portfolio import solve_portfolio

    assembly = _assembly(sites)
    settings = Settings(as_of=AS_OF, time_limit_s=seconds, curve_points=0)
    started, before = time.perf_counter(), _cpu_s()
    report = solve_portfolio(assembly.problem, settings).solution.report
    return {
        "decisions": assembly.problem.counts[3],
        "objective": report.objective,
        "bound": report.bound,
        "own_gap": report.gap,
        "cpu_s": _cpu_s() - before,
        "solve_wall_s": time.perf_counter() - started,
    }


def _whole_highs(sites: int, seconds: float = 60.0) -> Mapping[str, Any]:
    from matcher.optimise import solver
    from matcher.optimise.program import build_program, solve_program

    assembly = _assembly(sites)
    settings = Settings(as_of=AS_OF, time_limit_s=seconds)
    started, before = time.perf_counter(), _cpu_s()
    program, _ = build_program(assembly.problem)
    try:
        _, report = solve_program(program, solver.open_highs(settings, gap=settings.portfolio_gap))
    except NoPlanError as error:
        return {"decisions": assembly.problem.counts[3], "no plan": error.status}
    return {
        "decisions": assembly.problem.counts[3],
        "objective": report.objective,
        "bound": report.bound,
        "own_gap": report.gap if report.objective else None,  # of nothing, a gap says nothing
        "cpu_s": _cpu_s() - before,
        "solve_wall_s": time.perf_counter() - started,
    }


def _cpu_s() -> float:
    """Of this process and of the workers that have ended."""
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


SUBJECTS: dict[str, Callable[[int], Mapping[str, Any]]] = {
    "maillage, first plan": _first,
    "maillage, plan in 10 s": partial(_maillage, seconds=10.0),
    "maillage, plan in 60 s": partial(_maillage, seconds=60.0),
    "highs whole, 60 s": _whole_highs,
}
