"""Bases of the simplex: where the last question ended, for the next one to start from."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray


def start_from(
    highs: highspy.Highs, column_status: NDArray[np.int8], row_status: NDArray[np.int8]
) -> None:
    """Give the simplex a basis to start from; HiGHS mends one that is short or singular."""
    basis = highspy.HighsBasis()
    basis.col_status = [_BASIS_WORDS[word] for word in column_status.tolist()]
    basis.row_status = [_BASIS_WORDS[word] for word in row_status.tolist()]
    basis.valid = True
    highs.setBasis(basis)


class Kept:
    """The basis of the LP just run, to come back to."""

    def __init__(self, highs: highspy.Highs) -> None:
        self._highs, self._basis = highs, highs.getBasis()

    def restore(self) -> None:
        """Start the next run from it."""
        self._highs.setBasis(self._basis)


def read(highs: highspy.Highs) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """The basis of the LP just run, as the numbers of HiGHS' words."""
    basis = highs.getBasis()
    return (
        np.array([int(word) for word in basis.col_status], np.int8),
        np.array([int(word) for word in basis.row_status], np.int8),
    )


_BASIS_WORDS = {int(word): word for word in highspy.HighsBasisStatus.__members__.values()}
