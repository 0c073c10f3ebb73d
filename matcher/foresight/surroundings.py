"""The part of a round's model around some links: what a change to them could touch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.foresight.round import Round
from matcher.optimise.components import Part, component_of_links, take_links
from matcher.optimise.problem import Bools, ExchangeProblem, Rows


def sharing_a_declaration(round_: Round, links: Bools) -> Bools:
    """(L,) the links that share a declaration with any of these, themselves included, and what any
    of them would pay once with others.
    """
    held = {
        name for link in np.flatnonzero(links).tolist() for name in round_.declaration_ids[link]
    }
    near = np.array([not held.isdisjoint(ids) for ids in round_.declaration_ids], np.bool_)
    return near | round_.assembly.ways.needed_by(near)


def around(exchange: ExchangeProblem, near: Bools, others: Bools) -> Part:
    """The model of some links and of the open ones whose amounts hang together with theirs.

    Open links further away only take their places in the rows of attention.
    """
    apart = replace(exchange, link_rows=Rows.none(), max_links=None)
    local = take_links(apart, near | others)
    label = component_of_links(local.problem)
    inside = np.zeros(near.size, np.bool_)
    inside[local.links] = np.isin(label, label[near[local.links]])
    away = (others & ~inside).astype(np.float64)
    rows, limit = exchange.link_rows, exchange.max_links
    taken = np.bincount(rows.row, rows.coefficient * away[rows.column], minlength=rows.upper.size)
    if limit is not None:
        limit -= round(float(exchange.link_weight @ away))
    left = replace(rows, upper=rows.upper - taken)
    return take_links(replace(exchange, link_rows=left, max_links=limit), inside)
