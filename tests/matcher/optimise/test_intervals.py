"""Heat cut into temperature intervals, inside the same model as matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from matcher.optimise.intervals import cut_into_intervals

KEMP = {  # hot 170-60 CP 3, hot 150-30 CP 1.5, cold 20-135 CP 2, cold 80-140 CP 4 (kW/K)
    "hot_c": np.array([170.0, 150.0, 135.0, 140.0]),
    "return_c": np.array([60.0, 30.0, 20.0, 80.0]),
    "kw": np.array([330.0, 180.0, 230.0, 240.0]),
}


def recovered(offers, needs, hot_c, return_c, kw, delta_t_min_k=10.0):
    """Most heat that the cut nodes can exchange: a transportation problem."""
    pairs = [(offer, need) for offer in offers for need in needs]
    nodes = cut_into_intervals(
        offer_flow=np.array([offer for offer, _ in pairs]),
        need_flow=np.array([need for _, need in pairs]),
        hot_c=hot_c,
        return_c=return_c,
        delta_t_min_k=delta_t_min_k,
    )
    supply = kw[nodes.offer_flow] * nodes.offer_share
    demand = kw[nodes.need_flow] * nodes.need_share
    arcs = len(nodes.arc_link)
    if arcs == 0:
        return 0.0
    rows = np.zeros((len(supply) + len(demand), arcs))
    rows[nodes.arc_offer, np.arange(arcs)] = 1
    rows[len(supply) + nodes.arc_need, np.arange(arcs)] = 1
    answer = linprog(-np.ones(arcs), A_ub=rows, b_ub=np.r_[supply, demand])
    assert answer.status == 0
    return -answer.fun


def test_the_four_stream_case_recovers_what_the_cascade_leaves():
    """Kemp's case at 10 K: 470 kW of cold streams less 20 kW of hot utility = 450 kW."""
    assert recovered([0, 1], [2, 3], **KEMP) == pytest.approx(450)


def test_one_firm_alone_has_no_cold_stream_and_together_they_save_130_kw():
    """Firm B alone (150-30 with 80-140) recovers 90 kW: 240 - 150; joint saves 130 kW more hot
    utility than A alone (0) and B alone (150).
    """
    assert recovered([0], [2], **KEMP) == pytest.approx(230)
    assert recovered([1], [3], **KEMP) == pytest.approx(90)
    assert (0 + 150) - (470 - recovered([0, 1], [2, 3], **KEMP)) == pytest.approx(130)


def test_heat_that_is_hotter_throughout_is_not_cut():
    nodes = cut_into_intervals(
        offer_flow=np.array([0]),
        need_flow=np.array([1]),
        hot_c=np.array([85.0, 45.0]),
        return_c=np.array([60.0, 30.0]),
        delta_t_min_k=5.0,
    )

    assert nodes.arc_link.tolist() == [0]
    assert nodes.offer_share.tolist() == [1.0]


def test_matter_stays_one_node():
    nodes = cut_into_intervals(
        offer_flow=np.array([0, 0]),
        need_flow=np.array([1, 2]),
        hot_c=np.full(3, np.nan),
        return_c=np.full(3, np.nan),
        delta_t_min_k=5.0,
    )

    assert nodes.offer_flow.tolist() == [0]
    assert nodes.need_flow.tolist() == [1, 2]
    assert nodes.arc_offer.tolist() == [0, 0]


def test_condensing_steam_serves_a_need_up_to_its_temperature_less_the_approach():
    """Steam at 100 °C, approach 10 K: a need from 70 to 110 °C gets its part up to 90 °C, half."""
    hot_c, kw = np.array([100.0, 110.0]), np.array([1000.0, 200.0])
    return_c = np.array([np.nan, 70.0])

    assert recovered([0], [1], hot_c, return_c, kw) == pytest.approx(100, rel=1e-4)


temperatures = st.floats(10, 200)


@given(
    st.lists(st.tuples(temperatures, temperatures, st.floats(1, 500)), min_size=2, max_size=6),
    st.integers(1, 5),
)
def test_the_shares_of_a_flow_add_up_and_more_approach_never_recovers_more(streams, split):
    split = min(split, len(streams) - 1)
    hot_c = np.array([max(a, b) for a, b, _ in streams])
    return_c = np.array([min(a, b) for a, b, _ in streams])
    kw = np.array([c for *_, c in streams])
    offers, needs = list(range(split)), list(range(split, len(streams)))
    pairs = [(offer, need) for offer in offers for need in needs]
    nodes = cut_into_intervals(
        offer_flow=np.array([offer for offer, _ in pairs]),
        need_flow=np.array([need for _, need in pairs]),
        hot_c=hot_c,
        return_c=return_c,
        delta_t_min_k=5.0,
    )

    for flow in offers:
        assert nodes.offer_share[nodes.offer_flow == flow].sum() == pytest.approx(1)
    near = recovered(offers, needs, hot_c, return_c, kw, delta_t_min_k=5.0)
    far = recovered(offers, needs, hot_c, return_c, kw, delta_t_min_k=20.0)
    assert far <= near + 1e-6


def test_cold_is_cut_like_heat_with_the_signs_turned():
    """Chilled water 6 -> 12 °C for a need at 11 -> 17 °C, 5 K: all of it fits. For 8 -> 14 °C only
    the part from 11 to 14 °C can be cooled by water from 6 °C on: half of the need.
    """
    values = {
        "return_c": np.array([12.0, 17.0, 14.0]),
        "hot_c": np.array([6.0, 11.0, 8.0]),
        "offer_flow": np.array([0, 0]),
        "need_flow": np.array([1, 2]),
    }
    nodes = cut_into_intervals(**values, delta_t_min_k=5.0, thermal=np.array([-1, -1]))
    reached = {
        flow: sum(
            nodes.need_share[node]
            for node in np.unique(nodes.arc_need).tolist()
            if nodes.need_flow[node] == flow
        )
        for flow in (1, 2)
    }

    assert reached[1] == pytest.approx(1.0)
    assert reached[2] == pytest.approx(0.5)


def test_a_link_without_temperatures_joins_every_piece():
    """Beside an exchanger that cuts both, a heat pump's link reaches every piece of the need."""
    nodes = cut_into_intervals(
        offer_flow=np.array([0, 1]),
        need_flow=np.array([2, 2]),
        hot_c=np.array([65.0, 30.0, 70.0]),
        return_c=np.array([40.0, 20.0, 30.0]),
        delta_t_min_k=5.0,
        thermal=np.array([1, 0]),
    )

    pieces = int((nodes.need_flow == 2).sum())
    assert pieces > 1
    assert int((nodes.arc_link == 1).sum()) == pieces
