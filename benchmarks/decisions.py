"""Questions asked again: 21 points between euros and tonnes, of a kept model and each anew.

The same floors on the tonnes for all, from the plan with the most euros to that with the most
tonnes, at the gap of a round (1 %); the relaxed subjects solve the linear relaxation only, three
times over, of which the quickest counts. "Each anew" writes the model again for every point and
hands it whole to HiGHS, with no plan to start from. Sizes are sites of a made-up survey; the time
of reading it and of building its candidates is left out, that of writing the model is not.
"""

from __future__ import annotations

import datetime
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

SIZES = (60, 200)
POINTS = 21
TIMES = 3  # that what takes some hundredths of a second is measured: the least of them counts
SEED = 0
AS_OF = datetime.date(2027, 1, 11)


def _round(sites: int) -> Any:
    from benchmarks.synthetic_surveys import write_survey
    from matcher.candidates import build_candidates
    from matcher.catalogue import load_catalogue
    from matcher.foresight import Round
    from matcher.groups import build_bundles
    from matcher.optimise.assembly import assemble
    from matcher.optimise.portfolio import solve_portfolio
    from matcher.reading import read_survey
    from matcher.settings import Settings

    settings = Settings(as_of=AS_OF, workers=1, curve_points=0)
    with tempfile.TemporaryDirectory() as folder:
        write_survey(Path(folder), sites, SEED)
        survey = read_survey(Path(folder), as_of=AS_OF)
    catalogue = load_catalogue()
    candidates = build_candidates(survey, catalogue, settings)
    found = build_bundles(survey, catalogue, settings)
    assembly = assemble(candidates, survey, settings, found)
    return Round(
        candidates=candidates,
        survey=survey,
        settings=settings,
        assembly=assembly,
        solution=solve_portfolio(assembly.problem, settings).solution,
    )


def _kept(round_: Any, **choices: Any) -> Any:
    from matcher.optimise.aims import count_of_sites
    from matcher.optimise.kept import KeptModel

    aims = (round_.euros, round_.carbon, count_of_sites(round_.exchange))
    return KeptModel(round_.exchange, aims, round_.settings, round_.touches, **choices)


def _questions(round_: Any) -> list[Any]:
    """The floors: the same for every subject, found by a model of their own."""
    from matcher.optimise.kept import Question

    kept = _kept(round_)
    free = np.full(3, -np.inf)
    most = [
        kept.ask(Question(weights=np.array(weights), floors=free))
        for weights in ((1.0, 1e-3, 1e-3), (1e-4, 1.0, 1e-3))
    ]
    low, high = (answer.values[1] for answer in most)
    return [
        Question(weights=np.array([1.0, 1e-3, 1e-3]), floors=np.array([-np.inf, floor, -np.inf]))
        for floor in np.linspace(high, low, POINTS)
    ]


def _measured(
    sites: int, ask: Callable[[Any, list[Any]], list[Any]], *, is_quick: bool = False
) -> Mapping[str, Any]:
    round_ = _round(sites)
    questions = _questions(round_)
    answers, spent = [], float("inf")
    for _ in range(TIMES if is_quick else 1):
        started = time.process_time()
        answers = ask(round_, questions)
        spent = min(spent, time.process_time() - started)
    values = [answer if isinstance(answer, float) else answer.objective for answer in answers]
    gaps = [0.0 if isinstance(answer, float) else answer.gap for answer in answers]
    return {
        "cpu_s": spent,
        "links": int(round_.exchange.counts[3]),
        "mean_objective": float(np.mean(values)),
        "largest_gap": max(gaps),
    }


def _ask_kept(round_: Any, questions: list[Any]) -> list[Any]:
    kept = _kept(round_)
    return [kept.ask(question) for question in questions]


def _ask_anew(round_: Any, questions: list[Any]) -> list[Any]:
    return [_kept(round_, large=10**9).ask(question) for question in questions]


def _relax_kept(round_: Any, questions: list[Any]) -> list[Any]:
    kept = _kept(round_)
    return [kept.bound_of(question) for question in questions]


def _relax_anew(round_: Any, questions: list[Any]) -> list[Any]:
    return [_kept(round_).bound_of(question) for question in questions]


SUBJECTS: dict[str, Callable[[int], Mapping[str, Any]]] = {
    "21 points, each anew": lambda sites: _measured(sites, _ask_anew),
    "21 points, kept": lambda sites: _measured(sites, _ask_kept),
    "21 points relaxed, each anew": lambda sites: _measured(sites, _relax_anew, is_quick=True),
    "21 points relaxed, kept": lambda sites: _measured(sites, _relax_kept, is_quick=True),
}
LIMITS = {"21 points, each anew": 60, "21 points, kept": 60}  # minutes beyond
RATIO_TO = {
    "21 points, kept": "21 points, each anew",
    "21 points relaxed, kept": "21 points relaxed, each anew",
}
