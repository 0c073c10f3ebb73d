r"""The Shapley value: what each brings on average, whoever came before.

.. math::

   \phi_i = \sum_{S \not\ni i} \frac{|S|!\,(n - |S| - 1)!}{n!}\,(v(S \cup i) - v(S))   & (61)

Shown beside the nucleolus: it says who brings what, but a coalition may gain by leaving it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from matcher.dice import dice
from matcher.optimise.problem import Floats
from matcher.settings import Settings
from matcher.shares.coalitions import MOST_ENUMERATED, Game, membership

_SHAPLEY_STREAM = 61


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapley:
    """Values (n,) in the order of the players, EUR a year.

    ``standard_error`` (n,) is 0 when every coalition was looked at.
    """

    value: Floats
    standard_error: Floats


def shapley(game: Game, settings: Settings) -> Shapley:
    """(61), exactly for a small group; for a large one over orders of arrival thrown by dice.

    Each order is taken with its reverse. ``settings.shapley_orders`` says how many, and
    ``settings.seed`` which.
    """
    if game.size <= MOST_ENUMERATED:
        return Shapley(value=_exact(game), standard_error=np.zeros(game.size))
    throws = dice(settings.seed, _SHAPLEY_STREAM)
    pairs = max(settings.shapley_orders // 2, 2)
    brought = np.zeros((pairs, game.size))
    for pair in range(pairs):
        order = throws.permutation(game.size)
        brought[pair] = (_arrivals(game, order) + _arrivals(game, order[::-1])) / 2
    error = brought.std(axis=0, ddof=1) / np.sqrt(pairs)
    return Shapley(value=brought.mean(axis=0), standard_error=error)


def _exact(game: Game) -> Floats:
    values, n = game.values(), game.size
    inside = membership(range(1 << n), n) > 0
    members = inside.sum(axis=1)
    weight = np.array([1.0 / (n * comb(n - 1, k)) for k in range(n)])
    value = np.zeros(n)
    for i in range(n):
        without = np.flatnonzero(~inside[:, i])
        gain = values[without | 1 << i] - values[without]
        value[i] = weight[members[without]] @ gain
    return value


def _arrivals(game: Game, order: np.ndarray) -> Floats:
    """What each brings when the players arrive in this order."""
    brought, here, before = np.zeros(game.size), 0, 0.0
    for i in order.tolist():
        here |= 1 << i
        after = game.value(here)
        brought[i] = after - before
        before = after
    return brought
