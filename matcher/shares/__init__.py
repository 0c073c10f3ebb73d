"""What each party gets: a price between two, stable shares in a group."""

from matcher.shares.coalitions import Game
from matcher.shares.groups import GroupShares, share_gain
from matcher.shares.nucleolus import CoreGap, Nucleolus, least_core, nucleolus
from matcher.shares.owen import OwenShares, owen_shares
from matcher.shares.prices import PriceInterval, price_interval
from matcher.shares.shapley import Shapley, shapley

__all__ = [
    "CoreGap",
    "Game",
    "GroupShares",
    "Nucleolus",
    "OwenShares",
    "PriceInterval",
    "Shapley",
    "least_core",
    "nucleolus",
    "owen_shares",
    "price_interval",
    "shapley",
    "share_gain",
]
