"""The reference tables as one object: resources, waste codes, ways of use, figures, points of law.

Everything is read from ``datasets/reference`` (see its README), checked once, and then only read.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from rapidfuzz import fuzz, process

from matcher.catalogue.group_rows import (
    DiscountStep,
    EquipmentClass,
    MachinePlace,
    ServiceCategory,
    StepOn,
)
from matcher.catalogue.loading import Reader, default_folder
from matcher.catalogue.named import Named
from matcher.catalogue.naming import MatchedBy, ResourceMatch, fold, waste_code_in
from matcher.catalogue.routes import Route, build_routes
from matcher.catalogue.rows import (
    Activity,
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
    JobLevel,
    Kind,
    LegalCheck,
    Occupation,
    QualityParameter,
    Rank,
    Resource,
    SourceKind,
    Unit,
    WasteCode,
)
from matcher.wording import LANGUAGES, Language

__all__ = [
    "Activity",
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
    "QualityParameter",
    "Rank",
    "Resource",
    "ResourceMatch",
    "Route",
    "ServiceCategory",
    "SourceKind",
    "StepOn",
    "Unit",
    "WasteCode",
    "fold",
    "load_catalogue",
    "waste_code_in",
]

# Below this a near name is noise: found by trying misspellings and other trades' words.
_NEAR_ENOUGH = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """One name of a resource, folded, with what it is."""

    folded: str
    written: str
    resource: str
    matched_by: MatchedBy
    language: Language | None


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

    def resource_for(
        self, text: str, *, language: Language | None = None, description: str = ""
    ) -> ResourceMatch | None:
        """The resource that a text names exactly, or ``None``.

        Keys, waste codes (with or without spaces and star), labels and aliases are recognised
        whatever their accents, case and plural. A waste code often covers several resources: the
        one whose name stands in ``description`` is taken, else its most usual one.
        """
        code = waste_code_in(text)
        if code is not None:
            return self._resource_for_code(code, description)
        if text.strip() in self.resources:
            key = text.strip()
            return ResourceMatch(resource=key, matched_by=MatchedBy.KEY, matched=key)
        found = self._by_folded.get(fold(text), ())
        for name in sorted(found, key=lambda name: name.language not in (language, None)):
            return ResourceMatch(
                resource=name.resource, matched_by=name.matched_by, matched=name.written
            )
        return None

    def _resource_for_code(self, code: str, description: str) -> ResourceMatch | None:
        entry = self.waste_codes.get(code)
        if entry is None:
            return None
        covered = (entry.resource, *entry.also)
        words = f" {fold(description)} "
        longest = max(
            (n for n in self._names if n.resource in covered and f" {n.folded} " in words),
            key=lambda name: len(name.folded),
            default=None,
        )
        chosen = longest.resource if longest else entry.resource
        return ResourceMatch(
            resource=chosen,
            matched_by=MatchedBy.WASTE_CODE,
            matched=code,
            waste_code=code,
            also=() if longest else entry.also,
        )

    def nearest_resources(
        self, text: str, count: int = 5, *, language: Language | None = None
    ) -> tuple[ResourceMatch, ...]:
        """The resources whose names come nearest to a text, best first, one entry a resource."""
        exact = self.resource_for(text, language=language)
        best: dict[str, ResourceMatch] = {exact.resource: exact} if exact else {}
        wanted = fold(text)
        if exact is not None and exact.waste_code is not None:
            for resource in exact.also:
                best[resource] = dataclasses.replace(exact, resource=resource, also=())
        elif wanted:
            names = [
                name for name in self._names if name.language in (language, None) or not language
            ]
            hits = process.extract(
                wanted,
                [name.folded for name in names],
                scorer=_likeness,
                limit=8 * count,
                score_cutoff=_NEAR_ENOUGH,
            )
            for _, score, position in sorted(hits, key=lambda hit: (-hit[1], hit[0])):
                name = names[position]
                best.setdefault(
                    name.resource,
                    ResourceMatch(
                        resource=name.resource,
                        matched_by=MatchedBy.NEAR,
                        matched=name.written,
                        score=min(score / 100, 0.99),
                    ),
                )
        return tuple(best.values())[:count]

    def waste_code(self, code: str) -> WasteCode | None:
        """The entry of a waste code, written with or without spaces and star."""
        digits = waste_code_in(code)
        return self.waste_codes.get(digits) if digits else None

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
    def _names(self) -> tuple[_Name, ...]:
        return tuple(self._all_names())

    def _all_names(self) -> Iterator[_Name]:
        for key, resource in self.resources.items():
            yield _name(key.replace("_", " "), key, MatchedBy.KEY, None)
            for language in LANGUAGES:
                yield _name(resource.label(language), key, MatchedBy.LABEL, language)
        for language, aliases in self.aliases.items():
            for alias in aliases:
                yield _name(alias.alias, alias.resource, MatchedBy.ALIAS, language)

    @cached_property
    def _by_folded(self) -> dict[str, list[_Name]]:
        names = defaultdict(list)
        for name in self._names:
            names[name.folded].append(name)
        return dict(names)


def _likeness(left: str, right: str, *, score_cutoff: float | None = None) -> float:
    """Mean of two ratios: one finds a name inside a long text, the other sees what is left over."""
    whole = float(fuzz.token_sort_ratio(left, right))
    score = (float(fuzz.WRatio(left, right)) + whole) / 2
    return score if score_cutoff is None or score >= score_cutoff else 0.0


def _name(written: str, resource: str, matched_by: MatchedBy, language: Language | None) -> _Name:
    return _Name(
        folded=fold(written),
        written=written,
        resource=resource,
        matched_by=matched_by,
        language=language,
    )


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
        waste_codes=reader.by_key("waste_codes.csv", WasteCode),
        compatibilities=reader.by_key("compatibilities.csv", Compatibility),
        factors=reader.by_key("factors.csv", Factor),
        legal_checks=reader.by_key("legal_checks.csv", LegalCheck),
        equipment_classes=reader.by_key("equipment_classes.csv", EquipmentClass),
        quality_parameters=reader.by_key("quality_parameters.csv", QualityParameter),
        service_categories=reader.by_key("service_categories.csv", ServiceCategory),
        occupations=reader.by_key("occupations.csv", Occupation),
        activities=reader.by_key("activities.csv", Activity),
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
    reader.refuse_unknown("occupations.csv", catalogue.occupations, "near", catalogue.occupations)
    reader.refuse_unknown("factors.csv", catalogue.factors, "resource", resources)
    families = {resource.family: None for resource in resources.values()}
    reader.refuse_unknown("factors.csv", catalogue.factors, "family", families)
    seen: dict[str, str] = {}
    for language, aliases in catalogue.aliases.items():
        file = f"aliases_{language}.csv"
        for number, alias in enumerate(aliases, start=2):
            if alias.resource not in resources:
                reader.problem(file, number, "resource", f"'{alias.resource}' is in no table.")
            known = seen.setdefault(f"{language} {fold(alias.alias)}", alias.resource)
            if known != alias.resource:
                what = f"'{alias.alias}' already means {known}."
                reader.problem(file, number, "alias", what)
