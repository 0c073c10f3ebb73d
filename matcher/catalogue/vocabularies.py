"""Rows of the plain vocabularies: what is shared, bought, measured, who works and at what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from matcher.catalogue.rows import Labelled, Sourced, column
from matcher.wording import Language

_ACTIVITY = re.compile(r"\d{2}(\.\d(\d[A-Z])?)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentClass(Labelled):
    """A class of machine or premises that can be shared, counted in ``unit``."""

    key: str = column("equipment")
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityParameter(Labelled):
    """What an analysis measures, in the unit that the trade uses."""

    key: str = column("parameter")
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCategory(Labelled):
    """Something that firms buy or organise together."""

    key: str = column("category")
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation(Labelled):
    """A trade, by its ROME code, with titles of posts and the trades near it (both ways)."""

    key: str = column("occupation")
    titles_fr: tuple[str, ...]
    titles_en: tuple[str, ...]
    near: tuple[str, ...]

    def titles(self, language: Language) -> tuple[str, ...]:
        """Words that firms use for such a post, the label first."""
        return (self.label(language), *(self.titles_fr if language == "fr" else self.titles_en))


class ActivityVersion(StrEnum):
    """The nomenclatures of activities; the codes of the second start with ``naf2025:``."""

    NAF2 = "naf2"
    NAF2025 = "naf2025"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Sourced):
    """A division (``16``), group (``16.1``) or sub-class (``16.10A``) of the activities.

    The numbers of divisions and groups are those of NACE rev. 2. A sub-class may go without a
    label of its own: :meth:`Catalogue.activity_label` then gives its group's.
    """

    key: str = column("activity")
    parent: str | None
    version: ActivityVersion
    label_fr: str
    label_en: str

    def __post_init__(self) -> None:
        super(Activity, self).__post_init__()
        prefix = "" if self.version is ActivityVersion.NAF2 else f"{self.version}:"
        code = self.key.removeprefix(prefix)
        if f"{prefix}{code}" != self.key or not _ACTIVITY.fullmatch(code):
            raise ValueError(f"is no division, group or sub-class of {self.version}.")
        above = {2: None, 4: f"{prefix}{code[:2]}", 6: f"{prefix}{code[:4]}"}[len(code)]
        if self.parent != above:
            raise ValueError(f"parent should be {above or 'empty'}.")
        if bool(self.label_fr) != bool(self.label_en) or (len(code) < 6 and not self.label_fr):
            raise ValueError("label_fr and label_en are both needed.")

    def label(self, language: Language) -> str:
        """Our own short name, in the reader's language; empty for most sub-classes."""
        return self.label_fr if language == "fr" else self.label_en
