"""The missing link: small rounds worked out by hand, and each gain beside a plan made with it."""

import datetime
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import matcher
from matcher.catalogue import load_catalogue
from matcher.declarations import Direction, Flow, Job, Outlet, Survey, Way
from matcher.errors import CellProblem, Severity
from matcher.outlook.missing import Round, missing_links
from matcher.outlook.what_ifs import (
    FLOOR_M2,
    floors,
    half_jobs,
    newcomers,
    units,
    with_these,
)
from matcher.settings import Settings
from tests.matcher.groups.a_round import a_need, a_site, months

AS_OF = datetime.date(2027, 1, 11)
DEMO = Path(__file__).resolve().parents[3] / "datasets" / "demo"
TABLES = load_catalogue()
SETTINGS = Settings(as_of=AS_OF, workers=1, portfolio_gap=1e-6, curve_points=0)


def an_offer(site_id, resource="sawdust", amount=100.0, cost=80.0, **said):
    """Tonnes that a site pays to have buried."""
    return Flow(
        flow_id=f"{site_id}-{resource}",
        site_id=site_id,
        direction=Direction.OFFER,
        resource=resource,
        declared_resource=resource,
        amount=amount,
        today_outlet=Outlet.LANDFILL,
        today_way=Way.PAYS,
        today_cost_eur_per_unit=cost,
        **said,
    )


def a_round(*flows, jobs=(), equipment=(), km=3.0, **said):
    names = dict.fromkeys(item.site_id for item in (*flows, *jobs, *equipment))
    return Survey(
        sites={name: a_site(name, km * at) for at, name in enumerate(names)},
        flows={flow.flow_id: flow for flow in flows},
        jobs={job.job_id: job for job in jobs},
        equipment={item.item_id: item for item in equipment},
        **said,
    )


def nobody_is_supposed(assembly, candidates):
    return np.zeros(assembly.problem.counts[3], np.bool_)


def missing(survey, settings=SETTINGS):
    alone = frozenset((*survey.flows, *survey.jobs, *survey.equipment))
    told = Round(
        survey=survey, catalogue=TABLES, settings=settings, is_alone=alone,
        is_supposed=nobody_is_supposed,
    )  # fmt: skip
    return missing_links(told)


def gain_with(survey, what, settings=SETTINGS):
    """The plan of the survey with one addition, and without: two runs of the whole walk."""
    plans = [matcher.match(each, settings) for each in (with_these(survey, [what]), survey)]
    with_it, without = (plan.report.solve.objective for plan in plans)
    return with_it - without


def test_a_newcomer_is_worth_what_its_givers_save():
    """Sawdust at 80 EUR/t to landfill, nobody takes it: the plan with a taker in its midst."""
    survey = a_round(an_offer("a"), an_offer("b", amount=50.0))
    found = [link for link in missing(survey) if link.kind == "newcomer"]
    by_key = {what.key: what for what in newcomers(survey, TABLES)}

    assert found
    assert 0 < found[0].gain < 150 * 80
    for link in found:
        assert link.gain == pytest.approx(gain_with(survey, by_key[link.key]))
        assert link.at_most == pytest.approx(link.gain)
        assert set(link.site_ids) <= {"a", "b"}
    assert len({(link.site_ids, link.message.values["taken"]["en"]) for link in found}) == len(
        found
    )


def test_the_first_estimate_is_the_gain_where_nothing_competes():
    """One giver, nobody else: at prices of nought the estimate is the plan with the newcomer."""
    best = missing(a_round(an_offer("a")))[0]

    assert best.estimate == pytest.approx(best.gain)


def test_no_trade_that_waste_goes_to_today_is_called_for():
    trades = {what.message.values["code"] for what in newcomers(a_round(an_offer("a")), TABLES)}

    assert trades
    assert not trades & {"37.0", "38.1", "38.2", "39.0"}


def test_what_is_sold_well_already_calls_for_nobody():
    survey = a_round(an_offer("a", cost=-40.0))

    assert [link for link in missing(survey) if link.kind == "newcomer"] == []


def test_an_amount_that_is_likely_a_slip_calls_for_nobody():
    doubt = CellProblem(
        code="amount-implausible", file="flows.csv", row=7, severity=Severity.WARNING,
        details={"amount": 1e5, "unit": "t", "headcount": 5, "usual": 100},
    )  # fmt: skip
    survey = a_round(an_offer("a", amount=1e5, row=7), warnings=(doubt,))

    assert missing(survey) == ()


def test_half_a_job_completes_a_post_that_was_too_small():
    """40 h a month alone share nothing; with 67 h more they are 1,284 h: a part-time post."""
    job = Job(job_id="a-hse", site_id="a", title="Technicien sécurité", occupation="H1303",
              hours_by_month=months(40))  # fmt: skip
    survey = a_round(jobs=(job,))
    (link,) = [link for link in missing(survey) if link.kind == "job"]
    (what,) = half_jobs(survey, TABLES, frozenset({"a-hse"}))

    assert link.site_ids == ("a",)
    assert link.gain == pytest.approx(gain_with(survey, what))
    assert half_jobs(survey, TABLES, frozenset()) == ()  # its need is met


def test_a_floor_serves_who_lacks_it():
    """200 m2 lacked all year, 300 m2 there: all of the need is met, at the usual prices."""
    need = a_need("a", 200, equipment="storage_area", area_m2=200.0)
    survey = a_round(equipment=(need,))
    (link,) = [link for link in missing(survey) if link.kind == "floor"]
    (what,) = floors(survey, TABLES, frozenset({need.item_id}))

    assert what.equipment[0].area_m2 == FLOOR_M2
    assert link.gain == pytest.approx(gain_with(survey, what))


def test_a_unit_stands_between_two_that_could_not_meet_without_it():
    """Broken pallets at 80 EUR/t and somebody who buys chips at 60 EUR/t: a chipper is missing.

    300 t by 5 t an hour or so are far below 120 h a month; chipping costs less than both save.
    """
    need = Flow(
        flow_id="b-chips", site_id="b", direction=Direction.NEED, resource="wood_chips",
        declared_resource="wood_chips", amount=300.0, today_cost_eur_per_unit=60.0,
    )  # fmt: skip
    survey = a_round(an_offer("a", "broken_pallets", 300.0), need)
    chipper = next(what for what in units(survey, TABLES) if what.key == "unit.chipper")
    found = {link.key: link for link in missing(survey)}

    assert matcher.match(survey, SETTINGS).proposals == ()
    assert 0 < found["unit.chipper"].gain < 300 * (80 + 60)
    assert found["unit.chipper"].gain == pytest.approx(gain_with(survey, chipper))
    assert found["unit.chipper"].site_ids == ("a", "b")


def heat(site_id, mwh, degrees):
    """Warm water that runs to waste, all year."""
    return Flow(
        flow_id=f"{site_id}-heat", site_id=site_id, direction=Direction.OFFER,
        resource="heat_hot_water", declared_resource="heat_hot_water", amount=mwh,
        today_outlet=Outlet.LOST, temperature_c=degrees,
    )  # fmt: skip


def test_lost_heat_calls_for_somebody_who_buys_it_half_a_kilometre_away():
    """3,000 MWh at 62 EUR are 186,000 EUR a year; 650 m of trench and the stations cost less.

    Nobody pays to be rid of heat: all that is gained is what the newcomer no longer buys.
    """
    survey = a_round(heat("a", 3000.0, 80.0))
    found = [link for link in missing(survey) if link.key.startswith("newcomer-pipe.")]
    by_key = {what.key: what for what in newcomers(survey, TABLES)}

    assert found
    for link in found:
        assert 50_000 < link.gain < 3000 * 62
        assert link.gain == pytest.approx(gain_with(survey, by_key[link.key]))


def test_a_little_heat_does_not_pay_for_the_trench():
    assert missing(a_round(heat("a", 30.0, 80.0))) == ()


def test_rinsing_water_calls_for_somebody_who_would_use_it():
    water = Flow(
        flow_id="a-water", site_id="a", direction=Direction.OFFER, resource="water_rinse",
        declared_resource="water_rinse", amount=200_000.0, today_outlet=Outlet.DISCHARGE,
        today_way=Way.PAYS, today_cost_eur_per_unit=1.5,
    )  # fmt: skip
    found = missing(a_round(water))

    assert found and found[0].key.startswith("newcomer-pipe.") and found[0].site_ids == ("a",)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_best_of_a_tiny_town_is_the_best_by_trying_every_addition(seed):
    """Every trade and every unit is added alone and the town matched anew: what the prices of the
    plan put first, and what is said of it, must be what trying all of them finds.
    """
    chance = np.random.default_rng(seed)
    things = ["sawdust", "broken_pallets", "glass_cullet", "cardboard", "vegetable_residues"]
    flows = [heat("s0", float(chance.uniform(500, 4000)), 85.0)]
    for place, resource in enumerate(chance.choice(things, 3, replace=False).tolist()):
        amount, cost = float(chance.uniform(50, 400)), float(chance.uniform(20, 120))
        flows.append(an_offer(f"s{place}", resource, amount, cost))
    rival = Flow(
        flow_id="s3-need", site_id="s3", direction=Direction.NEED, resource=flows[1].resource,
        declared_resource=flows[1].resource, amount=float(chance.uniform(20, 200)),
        today_cost_eur_per_unit=40.0,
    )  # fmt: skip
    survey = a_round(*flows, rival)
    plain = replace(SETTINGS, robustness_draws=0)
    tried = {
        what.key: gain_with(survey, what, plain)
        for what in (*newcomers(survey, TABLES), *units(survey, TABLES))
    }
    found = {link.key: link for link in missing(survey, plain)}

    for kind in ("newcomer.", "newcomer-pipe.", "unit."):
        said = [link.gain for key, link in found.items() if key.startswith(kind)]
        real = [gain for key, gain in tried.items() if key.startswith(kind)]
        worth_saying = max(real, default=0.0) > 1.0
        assert bool(said) == worth_saying
        if said:
            assert max(said) == pytest.approx(max(real), rel=1e-6)
    for key, link in found.items():
        if key in tried:
            assert link.gain == pytest.approx(tried[key], rel=1e-6, abs=1e-3)


@pytest.fixture(scope="module")
def demo():
    return matcher.match(
        matcher.read_survey(DEMO), replace(SETTINGS, curve_points=20), outlook=True
    )


@pytest.mark.slow
def test_the_pool_misses_its_heat_by_less_than_half_a_kilometre_of_trench(demo):
    """F12 is some 11 000 EUR a year short; 500 m at 900 EUR/m are 450 000 EUR, 36 000 a year."""
    (pipe,) = [link for link in demo.missing_links if link.key.startswith("pipe.F01-chaleur.F12")]

    assert pipe.message.values["cost"] == pytest.approx(450_000)
    assert 20_000 < pipe.estimate < 30_000
    assert 0 < pipe.gain <= pipe.estimate + 1


@pytest.mark.slow
def test_the_demo_lacks_a_few_things_with_their_bounds(demo):
    gains = [link.gain for link in demo.missing_links]

    assert 3 <= len(gains) <= 21
    assert gains == sorted(gains, reverse=True)
    assert {link.kind for link in demo.missing_links} >= {"newcomer", "unit", "pipe", "job"}
    for link in demo.missing_links:
        assert 0 < link.gain <= link.at_most
        assert link.site_ids and not any(site.startswith("~") for site in link.site_ids)
        assert all("{" not in text for text in link.message.texts().values())
