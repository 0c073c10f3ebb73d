"""What :func:`matcher.suggest` answers (contract 3.3): ranked lists, the best first."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedResource:
    """A resource that the question may be about; the scores of all add up to 1."""

    resource: str
    score: float
    label_fr: str
    label_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedCode:
    """A waste code that may fit; the score only ranks."""

    waste_code: str
    score: float
    label_fr: str
    label_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedOutlet:
    """One way to put a resource to use; cost in EUR a giver's unit, yield in units of need."""

    resource: str
    to_resource: str
    process_fr: str
    process_en: str
    activities: tuple[str, ...]
    score: float
    yield_per_unit: float
    cost_low: float
    cost_high: float
    conditions_fr: str
    conditions_en: str
    permit_headings: tuple[str, ...]
    evidence: str  # id of the row of compatibilities
    source_kind: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedActivity:
    """A trade (NACE group) that takes it; ``evidence`` are ids of the rows it stands on."""

    group: str
    score: float
    use_fr: str
    use_en: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedSource:
    """For a need: what could serve it, through which process."""

    resource: str
    process_fr: str
    process_en: str
    score: float
    yield_per_unit: float
    cost_low: float
    cost_high: float
    conditions_fr: str
    conditions_en: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Everything that was found, and what was not understood (``warnings``, message ids)."""

    resources: tuple[SuggestedResource, ...] = ()
    codes: tuple[SuggestedCode, ...] = ()
    outlets: tuple[SuggestedOutlet, ...] = ()
    activities: tuple[SuggestedActivity, ...] = ()
    sources: tuple[SuggestedSource, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as ``--json`` writes them."""
        return dataclasses.asdict(self)
