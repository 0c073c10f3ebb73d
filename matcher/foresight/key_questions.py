"""The question to ask first: what the plan would gain if one figure of one firm were known.

For an amount or a price that is known in a bracket only, the plan is looked at with its low and its
high value (of ten, fifty and ninety chances in a hundred, weighed 0.3, 0.4, 0.3), all else as
declared. What is best then is compared with keeping to the plan; the mean of both differences is
what the answer is worth (76). Most answers are worth nothing: the plan would be the same.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from matcher.foresight.findings import About, Change, KeyQuestion
from matcher.foresight.round import Round
from matcher.foresight.surroundings import around, sharing_a_declaration
from matcher.foresight.unknowns import State, Unknowns, triangular
from matcher.optimise.aims import gain_of
from matcher.optimise.kept import KeptModel, Question
from matcher.optimise.problem import Bools, Floats
from matcher.optimise.redraw import FixedLinks

# Weights of the three values by which a bracket is stood for (A. Hurst, G. Brown and R. Swanson,
# 2000; recalled, not read for this project); the middle one is the plan's own.
_LOW, _HIGH, _WEIGHT = 0.1, 0.9, 0.3
MOST_ASKED = 40
"""Figures looked at in full: those with the most at stake."""
_LEAST_EUR = 1.0
_GAP = 1e-6


def key_questions(round_: Round, count: int) -> tuple[KeyQuestion, ...]:
    """So many questions, the one that is worth most first; fewer where answers change nothing."""
    if not count or not round_.is_proposal.any():
        return ()
    unknowns = Unknowns(round_=round_)
    asked = sorted(_asked(unknowns), key=lambda item: (-item.stake, item.flow, item.about))
    found = [_worth(unknowns, item) for item in asked[:MOST_ASKED]]
    told = [item for item in found if item.worth_eur >= _LEAST_EUR]
    told.sort(key=lambda item: (-item.worth_eur, item.declaration_id, item.about))
    return tuple(told[:count])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A figure that could be asked for: its values, and the most EUR that hang on its bracket."""

    flow: int
    about: About
    low: float
    high: float
    stake: float


def _asked(unknowns: Unknowns) -> list[_Asked]:
    round_, flows = unknowns.round_, unknowns.round_.candidates.flows
    arcs = round_.candidates.arcs
    best: dict[int, float] = defaultdict(float)
    carried: dict[int, float] = defaultdict(float)
    for arc in round_.assembly.arc_of_link.tolist():
        gain = max(float(arcs.gain[arc] * arcs.most[arc]), 0.0)
        for flow, units in (
            (int(arcs.offer[arc]), float(arcs.most[arc])),
            (int(arcs.need[arc]), float(arcs.most[arc] * arcs.yield_per_unit[arc])),
        ):
            best[flow] = max(best[flow], gain)
            carried[flow] = max(carried[flow], units)
    found = []
    for flow in sorted(best):
        share = flows.amount[flow]
        low, high = (float(_at(unknowns.scales[flow], 1.0, part)) for part in (_LOW, _HIGH))
        if high > low:
            found.append(
                _Asked(
                    flow=flow,
                    about=About.AMOUNT,
                    low=low * float(share),
                    high=high * float(share),
                    stake=best[flow] * (high - low),
                )
            )
        below, above = (float(_at(unknowns.prices[flow], 0.0, part)) for part in (_LOW, _HIGH))
        if above > below:
            price = float(flows.cost[flow])
            found.append(
                _Asked(
                    flow=flow,
                    about=About.PRICE,
                    low=price + below,
                    high=price + above,
                    stake=carried[flow] * (above - below),
                )
            )
    return found


def _at(ends: Floats, likely: float, part: float) -> Floats:
    return triangular(np.array(part), ends[0], likely, ends[1])


def _state(unknowns: Unknowns, asked: _Asked, value: float) -> State:
    likely, flows = unknowns.likely, unknowns.round_.candidates.flows
    if asked.about is About.AMOUNT:
        scale = likely.scale.copy()
        scale[asked.flow] = value / float(flows.amount[asked.flow])
        return replace(likely, scale=scale)
    price = likely.price.copy()
    price[asked.flow] = value - float(flows.cost[asked.flow])
    return replace(likely, price=price)


def _worth(unknowns: Unknowns, asked: _Asked) -> KeyQuestion:
    round_, solution = unknowns.round_, unknowns.round_.solution
    flows = round_.candidates.flows
    name = flows.flow_id[asked.flow]
    own = np.array([name in ids for ids in round_.declaration_ids], np.bool_)
    near = own | sharing_a_declaration(round_, own)
    others = solution.is_open & ~near
    before, _ = _better(unknowns, unknowns.likely, near, others)
    low = _better(unknowns, _state(unknowns, asked, asked.low), near, others)
    high = _better(unknowns, _state(unknowns, asked, asked.high), near, others)
    flow = round_.survey.flows[name]
    is_amount = asked.about is About.AMOUNT
    return KeyQuestion(
        declaration_id=name,
        site_id=flow.site_id,
        about=asked.about,
        is_offer=bool(flows.is_offer[asked.flow]),
        low=asked.low,
        likely=float((flows.amount if is_amount else flows.cost)[asked.flow]),
        high=asked.high,
        unit=_unit(round_, asked.flow),
        worth_eur=_WEIGHT * sum(max(better - before, 0.0) for better, _ in (low, high)),
        if_low=low[1],
        if_high=high[1],
    )


def _unit(round_: Round, flow: int) -> str:
    return round_.units[int(round_.candidates.flows.resource[flow])]


def _better(unknowns: Unknowns, state: State, near: Bools, others: Bools) -> tuple[float, Change]:
    """What the best choice near a figure brings at a state beyond keeping to the plan, EUR."""
    round_, solution = unknowns.round_, unknowns.round_.solution
    exchange = unknowns.at(state)
    part = around(exchange, near, others)
    inside = np.zeros(near.size, np.bool_)
    inside[part.links] = True
    staying = FixedLinks(exchange, solution.is_open & inside, round_.settings)
    ones = np.ones(exchange.counts[0]), np.ones(exchange.counts[1])
    amount = staying.amounts(*ones, exchange.arc_gain)
    carried = np.bincount(exchange.arc_link, amount, minlength=near.size) > 0
    ways = round_.assembly.ways
    carried[ways.first :] = (ways.needed_by(carried) & inside)[ways.first :]
    kept_eur = float(exchange.arc_gain @ amount - exchange.link_cost @ carried)
    model = KeptModel(part.problem, (gain_of(part.problem),), round_.settings, gap=_GAP)
    question = Question(weights=np.ones(1), floors=np.array([-np.inf]), forced=others[part.links])
    answer = model.ask(question) or model.ask(replace(question, forced=None))
    if answer is None:  # an accepted proposal no longer holds: the plan is what there is
        return 0.0, Change(left=(), added=())
    found = np.zeros((exchange.counts[2], exchange.supply.shape[1]))
    found[part.arcs] = answer.amount
    is_open = np.zeros(near.size, np.bool_)
    is_open[part.links] = answer.is_open
    chosen = {round_.proposal_ids[link] for link in np.flatnonzero(round_.is_proposal & inside)}
    now = {round_.proposal_ids[link] for link in np.flatnonzero(round_.opened(found, is_open))}
    new = ~round_.links_of(frozenset(chosen))
    return answer.objective - kept_eur, Change(
        left=tuple(sorted(chosen - now)), added=round_.brief(new, found, is_open)
    )
