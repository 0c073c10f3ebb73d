"""Finds a row of a table by its key or by its name in either language, as people type them."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz, process

from matcher.catalogue.naming import fold
from matcher.catalogue.rows import Labelled

# Names less alike than this (0 to 100) are no help to whoever looks for the right one.
_ALIKE_FROM = 60


class Named[Row: Labelled]:
    """The names of one table: classes of equipment, categories of purchases."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._by_words: dict[str, Row] = {}
        for row in rows.values():
            for words in (row.key.replace("_", " "), row.label_fr, row.label_en):
                self._by_words.setdefault(fold(words), row)
        for row in rows.values():  # "Grue ou pont roulant" is a "Grue", where no other row is
            for words in (row.label_fr.split(" ou ")[0], row.label_en.split(" or ")[0]):
                self._by_words.setdefault(fold(words), row)

    def of(self, words: str) -> Row | None:
        """The row, or None when the words are not those of one."""
        return self._by_words.get(fold(words.replace("_", " ")))

    def nearest(self, words: str, count: int = 3) -> tuple[Row, ...]:
        """The rows whose names are most like the words, each once; perhaps none."""
        found = process.extract(
            fold(words.replace("_", " ")),
            list(self._by_words),
            scorer=fuzz.token_set_ratio,
            score_cutoff=_ALIKE_FROM,
            limit=3 * count,
        )
        return tuple(
            {self._by_words[name].key: self._by_words[name] for name, *_ in found}.values()
        )[:count]
