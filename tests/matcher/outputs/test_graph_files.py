"""network.graphml for Gephi and sites.geojson for QGIS."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import networkx as nx
import pytest

from matcher.outputs.graph_files import write_geojson, write_graphml
from tests.matcher.outputs.sample_plan import a_plan


@pytest.fixture
def graph(tmp_path):
    path = tmp_path / "network.graphml"
    write_graphml(a_plan(), path, "fr")
    return nx.read_graphml(path, force_multigraph=True)


def test_a_lead_is_an_edge_from_giver_to_taker_with_its_gain_as_weight(graph):
    edge = next(iter(graph.get_edge_data("F01", "F03").values()))

    assert edge["weight"] == 230_000
    assert edge["object"] == "Sable de fonderie"
    assert edge["inferred"] is False


def test_a_chain_goes_through_its_processor(graph):
    assert graph.has_edge("F05", "F11")
    assert graph.has_edge("F11", "F04")
    assert not graph.has_edge("F05", "F04")


def test_a_group_is_a_node_to_which_each_member_points(graph):
    hubs = [node for node, data in graph.nodes(data=True) if data["kind"] == "group"]

    assert len(hubs) == 1
    assert sorted(graph.predecessors(hubs[0])) == ["F01", "F05", "F10"]


def test_attributes_are_typed_and_what_is_not_known_is_left_out(graph, tmp_path):
    types = {
        key.get("attr.name"): key.get("attr.type")
        for key in ElementTree.parse(tmp_path / "network.graphml").getroot()
        if key.tag.endswith("key")
    }

    assert types["flow_t_per_year"] == "double"
    assert types["cluster"] in {"int", "long"}
    assert types["inferred"] == "boolean"
    assert "flow_mwh_per_year" not in graph.nodes["F03"]


def test_points_have_longitude_first_and_a_site_without_a_place_has_no_geometry(tmp_path):
    path = tmp_path / "sites.geojson"
    write_geojson(a_plan(), path, "fr")
    features = {item["id"]: item for item in json.loads(path.read_text("utf-8"))["features"]}

    longitude, latitude = features["F03"]["geometry"]["coordinates"]
    assert longitude == pytest.approx(-1 + 11 / 76, abs=1e-6)
    assert latitude == pytest.approx(46.9 + 5 / 111.2, abs=1e-6)
    assert features["F13"]["geometry"] is None
    assert set(features["F01"]) == {"type", "id", "geometry", "properties"}


def test_the_gain_of_a_site_leaves_out_what_comes_only_once(tmp_path):
    """F03 has sand, 82 000 EUR a year, and earth, 9 000 EUR once."""
    path = tmp_path / "sites.geojson"
    write_geojson(a_plan(), path, "fr")
    features = {item["id"]: item for item in json.loads(path.read_text("utf-8"))["features"]}

    assert features["F03"]["properties"]["gain_eur_per_year"] == 82_000
    assert features["F03"]["properties"]["leads"] == 2


def test_equal_plans_give_equal_bytes(tmp_path):
    for name in ("a", "b"):
        write_graphml(a_plan(), tmp_path / f"{name}.graphml", "fr")
        write_geojson(a_plan(), tmp_path / f"{name}.geojson", "fr")

    assert (tmp_path / "a.graphml").read_bytes() == (tmp_path / "b.graphml").read_bytes()
    assert (tmp_path / "a.geojson").read_bytes() == (tmp_path / "b.geojson").read_bytes()
