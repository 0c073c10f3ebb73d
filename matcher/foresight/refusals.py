"""If one says no: the next best partner of each proposal, all others staying as they are.

The model is asked anew with the proposal forbidden, the others forced, and of the links that are
not in the plan only those that share a declaration with it. So an answer is a plan that
holds, not the second line of a list: what it needs is free once the proposal is gone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from matcher.foresight.findings import IfRefused
from matcher.foresight.round import Round
from matcher.optimise.aims import gain_of
from matcher.optimise.components import Part, component_of_links, take_links
from matcher.optimise.kept import KeptModel, Question
from matcher.optimise.problem import Bools, ExchangeProblem, Ints, Rows

# What comes in the place of one proposal is small beside the whole plan: no gap is left open.
_GAP = 1e-7


def if_refused(round_: Round) -> tuple[IfRefused, ...]:
    """For each proposal of the plan, by link: what it loses, and what could come instead.

    One that has to stay, accepted in an earlier round, is not asked about.
    """
    chosen = np.flatnonzero(round_.is_proposal)
    near = _neighbours(round_, chosen)
    found = (_without(round_, link, near[link]) for link in chosen.tolist())
    return tuple(item for item in found if item is not None)


def _without(round_: Round, link: int, near: Bools) -> IfRefused | None:
    """None where a row of the model asks for the proposal."""
    exchange, solution = round_.exchange, round_.solution
    name = round_.proposal_ids[link]
    same = round_.links_of(frozenset({name}))
    others = solution.is_open & ~same
    part = _around(exchange, near | same, others)
    before = round_.by_link(gain_of(exchange), solution.amount, solution.is_open)[part.links].sum()
    kept = KeptModel(part.problem, (gain_of(part.problem),), round_.settings, gap=_GAP)
    question = Question(
        weights=np.ones(1),
        floors=np.array([-np.inf]),
        forced=others[part.links],
        forbidden=(same | ~(near | others))[part.links],
    )
    # Where others stand on this proposal, they may fall with it.
    answer = kept.ask(question) or kept.ask(replace(question, forced=None))
    if answer is None:
        return None
    amount = np.zeros((exchange.counts[2], exchange.supply.shape[1]))
    amount[part.arcs] = answer.amount
    is_open = np.zeros(exchange.counts[3], np.bool_)
    is_open[part.links] = answer.is_open
    return IfRefused(
        proposal_id=name,
        loss=max(float(before) - answer.objective, 0.0),
        instead=round_.brief(~solution.is_open, amount, is_open),
    )


def _around(exchange: ExchangeProblem, near: Bools, others: Bools) -> Part:
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


def _neighbours(round_: Round, chosen: Ints) -> dict[int, Bools]:
    """For each link chosen, the links (L,) that share a declaration with it."""
    by_declaration: dict[str, list[int]] = defaultdict(list)
    for link, ids in enumerate(round_.declaration_ids):
        for name in ids:
            by_declaration[name].append(link)
    found = {}
    for link in chosen.tolist():
        near = np.zeros(len(round_.declaration_ids), np.bool_)
        for name in round_.declaration_ids[link]:
            near[by_declaration[name]] = True
        found[link] = near
    return found
