"""Sparse rows collected one at a time, and what each of them counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matcher.optimise.problem import Rows


class RowKind(StrEnum):
    """Whose links a row over links counts."""

    SITE = "site"
    FIRM = "firm"
    FLOW = "flow"
    PAIR = "pair"
    CLAIM = "claim"
    HOURS = "hours"  # of the EPCI's animation
    WAY = "way"  # is needed by a link, and paid once
    HELD = "held"  # asks for a link: an accepted proposal stays


@dataclass(frozen=True, slots=True, kw_only=True)
class RowName:
    """What a row over links counts: of which site, firm or declaration, and how much at most."""

    kind: RowKind
    of: str
    most: float


class RowBook:
    """Collects sparse rows one at a time."""

    def __init__(self) -> None:
        self._row: list[int] = []
        self._column: list[int] = []
        self._coefficient: list[float] = []
        self._upper: list[float] = []
        self.names: list[RowName] = []

    def add(self, columns: Iterable[int], upper: float, coefficients: Iterable[float]) -> None:
        """One row ``sum(coefficient * column) <= upper``."""
        columns = list(columns)
        self._row += [len(self._upper)] * len(columns)
        self._column += columns
        self._coefficient += coefficients
        self._upper.append(upper)

    def add_count(self, columns: list[int], most: int, kind: RowKind, of: str) -> None:
        """At most ``most`` of these links; left out when it cannot bind."""
        if len(columns) > most:
            self.add(columns, float(most), [1.0] * len(columns))
            self.names.append(RowName(kind=kind, of=of, most=most))

    def freeze(self) -> Rows:
        """The rows as arrays."""
        return Rows(
            row=np.asarray(self._row, np.int64),
            column=np.asarray(self._column, np.int64),
            coefficient=np.asarray(self._coefficient, float),
            upper=np.asarray(self._upper, float),
        )
