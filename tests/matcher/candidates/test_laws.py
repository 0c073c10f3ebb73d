"""Laws of the candidates, over territories made by hypothesis, and against two plain loops."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.candidates import Candidates, Refusal
from matcher.candidates.build import gather_terms
from matcher.candidates.gates import GATES
from matcher.candidates.links import Links
from matcher.declarations import Direction, Flow, Hazard, Outlet, Quality, Survey
from matcher.settings import Settings
from tests.matcher.candidates.builders import (
    AS_OF,
    CATALOGUE,
    RESOURCES,
    a_catalogue,
    a_need,
    a_permit,
    a_resource,
    a_site,
    a_survey,
    a_way,
    an_offer,
    candidates_of,
    links_of,
    months,
)

EARTH_RADIUS_KM = 6371.0088
GIVEN = ("sand", "foundry_sand", "panels", "sawdust", "biscuits")
WANTED = ("sand", "panels", "sawdust", "plant_matter")
SEASONS = (months(*range(1, 13)), months(1, 2, 3), months(3, 9), months(10, 11, 12))


@st.composite
def flows(draw: st.DrawFn, number: int, site_ids: list[str]) -> Flow:
    common = {
        "site_id": draw(st.sampled_from(site_ids)),
        "amount": draw(st.sampled_from([5.0, 80.0, 300.0])),
        "month_shares": draw(st.sampled_from(SEASONS)),
        "max_distance_km": draw(st.sampled_from([None, 10.0, 40.0])),
        "min_lot": draw(st.sampled_from([None, 50.0])),
    }
    if draw(st.booleans()):
        return an_offer(
            f"flow-{number:02}",
            draw(st.sampled_from(GIVEN)),
            cost=draw(st.sampled_from([None, 60.0, 0.0, -15.0])),
            hazardous=draw(st.sampled_from([None, Hazard.NO])),
            today_outlet=draw(st.sampled_from([Outlet.UNKNOWN, Outlet.FEED, Outlet.LANDFILL])),
            **common,
        )
    return a_need(
        f"flow-{number:02}",
        draw(st.sampled_from(WANTED)),
        cost=draw(st.sampled_from([20.0, 35.0, 5.0])),
        **common,
    )


@st.composite
def territories(draw: st.DrawFn) -> Survey:
    coordinate = st.integers(-30, 30).map(float)
    ids = [f"S{place}" for place in range(draw(st.integers(2, 6)))]
    sirets = [f"{place:09}00011" for place in range(len(ids))]
    sites = [
        a_site(
            site_id,
            draw(coordinate),
            draw(coordinate),
            siret=siret,
            excluded=frozenset(draw(st.sampled_from([(), (), (sirets[0],)]))) - {siret},
        )
        for site_id, siret in zip(ids, sirets, strict=True)
    ]
    declared = [draw(flows(number, ids)) for number in range(draw(st.integers(2, 14)))]
    qualities = [
        Quality(flow_id=flow.flow_id, parameter="phenol", value=draw(st.sampled_from([1.0, 9.0])))
        if flow.direction is Direction.OFFER
        else Quality(flow_id=flow.flow_id, parameter="phenol", high=5.0)
        for flow in declared
        if draw(st.sampled_from([False, False, True]))
    ]
    permits = [a_permit(ids[0], "2781-1")] if draw(st.booleans()) else []
    return a_survey(*declared, sites=sites, qualities=qualities, permits=permits)


def told(found: Candidates) -> list[list[tuple]]:
    """Everything that came out, by ids."""
    ids = found.flows.flow_id
    tables = []
    for table in (found.arcs, found.refused):
        names = [item.name for item in dataclasses.fields(table) if item.name != "detail"]
        rows = zip(*(getattr(table, name).tolist() for name in names), strict=True)
        tables.append([(ids[row[0]], ids[row[1]], *map(str, row[2:])) for row in rows])
    return [*tables, sorted(found.refused.detail.items()), list(found.left_out.items())]


@given(territories(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(survey, random):
    def shuffled(items):
        items = list(items)
        random.shuffle(items)
        return items

    other = dataclasses.replace(
        survey,
        sites=dict(shuffled(survey.sites.items())),
        flows=dict(shuffled(survey.flows.items())),
        qualities=tuple(shuffled(survey.qualities)),
        permits=tuple(shuffled(survey.permits)),
    )

    assert told(candidates_of(other)) == told(candidates_of(survey))


@given(territories())
def test_every_refused_link_fails_the_gate_that_is_told_and_none_before_it(survey):
    found = candidates_of(survey)
    terms, _ = gather_terms(survey, CATALOGUE, Settings(as_of=AS_OF), AS_OF)
    refused = found.refused
    for place in range(refused.offer.size):
        only = slice(place, place + 1)
        offer, need, route = refused.offer[only], refused.need[only], refused.route[only]
        link = Links(
            terms=terms,
            offer=offer,
            need=need,
            route=route,
            spread=np.zeros(1, np.int64),
            processor=refused.processor[only],
            machine_cost=None,
            road_km=terms.reckoner.road_km(offer, need, route),
        )
        code = Refusal(int(refused.code[place]))
        verdict = GATES[code](link)
        assert verdict.fails[0]
        assert verdict.gap[0] == pytest.approx(float(refused.gap[place]), rel=1e-5, nan_ok=True)
        # Alone, a link that others dilute would fail: quality is asked of all of a need at once.
        earlier = [gate for gate in GATES if gate < code and gate is not Refusal.QUALITY]
        assert not any(GATES[gate](link).fails[0] for gate in earlier)


@given(territories())
def test_no_kept_link_fails_a_gate_and_every_flow_ends_with_a_link_or_a_reason(survey):
    found = candidates_of(survey)
    named = set()
    for table in (found.arcs, found.refused):
        named |= set(table.offer.tolist()) | set(table.need.tolist())
    flow_ids = {found.flows.flow_id[place] for place in named}

    assert flow_ids | found.left_out.keys() == survey.flows.keys()
    assert (found.arcs.most > 0).all()
    assert (found.flows.site[found.arcs.offer] != found.flows.site[found.arcs.need]).all()
    pairs = list(
        zip(*(getattr(found.arcs, c).tolist() for c in ("offer", "need", "route")), strict=True)
    )
    assert len(set(pairs)) == len(pairs)


def by_two_loops(survey: Survey) -> set[tuple[str, str]]:
    """The links of sand and sawdust, by the rules said again in plain Python."""
    keys = {"sand": "sand", "foundry_sand": "sand", "sawdust": "sawdust"}
    process = {"foundry_sand": 10.0}
    links = set()
    for offer in survey.flows.values():
        for need in survey.flows.values():
            if (offer.direction, need.direction) != (Direction.OFFER, Direction.NEED):
                continue
            if keys.get(offer.resource) != need.resource or offer.site_id == need.site_id:
                continue
            road_km = 1.3 * great_circle_km(survey.sites[offer.site_id], survey.sites[need.site_id])
            if road_km > min(60.0, *(f.max_distance_km or 60.0 for f in (offer, need))):
                continue
            most = sum(
                min(offer.amount * given, need.amount * taken)
                for given, taken in zip(offer.month_shares, need.month_shares, strict=True)
            )
            load = 2.0 if offer.resource == "sawdust" else 1.0
            today = offer.today_cost_eur_per_unit or 0.0
            gain = today + need.today_cost_eur_per_unit - process.get(offer.resource, 0.0)
            gain -= load * (5 + 0.19 * road_km)
            if today < 0 and gain <= 0:
                continue
            if most >= max(f.min_lot or 0 for f in (offer, need)) and gain * most > 1000:
                links.add((offer.flow_id, need.flow_id))
    return links


def great_circle_km(left, right) -> float:
    """Spherical law of cosines: not the formula under test."""
    a, b = math.radians(left.latitude), math.radians(right.latitude)
    turn = math.radians(left.longitude - right.longitude)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return EARTH_RADIUS_KM * math.acos(min(1.0, cosine))


PLAIN = ("sand", "foundry_sand", "sawdust")


@given(territories())
def test_two_plain_loops_find_the_same_links(survey):
    sites = {
        key: dataclasses.replace(site, excluded=frozenset()) for key, site in survey.sites.items()
    }
    only = {key: flow for key, flow in survey.flows.items() if flow.resource in PLAIN}
    survey = dataclasses.replace(survey, sites=sites, flows=only, qualities=(), permits=())
    survey = dataclasses.replace(
        survey,
        flows={
            k: dataclasses.replace(f, hazardous=Hazard.NO, today_outlet=Outlet.UNKNOWN)
            for k, f in survey.flows.items()
        },
    )

    assert set(links_of(candidates_of(survey))) == by_two_loops(survey)


def a_line(count: int, *, price) -> Survey:
    """One offer at 0 km, needs every kilometre east of it."""
    sites = [a_site("giver"), *(a_site(f"n{k:03}", float(k)) for k in range(1, count + 1))]
    needs = [a_need(f"n{k:03}-s", "sand", cost=price(k)) for k in range(1, count + 1)]
    return a_survey(an_offer("giver-s", "sand", 1000), *needs, sites=sites)


def test_an_offer_looks_farther_when_the_law_bars_its_nearest_needs():
    """Permits bar the 30 nearest; the 31st is found although only 4 are asked at first."""
    ways = (a_way("sand", "sand", permit_headings=("2716",)),)
    survey = a_line(31, price=lambda k: 20.0)
    barred = [a_permit(f"n{k:03}", "2515") for k in range(1, 31)]
    survey = dataclasses.replace(survey, permits=tuple(barred))
    found = candidates_of(
        survey, a_catalogue(ways=ways), nearest_partners=4, best_paying_partners=0
    )

    assert links_of(found) == [("giver-s", "n031-s")]


def test_a_need_in_nobodys_list_meets_the_offer_nearest_to_it():
    """The offer asks only its nearest need; the other three are judged from their own side."""
    found = candidates_of(
        a_line(4, price=lambda k: 20.0), nearest_partners=1, best_paying_partners=0
    )

    assert len(links_of(found)) == 4


def test_nothing_is_missed_far_from_the_middle_of_a_tall_territory():
    """At 57 N the plane of a territory centred on 50 N shows 100 km as 118."""
    north = [
        dataclasses.replace(a_site(key), latitude=57.0, longitude=longitude)
        for key, longitude in (("A", 0.0), ("B", 1.5))
    ]
    south = [dataclasses.replace(a_site(key), latitude=43.0, longitude=0.0) for key in ("C", "D")]
    wide = a_catalogue(
        resources=(*(r for r in RESOURCES if r.key != "sand"), a_resource("sand", radius_km=119.0))
    )
    found = candidates_of(
        a_survey(
            an_offer("A-s", "sand"),
            a_need("B-s", "sand"),
            an_offer("C-s", "sand"),
            a_need("D-s", "sand"),
            sites=[*north, *south],
        ),
        wide,
    )

    assert ("A-s", "B-s") in links_of(found)
    place = links_of(found).index(("A-s", "B-s"))
    assert found.arcs.distance_km[place] == pytest.approx(1.3 * great_circle_km(*north), rel=1e-5)
