"""The whole walk on the made-up territory: what holds of every plan, whatever the survey."""

import itertools
import json
import re
from collections import Counter
from pathlib import Path

import jsonschema
import pytest

from matcher.declarations import Basis
from matcher.errors import SettingsError
from matcher.matching import match
from matcher.plan import Audience, Confidence, ProposalKind
from matcher.plan.as_json import plan_json
from matcher.reading import read_survey
from matcher.settings import Objective, Settings
from matcher.wording import LANGUAGES
from tests.walks.conftest import AS_OF, DEMO

SCHEMA = Path(__file__).resolve().parents[2] / "datasets" / "schemas" / "plan.schema.json"


def test_every_declaration_ends_in_a_proposal_or_has_its_why_not(demo_survey, demo_plan):
    declared = {*demo_survey.flows, *demo_survey.equipment, *demo_survey.jobs, *demo_survey.pools}
    proposed = {
        party.declaration_id
        for proposal in (*demo_plan.proposals, *demo_plan.internal)
        for party in proposal.parties
    }
    left = [item.declaration_id for item in demo_plan.unmatched]

    assert len(left) == len(set(left))
    assert proposed.isdisjoint(left)
    assert proposed | set(left) == declared
    assert all(item.reasons for item in demo_plan.unmatched)


def test_nobody_is_asked_to_look_at_more_proposals_than_three_or_their_own_number(
    demo_survey, demo_plan
):
    asked = Counter(
        site_id
        for proposal in demo_plan.proposals
        for site_id in {party.site_id for party in proposal.parties}
    )

    assert max(asked.values()) > 1
    for site_id, count in asked.items():
        assert count <= (demo_survey.sites[site_id].max_proposals or 3)


def test_each_party_gains_and_their_gains_add_up(demo_plan):
    for proposal in demo_plan.proposals:
        gains = [party.gain_eur_per_year for party in proposal.parties]
        assert min(gains) > 0
        assert sum(gains) == pytest.approx(proposal.gain_eur_per_year.value)


def test_prices_and_ranges_are_in_order(demo_plan):
    for proposal in demo_plan.proposals:
        if proposal.fair_price is not None:
            assert proposal.price_low <= proposal.fair_price <= proposal.price_high
        for bracket in (
            proposal.gain_eur_per_year,
            proposal.avoided_tco2e_per_year,
            proposal.diverted_t_per_year,
        ):
            if bracket.value is not None:
                assert bracket.low <= bracket.value <= bracket.high


def test_what_a_taker_receives_is_what_leaves_the_giver_times_the_yield(demo_plan):
    exchanges = [p for p in demo_plan.proposals if p.kind is ProposalKind.EXCHANGE]
    for proposal in exchanges:
        giver, taker = proposal.parties[0], proposal.parties[1]
        assert sum(giver.amount_by_month) == pytest.approx(proposal.amount_per_year)
        assert sum(taker.amount_by_month) == pytest.approx(proposal.delivered_per_year)


def test_what_is_supposed_is_marked_and_never_more_than_low_confidence(demo_plan):
    """Spent yeast of no declared amount has the range of its trade: one lead stands on it."""
    for proposal in demo_plan.proposals:
        supposed = any(
            demo_plan.declarations[party.declaration_id].basis == Basis.INFERRED
            for party in proposal.parties
        )
        assert proposal.inferred == supposed
        if supposed:
            assert proposal.confidence is Confidence.LOW


def test_a_firm_reads_neither_names_nor_figures_of_money(demo_survey, demo_plan):
    names = [site.name for site in demo_survey.sites.values()]
    read = [
        reason.message.text(language)
        for proposal in demo_plan.proposals
        for reason in proposal.reasons
        if reason.audience is Audience.FIRM
        for language in LANGUAGES
    ]

    assert read
    for sentence in read:
        assert not any(name in sentence for name in names)
        assert not re.search(r"€|EUR|\bkm\b", sentence)


def test_an_exclusion_is_for_the_agent_alone(demo_plan):
    excluded = [
        reason
        for item in demo_plan.unmatched
        for reason in item.reasons
        if reason.code == "excluded"
    ]

    assert excluded
    assert {reason.audience for reason in excluded} == {Audience.AGENT}


def test_every_sentence_of_a_plan_can_be_said_in_both_languages(demo_plan):
    written = json.loads(plan_json(demo_plan))

    for proposal in written["proposals"]:
        for reason in proposal["reasons"]:
            assert set(reason["text"]) == set(LANGUAGES)
            assert all("{" not in sentence for sentence in reason["text"].values())
    for item in written["unmatched"]:
        for reason in item["reasons"]:
            assert all(reason["text"][language] for language in LANGUAGES)


def test_the_plan_is_valid_against_its_published_schema(demo_plan):
    jsonschema.validate(json.loads(plan_json(demo_plan)), json.loads(SCHEMA.read_text("utf-8")))


def test_rows_in_another_order_give_the_same_plan_to_the_byte(demo_plan, tmp_path):
    for table in DEMO.glob("*.csv"):
        header, *rows = table.read_text("utf-8").splitlines(keepends=True)
        if any(row.count('"') % 2 for row in rows):
            pytest.fail(f"{table.name} has a cell over two lines: this test cannot shuffle it")
        ends = [row if row.endswith("\n") else row + "\n" for row in rows]
        (tmp_path / table.name).write_text(header + "".join(reversed(ends)), "utf-8")
    shuffled = read_survey(tmp_path, as_of=AS_OF)

    again = plan_json(match(shuffled, Settings(as_of=AS_OF, workers=1)))

    assert _without_row_numbers(again) == _without_row_numbers(plan_json(demo_plan))


def _without_row_numbers(plan: bytes) -> bytes:
    """Warnings tell the row of the file, which is what was changed."""
    content = json.loads(plan)
    content.pop("warnings", None)
    return json.dumps(content, sort_keys=True).encode()


def test_the_number_of_processes_changes_no_byte(demo_survey, demo_plan):
    again = match(demo_survey, Settings(as_of=AS_OF, workers=2))

    assert plan_json(again) == plan_json(demo_plan)


def test_fewer_proposals_never_bring_more(demo_survey, demo_plan):
    few = match(demo_survey, Settings(as_of=AS_OF, workers=1, proposals=5, portfolio_gap=0.0))

    assert len(few.proposals) <= 5
    assert few.report.solve.objective <= demo_plan.report.solve.bound * (1 + 1e-9)


def test_the_curve_rises_to_the_plan_and_stays_under_its_bounds(demo_plan):
    curve = demo_plan.curve

    assert 1 <= len(curve) <= 20
    assert [point.proposals for point in curve] == sorted({point.proposals for point in curve})
    for point in curve:
        assert point.gain <= point.bound * (1 + 1e-9)
    for before, after in itertools.pairwise(curve):
        assert before.gain <= after.gain
    assert curve[-1].proposals == len(demo_plan.proposals)
    assert curve[-1].gain == pytest.approx(
        sum(proposal.gain_eur_per_year.value for proposal in demo_plan.proposals)
    )


def test_aiming_at_carbon_avoids_at_least_as_much_of_it(demo_survey, demo_plan):
    green = match(demo_survey, Settings(as_of=AS_OF, workers=1, objective=Objective.CO2E))

    def avoided(plan):
        return sum(proposal.avoided_tco2e_per_year.value or 0.0 for proposal in plan.proposals)

    assert avoided(green) >= avoided(demo_plan) * (1 - green.settings.portfolio_gap)
    assert all(proposal.gain_eur_per_year.value > 0 for proposal in green.proposals)


def test_a_round_without_a_date_is_refused(demo_survey):
    with pytest.raises(SettingsError, match="as_of"):
        match(demo_survey, Settings())


def test_a_figure_to_override_that_does_not_exist_is_refused_with_the_nearest(demo_survey):
    settings = Settings(as_of=AS_OF, factor_overrides={"haulage_per_kms": 0.3})

    with pytest.raises(SettingsError, match="nearest: haulage_per_km"):
        match(demo_survey, settings)
