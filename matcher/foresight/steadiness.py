"""Robustness: how often each proposal still pays when amounts and prices turn out otherwise.

The links are those of the plan, since the calls are made; for each draw the amounts are found again
(75). All proposals meet the same draws, so that they can be compared.
"""

from __future__ import annotations

import numpy as np

from matcher.foresight.findings import Steadiness, SteadyPlan
from matcher.foresight.round import Round
from matcher.foresight.unknowns import Unknowns
from matcher.optimise.redraw import FixedLinks

_ROUNDING = 1e-6


def steadiness(round_: Round, draws: int) -> SteadyPlan | None:
    """Each proposal of the plan over so many draws; None without draws or proposals."""
    chosen = np.flatnonzero(round_.is_proposal)
    if not draws or not chosen.size:
        return None
    unknowns = Unknowns(round_=round_)
    exchange = unknowns.exchange
    fixed = FixedLinks(exchange, round_.solution.is_open, round_.settings)
    links, is_open = exchange.counts[3], round_.solution.is_open
    ways = round_.assembly.ways
    gains = np.zeros((draws, chosen.size))
    pays = np.zeros((draws, chosen.size), np.bool_)
    for place, state in enumerate(unknowns.drawn(draws)):
        gain = unknowns.arc_gain(state)
        amount = fixed.amounts(*unknowns.node_scales(state), gain)
        earned = np.bincount(exchange.arc_link, gain * amount, minlength=links)
        carried = np.bincount(exchange.arc_link, amount, minlength=links)
        net = ways.told(np.where(is_open, earned - exchange.link_cost, 0.0), is_open)[chosen]
        has_lot = carried >= exchange.link_lot * (1 - _ROUNDING)
        gains[place] = net
        pays[place] = (net > 0) & has_lot[chosen] & (carried[chosen] > 0)
    low, high = np.quantile(gains, (0.1, 0.9), axis=0)
    total = np.quantile(gains.sum(axis=1), (0.1, 0.5, 0.9))
    return SteadyPlan(
        draws=draws,
        low=float(total[0]),
        middle=float(total[1]),
        high=float(total[2]),
        proposals=tuple(
            Steadiness(
                proposal_id=round_.proposal_ids[link],
                pays_share=float(pays[:, place].mean()),
                low=float(low[place]),
                high=float(high[place]),
            )
            for place, link in enumerate(chosen.tolist())
        ),
    )
