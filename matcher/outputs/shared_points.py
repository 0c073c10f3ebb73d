"""Points to confirm that many leads have in common: told once, and named by a letter in each."""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.outputs.leads import Lead
from matcher.plan import Check, Proposal

MANY = 5
"""Leads from which on a point is told once; fewer read more easily in their own cards."""

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPoint:
    """One point, under its letter, with the numbers of the leads that have it."""

    letter: str
    check: Check
    numbers: tuple[int, ...]


class SharedPoints:
    """Which points are told once, the most common first, and what is left to each card."""

    def __init__(self, leads: Sequence[Lead]) -> None:
        check_of: dict[Key, Check] = {}
        numbers: dict[Key, list[int]] = defaultdict(list)
        for lead in leads:
            for key, check in {_key(check): check for check in lead.proposal.checks}.items():
                check_of.setdefault(key, check)
                numbers[key].append(lead.number)
        common = sorted(
            (key for key, found in numbers.items() if len(found) >= MANY),
            key=lambda key: (-len(numbers[key]), numbers[key], key),
        )[: len(string.ascii_uppercase)]
        self._by_key = {
            key: SharedPoint(letter=letter, check=check_of[key], numbers=tuple(numbers[key]))
            for letter, key in zip(string.ascii_uppercase, common, strict=False)
        }

    @property
    def all(self) -> tuple[SharedPoint, ...]:
        """In the order of their letters."""
        return tuple(self._by_key.values())

    def of(self, proposal: Proposal) -> tuple[SharedPoint, ...]:
        """Those that a proposal has, in the order of their letters."""
        keys = {_key(check) for check in proposal.checks}
        return tuple(point for key, point in self._by_key.items() if key in keys)

    def own(self, proposal: Proposal) -> list[Check]:
        """The points that only its own card tells."""
        return [check for check in proposal.checks if _key(check) not in self._by_key]


def _key(check: Check) -> Key:
    """What is read of a point: equal keys are the same lines on the page."""
    said = (check.code, *check.question.values(), check.article, check.article_date)
    return (*said, check.severity, check.who, check.before)
