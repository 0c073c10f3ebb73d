"""Working hours as people write them, and the rest between two days of work."""

from __future__ import annotations

import re

from matcher.catalogue.naming import fold
from matcher.declarations import Job, Site, WorkingPattern

LEAST_REST_H = 11.0
"""Rest between two days of work (Code du travail, L. 3131-1)."""

Window = tuple[float, float]
"""From, to on the clock; to is beyond 24 when the shift runs over midnight."""

_DAY, _MORNING, _AFTERNOON, _NIGHT = (8.0, 17.0), (5.0, 13.0), (13.0, 21.0), (21.0, 29.0)
# Words as ``fold`` leaves them: no accent, no small word, no final s.
_WORDS: tuple[tuple[str, frozenset[Window]], ...] = (
    (r"\b(2 ?x ?8)\b", frozenset({_MORNING, _AFTERNOON})),
    (r"\b([345] ?x ?8)\b", frozenset({_MORNING, _AFTERNOON, _NIGHT})),
    (r"\b(apres? midi|soir|afternoon|evening)", frozenset({_AFTERNOON})),
    (r"\b(nuit|night)", frozenset({_NIGHT})),
    (r"\b(matin|morning)", frozenset({_MORNING})),
    (r"\b(journee|jour|bureau|day|office|week ?end|fin (de )?semaine)", frozenset({_DAY})),
)
_OF_PATTERN: dict[WorkingPattern | None, frozenset[Window]] = {
    WorkingPattern.TWO_SHIFTS: frozenset({_MORNING, _AFTERNOON}),
    WorkingPattern.THREE_SHIFTS: frozenset({_MORNING, _AFTERNOON, _NIGHT}),
    WorkingPattern.FIVE_SHIFTS: frozenset({_MORNING, _AFTERNOON, _NIGHT}),
}
_CLOCK = re.compile(
    r"\b([01]?\d|2[0-4]) ?h ?([0-5]\d)?\s*(?:-|–|a|à|to|/)?\s*([01]?\d|2[0-4]) ?h ?([0-5]\d)?"
)


def windows_of(job: Job, site: Site) -> frozenset[Window] | None:
    """When the work may be done; None when the words are not understood.

    Said of the job, it is that. Otherwise by day, or on a shift of a site that works in shifts.
    """
    if job.shift is not None:
        return read_windows(job.shift)
    return frozenset({_DAY}) | _OF_PATTERN.get(site.working_pattern, frozenset())


def read_windows(words: str) -> frozenset[Window] | None:
    """``nuit`` or ``20 h - 2 h`` as windows; None when nothing in it is understood."""
    clock = _CLOCK.search(words.lower())
    if clock is not None:
        start, end = (
            float(hour) + float(minute or 0) / 60
            for hour, minute in (clock.group(1, 2), clock.group(3, 4))
        )
        return frozenset({(start, end if end > start else end + 24.0)})
    text = fold(words)
    found = [windows for pattern, windows in _WORDS if re.search(pattern, text)]
    return frozenset().union(*found) if found else None


def rest_h(one: Window, other: Window) -> float:
    """The shorter rest between a day on one shift and the next day on the other, h."""
    return min(other[0] + 24 - one[1], one[0] + 24 - other[1])


def missing_rest_h(one: frozenset[Window] | None, other: frozenset[Window] | None) -> float:
    """By how much the rest is short, h, with the best of what each allows; 0 when it fits."""
    if one is None or other is None:
        return 0.0
    return max(0.0, LEAST_REST_H - max(rest_h(left, right) for left in one for right in other))


def works_at_week_ends_only(site: Site) -> bool:
    """Whether a site has no days of the week to share."""
    return site.working_pattern is WorkingPattern.WEEKEND
