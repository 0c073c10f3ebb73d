"""The rows of ``datasets/reference``: what each table says, checked as it is built."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from matcher.wording import Language


class SourceKind(StrEnum):
    """What a row stands on."""

    OFFICIAL_TEXT = "official text"
    DOCUMENT_READ = "document read"
    MEASURED_DATA = "measured data"
    ENGINEERING_JUDGEMENT = "engineering judgement"


class Confidence(StrEnum):
    """How far a row may be relied on."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Kind(StrEnum):
    """The three kinds of flow."""

    MATTER = "matter"
    ENERGY = "energy"
    WATER = "water"


class Unit(StrEnum):
    """The unit that a resource's amounts are kept in."""

    TONNE = "t"
    MEGAWATT_HOUR = "MWh"
    CUBIC_METRE = "m3"


class Carriage(StrEnum):
    """How a resource travels."""

    BULK = "bulk"
    PACKED = "packed"
    TANK = "tank"
    PIPE = "pipe"


class BaseHazard(StrEnum):
    """Whether a resource is hazardous before anything is known of the batch."""

    NO = "no"
    YES = "yes"
    MIRROR = "mirror"  # one of two codes, by analysis


class AnimalOrigin(StrEnum):
    """Category of animal by-product."""

    NO = "no"
    C1 = "c1"
    C2 = "c2"
    C3 = "c3"
    UNKNOWN = "unknown"


class EntryType(StrEnum):
    """How the list of waste decides on hazard for one code."""

    ABSOLUTE_HAZARDOUS = "absolute_hazardous"
    ABSOLUTE_NON_HAZARDOUS = "absolute_non_hazardous"
    MIRROR_HAZARDOUS = "mirror_hazardous"
    MIRROR_NON_HAZARDOUS = "mirror_non_hazardous"
    NOT_KNOWN = "not_known"  # the new entries whose text was not read


class DoneBy(StrEnum):
    """Who does the process that turns one resource into another."""

    NONE = "none"
    GIVER = "giver"
    TAKER = "taker"
    PROCESSOR = "processor"


class Rank(StrEnum):
    """The use that a resource is put to, best first."""

    REUSE = "reuse"
    FEED = "feed"
    RECYCLING = "recycling"
    COMPOSTING = "composting"
    DIGESTION = "digestion"
    ENERGY = "energy"
    FILL = "fill"


class Delay(StrEnum):
    """How long it usually takes from yes to the first delivery."""

    UNDER_3_MONTHS = "under_3_months"
    FROM_3_TO_12_MONTHS = "3_to_12_months"
    MORE = "more"


class CheckSeverity(StrEnum):
    """Whether a point stops a lead until it is cleared."""

    BLOCKING = "blocking"
    TO_CLEAR = "to_clear"
    INFORMATION = "information"


def column(name: str) -> Any:
    """A field that is read from a column of another name."""
    return field(metadata={"column": name})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """What every row of every table carries: where it comes from."""

    source_kind: SourceKind
    source: str
    confidence: Confidence
    note: str

    def __post_init__(self) -> None:
        if not self.source:
            raise ValueError("source is empty: say what the row stands on.")
        if self.source_kind is SourceKind.ENGINEERING_JUDGEMENT and not self.note:
            raise ValueError("an engineering judgement gives its reasoning in note.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled(Sourced):
    """A row with a short plain name in both languages."""

    key: str
    label_fr: str
    label_en: str

    def __post_init__(self) -> None:
        super(Labelled, self).__post_init__()
        if not (self.label_fr and self.label_en):
            raise ValueError("label_fr and label_en are both needed.")

    def label(self, language: Language) -> str:
        """Our own short name, in the reader's language."""
        return self.label_fr if language == "fr" else self.label_en


def check_range(name: str, low: float | None, value: float | None, high: float | None) -> None:
    """Raise ValueError unless the numbers given are finite and in order."""
    given = [number for number in (low, value, high) if number is not None]
    if not all(math.isfinite(number) for number in given):
        raise ValueError(f"{name} holds a number that is not finite.")
    if given != sorted(given):
        raise ValueError(f"{name}: low ≤ value ≤ high is broken by {low}, {value}, {high}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Labelled):
    """One entry of the catalogue. Densities in t/m3, loose as carried; ``radius_km`` by road.

    ``producer_scheme``: a scheme of extended producer responsibility may already collect it.
    """

    key: str = column("resource")
    family: str
    kind: Kind
    unit: Unit
    density_t_per_m3: float | None
    density_low: float | None
    density_high: float | None
    kg_per_piece: float | None
    radius_km: float
    carriage: Carriage
    animal_origin: AnimalOrigin
    base_hazard: BaseHazard
    producer_scheme: bool

    def __post_init__(self) -> None:
        super(Resource, self).__post_init__()
        check_range("density", self.density_low, self.density_t_per_m3, self.density_high)
        expected = {
            Kind.MATTER: Unit.TONNE,
            Kind.ENERGY: Unit.MEGAWATT_HOUR,
            Kind.WATER: Unit.CUBIC_METRE,
        }[self.kind]
        if self.unit is not expected:
            raise ValueError(f"a resource of kind {self.kind} is kept in {expected}.")
        if self.kind is Kind.MATTER and self.density_t_per_m3 is None:
            raise ValueError("matter needs density_t_per_m3, or its volumes cannot be read.")
        if self.radius_km <= 0:
            raise ValueError("radius_km must be above 0.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteCode(Labelled):
    """One six-digit entry of the European list of waste, with the days it is in force.

    ``valid_from`` and ``valid_until`` are first and last day, ``None`` where the tables know no
    bound. ``also`` are other resources that firms put under the same code; ``resource`` is ``None``
    where a code says too little, or nothing in our catalogue fits it. From ``to_confirm_from`` on
    the entry changes, or may, and its new wording was not read.
    """

    key: str = column("waste_code")
    hazardous: bool
    entry_type: EntryType
    valid_from: datetime.date | None
    valid_until: datetime.date | None
    to_confirm_from: datetime.date | None
    successor: tuple[str, ...]
    resource: str | None
    also: tuple[str, ...]

    def __post_init__(self) -> None:
        super(WasteCode, self).__post_init__()
        if not (len(self.key) == 6 and self.key.isdecimal()):
            raise ValueError("waste_code is six digits, without spaces or star.")
        if self.entry_type is not EntryType.NOT_KNOWN and (
            self.hazardous
            is not (self.entry_type in (EntryType.ABSOLUTE_HAZARDOUS, EntryType.MIRROR_HAZARDOUS))
        ):
            raise ValueError("hazardous and entry_type disagree.")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from.")

    @property
    def is_mirror(self) -> bool:
        """Whether an analysis decides between this code and its twin."""
        return self.entry_type in (EntryType.MIRROR_HAZARDOUS, EntryType.MIRROR_NON_HAZARDOUS)

    def is_in_force(self, day: datetime.date) -> bool:
        """Whether the list holds this code on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteChapter(Labelled):
    """A chapter (two digits) or sub-chapter (four) of the list of waste."""

    key: str = column("waste_chapter")
    valid_from: datetime.date | None
    valid_until: datetime.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compatibility(Sourced):
    """One way for a resource to serve as another.

    ``yield_per_unit`` is units of need per unit of offer, costs are EUR per giver's unit,
    ``throughput_per_h`` giver's units per machine hour. ``permit_headings`` are those of which
    the taker must hold one (empty: none asked), ``processor_headings`` the same for the site that
    does the process in between.
    """

    key: str = column("compatibility")
    from_resource: str
    to_resource: str
    process: str
    process_fr: str
    process_en: str
    done_by: DoneBy
    yield_per_unit: float
    yield_low: float
    yield_high: float
    cost_eur_per_unit: float
    cost_low: float
    cost_high: float
    throughput_per_h: float | None
    equipment: str | None
    permit_headings: tuple[str, ...]
    processor_headings: tuple[str, ...]
    accepts_hazardous: bool
    rank_to: Rank
    delay: Delay
    question_fr: str
    question_en: str
    receiver_activities: tuple[str, ...]

    def __post_init__(self) -> None:
        super(Compatibility, self).__post_init__()
        check_range("yield", self.yield_low, self.yield_per_unit, self.yield_high)
        check_range("cost", self.cost_low, self.cost_eur_per_unit, self.cost_high)
        if self.yield_low <= 0:
            raise ValueError("yield_low must be above 0.")
        if self.done_by is DoneBy.PROCESSOR and not (self.equipment and self.throughput_per_h):
            raise ValueError("a processor's row needs equipment and throughput_per_h.")
        if not (self.process_fr and self.process_en and self.question_fr and self.question_en):
            raise ValueError("process and question are needed in both languages.")

    def process_name(self, language: Language) -> str:
        """The process, in a word or two."""
        return self.process_fr if language == "fr" else self.process_en

    def question(self, language: Language) -> str:
        """The first thing to ask before anything else is done."""
        return self.question_fr if language == "fr" else self.question_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor(Sourced):
    """One figure of the reckoning, with its range, its unit and its year.

    ``resource``, ``family`` and ``outlet`` narrow where it applies; ``None`` is everywhere.
    ``overridden`` says that the user put this value in place of ours.
    """

    key: str = column("factor")
    kind: str
    resource: str | None
    family: str | None
    outlet: str | None
    value: float
    low: float
    high: float
    unit: str
    year: int
    valid_from: datetime.date | None
    valid_until: datetime.date | None
    overridden: bool = False

    def __post_init__(self) -> None:
        super(Factor, self).__post_init__()
        check_range("value", self.low, self.value, self.high)
        if self.resource and self.family:
            raise ValueError("give a resource or a family, not both.")

    def is_in_force(self, day: datetime.date) -> bool:
        """Whether the figure is the one to use on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalCheck(Sourced):
    """A point of law to have confirmed: always a question, never a verdict."""

    key: str = column("legal_check")
    condition: str
    article: str
    article_date: str
    valid_from: datetime.date | None
    valid_until: datetime.date | None
    question_fr: str
    question_en: str
    severity: CheckSeverity
    who: str
    before: str

    def __post_init__(self) -> None:
        super(LegalCheck, self).__post_init__()
        for text in (self.question_fr, self.question_en):
            if "?" not in text:
                raise ValueError("a legal check asks: its question needs a question mark.")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until comes before valid_from.")

    def is_in_force(self, day: datetime.date) -> bool:
        """Whether the point is to be asked on ``day``; an unknown end is open."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

    def question(self, language: Language) -> str:
        """The question, in the reader's language."""
        return self.question_fr if language == "fr" else self.question_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias(Sourced):
    """A trade word for a resource, and for the waste codes that it usually goes under.

    A word that may mean several resources lists them, the most usual first: it then proposes all,
    and is never taken for one of them without asking.
    """

    alias: str
    resources: tuple[str, ...] = column("resource")
    waste_codes: tuple[str, ...]

    def __post_init__(self) -> None:
        super(Alias, self).__post_init__()
        if not self.resources:
            raise ValueError("resource is needed.")
