"""Plain words to what the catalogue knows: five suggestions, the best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from rapidfuzz import fuzz, process

from matcher.catalogue import Resource, fold, load_catalogue
from matcher.catalogue.trades import trade_of
from matcher.suggesting import suggest_resources
from matcher.wording import Language

BEST = 5
NEAR_ENOUGH = 60.0
"""Likeness, of 100, below which a name is noise (as for resources, found by misspelling)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One suggestion. ``code``: what a specialist calls it, shown small; often empty."""

    key: str
    label: str
    code: str = ""


def recognise(table: str, text: str, activity: str, language: Language) -> tuple[Known, ...]:
    """What words may mean, at most five; none when nothing is like them."""
    if not text.strip():
        return ()
    catalogue = load_catalogue()
    if table == "flows":
        found = suggest_resources(text, activity_code=activity or None)[:BEST]
        return tuple(
            Known(
                key=item.resource,
                label=_typeset(item.label_fr if language == "fr" else item.label_en),
                code=_waste_code_of().get(item.resource, ""),
            )
            for item in found
        )
    names, labels = _names(table)
    best = process.extract(
        fold(text), names, scorer=fuzz.token_set_ratio, score_cutoff=NEAR_ENOUGH, limit=None
    )
    exact = trade_of(None, text, catalogue.occupations) if table == "jobs" else None
    first = [] if exact is None else [exact.key]
    keys = list(dict.fromkeys([*first, *(key for *_, (key, _) in best)]))[:BEST]
    return tuple(
        Known(key=key, label=labels[key][language], code=key if table == "jobs" else "")
        for key in keys
    )


def label_of(table: str, key: str, language: Language) -> str:
    """How the catalogue calls what was chosen; the key itself when it is not the catalogue's."""
    if table == "flows":
        resource = resource_named(key, "")
        if resource is None:
            return key
        return _typeset(resource.label_fr if language == "fr" else resource.label_en)
    return _names(table)[1].get(key, {}).get(language, key)


def resource_named(text: str, description: str) -> Resource | None:
    """The resource that a row's words name for certain, as the reader of surveys would say."""
    catalogue = load_catalogue()
    match = catalogue.resource_for(text, description=description) if text else None
    return None if match is None else catalogue.resources[match.resource]


def _typeset(label: str) -> str:
    """Tables are typed with straight apostrophes; pages are not."""
    return label.replace("'", "’")


@cache
def _waste_code_of() -> Mapping[str, str]:
    """The first waste code that goes under each resource, as it is written on a slip."""
    codes: dict[str, str] = {}
    for code, row in sorted(load_catalogue().waste_codes.items()):
        if row.resource is not None:
            codes.setdefault(row.resource, f"{code[:2]} {code[2:4]} {code[4:]}")
    return codes


@cache
def _names(table: str) -> tuple[dict[tuple[str, int], str], dict[str, dict[Language, str]]]:
    """Folded names by (key, number), and labels by key, of a plain vocabulary."""
    catalogue = load_catalogue()
    named: Mapping[str, Sequence[str]]
    if table == "jobs":
        rows: Mapping[str, Any] = catalogue.occupations
        named = {key: (*row.titles("fr"), *row.titles("en")) for key, row in rows.items()}
    else:
        rows = catalogue.equipment_classes if table == "equipment" else catalogue.service_categories
        named = {key: row.also for key, row in rows.items()}
    names: dict[tuple[str, int], str] = {}
    labels: dict[str, dict[Language, str]] = {}
    for key, row in rows.items():
        labels[key] = {"fr": _typeset(row.label_fr), "en": _typeset(row.label_en)}
        for number, name in enumerate((row.label_fr, row.label_en, *named[key])):
            names[key, number] = fold(name)
    return names, labels
