"""What each party gets: a price between two, stable shares in a group."""

from matcher.shares.coalitions import Game, best_split
from matcher.shares.groups import GroupShares, share_gain
from matcher.shares.nucleolus import CoreGap, Nucleolus, core_gap, least_core, nucleolus
from matcher.shares.prices import PriceInterval, price_interval
from matcher.shares.shapley import Shapley, shapley

__all__ = [
    "CoreGap",
    "Game",
    "GroupShares",
    "Nucleolus",
    "PriceInterval",
    "Shapley",
    "best_split",
    "core_gap",
    "least_core",
    "nucleolus",
    "price_interval",
    "shapley",
    "share_gain",
]
