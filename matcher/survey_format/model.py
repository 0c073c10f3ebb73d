"""What a column and a table are, for :mod:`matcher.survey_format.tables` to define them."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache

from matcher.wording import LANGUAGES, Language, catalogue, say


class Kind(StrEnum):
    """How a cell of a column is read."""

    IDENTIFIER = "identifier"  # unique over all tables
    REFERENCE = "reference"  # the identifier of a row of another table
    TEXT = "text"
    CODE = "code"  # text that Excel would take for a number
    NUMBER = "number"
    WHOLE_NUMBER = "whole_number"
    DATE = "date"
    MONTHS = "months"  # 1-12 · 3-5,9 · 11-2 · twelve shares
    MONTH_SET = "month_set"  # the same without shares
    CLOCK = "clock"  # 20-02
    CHOICE = "choice"
    BOOLEAN = "boolean"
    LIST = "list"


Example = str | float | datetime.date | bool | None


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """A text without accents, case, spaces and punctuation: what two spellings share."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("³", "3").replace("²", "2")
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if sign.isalnum())


@dataclass(frozen=True, kw_only=True)
class ClosedList:
    """The values of a choice, with the words that people may write for each."""

    name: str
    values: tuple[str, ...]
    also: Mapping[str, str] = field(default_factory=dict)

    def label(self, value: str, language: Language) -> str:
        """The word that the template offers for a value."""
        return say(f"survey.lists.{self.name}.{value}", language)

    def labels(self, language: Language) -> list[str]:
        """The words that the template offers, in the order of the values."""
        return [self.label(value, language) for value in self.values]

    @cached_property
    def words(self) -> Mapping[str, str]:
        """Folded word (value, French label, English label) -> value."""
        words = {fold(value): value for value in self.values}
        words.update(self.also)
        for language in LANGUAGES:
            for value in self.values:
                words.setdefault(fold(self.label(value, language)), value)
        return words


_USUAL_HEADERS = {"unit": ("Unité", "Unités", "Units")}
"""What people write over a column, whatever table it stands in."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    ``text_id`` leads to label and help in the catalogue; ``low`` and ``high`` bound a number;
    ``is_asked_of_firms`` says that the web survey asks it, the rest is the agent's.
    """

    name: str
    kind: Kind
    text_id: str
    is_required: bool = False
    choices: ClosedList | None = None
    refers_to: str | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    example: Example = None
    is_asked_of_firms: bool = False

    def label(self, language: Language) -> str:
        """The header of the template."""
        return say(f"survey.{self.text_id}.label", language)

    def help(self, language: Language) -> str:
        """One or two sentences on what to write."""
        return say(f"survey.{self.text_id}.help", language)

    def example_in(self, language: Language) -> Example:
        """What the template's example line says in a language."""
        if self.choices is not None and isinstance(self.example, str):
            return self.choices.label(self.example, language)
        if isinstance(self.example, bool):
            return {"fr": ("non", "oui"), "en": ("no", "yes")}[language][self.example]
        if isinstance(self.example, str):
            return catalogue(language).get(f"survey.{self.text_id}.example", self.example)
        return self.example

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every header that is understood, folded; what stands in brackets may be left out."""
        labels = [self.label(language) for language in LANGUAGES]
        short = [label.partition("(")[0] for label in labels]
        usual = _USUAL_HEADERS.get(self.name, ())
        return tuple(dict.fromkeys(fold(n) for n in (self.name, *labels, *short, *usual)))

    @property
    def both_names(self) -> str:
        """The name and the French label, for a message in either language."""
        return f"{self.label('fr')} ({self.name})"


@dataclass(frozen=True, kw_only=True)
class Table:
    """One sheet of a workbook or one csv file."""

    name: str
    columns: tuple[Column, ...]

    def label(self, language: Language) -> str:
        """The name of the sheet in a language."""
        return say(f"survey.tables.{self.name}.label", language)

    def help(self, language: Language) -> str:
        """What the table is for."""
        return say(f"survey.tables.{self.name}.help", language)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name of a sheet or file that is understood, folded."""
        return tuple(
            dict.fromkeys(fold(n) for n in (self.name, *(self.label(la) for la in LANGUAGES)))
        )

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Technical name -> column."""
        return {column.name: column for column in self.columns}

    @cached_property
    def by_header(self) -> Mapping[str, Column]:
        """Folded header -> column."""
        return {name: column for column in self.columns for name in column.names}

    @property
    def both_names(self) -> str:
        """The name and the French label, for a message in either language."""
        return f"{self.label('fr')} ({self.name})"

    @property
    def identifier(self) -> Column | None:
        """The column that names each row, None when rows have no name of their own."""
        first = self.columns[0]
        return first if first.kind is Kind.IDENTIFIER else None
