"""One number for what a survey says, whatever the order of its rows or the kind of its file."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from matcher.declarations import Survey

# Two files write the same number with another last digit; beyond the twelfth nothing is meant.
_DIGITS = 12


def survey_digest(survey: Survey) -> str:
    """SHA-256 (hex) of the canonical content: parsed values by identifier, no row, no warning."""
    content = {
        "sites": _sorted(survey.sites.values()),
        "places": _sorted(survey.places.values()),
        "permits": _sorted(survey.permits),
        "flows": _sorted(survey.flows.values()),
        "qualities": _sorted(survey.qualities),
        "equipment": _sorted(survey.equipment.values()),
        "jobs": _sorted(survey.jobs.values()),
        "pools": _sorted(survey.pools.values()),
        "wishes": _sorted(survey.wishes),
    }
    return hashlib.sha256(_written(content).encode()).hexdigest()


def _sorted(declarations: Iterable[Any]) -> list[str]:
    return sorted(_written(_canonical(item)) for item in declarations)


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _canonical(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") + 0.0  # -0.0 and 0.0 are one
    if isinstance(value, tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = _field_names(type(value))
        return {name: _canonical(getattr(value, name)) for name in names}
    return value


@cache
def _field_names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if field.name != "row")
