"""A round after a round, on the made-up territory: what stays, what never returns, what is told."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.declarations import Survey
from matcher.errors import SurveyError
from matcher.matching import match
from matcher.outputs.report_page import report_page
from matcher.plan import Plan
from matcher.plan.as_json import plan_json
from matcher.reading import read_last_round
from matcher.rounds.last_round import Answer, LastRound, SiteAnswer
from matcher.terms import ReasonCode

CODES = [*ReasonCode, None]


@pytest.fixture(scope="module")
def last(demo_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> LastRound:
    """The plan of the demonstration, as a later round reads it."""
    return read_last_round(written(demo_plan, tmp_path_factory.mktemp("plan")))


def written(plan: Plan, folder: Path) -> Path:
    path = folder / "plan.json"
    path.write_bytes(plan_json(plan))
    return path


def answered(last: LastRound, said: dict[str, ReasonCode | str | None]) -> LastRound:
    """By proposal: ``yes`` from all its sites, or the reason for which the first one says no."""
    answers = []
    for proposal_id, word in said.items():
        parties = last.proposals[proposal_id].parties
        sites = sorted({p.site_id for p in parties}) if word == "yes" else [parties[0].site_id]
        for site_id in sites:
            answer = Answer.ACCEPTED if word == "yes" else Answer.REFUSED
            code = ReasonCode(word) if answer is Answer.REFUSED and word else None
            answers.append(
                SiteAnswer(
                    proposal_id=proposal_id, site_id=site_id, answer=answer, code=code, row=2
                )
            )
    return dataclasses.replace(last, answers=tuple(answers), file="answers.csv")


def declarations(plan: Plan) -> list[frozenset[str]]:
    return [
        frozenset(party.declaration_id for party in proposal.parties)
        for proposal in (*plan.proposals, *plan.internal)
    ]


def some_of_each(last: LastRound) -> LastRound:
    """Every third lead accepted, every third refused, for each reason in turn."""
    said: dict[str, ReasonCode | str | None] = {}
    for place, proposal_id in enumerate(sorted(last.proposals)):
        if place % 3 == 0:
            said[proposal_id] = "yes"
        elif place % 3 == 1:
            said[proposal_id] = CODES[place // 3 % len(CODES)]
    return answered(last, said)


@pytest.fixture(scope="module")
def after(last: LastRound) -> LastRound:
    return some_of_each(last)


@pytest.fixture(scope="module")
def following(demo_survey: Survey, demo_plan: Plan, after: LastRound) -> Plan:
    return match(demo_survey, demo_plan.settings, after=after)


def require_the_laws(plan: Plan, after: LastRound) -> None:
    """Nothing accepted disappears, no refused pair returns, and each code closes what it says."""
    proposed = declarations(plan)
    for held in after.accepted:
        assert held.declaration_ids in proposed
    held = {each.declaration_ids for each in after.accepted}
    free = (*plan.proposals, *plan.internal)
    for refused in after.refusals:
        for pair in refused.pairs:
            assert not any(pair <= ids for ids in proposed if ids not in held)
        own = set(refused.declaration_ids)
        for lead in free:
            ids = frozenset(party.declaration_id for party in lead.parties)
            if ids in held:
                continue
            mine = [party for party in lead.parties if party.declaration_id in own]
            if mine and refused.code in (ReasonCode.NO_MORE, ReasonCode.SOLVED):
                pytest.fail(f"{own} was closed")
            if refused.code is ReasonCode.ECONOMIC:
                assert all(p.gain_eur_per_year > refused.gain_eur_per_year for p in mine)
            if mine and refused.code is ReasonCode.DISTANCE and len(lead.parties) == 2:
                assert lead.distance_km < refused.distance_km
            if refused.code is ReasonCode.TRUST:
                firms = {plan.sites[party.site_id].firm_id for party in lead.parties}
                own_firm = plan.sites[refused.site_id].firm_id
                others = {plan.sites[site_id].firm_id for site_id in refused.other_site_ids}
                assert own_firm not in firms or not (others - {own_firm}) & firms


def test_what_all_accepted_stays_and_what_was_refused_does_not_come_back(following, after):
    assert len(after.accepted) > 5
    assert len(after.refusals) > 5

    require_the_laws(following, after)


def test_accepted_amounts_are_kept(following, after):
    """An accepted exchange carries what was agreed, to the rounding of the solver."""
    amounts = {
        frozenset(p.declaration_id for p in lead.parties): lead.amount_per_year
        for lead in (*following.proposals, *following.internal)
    }

    for held in after.accepted:
        assert amounts[held.declaration_ids] >= held.amount_per_year * (1 - 2e-6)


def test_the_account_adds_up_and_says_why_each_lead_went(following, after, last):
    account = following.next_round
    assert account is not None
    before = len(last.proposals)
    now = len(following.proposals) + len(following.internal)

    assert len(account.accepted) == len(after.accepted)
    assert len(account.accepted) + len(account.again) + len(account.gone) == before
    assert len(account.accepted) + len(account.again) + len(account.new) == now
    assert {item.why.code for item in account.gone} >= {"round.gone.refused"}
    assert account.answers == len(after.answers)


def test_the_objective_is_the_gain_less_the_malus_on_new_leads(following):
    account = following.next_round
    gain = sum(lead.gain_eur_per_year.value for lead in (*following.proposals, *following.internal))

    assert following.report.solve.objective == pytest.approx(
        gain - account.malus * account.new_counted
    )


def test_a_refusal_is_the_first_reason_of_what_it_leaves_alone(following, after):
    """The agent reads who said no and why; it is marked for the agent alone."""
    alone = {item.declaration_id: item.reasons[0] for item in following.unmatched}
    told = [
        alone[name]
        for refused in after.refusals
        for name in refused.declaration_ids
        if name in alone
    ]

    assert told
    assert {reason.code for reason in told} <= {"refused-before", "closed-before"}
    assert {reason.audience.value for reason in told} == {"agent"}


def test_the_report_says_what_stayed_what_went_and_why(following, demo_plan):
    page = report_page(following, "fr")

    assert 'id="round"' in page
    assert "a dit non (raison" in page
    assert 'id="round"' not in report_page(demo_plan, "fr")


def test_no_answer_to_an_unchanged_survey_is_the_same_plan(demo_survey, demo_plan, last):
    again = json.loads(plan_json(match(demo_survey, demo_plan.settings, after=last)))
    before = json.loads(plan_json(demo_plan))

    assert again.pop("next_round")["is_same"]
    assert before.pop("next_round") is None
    assert again == before


@pytest.mark.slow
def test_the_same_answers_give_the_same_plan_whatever_their_order(demo_survey, following, after):
    turned = dataclasses.replace(after, answers=after.answers[::-1])

    assert plan_json(match(demo_survey, following.settings, after=turned)) == plan_json(following)


@pytest.mark.slow
def test_a_third_round_needs_only_the_second_plan(demo_survey, following, after, tmp_path):
    """Nobody answers it: what the first round's answers kept and closed still is, the plan too."""
    third = match(
        demo_survey, following.settings, after=read_last_round(written(following, tmp_path))
    )

    require_the_laws(third, after)
    assert sorted(map(sorted, declarations(third))) == sorted(map(sorted, declarations(following)))


@pytest.mark.slow
@settings(max_examples=12)
@given(st.data())
def test_the_laws_hold_for_any_answers(demo_survey, demo_plan, last, data):
    words = ["yes", None, *(code.value for code in ReasonCode)]
    said = {
        proposal_id: data.draw(st.sampled_from(words))
        for proposal_id in sorted(last.proposals)
        if data.draw(st.booleans())
    }
    after = answered(last, said)

    require_the_laws(match(demo_survey, demo_plan.settings, after=after), after)


def test_an_accepted_lead_whose_declaration_is_gone_is_named(demo_survey, demo_plan, last):
    sand = next(lead for lead in demo_plan.proposals if lead.object.startswith("foundry_sand"))
    flow_id = sand.parties[0].declaration_id
    left = {key: flow for key, flow in demo_survey.flows.items() if key != flow_id}
    without = dataclasses.replace(
        demo_survey,
        flows=left,
        qualities=tuple(q for q in demo_survey.qualities if q.flow_id != flow_id),
    )
    after = answered(last, {sand.proposal_id: "yes"})

    with pytest.raises(SurveyError) as caught:
        match(without, demo_plan.settings, after=after)

    (problem,) = caught.value.problems
    assert (problem.code, problem.value) == ("accepted-without-declaration", sand.proposal_id)
    assert flow_id in problem.message("fr") and "Fonderie Maurel-Sorin" in problem.message("en")


@pytest.mark.slow
def test_more_accepted_than_the_number_of_leads_allows_are_named(demo_survey, demo_plan, last):
    """Three were accepted, two are wanted: one is named, with the place of its answer."""
    first = [lead.proposal_id for lead in demo_plan.proposals[:3]]
    after = answered(last, dict.fromkeys(first, "yes"))

    with pytest.raises(SurveyError) as caught:
        match(demo_survey, dataclasses.replace(demo_plan.settings, proposals=2), after=after)

    (problem,) = caught.value.problems
    assert problem.code == "accepted-not-together"
    assert (problem.value in first, problem.file, problem.row) == (True, "answers.csv", 2)


@pytest.mark.slow
def test_where_a_declaration_has_shrunk_what_was_accepted_shrinks_with_it(
    demo_survey, demo_plan, last
):
    """The foundry now has half the sand: the accepted lead stays, with half."""
    sand = next(lead for lead in demo_plan.proposals if lead.object.startswith("foundry_sand"))
    flow = demo_survey.flows[sand.parties[0].declaration_id]
    half = dataclasses.replace(
        flow,
        amount=flow.amount / 2,
        amount_low=flow.amount_low and flow.amount_low / 2,
        amount_high=flow.amount_high and flow.amount_high / 2,
    )
    survey = dataclasses.replace(demo_survey, flows={**demo_survey.flows, flow.flow_id: half})
    after = answered(last, {sand.proposal_id: "yes"})

    plan = match(survey, demo_plan.settings, after=after)

    kept = next(lead for lead in plan.proposals if lead.proposal_id == sand.proposal_id)
    assert kept.amount_per_year == pytest.approx(flow.amount / 2, rel=1e-5)


@pytest.mark.slow
def test_a_lead_left_without_an_answer_may_come_again_but_pays_as_a_new_one(
    demo_survey, demo_plan, last
):
    lead = demo_plan.proposals[0]
    after = answered(last, {lead.proposal_id: ReasonCode.NO_ANSWER})

    account = match(demo_survey, demo_plan.settings, after=after).next_round

    assert not after.refusals
    assert lead.proposal_id in account.again
    assert account.new_counted == len(account.new) + 1
