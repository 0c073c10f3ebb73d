"""Refusals as they are found: for each declaration, the nearest miss at each gate is kept."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from matcher.candidates.bundles import Bundle, Bundles, ClaimKey, Gate, GroupRefusal, LeftOut
from matcher.terms import Audience, Message, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A gate that was not passed: its sentence, and by how much."""

    gate: Gate
    code: str
    gap: float | None = None
    unit: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    reopen_on: datetime.date | None = None


class Misses:
    """Collects misses; among those of one declaration at one gate, the smallest gap stays."""

    def __init__(self, room: str) -> None:
        self._room = room
        self._refused: set[str] = set()
        self._nearest: dict[tuple[str, Gate], tuple[float, tuple[str, ...], Miss]] = {}

    def note(self, declaration_id: str, miss: Miss, *others: str) -> None:
        """Keep a miss unless a nearer one of the same gate is known."""
        self._refused.add(declaration_id)
        key = (declaration_id, miss.gate)
        rank = (abs(miss.gap or 0.0), tuple(others), miss)
        known = self._nearest.get(key)
        if known is None or rank[:2] < known[:2]:
            self._nearest[key] = rank

    def closed(
        self,
        bundles: Iterable[Bundle],
        limits: Mapping[ClaimKey, float],
        alone: Iterable[tuple[str, str]],
        left_out: Iterable[LeftOut],
    ) -> Bundles:
        """What a builder hands over, once all is judged.

        ``alone`` gives each declaration judged, and the sentence that it gets where it is in no
        bundle and nothing refused it: nobody else declared anything like it. What refused other
        groups of a declaration stays, though it is in a bundle: should the plan do without that
        one, it is what the agent asks next.
        """
        bundles = tuple(bundles)
        used = {member for bundle in bundles for member in bundle.declaration_ids}
        for declaration_id, code in alone:
            if declaration_id not in used and declaration_id not in self._refused:
                self.note(declaration_id, Miss(gate=Gate.ALONE, code=code))
        return Bundles(
            bundles=bundles,
            limits=limits,
            refusals=self._refusals(),
            left_out=tuple(left_out),
        )

    def _refusals(self) -> tuple[GroupRefusal, ...]:
        """All that stayed, by declaration and gate."""
        return tuple(
            GroupRefusal(
                declaration_id=declaration_id,
                gate=gate,
                reason=Reason(
                    message=Message(code=f"{self._room}.refusal.{miss.code}", values=miss.values),
                    audience=Audience.AGENT,
                    gap=miss.gap,
                    unit=miss.unit,
                ),
                others=others,
                reopen_on=miss.reopen_on,
            )
            for (declaration_id, gate), (_, others, miss) in sorted(
                self._nearest.items(), key=lambda entry: entry[0]
            )
        )
