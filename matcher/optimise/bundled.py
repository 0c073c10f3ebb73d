"""Bundles in the model of the exchange: links that are taken whole or not at all.

A bundle carries 1 of a unit of its own, from nobody to nobody, with its value as the gain; what it
claims are rows over links. So it needs nothing of the engine that a link does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from matcher.bundles import Bundle, ClaimKey
from matcher.declarations import Survey
from matcher.optimise.problem import ExchangeProblem, Floats
from matcher.optimise.row_book import RowBook, RowKind, RowName
from matcher.settings import Objective


def paying(
    bundles: Sequence[Bundle], objective: Objective, held: Collection[int] = ()
) -> tuple[list[int], Floats]:
    """Places of the bundles that pay and bring something to the aim, or are ``held``; what they
    bring.
    """
    aimed = [
        bundle.worth if objective is Objective.EUR else bundle.avoided_tco2e_per_year.value or 0.0
        for bundle in bundles
    ]
    kept = [
        place
        for place, bundle in enumerate(bundles)
        if (bundle.worth > 0 and aimed[place] > 0) or place in held
    ]
    return kept, np.array([aimed[place] for place in kept])


def is_one_firm(bundle: Bundle, survey: Survey) -> bool:
    """Whether all its sites are of one firm."""
    return len({survey.sites[site_id].firm_id for site_id in bundle.site_ids}) == 1


def with_bundles(exchange: ExchangeProblem, worth: Floats, weight: Floats) -> ExchangeProblem:
    """The model with a link more for each bundle: one unit, in one period, all or nothing (22)."""
    offers, needs, _, links = exchange.counts
    count, periods = worth.size, exchange.supply.shape[1]
    unit = np.zeros((count, periods))
    unit[:, :1] = 1.0
    own = np.arange(count)
    return replace(
        exchange,
        supply=np.vstack([exchange.supply, unit]),
        demand=np.vstack([exchange.demand, unit]),
        arc_offer=np.concatenate([exchange.arc_offer, offers + own]),
        arc_need=np.concatenate([exchange.arc_need, needs + own]),
        arc_link=np.concatenate([exchange.arc_link, links + own]),
        arc_yield=np.concatenate([exchange.arc_yield, np.ones(count)]),
        arc_gain=np.concatenate([exchange.arc_gain, worth]),
        link_cost=np.concatenate([exchange.link_cost, np.zeros(count)]),
        link_lot=np.concatenate([exchange.link_lot, np.ones(count)]),
        link_weight=np.concatenate([exchange.link_weight, weight]),
    )


def claim_rows(
    rows: RowBook, bundles: Sequence[Bundle], limits: Mapping[ClaimKey, float], first: int
) -> None:
    """What bundles claim of one room stays within it (23); left out where all fit."""
    claimed: dict[ClaimKey, list[tuple[int, float]]] = defaultdict(list)
    for place, bundle in enumerate(bundles):
        for key, used in bundle.claims.items():
            if used > 0:
                claimed[key].append((first + place, used))
    for key in sorted(claimed):
        amounts = [amount for _, amount in claimed[key]]
        if sum(amounts) > limits[key]:
            rows.add([link for link, _ in claimed[key]], limits[key], amounts)
            rows.names.append(RowName(kind=RowKind.CLAIM, of=key[1], most=limits[key]))
