"""If one says no: the next best partner of each proposal, all others staying as they are.

The model is asked anew with the proposal forbidden, the others forced, and of the links that are
not in the plan only those that share a declaration with it. So an answer is a plan that
holds, not the second line of a list: what it needs is free once the proposal is gone. As in the
plan, what is only supposed takes what declared flows leave.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.foresight.findings import IfRefused
from matcher.foresight.round import Round
from matcher.foresight.surroundings import around, sharing_a_declaration
from matcher.optimise.aims import gain_of
from matcher.optimise.kept import KeptModel, Question
from matcher.optimise.problem import Floats

# What comes in the place of one proposal is small beside the whole plan: no gap is left open.
_GAP = 1e-7


def if_refused(round_: Round) -> tuple[IfRefused, ...]:
    """For each proposal of the plan, by link: what it loses, and what could come instead.

    One that has to stay, accepted in an earlier round, is not asked about.
    """
    chosen = np.flatnonzero(round_.is_proposal)
    solution = round_.solution
    exchange, gain = round_.exchange, gain_of(round_.exchange)
    # Of the part of the model that is asked: ways are links of their own there.
    earned = np.bincount(
        exchange.arc_link,
        gain.arc * solution.amount.sum(axis=1),
        minlength=exchange.counts[3],
    ) + np.where(solution.is_open, gain.link, 0.0)
    found = (_without(round_, link, earned) for link in chosen.tolist())
    return tuple(item for item in found if item is not None)


def _without(round_: Round, link: int, earned: Floats) -> IfRefused | None:
    """None where a row of the model asks for the proposal."""
    exchange, solution = round_.exchange, round_.solution
    name = round_.proposal_ids[link]
    same = round_.links_of(frozenset({name}))
    ways = round_.assembly.ways
    near = sharing_a_declaration(round_, np.arange(same.size) == link)
    # Who pays something with it may find it too dear alone.
    shaken = ways.sharing_with(same)
    near |= shaken | ways.needed_by(near | shaken)
    others = solution.is_open & ~same & ~ways.needed_by(near)
    part = around(exchange, near | same, others)
    before = earned[part.links].sum()
    kept = KeptModel(part.problem, (gain_of(part.problem),), round_.settings, gap=_GAP)
    forbidden = (same | ~(near | others))[part.links]
    supposed = (round_.later & ~solution.is_open)[part.links] & ~forbidden
    question = Question(
        weights=np.ones(1),
        floors=np.array([-np.inf]),
        forced=(others & ~shaken)[part.links],
        forbidden=forbidden | supposed,
    )
    # Where others stand on this proposal, they may fall with it.
    answer = kept.ask(question) or kept.ask(replace(question, forced=None))
    if answer is None:
        return None
    if supposed.any():
        chosen = answer.is_open & (part.problem.link_weight > 0)
        answer = kept.ask(replace(question, forced=chosen, forbidden=forbidden)) or answer
    amount = np.zeros((exchange.counts[2], exchange.supply.shape[1]))
    amount[part.arcs] = answer.amount
    is_open = np.zeros(exchange.counts[3], np.bool_)
    is_open[part.links] = answer.is_open
    return IfRefused(
        proposal_id=name,
        loss=max(float(before) - answer.objective, 0.0),
        instead=round_.brief(~solution.is_open, amount, is_open),
    )
