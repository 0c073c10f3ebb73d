"""Prices of the rows that links share, by the volume algorithm: no matrix is factorised.

At given prices every link can be judged alone, so one round costs a product with the matrix. The
prices move along an average of what the rounds would open, from the best prices so far; the average
tends to a solution of the linear relaxation. Any prices give a true bound (20), so it does
not matter for the proof how far they have come.

After F. Barahona and R. Anbil's volume algorithm (2000; recalled, not read for this project).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Ints
from matcher.optimise.program import Layout, Program, build_program
from matcher.optimise.relaxation import Relaxation, best_links

# Rounds on the best links of every node, then on all links. The steps shrink before, unless the
# model is so large that its columns times rounds are stopped first.
_ROUNDS_ON_FEW = 1_500
_ROUNDS_ON_ALL = 800
_LEAST_ROUNDS = 250
_COLUMN_ROUNDS = 60_000_000
_ROUNDS_A_LIMIT = 120
_FEW_LINKS_A_NODE = 4
# Step: share of the way to a target a little below the best bound; weight of a new round.
# Measured at 500 sites against the linear programme's optimum: 0.07 % above it with these, 0.4 %
# with a first step and a weight of 0.1 and half the failures, which is what a proof then lacks.
_FIRST_STEP, _LARGEST_STEP, _LEAST_STEP = 1.0, 2.0, 1e-4
_LONGER, _SHORTER, _FAILURES = 1.1, 0.66, 20
_TARGET = 0.95
_FIRST_TARGET = 0.5
_WEIGHT = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What the rows that links share are worth at some prices, the limit (9) left out, and what
    each link would earn at them (L,) before it pays for its place among the proposals.
    """

    worth: float
    link_value: Floats


@dataclass(slots=True)
class _State:
    """Where the search stands: best prices (scaled), their bound, and the average solution."""

    price: Floats
    bound: float
    average: Floats
    step: float = _FIRST_STEP


class PriceSearch:
    """The rows that links share, scaled so that a limit is 1, and the search over their prices.

    ``only`` keeps some links; the rows, and so the prices, stay those of the whole model.
    """

    def __init__(
        self,
        exchange: ExchangeProblem,
        program: Program,
        layout: Layout,
        only: Bools | None = None,
    ) -> None:
        self.exchange, self.layout = exchange, layout
        self.limit: int | None = None
        self.rows = np.flatnonzero(layout.row_link < 0)
        self._scale, self._limit = _scaled(exchange, program, layout, self.rows)
        link = np.concatenate([exchange.arc_link[layout.arc], layout.link])
        columns = np.arange(link.size) if only is None else np.flatnonzero(only[link])
        self._column_link = link[columns]
        self._amounts = int((columns < layout.arc.size).sum())
        self._cost = program.cost[columns]
        self._most = exchange.most()[layout.arc, layout.period][columns[: self._amounts]]
        scaled = sparse.diags(1.0 / self._scale) @ program.matrix[self.rows][:, columns]
        self._matrix = scaled.tocsr()
        self._transposed = scaled.T.tocsr()

    def judge(self, price: Floats) -> tuple[float, Floats, Floats]:
        """Bound at the scaled prices, what each link earns, and what would be opened."""
        reduced = self._cost - self._transposed @ price
        amounts = self._amounts
        earned = np.maximum(reduced[:amounts], 0.0) * self._most
        value = np.bincount(
            self._column_link[:amounts], earned, minlength=self.exchange.counts[3]
        ).astype(np.float64)
        value[self._column_link[amounts:]] += reduced[amounts:]
        is_open = value > 0 if self.limit is None else self._best_within(value)
        chosen = is_open[self._column_link].astype(np.float64)
        chosen[:amounts] *= np.where(reduced[:amounts] > 0, self._most, 0.0)
        return float(price @ self._limit + value[is_open].sum()), value, chosen

    def _best_within(self, value: Floats) -> Bools:
        """The links that earn most, as many as the number of proposals (9) allows.

        The one that passes the limit is taken whole: that leaves the bound true.
        """
        weight = self.exchange.link_weight
        is_open = value > 0
        counted = np.flatnonzero(is_open & (weight > 0))
        order = counted[np.argsort(-value[counted] / weight[counted], kind="stable")]
        before = np.cumsum(weight[order]) - weight[order]
        is_open[order[before >= (self.limit or 0)]] = False
        return is_open

    def rounds_at_most(self, rounds: int) -> int:
        """That many rounds, or fewer where there are many columns."""
        return max(min(rounds, _COLUMN_ROUNDS // max(self._cost.size, 1)), _LEAST_ROUNDS)

    def search(self, rounds: int, start: Floats | None = None) -> _State:
        """Lower the bound for that many rounds, from given scaled prices or from none."""
        price = np.zeros(self.rows.size) if start is None else start
        bound, _, average = self.judge(price)
        state = _State(price, bound, average)
        slack = self._limit - self._matrix @ average
        target, failures = _FIRST_TARGET * bound, 0
        for _ in range(rounds):
            direction = np.where((state.price <= 0) & (slack > 0), 0.0, slack)
            length = float(direction @ direction)
            if length < 1e-18 or state.step < _LEAST_STEP:
                break
            move = state.step * (state.bound - target) / length
            tried = np.maximum(0.0, state.price - move * direction)
            bound, _, chosen = self.judge(tried)
            new_slack = self._limit - self._matrix @ chosen
            state.average = (1 - _WEIGHT) * state.average + _WEIGHT * chosen
            slack = (1 - _WEIGHT) * slack + _WEIGHT * new_slack
            if bound < state.bound:
                if float(direction @ new_slack) > 0:
                    state.step = min(_LARGEST_STEP, state.step * _LONGER)
                state.price, state.bound, failures = tried, bound, 0
                if bound < target / _TARGET:
                    target = _TARGET * bound
            else:
                failures += 1
                if failures >= _FAILURES:
                    state.step, failures = state.step * _SHORTER, 0
        return state

    def full(self, price: Floats) -> Floats:
        """Prices in EUR a unit, over all rows of the model."""
        prices = np.zeros(self.layout.row_link.size)
        prices[self.rows] = price / self._scale
        return prices


def relax_by_prices(exchange: ExchangeProblem) -> Relaxation:
    """The linear relaxation, nearly: a true bound, prices, and the links it would open in part."""
    search, state = _searched(exchange)
    layout = search.layout
    prices = search.full(state.price)
    _, value, _ = search.judge(state.price)
    amounts = layout.arc.size
    share = np.ones(exchange.counts[3])
    share[layout.link] = state.average[amounts:]
    return Relaxation(
        objective=state.bound,
        bound=state.bound,
        amount=layout.amounts(state.average, exchange),
        open_share=share,
        link_value=value,
        offer_price=_at(prices, layout.supply_rows),
        need_price=_at(prices, layout.demand_rows),
        prices=prices,
    )


def search_prices_by_limit(exchange: ExchangeProblem, limits: list[int]) -> list[Prices]:
    """Prices for several numbers of proposals (9), smallest first; each is valid for any number.

    The limit is kept inside the judging of the links, so that it needs no price of its own.
    """
    program, layout = build_program(replace(exchange, max_links=None))
    search = PriceSearch(exchange, program, layout)
    price: Floats | None = None
    found = []
    for limit in limits:
        search.limit = limit
        # A first number starts from no prices at all, which is right for very few proposals.
        price = search.search(_ROUNDS_A_LIMIT, price).price
        search.limit = None
        bound, value, _ = search.judge(price)
        worth = bound - float(np.maximum(value, 0.0).sum())
        found.append(Prices(worth=worth, link_value=value))
    return found


def _searched(exchange: ExchangeProblem) -> tuple[PriceSearch, _State]:
    """Search with the best links of every node first: their prices are nearly those of all."""
    program, layout = build_program(exchange)
    few = PriceSearch(exchange, program, layout, best_links(exchange, _FEW_LINKS_A_NODE))
    found = few.search(few.rounds_at_most(_ROUNDS_ON_FEW))
    search = PriceSearch(exchange, program, layout)
    return search, search.search(search.rounds_at_most(_ROUNDS_ON_ALL), found.price)


def _scaled(
    exchange: ExchangeProblem, program: Program, layout: Layout, rows: Ints
) -> tuple[Floats, Floats]:
    """What to divide each row by, and its limit then: 1, or 0."""
    largest = np.ones(program.cost.size)
    largest[: layout.arc.size] = exchange.most()[layout.arc, layout.period]
    activity = np.asarray(abs(program.matrix[rows]) @ largest)
    upper = program.row_upper[rows]
    scale = np.where(upper > 0, upper, np.maximum(activity, 1e-12))
    return scale, upper / scale


def _at(prices: Floats, rows: Ints) -> Floats:
    found = np.zeros(rows.shape)
    found[rows >= 0] = prices[rows[rows >= 0]]
    return found
