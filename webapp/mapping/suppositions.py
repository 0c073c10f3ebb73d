"""What a firm of a trade probably throws away or buys: to be ticked yes, no or no longer.

Nothing of it is an answer before the firm has said so.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.catalogue import Catalogue, load_catalogue
from matcher.suggesting.giver import CHAPTERS_OF
from matcher.suggesting.receivers import activity_group, receivers
from matcher.wording import Language
from webapp.mapping.recognised import label_of

MOST_OFFERS = 4
MOST_NEEDS = 2
USUAL_FROM = 20.0
"""A need is supposed from this share of the trade's firms on, in per cent (judgement)."""
EVERYWHERE = ("cardboard", "broken_pallets", "pe_film")
"""What arrives with goods, in any trade (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposition:
    """One thing to tick. ``key``: direction and resource, as it is kept."""

    direction: str
    resource: str
    label: str

    @property
    def key(self) -> str:
        """What its answer is kept under."""
        return f"{self.direction}:{self.resource}"


def suppositions(activity: str, language: Language) -> tuple[Supposition, ...]:
    """What to ask of a trade, the likeliest first; of an unknown one, what all of them have."""
    catalogue = load_catalogue()
    read = activity_group(activity, catalogue) if activity else None
    group = "" if read is None else read[0]
    offers = list(dict.fromkeys([*_offers(group, catalogue), *EVERYWHERE]))[:MOST_OFFERS]
    pairs = [("offer", key) for key in offers] + [("need", key) for key in _needs(group)]
    return tuple(
        Supposition(direction=way, resource=key, label=label_of("flows", key, language))
        for way, key in pairs
    )


def _needs(group: str) -> list[str]:
    """What firms of the trade take most often."""
    shares = {
        resource: row.share_percent
        for resource, rows in receivers().items()
        for row in rows
        if row.activity == group and row.share_percent >= USUAL_FROM
    }
    return sorted(shares, key=lambda key: (-shares[key], key))[:MOST_NEEDS]


def _offers(group: str, catalogue: Catalogue) -> list[str]:
    """Resources of the trade's own chapters of waste, of a family that the trade works with."""
    families = {
        catalogue.resources[resource].family
        for resource, rows in receivers().items()
        for row in rows
        if row.activity == group
    }
    counts: dict[str, int] = {}
    for code, row in catalogue.waste_codes.items():
        if row.resource is None or code[:2] not in CHAPTERS_OF.get(group[:2], ()):
            continue
        if catalogue.resources[row.resource].family in families:
            counts[row.resource] = counts.get(row.resource, 0) + 1
    return sorted(counts, key=lambda key: (-counts[key], key))[: MOST_OFFERS - 1]
