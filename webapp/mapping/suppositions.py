"""What a firm of a trade probably throws away or buys: to be ticked yes, no or no longer.

Nothing of it is an answer before the firm has said so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from matcher.catalogue import ActivityFlow, load_catalogue
from matcher.wording import Language
from webapp.mapping.recognised import label_of

MOST_OFFERS = 4
MOST_NEEDS = 2
MOST_BESIDES = 2
EVERYWHERE = ("cardboard", "broken_pallets", "pe_film")
"""What arrives with goods, in any trade (judgement): asked where the trade itself says little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposition:
    """One thing to tick; ``resource``: its key in the catalogue, whatever the table."""

    direction: str
    resource: str
    label: str
    table: str = "flows"

    @property
    def key(self) -> str:
        """What its answer is kept under."""
        own = f"{self.direction}:{self.resource}"
        return own if self.table == "flows" else f"{self.table}:{own}"


def suppositions(activity: str, headcount: str, language: Language) -> tuple[Supposition, ...]:
    """What to ask of a site: what is usual in its trade, and not in every other (of profiles)."""
    heads = float(headcount) if headcount.replace(".", "", 1).isdecimal() else None
    rows = sorted(
        (
            row
            for row in load_catalogue().activity_profile(activity)
            if row.table == "flows" and row.holds_for(heads)
        ),
        key=lambda row: (-row.share_percent * _rarity(row.subject), row.key),
    )
    offers = _first((*_subjects(rows, "offer"), *EVERYWHERE), MOST_OFFERS)
    needs = _first(_subjects(rows, "need"), MOST_NEEDS)
    return tuple(
        Supposition(direction=way, resource=key, label=label_of("flows", key, language))
        for way, keys in (("offer", offers), ("need", needs))
        for key in keys
    )


@cache
def _rarity_of() -> Mapping[str, float]:
    """How little a resource says by being there: nought when all trades have it."""
    rows = load_catalogue().activity_flows.values()
    trades = {activity for row in rows for activity in row.activities}
    having = Counter(
        subject for subject, _ in {(row.subject, name) for row in rows for name in row.activities}
    )
    return {subject: math.log(len(trades) / count) for subject, count in having.items()}


def _rarity(subject: str) -> float:
    return _rarity_of().get(subject, 0.0)


def _subjects(rows: Iterable[ActivityFlow], direction: str) -> list[str]:
    return [row.subject for row in rows if row.direction == direction]


def usual_besides(activity: str, headcount: str, language: Language) -> tuple[Supposition, ...]:
    """What sites of the trade often lack, share or buy besides flows: a few of each table."""
    heads = float(headcount) if headcount.replace(".", "", 1).isdecimal() else None
    found: dict[str, dict[str, Supposition]] = {}
    rows = load_catalogue().activity_profile(activity)
    for row in sorted(rows, key=lambda row: -row.share_percent * _rarity(row.subject)):
        if row.table != "flows" and row.holds_for(heads):
            item = Supposition(
                direction=row.direction,
                resource=row.subject,
                label=label_of(row.table, row.subject, language),
                table=str(row.table),
            )
            found.setdefault(item.table, {}).setdefault(item.resource, item)
    return tuple(item for each in found.values() for item in list(each.values())[:MOST_BESIDES])


def _first(keys: Iterable[str], most: int) -> list[str]:
    return list(dict.fromkeys(keys))[:most]
