"""How a group shares what it gains together: the one function that proposals of groups call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from matcher.settings import Settings
from matcher.shares.coalitions import Game
from matcher.shares.nucleolus import CoreGap, Oracle, core_gap, nucleolus
from matcher.shares.shapley import shapley


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShares:
    """EUR a year by member; ``share`` adds up to ``total``, and nobody is below doing nothing.

    ``shapley`` and its standard error stand beside, for whoever asks who brings what. ``core`` is
    how ``share`` holds the group together; ``usual_core`` how the usual rule does, where one was
    given.
    """

    total: float
    share: Mapping[str, float]
    shapley: Mapping[str, float]
    shapley_error: Mapping[str, float]
    core: CoreGap
    usual_core: CoreGap | None = None


def share_gain(
    members: Iterable[str],
    gain: Callable[[frozenset[str]], float],
    settings: Settings,
    *,
    oracle: Oracle | None = None,
    usual: Mapping[str, float] | None = None,
) -> GroupShares:
    """Shares of what a group gains: the nucleolus, which is in the core when there is one.

    Parameters
    ----------
    members
        Ids of those who share (sites, or firms).
    gain
        EUR a year that any part of them would gain on its own against doing nothing: machine,
        purchase or job arranged anew for those members only. Below 0 counts as 0.
    settings
        Seed and number of orders behind the Shapley value of a large group.
    oracle
        For more than twelve members, an exact search for the coalition that would gain most by
        leaving; without it the search is a local one, and ``core.is_proved`` is false.
    usual
        What each gets by the usual rule, EUR a year, to be told whether it holds the group.

    Returns
    -------
    GroupShares
        ``core.is_empty`` says when no share can keep every coalition, ``core.excess`` by how much.

    Raises
    ------
    ValueError
        When the group gains less than its members would alone.
    """
    game = Game(members, gain)
    found, beside = nucleolus(game, settings, oracle=oracle), shapley(game, settings)
    return GroupShares(
        total=game.total,
        share=game.share(found.payoff),
        shapley=game.share(beside.value),
        shapley_error=game.share(beside.standard_error),
        core=found.core,
        usual_core=(
            None
            if usual is None
            else core_gap(game, np.array([usual[member] for member in game.players]))
        ),
    )
