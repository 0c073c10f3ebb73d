"""The one room that throws dice, from a seed: the same seed gives the same throws.

Whoever throws sorts what it throws for by id first, so that the order of rows changes nothing.
"""

from __future__ import annotations

import numpy as np


def dice(seed: int, *stream: int) -> np.random.Generator:
    """A generator of its own for each use: ``stream`` tells uses with one seed apart."""
    return np.random.Generator(np.random.PCG64([seed, *stream]))
