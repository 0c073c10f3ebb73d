"""Which record of a public file is which site of the folder: by SIRET, else by name and nearness.

Registers put a firm's parked number on works that lie far apart, and round positions to a
kilometre or to the commune's centre; so a number alone does not join what is far apart, and
nearness alone does not join two neighbours with different names.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from matcher.importing.places import Position, distance_km, folded

SAME_SITE_KM = 5.0
"""Engineering judgement: positions rounded to 0.01 degree or set on a commune's centre are up to
about 5 km off in the files tried (Dunkerque, Lacq, Hainaut)."""
_ALIKE = 90.0  # out of 100; below it, on the same files, other firms' sites were joined
_LEAST_LETTERS = 5  # of the shorter name: three letters say too little
_FORMS = frozenset(
    (
        *("sa", "sas", "sasu", "sarl", "snc", "scop", "sci", "scea", "eurl", "gie"),
        *("ste", "societe", "ets", "etablissement", "etablissements", "usine", "site"),
        *("france", "groupe", "industrie", "industries"),
        *("et", "de", "du", "des", "la", "le", "les", "l", "d", "ex"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSite:
    """A site as one public file has it. ``record`` is ``source:identifier``."""

    record: str
    name: str
    firm: str | None = None
    siret: str | None = None
    activity_code: str | None = None
    position: Position | None = None
    headcount: float | None = None
    commune_code: str | None = None

    @property
    def source(self) -> str:
        """The public file's short name."""
        return self.record.split(":", 1)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSite:
    """A site of the folder, with the sources that already speak of it."""

    site_id: str
    names: tuple[str, ...]
    siret: str | None
    position: Position | None
    sources: frozenset[str]


def join(found: Sequence[FoundSite], known: Sequence[KnownSite]) -> Mapping[str, str]:
    """Record -> the site id, or the other record, that it is the same place as.

    A record joins at most one site and, by name, a site takes at most one record of a file; the
    surest pairs are taken first, so that the order of rows changes nothing. Records that are
    nobody's are not in the answer.
    """
    joined: dict[str, str] = {}
    ids = {site.site_id for site in known}
    for record in found:
        same_id = record.record.replace(":", "-")
        if same_id in ids:
            joined[record.record] = same_id
    joined |= _by_siret(found, known, joined)
    joined |= _by_name(found, known, joined)
    return joined


def _by_siret(
    found: Sequence[FoundSite], known: Sequence[KnownSite], joined: Mapping[str, str]
) -> dict[str, str]:
    places: dict[str, list[tuple[str, Position | None]]] = defaultdict(list)
    for site in sorted(known, key=lambda item: item.site_id):
        if site.siret:
            places[site.siret].append((site.site_id, site.position))
    answer: dict[str, str] = {}
    for record in sorted(found, key=lambda item: item.record):
        if record.siret is None or record.record in joined:
            continue
        options = [
            (apart, place)
            for place, position in places[record.siret]
            if (apart := _apart_km(record.position, position)) <= SAME_SITE_KM
        ]
        if options:
            answer[record.record] = min(options)[1]
        else:
            places[record.siret].append((record.record, record.position))
    return answer


def _by_name(
    found: Sequence[FoundSite], known: Sequence[KnownSite], joined: Mapping[str, str]
) -> dict[str, str]:
    grid: dict[tuple[int, int], list[KnownSite]] = defaultdict(list)
    for site in known:
        if site.position is not None:
            grid[_square(site.position)].append(site)
    pairs: list[tuple[float, float, str, str]] = []
    for record in found:
        if record.position is None or record.record in joined:
            continue
        names = [name for name in (record.name, record.firm) if name]
        for site in _around(grid, record.position):
            if record.source in site.sources or (record.siret and site.siret):
                continue  # the file has the site under another record, or the numbers differ
            apart = _apart_km(record.position, site.position)
            likeness = max(_likeness(one, other) for one in names for other in site.names)
            if apart <= SAME_SITE_KM and likeness >= _ALIKE:
                pairs.append((-likeness, apart, site.site_id, record.record))
    answer: dict[str, str] = {}
    taken: set[str] = set()
    for _, _, site_id, name in sorted(pairs):
        if name not in answer and site_id not in taken:
            answer[name] = site_id
            taken.add(site_id)
    return answer


def _likeness(one: str, other: str) -> float:
    words, others = _telling_words(one), _telling_words(other)
    if min(len(words), len(others)) < _LEAST_LETTERS:
        return 0.0
    return fuzz.token_set_ratio(words, others)


def _telling_words(name: str) -> str:
    return " ".join(word for word in folded(name).split() if word not in _FORMS)


def _apart_km(one: Position | None, other: Position | None) -> float:
    """Distance, or 0 where one is not known: then nothing speaks against the number."""
    return 0.0 if one is None or other is None else distance_km(one, other)


def _square(position: Position) -> tuple[int, int]:
    # tenths of a degree: more than SAME_SITE_KM on a side up to 63 degrees of latitude
    return math.floor(position[0] * 10), math.floor(position[1] * 10)


def _around(
    grid: Mapping[tuple[int, int], list[KnownSite]], position: Position
) -> Iterable[KnownSite]:
    row, column = _square(position)
    for i in (row - 1, row, row + 1):
        for j in (column - 1, column, column + 1):
            yield from grid.get((i, j), ())
