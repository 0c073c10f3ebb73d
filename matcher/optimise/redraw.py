"""The amounts of given links, found again when supplies, demands and gains turn out otherwise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.optimise import solver
from matcher.optimise.components import take_links
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Rows
from matcher.optimise.program import build_program
from matcher.optimise.seasons import merge_seasons
from matcher.settings import Settings


class FixedLinks:
    """One linear programme kept in the solver: the links are as chosen, the amounts are not.

    Lots (5) are not asked for: who has less than a lot is for the caller to see. Every offer and
    need is scaled as a whole, so that its months keep their proportions.
    """

    def __init__(self, exchange: ExchangeProblem, is_open: Bools, settings: Settings) -> None:
        loose = replace(
            exchange,
            link_lot=np.zeros(exchange.counts[3]),
            link_rows=Rows.none(),
            max_links=None,
        )
        self._part = take_links(loose, is_open)
        self._merged, _ = merge_seasons(self._part.problem)
        self._arcs = exchange.counts[2]
        every = np.ones(self._part.links.size, np.bool_)
        program, self._layout = build_program(self._merged, is_open=every)
        self._highs = solver.open_highs(settings, method="simplex")
        program.pass_to(self._highs)
        layout = self._layout
        self._offer, offer_period = np.nonzero(layout.supply_rows >= 0)
        self._need, need_period = np.nonzero(layout.demand_rows >= 0)
        self._rows = np.concatenate(
            [
                layout.supply_rows[self._offer, offer_period],
                layout.demand_rows[self._need, need_period],
            ]
        )
        self._limits = np.concatenate(
            [
                self._merged.supply[self._offer, offer_period],
                self._merged.demand[self._need, need_period],
            ]
        )

    def amounts(self, offer_scale: Floats, need_scale: Floats, arc_gain: Floats) -> Floats:
        """(A,) best amounts a year, for scales of the offers (O,) and needs (N,) and gains (A,)."""
        part, layout = self._part, self._layout
        total = np.zeros(self._arcs)
        if not layout.arc.size:
            return total
        scale = np.concatenate(
            [offer_scale[part.offers][self._offer], need_scale[part.needs][self._need]]
        )
        solver.reprice(
            self._highs, arc_gain[part.arcs][layout.arc], self._rows, self._limits * scale
        )
        solver.run_highs(self._highs, "amounts again")
        moved = np.maximum(solver.column_values(self._highs), 0.0)
        np.add.at(total, part.arcs[layout.arc], moved)
        return total
