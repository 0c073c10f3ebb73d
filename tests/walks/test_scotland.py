"""Real returns of Scottish waste sites, 2019: a survey, hauled as an independent solver says."""

from __future__ import annotations

import pytest

from benchmarks.real.check_haulage import build_haulage, solve_as_exchange, solve_as_flow
from benchmarks.real.scotland import NoDataError, Returns, read_returns, write_survey
from matcher.catalogue import load_catalogue
from matcher.reading import read_survey

SOME = ("Rubber wastes", "Used oils", "Dredging spoils")


@pytest.fixture(scope="module")
def returns(shared) -> Returns:
    try:
        return read_returns(shared)
    except NoDataError as error:
        pytest.skip(str(error))


@pytest.mark.slow
def test_haulage_agrees_with_an_independent_min_cost_flow(returns):
    """Same pairs, same whole amounts and distances, another algorithm in another process."""
    haulage = build_haulage(returns, SOME)

    ours = solve_as_exchange(haulage)
    theirs, most_t = solve_as_flow(haulage)

    assert len(haulage.offer) > 10_000
    assert ours.objective == pytest.approx(theirs.objective, rel=1e-6)
    assert ours.moved_t == pytest.approx(most_t, rel=1e-9)
    assert ours.haulage_tkm == pytest.approx(theirs.haulage_tkm, rel=1e-6)


@pytest.mark.slow
def test_the_returns_read_as_a_survey_without_a_problem(returns, tmp_path):
    sites, flows = write_survey(returns, tmp_path)

    survey = read_survey(tmp_path)

    assert (len(survey.sites), len(survey.flows)) == (sites, flows) == (1254, 9390)
    named = {flow.resource for flow in survey.flows.values() if flow.resource}
    assert named <= set(load_catalogue().resources) and len(named) >= 30
    in_t = sum(f.amount for f in survey.flows.values() if f.direction == "need")
    assert in_t == pytest.approx(sum(returns.taken_t.values()))
