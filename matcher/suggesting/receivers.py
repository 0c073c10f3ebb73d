"""Who takes a resource: the rows of ``receivers.csv``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from matcher.catalogue import Catalogue
from matcher.catalogue.loading import Reader, default_folder
from matcher.catalogue.rows import Sourced

_DISPOSAL = ("38.1", "38.2", "39.0")
_RECOVERY = "38.3"
_GROUP = re.compile(r"\d{2}\.\d")
_ACTIVITY = re.compile(r"[A-U]?\s*(\d{1,2})(?:\.?(\d)(?:\.?(\d)(?:\.?(\d))?)?)?\s*\.?[A-Z]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver(Sourced):
    """A trade that takes a resource, and in what share of the cases (per cent)."""

    key: str = field(metadata={"column": "receiver"})
    resource: str
    activity: str
    share_percent: float
    use_fr: str
    use_en: str

    def __post_init__(self) -> None:
        super(Receiver, self).__post_init__()
        if not _GROUP.fullmatch(self.activity):
            raise ValueError("activity is a NACE group, such as 23.5.")
        if not 0 < self.share_percent <= 100:
            raise ValueError("share_percent is above 0 and at most 100.")
        if not (self.use_fr and self.use_en):
            raise ValueError("use_fr and use_en are both needed.")


@cache
def receivers() -> Mapping[str, tuple[Receiver, ...]]:
    """The receivers by resource, the largest share first.

    Raises
    ------
    CatalogueError
        With every problem of the table.
    """
    reader = Reader(default_folder())
    found = defaultdict(list)
    for row in reader.by_key("receivers.csv", Receiver).values():
        found[row.resource].append(row)
    reader.finish()
    return {
        resource: tuple(sorted(rows, key=lambda row: (-row.share_percent, row.activity)))
        for resource, rows in found.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Appetite:
    """How much a trade counts as a taker, whatever the resource; a factor on its share.

    Treatment and disposal is where waste goes today, recovery often so: a lead is worth more at
    the trade that uses the matter. A firm seldom gives to one of its own trade. The values were
    chosen on the documented exchanges; ``benchmarks/real/knowledge.py`` prints what they bring
    when they are chosen without the case that they are judged on.
    """

    disposal: float = 0.4
    recovery: float = 0.5
    own_trade: float = 0.5

    def of(self, group: str, giver: str | None) -> float:
        """The factor of a group, for a giver of that trade (``23.5``, ``23``, or not known)."""
        factor = 1.0
        if group in _DISPOSAL:
            factor = self.disposal
        elif group == _RECOVERY:
            factor = self.recovery
        return factor * (self.own_trade if group == giver else 1.0)


def activity_group(text: str, catalogue: Catalogue) -> tuple[str, bool] | None:
    """A NACE or NAF code brought to ``23.5`` (``23`` when only that is said), and if it is known.

    None when the text is no such code.
    """
    match = _ACTIVITY.fullmatch(text.strip().upper())
    if match is None:
        return None
    division, group = match.group(1), match.group(2)
    if len(division) == 1:
        division = f"0{division}"
    return (f"{division}.{group}" if group else division), division in catalogue.activities
