"""The reference tables as one object: resources, waste codes, ways of use, figures, points of law.

Everything is read from ``datasets/reference`` (see its README), checked once, and then only read.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from matcher.catalogue.loading import Reader, default_folder
from matcher.catalogue.named import Named
from matcher.catalogue.naming import MatchedBy, ResourceMatch, fold, waste_code_in
from matcher.catalogue.profiles import (
    ActivityFlow,
    Per,
    Profiles,
    ProfileTable,
    by_activity,
    nearest_key,
)
from matcher.catalogue.recognising import Name, Recogniser
from matcher.catalogue.routes import Route, build_routes
from matcher.catalogue.rows import (
    Alias,
    AnimalOrigin,
    BaseHazard,
    Carriage,
    CheckSeverity,
    Compatibility,
    Confidence,
    Delay,
    DoneBy,
    EntryType,
    Factor,
    Kind,
    LegalCheck,
    Rank,
    Resource,
    SourceKind,
    Unit,
    WasteChapter,
    WasteCode,
)
from matcher.catalogue.vocabularies import (
    Activity,
    ActivityVersion,
    DiscountStep,
    EquipmentClass,
    JobLevel,
    MachinePlace,
    Occupation,
    QualityParameter,
    ServiceCategory,
    StepOn,
)
from matcher.wording import LANGUAGES, Language

__all__ = [
    "Activity",
    "ActivityFlow",
    "ActivityVersion",
    "Alias",
    "AnimalOrigin",
    "BaseHazard",
    "Carriage",
    "Catalogue",
    "CheckSeverity",
    "Compatibility",
    "Confidence",
    "Delay",
    "DiscountStep",
    "DoneBy",
    "EntryType",
    "EquipmentClass",
    "Factor",
    "JobLevel",
    "Kind",
    "LegalCheck",
    "MachinePlace",
    "MatchedBy",
    "Named",
    "Occupation",
    "Per",
    "ProfileTable",
    "QualityParameter",
    "Rank",
    "Resource",
    "ResourceMatch",
    "Route",
    "ServiceCategory",
    "SourceKind",
    "StepOn",
    "Unit",
    "WasteChapter",
    "WasteCode",
    "fold",
    "load_catalogue",
    "waste_code_in",
]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All reference tables, keyed. Build it with :func:`load_catalogue`."""

    resources: Mapping[str, Resource]
    waste_codes: Mapping[str, WasteCode]
    compatibilities: Mapping[str, Compatibility]
    factors: Mapping[str, Factor]
    legal_checks: Mapping[str, LegalCheck]
    equipment_classes: Mapping[str, EquipmentClass]
    quality_parameters: Mapping[str, QualityParameter]
    service_categories: Mapping[str, ServiceCategory]
    occupations: Mapping[str, Occupation]
    activities: Mapping[str, Activity]
    aliases: Mapping[Language, tuple[Alias, ...]]
    waste_chapters: Mapping[str, WasteChapter] = dataclasses.field(default_factory=dict)
    activity_flows: Mapping[str, ActivityFlow] = dataclasses.field(default_factory=dict)

    def resource_for(
        self, text: str, *, language: Language | None = None, description: str = ""
    ) -> ResourceMatch | None:
        """The resource that a text names exactly, or ``None``.

        Keys, waste codes (with or without spaces and star), labels and aliases are recognised
        whatever their accents, case and plural. A waste code often covers several resources: the
        one whose name stands in ``description`` is taken, else its most usual one. A code that
        says too little to have one gives what ``description`` names, if that is one thing.
        """
        return self._recogniser.resource_for(text, language=language, description=description)

    def waste_code(self, code: str) -> WasteCode | None:
        """The entry of a waste code, written with or without spaces and star."""
        digits = waste_code_in(code)
        return self.waste_codes.get(digits) if digits else None

    def activity_label(self, code: str, language: Language) -> str | None:
        """The name of an activity, or of the group or division it is in; None when unknown.

        Written with or without the dot: ``16.10A``, ``1610a``, ``16.1`` and ``16`` are read.
        """
        named = nearest_key(code, self._named_activities)
        return None if named is None else self._named_activities[named].label(language)

    def activity_profile(self, code: str) -> tuple[ActivityFlow, ...]:
        """What sites of an activity probably have and lack, the most usual first; perhaps nothing.

        Of a sub-class without rows of its own, those of its group; of that, those of its division.
        """
        known = nearest_key(code, self._profiles)
        return () if known is None else self._profiles[known]

    def is_in_force(self, code: str, day: datetime.date) -> bool:
        """Whether the tables hold this code and the list of waste has it on ``day``."""
        entry = self.waste_code(code)
        return entry is not None and entry.is_in_force(day)

    def factor(
        self,
        kind: str,
        resource: str | None = None,
        outlet: str | None = None,
        as_of: datetime.date | None = None,
        overrides: Mapping[str, float] | None = None,
    ) -> Factor | None:
        """The figure that applies, the most specific first, or ``None`` when there is none.

        In order: this resource and outlet, this resource, its family and outlet, this outlet, its
        family, everything. A figure per another unit than the resource's is never taken. A value
        in ``overrides``, by the factor's id, replaces value and range and is marked.

        Raises
        ------
        ValueError
            When figures of several years exist and ``as_of`` does not choose between them.
        """
        family = self.resources[resource].family if resource else None
        unit = self.resources[resource].unit if resource else None
        wanted = (
            (resource, None, outlet),
            (resource, None, None),
            (None, family, outlet),
            (None, None, outlet),
            (None, family, None),
            (None, None, None),
        )
        for place in wanted:
            for row in self._factors_at.get((kind, *place), ()):
                if unit is not None and not _fits(row.unit, unit):
                    continue
                if as_of is None and (row.valid_from or row.valid_until):
                    raise ValueError(f"factor {kind}: as_of is needed, {row.key} is dated.")
                if as_of is None or row.is_in_force(as_of):
                    return _overridden(row, overrides or {})
        return None

    def routes(self) -> tuple[Route, ...]:
        """Every way from an offer to a need, in one or two steps; always in the same order."""
        return self._routes

    def routes_from(self, resource: str) -> tuple[Route, ...]:
        """The routes that start with one resource."""
        return self._routes_from.get(resource, ())

    @cached_property
    def _routes(self) -> tuple[Route, ...]:
        return build_routes(self.compatibilities.values())

    @cached_property
    def _routes_from(self) -> dict[str, tuple[Route, ...]]:
        grouped = defaultdict(list)
        for route in self._routes:
            grouped[route.from_resource].append(route)
        return {resource: tuple(routes) for resource, routes in grouped.items()}

    @cached_property
    def _factors_at(self) -> dict[tuple[str, str | None, str | None, str | None], list[Factor]]:
        places = defaultdict(list)
        for row in self.factors.values():
            places[row.kind, row.resource, row.family, row.outlet].append(row)
        return dict(places)

    @cached_property
    def _named_activities(self) -> dict[str, Activity]:
        return {key: row for key, row in self.activities.items() if row.label_fr}

    @cached_property
    def _profiles(self) -> Profiles:
        return by_activity(self.activity_flows.values())

    @cached_property
    def _recogniser(self) -> Recogniser:
        return Recogniser(self.resources, self.waste_codes, self.aliases)

    @property
    def names(self) -> tuple[Name, ...]:
        """Every name of every resource, folded as names are compared."""
        return self._recogniser.names


def _fits(factor_unit: str, resource_unit: Unit) -> bool:
    """Whether a figure per t, MWh or m3 is per the unit of the resource; others always fit."""
    per = factor_unit.rpartition("/")[2]
    return per not in tuple(Unit) or per == resource_unit


def _overridden(row: Factor, overrides: Mapping[str, float]) -> Factor:
    value = overrides.get(row.key)
    if value is None:
        return row
    return dataclasses.replace(row, value=value, low=value, high=value, overridden=True)


@cache
def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read and check the reference tables; the same folder is read once.

    Raises
    ------
    CatalogueError
        With every problem of every table: file, row, column.
    """
    reader = Reader(folder or default_folder())
    catalogue = Catalogue(
        resources=reader.by_key("resources.csv", Resource),
        waste_chapters=reader.by_key("waste_chapters.csv", WasteChapter),
        waste_codes=reader.by_key("waste_codes.csv", WasteCode),
        compatibilities=reader.by_key("compatibilities.csv", Compatibility),
        factors=reader.by_key("factors.csv", Factor),
        legal_checks=reader.by_key("legal_checks.csv", LegalCheck),
        equipment_classes=reader.by_key("equipment_classes.csv", EquipmentClass),
        quality_parameters=reader.by_key("quality_parameters.csv", QualityParameter),
        service_categories=reader.by_key("service_categories.csv", ServiceCategory),
        occupations=reader.by_key("occupations.csv", Occupation),
        activities=reader.by_key("activities.csv", Activity),
        activity_flows=reader.by_key("activity_flows.csv", ActivityFlow),
        aliases={
            language: tuple(row for _, row in reader.read(f"aliases_{language}.csv", Alias))
            for language in LANGUAGES
        },
    )
    _check_keys(reader, catalogue)
    reader.finish()
    return catalogue


def _check_keys(reader: Reader, catalogue: Catalogue) -> None:
    resources = catalogue.resources
    for column in ("resource", "also"):
        reader.refuse_unknown("waste_codes.csv", catalogue.waste_codes, column, resources)
    reader.refuse_unknown(
        "waste_codes.csv", catalogue.waste_codes, "successor", catalogue.waste_codes
    )
    for column in ("from_resource", "to_resource"):
        reader.refuse_unknown("compatibilities.csv", catalogue.compatibilities, column, resources)
    reader.refuse_unknown(
        "compatibilities.csv", catalogue.compatibilities, "equipment", catalogue.equipment_classes
    )
    reader.refuse_unknown("activities.csv", catalogue.activities, "parent", catalogue.activities)
    reader.refuse_unknown("occupations.csv", catalogue.occupations, "near", catalogue.occupations)
    _check_profiles(reader, catalogue)
    reader.refuse_unknown("factors.csv", catalogue.factors, "resource", resources)
    families = {resource.family: None for resource in resources.values()}
    reader.refuse_unknown("factors.csv", catalogue.factors, "family", families)
    seen: dict[str, tuple[str, ...]] = {}
    for language, aliases in catalogue.aliases.items():
        file = f"aliases_{language}.csv"
        for number, alias in enumerate(aliases, start=2):
            named = {"resource": alias.resources, "waste_codes": alias.waste_codes}
            for column, known in (("resource", resources), ("waste_codes", catalogue.waste_codes)):
                for key in named[column]:
                    if key not in known:
                        reader.problem(file, number, column, f"'{key}' is in no table.")
            meant = seen.setdefault(f"{language} {fold(alias.alias)}", alias.resources)
            if meant != alias.resources:
                what = f"'{alias.alias}' already means {', '.join(meant)}."
                reader.problem(file, number, "alias", what)


def _check_profiles(reader: Reader, catalogue: Catalogue) -> None:
    """Every key exists, and an activity has one row at most of a thing."""
    file, known = "activity_flows.csv", catalogue.activities
    reader.refuse_unknown(file, catalogue.activity_flows, "activities", known)
    subjects: Mapping[ProfileTable, Mapping[str, object]] = {
        ProfileTable.FLOWS: catalogue.resources,
        ProfileTable.EQUIPMENT: catalogue.equipment_classes,
        ProfileTable.JOBS: catalogue.occupations,
        ProfileTable.POOLS: catalogue.service_categories,
    }
    seen: set[tuple[str, ...]] = set()
    for row in catalogue.activity_flows.values():
        number = reader.row_of(file, row.key)
        if row.subject not in subjects[row.table]:
            reader.problem(file, number, "subject", f"'{row.subject}' is in no table.")
        for activity in row.activities:
            if (activity, *row.what) in seen:
                reader.problem(file, number, "activities", f"'{activity}' has this row already.")
            seen.add((activity, *row.what))
