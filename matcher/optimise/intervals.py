r"""Heat cut into temperature intervals, so that one model serves matter, water and heat.

Temperatures are shifted by half the exchanger's approach (hot down, cold up). Between two
neighbouring ends all heat is alike: a piece of an offer may serve a piece of a need when it lies in
the same interval or above (13). What is not cut (matter, water, heat whose temperatures are not
known) stays one node.

Source: the transshipment form of the heat cascade, S. A. Papoulias and I. E. Grossmann, "A
structural optimization approach in process synthesis II", Computers and Chemical Engineering 7(6),
1983 (recalled, not read for this project).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matcher.optimise.problem import Bools, Floats, Ints

_POINT_K = 1e-6
"""Width given to heat at one temperature (condensing steam), so that it lies in an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """Nodes and arcs after the cut. ``*_flow`` point to flows, ``arc_link`` to the links given."""

    offer_flow: Ints
    offer_share: Floats
    need_flow: Ints
    need_share: Floats
    arc_offer: Ints
    arc_need: Ints
    arc_link: Ints


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of one flow between two shifted temperatures (cold and hot end, °C)."""

    share: float
    cold: float
    hot: float


_WHOLE = [_Piece(1.0, 0.0, 0.0)]


def cut_into_intervals(
    *,
    offer_flow: Ints,
    need_flow: Ints,
    hot_c: Floats,
    return_c: Floats,
    delta_t_min_k: float,
    thermal: Ints | None = None,
) -> Nodes:
    """Cut the flows of heat links at each other's temperatures.

    Parameters
    ----------
    offer_flow, need_flow
        (L,) flows of each link.
    hot_c, return_c
        (F,) supply and return temperature of every flow, NaN where none. A return that is not
        known is taken at the supply temperature: all the heat at one temperature.
    delta_t_min_k
        Approach of the exchanger, K.
    thermal
        (L,) 1 for heat through an exchanger, -1 for cold (the same with the signs turned), 0 where
        no temperature is compared: a heat pump lifts its own, so all pieces serve all pieces.
        All 1 when left out.

    Returns
    -------
    Nodes
        Every link keeps at least one arc when the hottest piece of its offer can serve the coldest
        of its need.
    """
    sign = np.ones(offer_flow.size, np.int64) if thermal is None else thermal
    is_heat = (sign != 0) & np.isfinite(hot_c[offer_flow]) & np.isfinite(hot_c[need_flow])
    hot_c, return_c = hot_c.copy(), return_c.copy()
    is_cold = np.unique(np.r_[offer_flow[is_heat & (sign < 0)], need_flow[is_heat & (sign < 0)]])
    hot_c[is_cold] *= -1
    return_c[is_cold] *= -1
    pieces: dict[tuple[int, bool], list[_Piece]] = {}
    for offers, needs in _groups(offer_flow[is_heat], need_flow[is_heat]):
        spans = {
            (flow, is_offer): _span(flow, is_offer, hot_c, return_c, delta_t_min_k)
            for flows, is_offer in ((offers, True), (needs, False))
            for flow in flows
        }
        if min(spans[o, True][0] for o in offers) >= max(spans[n, False][1] for n in needs):
            continue
        cuts = sorted({end for span in spans.values() for end in span})
        for key, span in spans.items():
            pieces[key] = _cut(span, cuts)
    return _nodes(offer_flow, need_flow, is_heat, pieces)


def _groups(offers: Ints, needs: Ints) -> list[tuple[list[int], list[int]]]:
    """Offers and needs that heat links hold together."""
    if offers.size == 0:
        return []
    offer_ids, o = np.unique(offers, return_inverse=True)
    need_ids, n = np.unique(needs, return_inverse=True)
    size = offer_ids.size + need_ids.size
    graph = coo_array((np.ones(o.size), (o, n + offer_ids.size)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    return [
        (
            offer_ids[label[: offer_ids.size] == k].tolist(),
            need_ids[label[offer_ids.size :] == k].tolist(),
        )
        for k in range(count)
    ]


def _span(
    flow: int, is_offer: bool, hot_c: Floats, return_c: Floats, delta_t_min_k: float
) -> tuple[float, float]:
    """Cold and hot end of a flow, shifted."""
    hot = float(hot_c[flow])
    cold = float(return_c[flow]) if np.isfinite(return_c[flow]) else hot
    shift = -delta_t_min_k / 2 if is_offer else delta_t_min_k / 2
    low, high = min(hot, cold) + shift, max(hot, cold) + shift
    if high - low < _POINT_K:
        return (high, high + _POINT_K) if is_offer else (low - _POINT_K, low)
    return low, high


def _cut(span: tuple[float, float], cuts: list[float]) -> list[_Piece]:
    """A span cut at the common temperatures; heat is even along it."""
    low, high = span
    ends = [low, *(cut for cut in cuts if low < cut < high), high]
    return [_Piece((b - a) / (high - low), a, b) for a, b in pairwise(ends)]


def _nodes(
    offer_flow: Ints,
    need_flow: Ints,
    is_heat: Bools,
    pieces: dict[tuple[int, bool], list[_Piece]],
) -> Nodes:
    offer_nodes, offer_share, offer_of = _laid_out(offer_flow, True, pieces)
    need_nodes, need_share, need_of = _laid_out(need_flow, False, pieces)
    arcs: list[tuple[int, int, int]] = []
    for link, (offer, need) in enumerate(zip(offer_flow.tolist(), need_flow.tolist(), strict=True)):
        hot = pieces.get((offer, True), _WHOLE)
        cold = pieces.get((need, False), _WHOLE)
        arcs += [
            (offer_of[offer] + i, need_of[need] + j, link)
            for i, given in enumerate(hot)
            for j, taken in enumerate(cold)
            if not is_heat[link] or given.cold >= taken.cold
        ]
    table = np.asarray(arcs, np.int64).reshape(-1, 3)
    return Nodes(
        offer_flow=offer_nodes,
        offer_share=offer_share,
        need_flow=need_nodes,
        need_share=need_share,
        arc_offer=table[:, 0],
        arc_need=table[:, 1],
        arc_link=table[:, 2],
    )


def _laid_out(
    flows: Ints, is_offer: bool, pieces: dict[tuple[int, bool], list[_Piece]]
) -> tuple[Ints, Floats, dict[int, int]]:
    """Nodes of one side: flow and share of each, and the first node of each flow."""
    node_flow: list[int] = []
    share: list[float] = []
    first: dict[int, int] = {}
    for flow in np.unique(flows).tolist():
        first[flow] = len(node_flow)
        for part in pieces.get((flow, is_offer), _WHOLE):
            node_flow.append(flow)
            share.append(part.share)
    return np.asarray(node_flow, np.int64), np.asarray(share, float), first
