"""Shared machines, jobs and purchases in one plan with the exchange, worked out by hand."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pytest

from matcher.candidates import build_candidates
from matcher.candidates.bundles import Bundle, Bundles, ClaimKey, Gate, GroupRefusal, Member
from matcher.catalogue import load_catalogue
from matcher.declarations import Direction, Equipment, Site, Survey
from matcher.leads.groups import group_lead
from matcher.optimise.assembly import assemble
from matcher.optimise.portfolio import Portfolio, solve_portfolio
from matcher.settings import Backend, Objective, Settings
from matcher.terms import (
    Audience,
    Confidence,
    Delay,
    Message,
    ProposalKind,
    Range,
    Reason,
    Role,
)
from matcher.why_not.groups import GroupWhyNot

AS_OF = datetime.date(2027, 1, 11)
SETTINGS = Settings(as_of=AS_OF, workers=1, portfolio_gap=1e-6)


def survey_of(*sites: str) -> Survey:
    return Survey(
        sites={site: Site(site_id=site, name=f"Site {site}") for site in sites},
        equipment={
            f"{site}-press": Equipment(
                item_id=f"{site}-press",
                site_id=site,
                direction=Direction.NEED,
                equipment="press",
            )
            for site in sites
        },
    )


def bundle(
    worth: float,
    *sites: str,
    claims: Mapping[ClaimKey, float] | None = None,
    carbon: float | None = None,
) -> Bundle:
    return Bundle(
        kind=ProposalKind.SHARING,
        object="press",
        form="contract",
        instrument="loan",
        members=tuple(
            Member(
                site_id=site,
                declaration_id=f"{site}-press",
                role=Role.USER,
                gain=Range(value=worth / len(sites)),
                amount_by_month=(1.0,) * 12,
            )
            for site in sites
        ),
        amount_per_year=12.0 * len(sites),
        unit="h",
        value=Range(value=worth),
        distance_km=1.0,
        effort_hours=8.0,
        delay=Delay.UNDER_3_MONTHS,
        first_step=Message(code="proposal.first-step.study"),
        confidence=Confidence.MEDIUM,
        confidence_reasons=(),
        avoided_tco2e_per_year=Range(value=carbon),
        claims=claims or {},
    )


def solved(found: Bundles, survey: Survey, settings: Settings = SETTINGS) -> Portfolio:
    candidates = build_candidates(survey, load_catalogue(), settings)
    return solve_portfolio(assemble(candidates, survey, settings, found).problem, settings)


def test_a_machine_serves_whom_its_hours_allow_and_those_who_gain_most() -> None:
    """90 h in March; 60 h bring 500, 50 h bring 400, 40 h bring 350: 50 + 40 h bring 750."""
    room = ("hours", "H-press", "03")
    found = Bundles(
        bundles=(
            bundle(500.0, "H", "A", claims={room: 60.0}),
            bundle(400.0, "H", "B", claims={room: 50.0}),
            bundle(350.0, "H", "C", claims={room: 40.0}),
        ),
        limits={room: 90.0},
    )

    portfolio = solved(found, survey_of("H", "A", "B", "C"))

    assert portfolio.solution.report.proved_optimal
    assert portfolio.solution.report.objective == pytest.approx(750.0)
    assert [bool(taken) for taken in portfolio.solution.is_open] == [False, True, True]


@pytest.mark.parametrize("backend", [Backend.ENGINE, Backend.REFERENCE])
def test_a_group_spends_the_attention_of_each_of_its_sites(backend: Backend) -> None:
    """A reads one lead: the group of three (900) leaves nothing; A+B and C+D bring 800 + 300."""
    survey = survey_of("A", "B", "C", "D")
    found = Bundles(
        bundles=(
            bundle(900.0, "A", "B", "C"),
            bundle(800.0, "A", "B"),
            bundle(300.0, "C", "D"),
        )
    )
    settings = Settings(
        as_of=AS_OF, workers=1, max_proposals_per_site=1, portfolio_gap=1e-6, backend=backend
    )

    portfolio = solved(found, survey, settings)

    assert portfolio.solution.report.objective == pytest.approx(1_100.0)


def test_the_curve_counts_a_group_as_one() -> None:
    """Best of one: 900; of two: 900 + 300."""
    found = Bundles(bundles=(bundle(300.0, "C", "D"), bundle(900.0, "A", "B")))

    curve = solved(found, survey_of("A", "B", "C", "D")).curve

    assert [point.proposals for point in curve] == [1, 2]
    assert [point.gain for point in curve] == pytest.approx([900.0, 1_200.0])


def test_where_carbon_is_the_aim_a_group_counts_what_it_avoids_and_must_pay() -> None:
    """Only B avoids a known 2 t and pays; A's carbon is not known, C loses money."""
    found = Bundles(
        bundles=(
            bundle(500.0, "A", "D"),
            bundle(10.0, "B", "D", carbon=2.0),
            bundle(-5.0, "C", "D", carbon=9.0),
        )
    )
    settings = Settings(as_of=AS_OF, workers=1, objective=Objective.CO2E)

    portfolio = solved(found, survey_of("A", "B", "C", "D"), settings)

    assert portfolio.solution.report.objective == pytest.approx(2.0)


def test_a_proposal_says_what_its_bundle_says() -> None:
    lead = group_lead(bundle(400.0, "A", "B"), load_catalogue(), SETTINGS)

    assert lead.kind is ProposalKind.SHARING
    assert sum(party.gain_eur_per_year for party in lead.parties) == pytest.approx(400.0)
    assert lead.avoided_tco2e_per_year.value is None
    assert lead.is_credible


def test_why_not_tells_a_taken_room_before_the_gates_and_the_easiest_gate_first() -> None:
    """C's group wants the one place that A's took; alone, it was too far and dearer."""
    room = ("need", "H-press")
    far = Reason(
        message=Message(code="why-not.no-partner"), audience=Audience.AGENT, gap=3.0, unit="km"
    )
    found = Bundles(
        bundles=(
            bundle(400.0, "H", "A", claims={room: 1.0}),
            bundle(300.0, "H", "C", claims={room: 1.0}),
        ),
        limits={room: 1.0},
        refusals=(
            GroupRefusal(declaration_id="C-press", gate=Gate.TOO_FAR, reason=far),
            GroupRefusal(
                declaration_id="C-press",
                gate=Gate.DOES_NOT_PAY,
                reason=Reason(message=far.message, audience=far.audience, gap=7.0, unit="EUR/year"),
            ),
        ),
    )
    survey = survey_of("H", "A", "C", "D")
    candidates = build_candidates(survey, load_catalogue(), SETTINGS)
    assembly = assemble(candidates, survey, SETTINGS, found)
    solution = solve_portfolio(assembly.problem, SETTINGS).solution

    lonely = GroupWhyNot(found, survey, assembly, solution).unmatched(
        frozenset({"H-press", "A-press"})
    )

    assert [item.declaration_id for item in lonely] == ["C-press", "D-press"]
    assert lonely[0].reasons[0].code == "group-room-taken"
    assert [reason.gap for reason in lonely[0].reasons] == [pytest.approx(300.0), 7.0, 3.0]
    assert [reason.code for reason in lonely[1].reasons] == ["kind-comes-later"]


def test_a_claim_without_a_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="has no limit"):
        Bundles(bundles=(bundle(1.0, "A", "B", claims={("need", "A-press"): 1.0}),))
