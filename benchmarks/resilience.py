"""The loss of each site in turn: from where the plan stood, beside planning anew without it.

Every site of a made-up survey is closed once, those without a lead too (they cost nothing here, a
plan each there). ``lost`` and ``at_least`` add up over the sites, EUR a year; ``anew`` stops at 1 %
of its bound, as a plan does. The relaxation has lines of its own: kept and asked again, or solved
anew; both cut the model into its connected parts. Each ratio is to the line "anew" of its own kind.
"""

from __future__ import annotations

import datetime
import resource
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synthetic_surveys import Variety, write_survey

SIZES = (60, 200)
SEED = 1
AS_OF = datetime.date(2027, 1, 15)
RATIO_TO = {
    f"{what} kept, {variety.value}": f"{what} anew, {variety.value}"
    for what in ("plan", "relaxation")
    for variety in Variety
}
LIMITS = dict.fromkeys(
    (
        f"{what}, crowded"
        for what in ("plan kept", "plan anew", "relaxation kept", "relaxation anew")
    ),
    60,
)


def _round(sites: int, variety: Variety) -> tuple[Any, Any, list[Any], Any]:
    """Model, plan, the links of each site, settings."""
    import matcher
    from matcher.candidates import build_candidates
    from matcher.catalogue import load_catalogue
    from matcher.groups import build_bundles
    from matcher.optimise.assembly import assemble
    from matcher.optimise.exchange import solve

    settings, tables = matcher.Settings(as_of=AS_OF, workers=1), load_catalogue()
    with tempfile.TemporaryDirectory() as folder:
        write_survey(Path(folder) / "survey", sites, SEED, variety)
        survey = matcher.read_survey(Path(folder) / "survey", as_of=AS_OF)
    candidates = build_candidates(survey, tables, settings)
    assembly = assemble(candidates, survey, settings, build_bundles(survey, tables, settings))
    plan = solve(assembly.problem, settings, gap=settings.portfolio_gap)
    links = [
        np.array([link for link, at in enumerate(assembly.sites_of_link) if site in at], np.int64)
        for site in sorted(survey.sites)
    ]
    return assembly.problem, plan, links, settings


def _without(problem: Any, links: Any) -> Any:
    from matcher.optimise.components import take_links

    keep = np.ones(problem.counts[3], np.bool_)
    keep[links] = False
    return take_links(problem, keep).problem


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _plan_kept(variety: Variety, sites: int) -> Mapping[str, Any]:
    from matcher.optimise.closing import losses

    problem, plan, links, settings = _round(sites, variety)
    started = _cpu_s()
    found = losses(problem, plan, links, settings)
    return {
        "cpu_s": _cpu_s() - started,
        "lost": sum(loss.lost for loss in found),
        "at_least": sum(loss.lost_at_least for loss in found),
    }


def _plan_anew(variety: Variety, sites: int) -> Mapping[str, Any]:
    from matcher.optimise.exchange import solve

    problem, plan, links, settings = _round(sites, variety)
    best, started = plan.report.objective, _cpu_s()
    found = [
        solve(_without(problem, closed), settings, gap=settings.portfolio_gap).report
        for closed in links
    ]
    return {
        "cpu_s": _cpu_s() - started,
        "lost": sum(max(best - report.objective, 0.0) for report in found),
        "at_least": sum(max(best - report.bound, 0.0) for report in found),
    }


def _parts(problem: Any) -> list[tuple[Any, Any]]:
    """Positions of the links, and the model, of each connected part, its like months as one."""
    from matcher.optimise.components import drop_what_cannot_pay, split
    from matcher.optimise.seasons import merge_seasons

    useful = drop_what_cannot_pay(problem)
    return [
        (useful.links[part.links], merge_seasons(part.problem)[0]) for part in split(useful.problem)
    ]


def _relaxation_kept(variety: Variety, sites: int) -> Mapping[str, Any]:
    from matcher.optimise.kept_relaxation import KeptRelaxation

    problem, _, links, settings = _round(sites, variety)
    started = _cpu_s()
    parts = [(own, KeptRelaxation(part, settings)) for own, part in _parts(problem)]
    lost = 0.0
    for closed in links:
        for own, kept in parts:
            shut = np.isin(own, closed)
            lost += kept.whole.bound - kept.without(shut).bound if shut.any() else 0.0
    return {"cpu_s": _cpu_s() - started, "lost": lost}


def _relaxation_anew(variety: Variety, sites: int) -> Mapping[str, Any]:
    from matcher.optimise.kept_relaxation import KeptRelaxation

    def bound(model: Any) -> float:
        return sum(KeptRelaxation(part, settings).whole.bound for _, part in _parts(model))

    problem, _, links, settings = _round(sites, variety)
    started = _cpu_s()
    whole = bound(problem)
    lost = sum(whole - bound(_without(problem, closed)) for closed in links)
    return {"cpu_s": _cpu_s() - started, "lost": lost}


SUBJECTS: Mapping[str, Callable[[int], Mapping[str, Any]]] = {
    f"{name}, {variety.value}": partial(subject, variety)
    for variety in Variety
    for name, subject in (
        ("plan anew", _plan_anew),
        ("plan kept", _plan_kept),
        ("relaxation anew", _relaxation_anew),
        ("relaxation kept", _relaxation_kept),
    )
}
