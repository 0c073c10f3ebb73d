r"""The nucleolus and the core of a group, by a sequence of linear programmes.

With :math:`v(S)` what a coalition gains alone and :math:`x(S)` what its members are given,

.. math::

   \max\; t \quad\text{s.t.}\quad x(S) - t \ge v(S)\ \forall S \notin F,\quad
   x(S) = v(S) + t_S\ \forall S \in F,\quad x(N) = v(N),\quad x_i \ge v(\{i\})   & (60)

Coalitions that are tight in every best solution (their dual is above 0) go to :math:`F` with their
:math:`t`, and the programme is solved again until only one :math:`x` is left. The first :math:`t`,
its sign turned, is the least core's: above 0, the core is empty, and by so much.

Above :data:`~matcher.shares.coalitions.MOST_ENUMERATED` players the coalitions come one at a time,
as they are found to be worse off than those that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matcher.optimise import solver
from matcher.optimise.problem import Floats
from matcher.optimise.program import Program, solve_program
from matcher.settings import Settings
from matcher.shares.coalitions import MOST_ENUMERATED, Game, membership

Oracle = Callable[[Floats], int]
"""From payoffs (n,) to the mask of the coalition with the most to gain by leaving."""

# Gains are divided by the largest of them: below this share, a difference or a dual is rounding.
_ROUNDING = 1e-9
_DUAL = 1e-7
_MOST_ROUNDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreGap:
    """How the group holds together.

    ``excess`` (EUR a year) is the most that a coalition could gain by leaving, at the payoffs that
    make it least; at most 0, nobody has a reason to leave. ``coalition``: one that has the most.
    ``is_proved``: every coalition was looked at, or an exact oracle found none worse.
    """

    excess: float
    coalition: frozenset[str]
    is_proved: bool

    @property
    def is_empty(self) -> bool:
        """Whether, whatever is paid, some coalition would gain by leaving."""
        return self.excess > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Nucleolus:
    """Payoffs (n,) in the order of the players, EUR a year, and what holds them."""

    payoff: Floats
    core: CoreGap


def nucleolus(game: Game, settings: Settings, *, oracle: Oracle | None = None) -> Nucleolus:
    """The payoffs that make the worst-off coalition as well off as can be, then the next one …

    Raises
    ------
    ValueError
        When the whole group gains less than its members alone: there is no group to share in.
    """
    if game.total < float(game.alone().sum()) - _ROUNDING * max(game.total, 1.0):
        raise ValueError(f"{game.players} gain less together than each alone.")
    if game.size == 1:
        nobody = CoreGap(excess=0.0, coalition=frozenset(), is_proved=True)
        return Nucleolus(payoff=np.array([game.total]), core=nobody)
    if game.size <= MOST_ENUMERATED:
        return _sequence(game, range(1, game.all), settings, is_proved=True)
    return _by_generation(game, settings, oracle)


def least_core(game: Game, settings: Settings, *, oracle: Oracle | None = None) -> CoreGap:
    """What stands in the way of a stable share: 0 or less, nothing does."""
    return nucleolus(game, settings, oracle=oracle).core


def core_gap(game: Game, payoff: Floats) -> CoreGap:
    """Who would gain most by leaving at given payoffs (n,), and how much (EUR a year)."""
    if game.size == 1:
        return CoreGap(excess=0.0, coalition=frozenset(), is_proved=True)
    is_small = game.size <= MOST_ENUMERATED
    masks = list(range(1, game.all)) if is_small else [_local_search(game)(payoff)]
    gaps = np.array([game.value(mask) for mask in masks]) - membership(masks, game.size) @ payoff
    worst = int(np.argmax(gaps > gaps.max() - _ROUNDING * max(game.total, 1.0)))
    excess = float(gaps[worst])
    return CoreGap(
        excess=0.0 if abs(excess) <= _ROUNDING * max(game.total, 1.0) else excess,
        coalition=game.members(masks[worst]),
        is_proved=is_small,
    )


def _by_generation(game: Game, settings: Settings, oracle: Oracle | None) -> Nucleolus:
    """Start from each alone and all but each; add the coalition that would gain most by leaving."""
    everybody = game.all
    pool = sorted(
        {1 << i for i in range(game.size)} | {everybody ^ 1 << i for i in range(game.size)}
    )
    ask = _local_search(game) if oracle is None else oracle
    found = _sequence(game, pool, settings, is_proved=False)
    for _ in range(_MOST_ROUNDS):
        worst = ask(found.payoff)
        excess = game.value(worst) - float(membership([worst], game.size)[0] @ found.payoff)
        if worst in pool or excess <= found.core.excess + _ROUNDING * max(game.total, 1.0):
            return _sequence(game, pool, settings, is_proved=oracle is not None)
        pool = sorted([*pool, worst])
        found = _sequence(game, pool, settings, is_proved=False)
    return found


def _local_search(game: Game) -> Oracle:
    """The best coalition that letting one in or out leads to, from each player alone: no proof."""

    def worst(payoff: Floats) -> int:
        def excess(coalition: int) -> float:
            return game.value(coalition) - float(membership([coalition], game.size)[0] @ payoff)

        best, most = 1, excess(1)
        for start in range(game.size):
            here = 1 << start
            level = excess(here)
            while True:
                near = [here ^ 1 << i for i in range(game.size)]
                steps = [(excess(other), -other) for other in near if 0 < other < game.all]
                top, other = max(steps)
                if top <= level:
                    break
                here, level = -other, top
            if level > most:
                best, most = here, level
        return best

    return worst


def _sequence(
    game: Game, coalitions: Sequence[int] | range, settings: Settings, *, is_proved: bool
) -> Nucleolus:
    size, masks = game.size, list(coalitions)
    scale = max(game.total, max(game.value(mask) for mask in masks)) or 1.0
    inside = membership(masks, size)
    value = np.array([game.value(mask) for mask in masks]) / scale
    total, floor = game.total / scale, np.minimum(game.alone(), game.total) / scale
    level = np.full(len(masks), np.nan)  # t of the coalitions in F
    settled = np.ones((1, size))
    payoff, excess, worst = np.full(size, total / size), 0.0, 0
    rank = 1
    while rank < size:
        payoff, t, duals = _stage(inside, value, level, total, floor, settings)
        tight = np.isnan(level) & (duals > _DUAL)
        if rank == 1:
            excess = -t
            gaps = np.where(tight, value - inside @ payoff, -np.inf)
            worst = int(np.argmax(gaps > gaps.max() - _ROUNDING))
        level[tight] = t
        settled = np.vstack([settled, inside[tight]])
        grown = int(np.linalg.matrix_rank(settled))
        if grown == rank:  # the rest is rounding
            break
        rank = grown
        level = _with_spanned(inside, value, level, settled, payoff)
    excess = excess * scale
    core = CoreGap(
        excess=0.0 if abs(excess) <= _ROUNDING * scale else excess,
        coalition=game.members(masks[worst]),
        is_proved=is_proved,
    )
    payoff = np.maximum(payoff, floor) * scale
    # What the solver rounded goes to whoever has most to spare, so that shares add up to the last
    # digit and nobody falls below its floor for it.
    payoff[int(np.argmax(payoff - floor * scale))] += game.total - payoff.sum()
    return Nucleolus(payoff=payoff, core=core)


def _with_spanned(
    inside: Floats, value: Floats, level: Floats, settled: Floats, payoff: Floats
) -> Floats:
    """Coalitions whose payoff is a sum of settled ones are settled too."""
    basis = np.linalg.svd(settled, full_matrices=False)
    rows = basis.Vh[_DUAL * basis.S[0] < basis.S]
    left = inside - inside @ rows.T @ rows
    spanned = np.isnan(level) & (np.abs(left).max(axis=1) < _DUAL)
    return np.where(spanned, inside @ payoff - value, level)


def _stage(
    inside: Floats,
    value: Floats,
    level: Floats,
    total: float,
    floor: Floats,
    settings: Settings,
) -> tuple[Floats, float, Floats]:
    """(60): payoffs, t, and the dual of each coalition's row (0 for those in F).

    Columns: what each gets above its floor, then t's two halves.
    """
    size = floor.size
    is_free = np.isnan(level)
    matrix = np.zeros((len(value) + 1, size + 2))
    matrix[:-1, :size] = inside
    matrix[:-1, size] = np.where(is_free, -1.0, 0.0)
    matrix[:-1, size + 1] = np.where(is_free, 1.0, 0.0)
    matrix[-1, :size] = 1.0
    least = value + np.where(is_free, 0.0, level) - inside @ floor
    given = total - float(floor.sum())
    program = Program(
        cost=np.array([0.0] * size + [1.0, -1.0]),
        upper=np.full(size + 2, np.inf),
        is_integer=np.zeros(size + 2, np.bool_),
        matrix=sparse.csr_matrix(matrix),
        row_lower=np.append(least, given),
        # Rows in F are equal to their level but for the rounding of the stage before.
        row_upper=np.append(np.where(is_free, np.inf, least + _ROUNDING), given),
    )
    highs = solver.open_highs(settings)
    values, _ = solve_program(program, highs, "shares of a group")
    duals = np.where(is_free, np.abs(solver.row_duals(highs)[:-1]), 0.0)
    return floor + values[:size], float(values[size] - values[size + 1]), duals
