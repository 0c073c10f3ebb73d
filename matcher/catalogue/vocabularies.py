"""Rows of the plain vocabularies: what is shared, bought, measured, who works and at what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from matcher.catalogue.naming import fold
from matcher.catalogue.rows import Labelled, Sourced, check_range, column
from matcher.wording import Language

_ACTIVITY = re.compile(r"\d{2}(\.\d(\d[A-Z])?)?", re.ASCII)

# What people write for the unit of a category, and how many of its units that is.
_UNITS: dict[str, dict[str, float]] = {
    "places": {"place": 1, "stagiaire": 1, "personne": 1, "seat": 1, "participant": 1, "people": 1},
    "employees": {"salarie": 1, "employe": 1, "personne": 1, "employee": 1, "agent": 1},
    "meals": {"repas": 1, "couvert": 1, "meal": 1},
    "parcels": {"colis": 1, "parcel": 1},
    "MWh": {"mwh": 1, "kwh": 0.001, "gwh": 1000},
    "m3": {"m3": 1, "l": 0.001, "litre": 0.001, "liter": 0.001, "hl": 0.1},
    "t": {"t": 1, "tonne": 1, "kg": 0.001},
    "EUR": {"eur": 1, "euro": 1},
}  # fmt: skip


class MachinePlace(StrEnum):
    """Whether one goes to it, it comes, or it is floor."""

    FIXED = "fixed"
    MOBILE = "mobile"
    SPACE = "space"


class StepOn(StrEnum):
    """What a discount goes by: how many buy, how much, or for how many euros a year."""

    MEMBERS = "members"
    AMOUNT = "amount"
    EUR = "eur"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountStep:
    """From ``start`` on, a discount: a share of what is paid today, with its ends."""

    start: float
    low: float
    share: float
    high: float

    @classmethod
    def read(cls, text: str) -> DiscountStep:
        """Read ``from:low:likely:high``."""
        parts = [float(part) for part in text.split(":")]
        if len(parts) != 4 or not 0 <= parts[1] <= parts[2] <= parts[3] < 1:
            raise ValueError(f"'{text}' is not from:low:likely:high with shares below 1.")
        return cls(start=parts[0], low=parts[1], share=parts[2], high=parts[3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared(Labelled):
    """Something that sites share or buy together; ``also``: other words for it."""

    key: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentClass(Shared):
    """A class of machine or premises that can be shared, counted in ``unit``: h, or m2 a month.

    ``market_eur`` is what a unit costs a firm that lacks it (EUR an hour, or a m2 and month);
    ``set_up_hours`` what the machine loses at each use; ``radius_km`` how far one goes for it;
    ``licences`` what its driver must hold; ``hygiene``: rules of cleanliness matter.
    """

    key: str = column("equipment")
    unit: str
    place: MachinePlace
    set_up_hours: float
    radius_km: float
    licences: tuple[str, ...]
    hygiene: bool
    market_eur: float
    market_low: float
    market_high: float
    year: int

    def __post_init__(self) -> None:
        super(EquipmentClass, self).__post_init__()
        check_range("market", self.market_low, self.market_eur, self.market_high)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityParameter(Labelled):
    """What an analysis measures, in the unit that the trade uses."""

    key: str = column("parameter")
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCategory(Shared):
    """Something that firms buy or organise together, and what buying together brings.

    Either a lot (a training session: so many places for a price, EUR), or steps: from so much of
    ``step_on`` together, so large a discount (``from:low:likely:high``, shares of what is paid).
    ``unit_eur``, with its ends, is what a small site usually pays for a unit, EUR: of use where a
    purchase is supposed. A lot has its own price.
    """

    key: str = column("category")
    unit: str
    unit_fr: str
    lot_size: float | None
    lot_eur: float | None
    lot_low: float | None
    lot_high: float | None
    unit_eur: float | None
    unit_low: float | None
    unit_high: float | None
    step_on: StepOn | None
    steps: tuple[str, ...]
    year: int

    def __post_init__(self) -> None:
        super(ServiceCategory, self).__post_init__()
        check_range("unit", self.unit_low, self.unit_eur, self.unit_high)
        if (self.unit_eur is None) == (self.lot_eur is None):
            raise ValueError("give the price of a lot, or else that of a unit.")
        lot = (self.lot_size, self.lot_eur, self.lot_low, self.lot_high)
        check_range("lot", self.lot_low, self.lot_eur, self.lot_high)
        if (None in lot) == (self.step_on is None) or bool(self.steps) != bool(self.step_on):
            raise ValueError("give a lot with its size and prices, or steps and what they are on.")
        starts = [step.start for step in self.discounts]
        if starts != sorted(set(starts)):
            raise ValueError("steps must begin later and later.")

    @property
    def usual_eur(self) -> float:
        """What a unit, or a place of a full lot, usually costs, EUR."""
        if self.lot_eur is not None and self.lot_size:
            return self.lot_eur / self.lot_size
        assert self.unit_eur is not None
        return self.unit_eur

    @property
    def discounts(self) -> tuple[DiscountStep, ...]:
        """The steps, the nearest first."""
        return tuple(DiscountStep.read(text) for text in self.steps)

    @property
    def units(self) -> dict[str, str]:
        """The unit in each language: ``employees`` is its id and its English name."""
        return {"fr": self.unit_fr, "en": self.unit}

    @property
    def unit_words(self) -> str:
        """The unit as readers of either language understand it."""
        return self.unit if self.unit == self.unit_fr else f"{self.unit_fr} ({self.unit})"

    @property
    def goes_by_amount(self) -> bool:
        """Whether a lot or a discount depends on how much is bought."""
        return self.lot_size is not None or self.step_on is StepOn.AMOUNT

    def times_of(self, unit: str) -> float | None:
        """How many units of the category one of another is; None when the word is not known."""
        if fold(unit) in (fold(self.unit), fold(self.unit_fr)):
            return 1.0
        return _UNITS.get(self.unit, {}).get(fold(unit))


class JobLevel(StrEnum):
    """How a trade is paid, which its factors follow."""

    OPERATOR = "operator"
    TECHNICIAN = "technician"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation(Labelled):
    """A trade, by its ROME code, with titles of posts and the trades near it (both ways)."""

    key: str = column("occupation")
    level: JobLevel
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
