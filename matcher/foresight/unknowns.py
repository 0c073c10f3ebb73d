"""What may turn out otherwise than declared: amounts and prices, within their brackets.

An amount lies between its low and high ends, declared or from what it stands on; a price that is
ours, and not the firm's, between those of the factor table; the value of a group between its own.
Each is likeliest at the value that the plan stands on and falls off in a straight line to both ends
(triangular).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matcher.candidates.brackets import amount_scale, price_spread
from matcher.dice import dice
from matcher.foresight.round import Round
from matcher.optimise.problem import ExchangeProblem, Floats, Ints

_STREAM = 7_000  # of the seed: amounts, prices, groups


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One way that things may be: amounts (F,) as shares of the likely ones, prices (F,) in EUR a
    unit above the likely ones, values of the groups (B,) in EUR.
    """

    scale: Floats
    price: Floats
    worth: Floats


@dataclass(frozen=True, kw_only=True)
class Unknowns:
    """The brackets of a round, and its model in EUR at any state."""

    round_: Round

    @cached_property
    def exchange(self) -> ExchangeProblem:
        """The model of the round in EUR, whatever its objective."""
        euros = self.round_.euros
        return replace(self.round_.exchange, arc_gain=euros.arc, link_cost=-euros.link)

    @cached_property
    def scales(self) -> Floats:
        """(F, 2) low and high amounts, as shares of the likely ones."""
        flows = self.round_.survey.flows
        return np.array(
            [amount_scale(flows[name]) for name in self.round_.candidates.flows.flow_id]
        ).reshape(-1, 2)

    @cached_property
    def prices(self) -> Floats:
        """(F, 2) how far a price may be below and above, EUR a unit; 0 where the firm gave it."""
        flows = self.round_.candidates.flows
        spreads = [
            price_spread(flows.cost, flows.cost_low, flows.cost_high, place)
            for place in range(len(flows.flow_id))
        ]
        return np.asarray(np.array(spreads).reshape(-1, 2) * np.array([-1.0, 1.0]))

    @cached_property
    def worths(self) -> Floats:
        """(B, 3) low, likely and high value of each group, EUR."""
        values = [bundle.value for bundle in self.round_.assembly.bundles]
        rows = [
            (min(v.low or 0.0, v.value or 0.0), v.value, max(v.high or 0.0, v.value or 0.0))
            if v.low is not None and v.high is not None
            else (v.value, v.value, v.value)
            for v in values
        ]
        return np.array(rows, np.float64).reshape(-1, 3)

    @property
    def likely(self) -> State:
        """As declared."""
        count = len(self.scales)
        return State(scale=np.ones(count), price=np.zeros(count), worth=self.worths[:, 1])

    def drawn(self, count: int) -> list[State]:
        """So many states, thrown from the seed of the settings."""
        seed = self.round_.settings.seed
        flows, groups = len(self.scales), len(self.worths)
        thrown = [
            dice(seed, _STREAM + stream).uniform(size=(count, size))
            for stream, size in enumerate((flows, flows, groups))
        ]
        return [
            State(
                scale=triangular(amounts, self.scales[:, 0], 1.0, self.scales[:, 1]),
                price=triangular(prices, self.prices[:, 0], 0.0, self.prices[:, 1]),
                worth=triangular(values, *self.worths.T),
            )
            for amounts, prices, values in zip(*thrown, strict=True)
        ]

    def node_scales(self, state: State) -> tuple[Floats, Floats]:
        """(O,) and (N,) the scale of each node of the model; a group's own are as they are."""
        assembly = self.round_.assembly
        groups = np.ones(len(assembly.bundles) + assembly.ways.count)
        return (
            np.concatenate([state.scale[assembly.node_flow_offer], groups]),
            np.concatenate([state.scale[assembly.node_flow_need], groups]),
        )

    def arc_gain(self, state: State) -> Floats:
        """(A,) EUR a unit at a state, for what the giver pays and the taker buys at then."""
        exchange, assembly = self.exchange, self.round_.assembly
        own = self._exchange_arcs
        arcs = self.round_.candidates.arcs
        arc = assembly.arc_of_link[exchange.arc_link[own]]
        gain = exchange.arc_gain.copy()
        gain[own] += (
            state.price[arcs.offer[arc]] + exchange.arc_yield[own] * state.price[arcs.need[arc]]
        )
        groups = slice(own.size, own.size + len(state.worth))
        gain[groups] = state.worth / exchange.link_lot[exchange.arc_link[groups]]
        return gain

    def at(self, state: State) -> ExchangeProblem:
        """The model at a state."""
        offers, needs = self.node_scales(state)
        return replace(
            self.exchange,
            supply=self.exchange.supply * offers[:, np.newaxis],
            demand=self.exchange.demand * needs[:, np.newaxis],
            arc_gain=self.arc_gain(state),
        )

    @cached_property
    def _exchange_arcs(self) -> Ints:
        links = self.round_.assembly.arc_of_link.size
        return np.flatnonzero(self.round_.exchange.arc_link < links)


def triangular(share: Floats, low: Floats, likely: Floats | float, high: Floats) -> Floats:
    """The value below which a share of the triangular distribution lies."""
    size = np.maximum(high - low, 1e-300)
    rising = (likely - low) / size
    left = low + np.sqrt(share * size * np.maximum(likely - low, 0.0))
    right = high - np.sqrt((1 - share) * size * np.maximum(high - likely, 0.0))
    return np.asarray(np.where(share < rising, left, right))
