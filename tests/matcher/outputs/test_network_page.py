"""network.html as text, and the layout behind it."""

from __future__ import annotations

import json
import re
import time

import pytest

from matcher.outputs.layout import Box, place
from matcher.outputs.network_page import network_page, public_network_page
from matcher.outputs.network_view import FAMILY_COLOURS, LINE_PX, network_view
from tests.matcher.outputs.sample_plan import a_large_plan, a_plan
from tests.matcher.outputs.sample_sites import SITES


@pytest.fixture(scope="module")
def page() -> str:
    return network_page(a_plan(), "fr")


def data_of(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_a_link_has_the_colour_of_its_kind_and_is_dashed_when_supposed(page):
    edges = {edge["id"]: edge for edge in data_of(page)["edges"]}

    assert edges["6.0"]["color"]["color"] == FAMILY_COLOURS["energy"]
    assert edges["3.0"]["dashes"] is True
    assert edges["1.0"]["dashes"] is False
    assert edges["1.0"]["width"] > edges["2.0"]["width"] > edges["5.0"]["width"]


def test_a_site_is_a_circle_sized_by_flow_and_a_group_a_diamond(page):
    nodes = {node["id"]: node for node in data_of(page)["nodes"]}

    assert nodes["F08"]["size"] > nodes["F04"]["size"] >= nodes["F09"]["size"]
    assert nodes["F01"]["shape"] == "dot"
    assert nodes["lead 8"]["shape"] == "diamond"
    assert nodes["F01"]["physics"] is False


def test_area_not_radius_follows_the_flow():
    """F08 declares 41 % of the tonnes and 6 % of the MWh; F06 9 % of the tonnes and 83 % of m3."""
    view = network_view(a_plan(), "fr")
    radius = {node.node_id: node.radius for node in view.nodes}
    total = {
        name: sum(getattr(site, name) or 0 for site in SITES)
        for name in ("flow_t_per_year", "flow_mwh_per_year", "flow_m3_per_year")
    }

    def share(site):
        return sum((getattr(site, name) or 0) / all_of for name, all_of in total.items())

    sites = {site.site_id: site for site in SITES}
    assert (radius["F01"] / radius["F06"]) ** 2 == pytest.approx(
        share(sites["F01"]) / share(sites["F06"]), rel=0.02
    )


def test_a_hostile_name_cannot_end_the_data_or_become_markup(page):
    assert "<Fils>" not in page
    assert "HYPERLINK" in page
    assert data_of(page)["sites"]["F13"]["name"] == SITES[-1].name


def test_only_the_scripts_named_in_the_policy_can_run(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)

    assert policy is not None
    assert policy[1].count("sha256-") == 2
    assert "script-src 'unsafe-inline'" not in policy[1].replace("&#39;", "'")
    assert re.search(r"\son[a-z]+=", page.split("<script")[0]) is None


def test_equal_plans_give_equal_pages(page):
    assert network_page(a_plan(), "fr") == page


def test_every_lead_of_the_drawing_is_a_row_of_the_table(page):
    assert len(re.findall(r'<tr data-lead="', page)) == 8


def test_sixty_sites_have_no_two_names_or_circles_on_each_other():
    view = network_view(a_large_plan(60), "fr")
    boxes = []
    for node in view.nodes:
        half = max(node.radius, max(len(line) for line in node.lines) * 8.4 / 2)
        boxes.append(
            (
                node.x - half,
                node.x + half,
                node.y - node.radius,
                node.y + node.radius + len(node.lines) * LINE_PX,
            )
        )
    overlapping = [
        (i, j)
        for i, a in enumerate(boxes)
        for j, b in enumerate(boxes[:i])
        if a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]
    ]

    assert len(view.nodes) == 65  # 60 sites and 5 groups
    assert overlapping == []


def test_north_is_up_and_east_is_right():
    boxes = [
        Box(node_id="north", width=50, height=30, drop=0, latitude=47.2, longitude=-1.0),
        Box(node_id="south", width=50, height=30, drop=0, latitude=46.8, longitude=-1.0),
        Box(node_id="east", width=50, height=30, drop=0, latitude=47.0, longitude=-0.5),
        Box(node_id="west", width=50, height=30, drop=0, latitude=47.0, longitude=-1.5),
    ]

    at = place(boxes, {})

    assert at["north"][1] < at["west"][1] < at["south"][1]
    assert at["west"][0] < at["north"][0] < at["east"][0]


def test_sites_on_one_spot_are_drawn_apart():
    boxes = [
        Box(node_id=str(k), width=100, height=40, drop=0, latitude=47.0, longitude=-1.0)
        for k in range(12)
    ]

    at = place(boxes, {})

    for a in range(12):
        for b in range(a):
            (xa, ya), (xb, yb) = at[str(a)], at[str(b)]
            assert abs(xa - xb) >= 98 or abs(ya - yb) >= 38


def test_a_site_without_a_place_is_still_drawn_near_whom_it_deals_with():
    boxes = [
        Box(node_id="a", width=50, height=30, drop=0, latitude=47.0, longitude=-1.0),
        Box(node_id="b", width=50, height=30, drop=0, latitude=47.5, longitude=-0.5),
        Box(node_id="lost", width=50, height=30, drop=0),
        Box(node_id="alone", width=50, height=30, drop=0),
    ]

    at = place(boxes, {"lost": ["a", "b"]})

    assert at["a"][0] < at["lost"][0] < at["b"][0]
    assert at["alone"][1] > max(at["a"][1], at["b"][1])


@pytest.mark.slow
def test_a_large_territory_draws_the_sites_that_matter_in_time():
    plan = a_large_plan(1200)
    started = time.process_time()
    view = network_view(plan, "fr")

    assert time.process_time() - started < 10
    assert view.not_drawn == 960
    assert len(view.leads) == 800


def test_the_public_network_has_no_name_no_place_and_no_figure():
    plan = a_large_plan(60)
    page = public_network_page(plan, "fr")

    for site in plan.sites.values():
        assert site.name not in page
    assert "<script" not in page
    assert re.search(r"\d+ (k€|t|MWh|pistes)", page.split("</style>")[1]) is None


def test_an_empty_plan_makes_both_pages():
    plan = a_plan(proposals=(), internal=(), sites={})

    assert "Aucune piste pour cette campagne." in network_page(plan, "fr")
    assert "rien ne peut être publié" in public_network_page(plan, "fr")
