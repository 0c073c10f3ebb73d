"""A group as a game: what any part of it could gain on its own.

A coalition is a bit mask: bit *i* stands for the *i*-th player, in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.optimise.problem import Floats

MOST_ENUMERATED = 12
"""Players up to which every coalition is looked at: 4,096 of them, a second at most (measured)."""


class Game:
    """Players, and the gain of any coalition of them against doing nothing, in EUR a year.

    Parameters
    ----------
    players
        Ids, each once. They are kept sorted, so that no order given to them changes a share.
    gain
        What the coalition gains on its own; asked at most once for each. A coalition can always do
        nothing, so less than 0 counts as 0.

    Raises
    ------
    ValueError
        Without players, or with one named twice, or for a gain that is not finite.
    """

    def __init__(self, players: Iterable[str], gain: Callable[[frozenset[str]], float]) -> None:
        self.players: tuple[str, ...] = tuple(sorted(players))
        if not self.players:
            raise ValueError("A game needs a player.")
        if len(set(self.players)) < len(self.players):
            raise ValueError(f"A player is named twice: {self.players}.")
        self._gain = gain
        self._known: dict[int, float] = {0: 0.0}

    @property
    def size(self) -> int:
        """How many players there are."""
        return len(self.players)

    @property
    def all(self) -> int:
        """The mask of the whole group."""
        return (1 << self.size) - 1

    @property
    def total(self) -> float:
        """What the whole group gains."""
        return self.value(self.all)

    def value(self, coalition: int) -> float:
        """What a coalition gains on its own, at least 0."""
        if coalition not in self._known:
            gain = float(self._gain(self.members(coalition)))
            if not np.isfinite(gain):
                raise ValueError(f"{sorted(self.members(coalition))} gain {gain}.")
            self._known[coalition] = max(gain, 0.0)
        return self._known[coalition]

    def members(self, coalition: int) -> frozenset[str]:
        """The players of a coalition."""
        return frozenset(player for i, player in enumerate(self.players) if coalition >> i & 1)

    def alone(self) -> Floats:
        """(n,) what each player gains alone."""
        return np.array([self.value(1 << i) for i in range(self.size)])

    def values(self) -> Floats:
        """(2**n,) the gain of every coalition, by mask."""
        return np.array([self.value(coalition) for coalition in range(1 << self.size)])

    def share(self, payoff: Sequence[float] | Floats) -> dict[str, float]:
        """Payoffs by player."""
        return {player: float(amount) for player, amount in zip(self.players, payoff, strict=True)}


def best_split(
    players: Iterable[str], gain: Callable[[frozenset[str]], float]
) -> Callable[[frozenset[str]], float]:
    """What players gain apart from the others, free to form several groups or to stay alone.

    ``gain`` is what some of them gain as one group. Without this, a coalition of four that can do
    nothing as four would count for nothing, though two pairs of it could leave.
    """
    game = Game(players, gain)
    best: dict[int, float] = {0: 0.0}

    def of_mask(mask: int) -> float:
        if mask not in best:
            first = mask & -mask
            rest = mask ^ first
            # The first player stays alone, or is in one group with some of the others.
            found, others = of_mask(rest) + game.value(first), rest
            while others:
                found = max(found, game.value(first | others) + of_mask(rest ^ others))
                others = (others - 1) & rest
            best[mask] = found
        return best[mask]

    return lambda members: of_mask(sum(1 << i for i, p in enumerate(game.players) if p in members))


def membership(coalitions: Sequence[int], size: int) -> NDArray[np.float64]:
    """(C, n) 1 where a player is in a coalition."""
    masks = np.asarray(coalitions, dtype=np.int64)
    return ((masks[:, np.newaxis] >> np.arange(size)) & 1).astype(np.float64)
