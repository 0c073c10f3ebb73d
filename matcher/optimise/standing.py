"""What an earlier round leaves in the model: links that stay (63), links that cost a malus (64).

Nothing here is the engine's business: a link that stays is a row over links, a malus is a cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.optimise.exchange import solve
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Ints, Rows
from matcher.optimise.row_book import RowBook, RowKind, RowName
from matcher.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands from earlier rounds, by the places of candidate arcs and of bundles.

    Attributes
    ----------
    held, held_ids
        One entry a proposal that stays: the arcs and the bundles that would carry it on, one of
        which must be open; and its id.
    least_amount
        (A,) what an arc must carry at least if it is open, a giver's unit a year: what was agreed,
        or what it takes to bring a firm more than it refused.
    new_arcs, new_bundles
        (A,), (B,) those that the last plan did not propose.
    malus
        What opening one of these costs, in the objective's unit a year.
    """

    held: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    held_ids: tuple[str, ...]
    least_amount: Floats
    new_arcs: Bools
    new_bundles: Bools
    malus: float

    @property
    def held_arcs(self) -> list[int]:
        """Arcs that must not be left out of the model."""
        return [arc for arcs, _ in self.held for arc in arcs]

    @property
    def held_bundles(self) -> frozenset[int]:
        """Bundles that must not be left out of the model."""
        return frozenset(bundle for _, bundles in self.held for bundle in bundles)


def with_standing(
    exchange: ExchangeProblem,
    rows: RowBook,
    standing: Standing,
    kept_arcs: Ints,
    kept_bundles: Sequence[int],
) -> ExchangeProblem:
    """The model with what stands: rows (63) go to ``rows``, amounts and malus (64) to its links.

    ``kept_arcs`` and ``kept_bundles`` are the candidates that are links, in the order of links.
    What is inside one firm costs nobody a new call, so it pays no malus.
    """
    count = len(kept_arcs)
    link_of_arc = {int(arc): link for link, arc in enumerate(kept_arcs.tolist())}
    link_of_bundle = {bundle: count + place for place, bundle in enumerate(kept_bundles)}
    for (arcs, bundles), name in zip(standing.held, standing.held_ids, strict=True):
        links = [link_of_arc[arc] for arc in arcs] + [link_of_bundle[each] for each in bundles]
        rows.add(links, -1.0, [-1.0] * len(links))
        rows.names.append(RowName(kind=RowKind.HELD, of=name, most=-1.0))
    new_bundles = standing.new_bundles[np.array(kept_bundles, np.int64)]
    is_new = np.concatenate([standing.new_arcs[kept_arcs], new_bundles])
    least = np.zeros(exchange.counts[3])
    least[:count] = standing.least_amount[kept_arcs]
    return replace(
        exchange,
        link_lot=np.maximum(exchange.link_lot, least),
        link_cost=exchange.link_cost + standing.malus * is_new * exchange.link_weight,
    )


def most_held(exchange: ExchangeProblem, settings: Settings) -> Bools:
    """Which of the rows (63) can hold together: as many as possible, whatever they bring.

    (R,) over the rows over links; true where a row asks for nothing.
    """
    rows = exchange.link_rows
    asking = np.flatnonzero(rows.upper < 0)
    offers, needs, _, links = exchange.counts
    count, periods = asking.size, exchange.supply.shape[1]
    unit = np.zeros((count, periods))
    unit[:, :1] = 1.0
    own = np.arange(count)
    # Each row becomes u <= sum of its links, and u is worth 1.
    upper = rows.upper.copy()
    upper[asking] = 0.0
    elastic = Rows(
        row=np.concatenate([rows.row, asking]),
        column=np.concatenate([rows.column, links + own]),
        coefficient=np.concatenate([rows.coefficient, np.ones(count)]),
        upper=upper,
    )
    counted = replace(
        exchange,
        supply=np.vstack([exchange.supply, unit]),
        demand=np.vstack([exchange.demand, unit]),
        arc_offer=np.concatenate([exchange.arc_offer, offers + own]),
        arc_need=np.concatenate([exchange.arc_need, needs + own]),
        arc_link=np.concatenate([exchange.arc_link, links + own]),
        arc_yield=np.concatenate([exchange.arc_yield, np.ones(count)]),
        arc_gain=np.concatenate([np.zeros_like(exchange.arc_gain), np.ones(count)]),
        link_cost=np.concatenate([np.zeros(links), np.zeros(count)]),
        link_lot=np.concatenate([exchange.link_lot, np.ones(count)]),
        link_weight=np.concatenate([exchange.link_weight, np.zeros(count)]),
        link_rows=elastic,
    )
    solution = solve(counted, settings)
    holds = np.ones(rows.upper.size, np.bool_)
    holds[asking] = solution.is_open[links:]
    return holds
