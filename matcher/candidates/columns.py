"""Columns that grow: arcs and refusals are written as they are found, each number once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Columns:
    """Named arrays of one length, filled batch by batch.

    Room is asked for beforehand; the system gives memory only to what is written.
    """

    def __init__(self, types: Mapping[str, DTypeLike], room: int) -> None:
        self._types = dict(types)
        self._room = max(room, 1)
        self._arrays: dict[str, NDArray[Any]] = {}
        self._same: dict[str, Any] = {}
        self.count = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in the order given."""
        return tuple(self._types)

    def append(self, **columns: NDArray[Any]) -> None:
        """Add one batch: every column, all of one length."""
        length = len(next(iter(columns.values())))
        if not length:
            return
        end = self.count + length
        if end > self._room:
            self._grow(end)
        for name, kind in self._types.items():
            self._write(name, columns[name].astype(kind, copy=False), end)
        self.count = end

    def _write(self, name: str, batch: NDArray[Any], end: int) -> None:
        if name not in self._arrays:
            first = batch[0] if self.count == 0 else self._same[name]
            if _all_equal(batch, first):
                self._same[name] = first
                return
            array = np.empty(self._room, self._types[name])
            array[: self.count] = first
            self._arrays[name] = array
        self._arrays[name][self.count : end] = batch

    def _grow(self, needed: int) -> None:
        self._room = max(needed, 2 * self._room)
        for name, array in self._arrays.items():
            larger = np.empty(self._room, array.dtype)
            larger[: self.count] = array[: self.count]
            self._arrays[name] = larger

    def column(self, name: str) -> NDArray[Any]:
        """One finished column; one that is the same everywhere is a view of a single number."""
        if name in self._arrays:
            return self._arrays[name][: self.count]
        same = self._same.get(name, 0)
        return np.broadcast_to(np.asarray(same, self._types[name]), self.count)


def _all_equal(batch: NDArray[Any], first: Any) -> bool:
    if batch.strides == (0,):
        batch = batch[:1]
    if first != first:  # NaN
        return bool(np.isnan(batch).all())
    return bool((batch == first).all())
