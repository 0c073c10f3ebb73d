"""Firms that a text names, so that whoever publishes it is asked; nothing is decided here."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.catalogue import load_catalogue
from webapp.lifecycle import LeadState
from webapp.models import Firm, LeadRow, PartyRow, Site

LEAST_SIGNS = 4
"""A shorter word of a name (SA, Est, 49) is met everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFirm:
    """A firm that a text seems to name. ``has_agreed``: it said yes in a lead that was revealed."""

    firm_id: int
    name: str
    has_agreed: bool


def firms_named(session: Session, territory_id: int, texts: Iterable[str]) -> list[NamedFirm]:
    """Firms of the territory whose name, a site's, or a word that only they bear, is in a text."""
    said = [_words(text) for text in texts if text.strip()]
    if not said:
        return []
    names: dict[int, tuple[str, set[tuple[str, ...]]]] = {}
    for number, firm, site in session.execute(
        select(Firm.id, Firm.name, Site.name)
        .join(Site, Site.firm_id == Firm.id)
        .where(Firm.territory_id == territory_id)
        .order_by(Firm.name)
    ):
        names.setdefault(number, (firm, set()))[1].update((_words(firm), _words(site)))
    bearers = Counter(
        word for _, called in names.values() for word in {word for name in called for word in name}
    )
    common = _common_words()
    found = []
    for number, (firm, called) in names.items():
        own = {
            (word,)
            for name in called
            for word in name
            if bearers[word] == 1 and len(word) >= LEAST_SIGNS and word not in common
        }
        if any(_holds(text, name) for text in said for name in called | own if name):
            found.append((number, firm))
    agreed = _agreed(session, [number for number, _ in found])
    return [
        NamedFirm(firm_id=number, name=firm, has_agreed=number in agreed) for number, firm in found
    ]


def _agreed(session: Session, firms: list[int]) -> set[int]:
    return set(
        session.scalars(
            select(PartyRow.firm_id)
            .join(LeadRow, LeadRow.id == PartyRow.lead_id)
            .where(PartyRow.firm_id.in_(firms), LeadRow.state == LeadState.REVEALED.value)
        )
    )


def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return tuple(
        re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    )


def _holds(text: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return any(text[at : at + len(name)] == name for at in range(len(text) - len(name) + 1))


@cache
def _common_words() -> frozenset[str]:
    """Words of trades and things: a foundry is not named by « fonderie »."""
    tables = load_catalogue()
    labels = [
        label
        for rows in (tables.resources, tables.occupations, tables.equipment_classes)
        for row in rows.values()
        for label in (row.label_fr, row.label_en)
    ]
    labels += [row.label_fr for row in tables.activities.values()]
    labels += [name.folded for name in tables.names]
    words = {word for label in labels for word in _words(label)}
    return frozenset(words | {word.removesuffix("s") for word in words} | {f"{w}s" for w in words})
