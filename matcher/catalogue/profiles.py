"""What a site of a trade probably has and lacks: the rows of ``activity_flows.csv``."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from matcher.catalogue.rows import Sourced, check_range, column
from matcher.declarations import EVERY_MONTH, Months


class ProfileTable(StrEnum):
    """The table of a survey that a row speaks of."""

    FLOWS = "flows"
    EQUIPMENT = "equipment"
    JOBS = "jobs"
    POOLS = "pools"


class Per(StrEnum):
    """What an amount is counted by."""

    HEAD = "head"
    SITE = "site"


_DIRECTIONS = {
    ProfileTable.FLOWS: ("offer", "need"),
    ProfileTable.EQUIPMENT: ("offer", "need"),
    ProfileTable.JOBS: ("need",),
    ProfileTable.POOLS: ("buys",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFlow(Sourced):
    """One thing that sites of some activities probably have or lack.

    ``low``, ``value`` and ``high`` are per head or per site: a flow in the resource's unit a year,
    equipment in its class's unit a month, a job in h a month, a purchase in its category's unit a
    year. ``share_percent`` of the sites of the trade have it at all. ``headcount_from`` and
    ``headcount_to`` bound the sites that it holds for (None: open); ``months`` as a survey writes
    them, empty for all year.
    """

    key: str = column("activity_flow")
    activities: tuple[str, ...]
    table: ProfileTable
    direction: str
    subject: str
    per: Per
    low: float
    value: float
    high: float
    share_percent: float
    months: str
    headcount_from: float | None
    headcount_to: float | None
    today_outlet: str | None
    temperature_c: float | None
    date: datetime.date

    def __post_init__(self) -> None:
        super(ActivityFlow, self).__post_init__()
        check_range("amount", self.low, self.value, self.high)
        if self.low < 0 or self.high <= 0:
            raise ValueError("an amount is not negative, and high is above 0.")
        if not self.activities:
            raise ValueError("activities is empty: say whose flow it is.")
        if self.direction not in _DIRECTIONS[self.table]:
            raise ValueError(f"direction of {self.table} is one of {_DIRECTIONS[self.table]}.")
        if not 0 < self.share_percent <= 100:
            raise ValueError("share_percent is above 0 and at most 100.")
        check_range("headcount", self.headcount_from, None, self.headcount_to)

    def holds_for(self, headcount: float | None) -> bool:
        """Whether a site of so many heads may have it; a bound row wants the headcount known."""
        if headcount is None:
            return self.headcount_from is None and self.headcount_to is None
        return (self.headcount_from or 0) <= headcount <= (self.headcount_to or headcount)

    @property
    def month_shares(self) -> Months:
        """Twelve shares that add up to 1: the same in each of its months."""
        months: set[int] = set()
        for part in filter(None, self.months.split(",")):
            first, _, last = part.partition("-")
            length = (int(last or first) - int(first)) % 12 + 1
            months.update((int(first) - 1 + step) % 12 for step in range(length))
        return (
            tuple(1 / len(months) if at in months else 0.0 for at in range(12))
            if months
            else EVERY_MONTH
        )

    @property
    def what(self) -> tuple[str, str, str]:
        """Table, direction and subject: what one activity has one row of at most."""
        return self.table, self.direction, self.subject


type Profiles = Mapping[str, tuple[ActivityFlow, ...]]


def by_activity(rows: Iterable[ActivityFlow]) -> Profiles:
    """The rows of each activity that has any, the most usual first."""
    found: dict[str, list[ActivityFlow]] = defaultdict(list)
    for row in rows:
        for activity in row.activities:
            found[activity].append(row)
    return {
        activity: tuple(sorted(own, key=lambda row: (-row.share_percent, row.key)))
        for activity, own in found.items()
    }


def nearest_key(code: str, known: Mapping[str, object]) -> str | None:
    """The sub-class, group or division among ``known`` that a code is in; the closest one.

    Written with or without the dot: ``16.10A``, ``1610a``, ``16.1`` and ``16`` are read.
    """
    written = code.strip().upper().replace(" ", "").replace(".", "")
    wanted = (f"{written[:2]}.{written[2:]}", f"{written[:2]}.{written[2:3]}", written[:2])
    return next((key for key in wanted if key in known), None)
