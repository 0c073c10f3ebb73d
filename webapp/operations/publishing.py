"""The figures of a round for elected people: counted by firms, hidden under three, never undone.

A cell is shown when at least three firms and two leads stand behind it and none of the firms is
behind more than 85 % of it. Cells of a division (by communauté, by axis) are hidden by two at
least, so that none is the whole less the others; a publication that would differ from an earlier
one by fewer than three firms keeps the earlier figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LEAST_FIRMS = 3
LEAST_LEADS = 2
MOST_SHARE = 0.85
"""The habit of French business statistics, taken over as a promise of the charter."""

ROUNDED_TO = 5


@dataclass(slots=True)
class Tally:
    """What is added up for one cell: the amount, and what of it stands with each firm and lead."""

    amount: float = 0.0
    by_firm: dict[int, float] = field(default_factory=dict)
    leads: set[int] = field(default_factory=set)

    def add(self, amount: float, firms: Sequence[int], lead: int | None = None) -> None:
        """Add an amount; each of its firms is behind the whole of it."""
        self.amount += amount
        for firm in firms:
            self.by_firm[firm] = self.by_firm.get(firm, 0.0) + abs(amount)
        if lead is not None:
            self.leads.add(lead)

    def may_be_shown(self, *, counts_firms: bool) -> bool:
        """Whether nobody can be told from it; a count of firms is of firms and nothing else."""
        if len(self.by_firm) < LEAST_FIRMS:
            return False
        if counts_firms:
            return True
        total = sum(self.by_firm.values())
        is_even = total == 0 or max(self.by_firm.values()) <= MOST_SHARE * abs(self.amount)
        return len(self.leads) >= LEAST_LEADS and is_even


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is shown: a rounded value, or None for "secret"; and who is behind, for our eyes."""

    value: float | None
    firms: frozenset[int]


def counted(tally: Tally) -> Cell:
    """How many firms, to the nearest five."""
    count = len(tally.by_firm)
    shown = tally.may_be_shown(counts_firms=True)
    value = float(ROUNDED_TO * round(count / ROUNDED_TO)) if shown else None
    return Cell(value=value, firms=frozenset(tally.by_firm))


def summed(tally: Tally) -> Cell:
    """An amount to two digits."""
    value = two_digits(tally.amount) if tally.may_be_shown(counts_firms=False) else None
    return Cell(value=value, firms=frozenset(tally.by_firm))


def two_digits(value: float) -> float:
    """Two significant digits: more would say what a single firm did."""
    if value == 0:
        return 0.0
    return round(value, 1 - math.floor(math.log10(abs(value))))


def divided(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Cells of one division: when one is hidden, the smallest of the others is hidden with it."""
    found = dict(cells)
    hidden = [name for name, cell in found.items() if cell.value is None and cell.firms]
    open_ones = [name for name, cell in found.items() if cell.value is not None]
    if len(hidden) == 1 and open_ones:
        smallest = min(open_ones, key=lambda name: (len(found[name].firms), name))
        found[smallest] = Cell(value=None, firms=found[smallest].firms)
    return found


def not_undone(new: Mapping[str, Cell], old: Mapping[str, Cell]) -> dict[str, Cell]:
    """Cells that differ from an earlier publication by one or two firms keep what it said."""
    found = {}
    for name, cell in new.items():
        before = old.get(name)
        if before is not None and 0 < len(cell.firms ^ before.firms) < LEAST_FIRMS:
            cell = before
        found[name] = cell
    return found


def as_stored(cells: Mapping[str, Cell]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Values to show, and members to seal."""
    return (
        {name: cell.value for name, cell in cells.items()},
        {name: sorted(cell.firms) for name, cell in cells.items()},
    )


def from_stored(values: Mapping[str, Any], members: Mapping[str, list[int]]) -> dict[str, Cell]:
    """Cells as they were published."""
    return {
        name: Cell(value=value, firms=frozenset(members.get(name, ())))
        for name, value in values.items()
    }
