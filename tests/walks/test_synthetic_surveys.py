"""The made-up surveys that the command is timed on: read whole, known resources, steady."""

from __future__ import annotations

import pytest

from benchmarks.synthetic_surveys import (
    FLOWS_A_SITE,
    HEAT,
    MATTER,
    WATER,
    Variety,
    usual_trades,
    write_survey,
)
from matcher.candidates import build_candidates
from matcher.catalogue import load_catalogue
from matcher.reading import read_survey
from matcher.settings import Settings
from tests.planted import AS_OF


@pytest.mark.parametrize("variety", Variety)
def test_a_made_up_survey_reads_without_an_error_and_every_resource_is_known(tmp_path, variety):
    sites, flows = write_survey(tmp_path, 60, 3, variety)

    survey = read_survey(tmp_path)

    assert (len(survey.sites), len(survey.flows)) == (sites, flows) == (60, 60 * FLOWS_A_SITE)
    assert all(flow.resource for flow in survey.flows.values())
    candidates = build_candidates(survey, load_catalogue(), Settings(as_of=AS_OF))
    assert len(candidates.arcs.offer) > (500 if variety is Variety.CROWDED else 50)


def test_the_same_seed_gives_the_same_files_and_another_seed_others(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_survey(tmp_path / name, 12, seed=seed)

    texts = {name: (tmp_path / name / "flows.csv").read_text() for name in "abc"}
    assert texts["a"] == texts["b"] != texts["c"]


def test_every_trade_of_the_made_up_surveys_is_a_route_of_the_catalogue():
    catalogue = load_catalogue()
    known = {(route.from_resource, route.to_resource) for route in catalogue.routes()}
    trades = (*MATTER, *HEAT, *WATER, *usual_trades()[0])

    assert {(trade.offer, trade.need) for trade in trades} <= known
    assert len({end for trade in trades for end in (trade.offer, trade.need)}) >= 60
