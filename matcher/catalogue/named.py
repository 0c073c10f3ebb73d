"""Finds a class of equipment or a category of purchases by its names, as people type them."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz, process

from matcher.catalogue.naming import fold
from matcher.catalogue.vocabularies import Shared

# Names less alike than this (0 to 100) are no help to whoever looks for the right one.
_ALIKE_FROM = 60


class Named[Row: Shared]:
    """The names of one table: key, labels in both languages, other words for it."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._by_words: dict[str, Row] = {}
        for row in rows.values():
            for words in (row.key.replace("_", " "), row.label_fr, row.label_en, *row.also):
                self._by_words.setdefault(fold(words), row)

    def of(self, words: str) -> Row | None:
        """The row of that name, or the only one whose names hold all the words; else None."""
        asked = fold(words.replace("_", " "))
        if asked in self._by_words or not asked:
            return self._by_words.get(asked)
        parts = set(asked.split())
        holding = {
            row.key: row for name, row in self._by_words.items() if parts <= set(name.split())
        }
        return next(iter(holding.values())) if len(holding) == 1 else None

    def nearest(self, words: str, count: int = 3) -> tuple[Row, ...]:
        """The rows whose names are most like the words, each once; perhaps none."""
        rows = {row.key: row for row in self._by_words.values()}
        names = {name: row.key for name, row in self._by_words.items()}
        return tuple(rows[key] for key in nearest_names(words, names, count))


def nearest_names(words: str, names: Mapping[str, str], count: int) -> tuple[str, ...]:
    """The keys whose folded names are most like the words, best first, each once."""
    found = process.extract(
        fold(words.replace("_", " ")),
        list(names),
        scorer=fuzz.token_set_ratio,
        score_cutoff=_ALIKE_FROM,
        limit=3 * count,
    )
    return tuple(dict.fromkeys(names[name] for name, *_ in found))[:count]
