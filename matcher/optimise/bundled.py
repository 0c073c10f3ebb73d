"""Bundles in the model of the exchange: links that are taken whole or not at all.

A bundle carries 1 of a unit of its own, or the hours of a machine that also processes (68), from
nobody to nobody, with its value as the gain; what else it claims are rows over links. So it needs
nothing of the engine that a link does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from matcher.candidates.bundles import Bundle, ClaimKey
from matcher.declarations import Survey
from matcher.optimise.problem import ExchangeProblem, Floats, Ints
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


def carried_by(
    bundles: Sequence[Bundle], machines: Sequence[Collection[str]], periods: int
) -> tuple[Floats, Ints]:
    """What each bundle's link carries (B, T), and the machine whose hours that is, -1 for none.

    ``machines`` are the declarations whose hours a process uses too: a bundle that takes some of
    them carries those hours, month by month, so that one row (8) holds for both. Any other
    carries 1.
    """
    carried, machine = np.zeros((len(bundles), periods)), np.full(len(bundles), -1, np.int64)
    carried[:, :1] = 1.0
    machine_of = {item: place for place, items in enumerate(machines) for item in items}
    for place, bundle in enumerate(bundles):
        hours = np.zeros(periods)
        for (what, item, *rest), used in bundle.claims.items():
            if what == "room" and item in machine_of:
                if machine[place] not in (-1, machine_of[item]):
                    raise ValueError(f"{bundle.declaration_ids}: a bundle uses one processor.")
                machine[place] = machine_of[item]
                hours[int(rest[0]) - 1] += used
        if hours.any():
            carried[place] = hours
        else:
            machine[place] = -1
    return carried, machine


def with_bundles(
    exchange: ExchangeProblem, worth: Floats, weight: Floats, carried: Floats
) -> ExchangeProblem:
    """The model with a link more for each bundle, which is taken all or not at all (22).

    ``carried`` (B, T) is what it carries then: 1 in the first period, or hours of a machine.
    """
    offers, needs, _, links = exchange.counts
    own, whole = np.arange(worth.size), carried.sum(axis=1)
    return replace(
        exchange,
        supply=np.vstack([exchange.supply, carried]),
        demand=np.vstack([exchange.demand, carried]),
        arc_offer=np.concatenate([exchange.arc_offer, offers + own]),
        arc_need=np.concatenate([exchange.arc_need, needs + own]),
        arc_link=np.concatenate([exchange.arc_link, links + own]),
        arc_yield=np.concatenate([exchange.arc_yield, np.ones(own.size)]),
        arc_gain=np.concatenate([exchange.arc_gain, worth / whole]),
        link_cost=np.concatenate([exchange.link_cost, np.zeros(own.size)]),
        link_lot=np.concatenate([exchange.link_lot, whole]),
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
