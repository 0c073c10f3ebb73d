"""Stages of a synergy, what may follow what, and the clock of each: pure tables.

An interest of both sides is worth eight weeks, a study six months (engineering judgement, from how
long regional synergy programmes wait); the closing codes 91 to 99 are theirs.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import IntEnum, StrEnum


class SynergyStage(StrEnum):
    REVEALED = "revealed"  # names were given: to be introduced
    CONTACTED = "contacted"
    STUDIED = "studied"
    TRIAL = "trial"
    CONTRACTED = "contracted"
    RUNNING = "running"
    MEASURED = "measured"
    PAUSED = "paused"  # until a day
    DROPPED = "dropped"  # for a reason


class ClosingCode(IntEnum):
    TECHNICAL = 91
    QUALITY_OR_QUANTITY = 92
    ECONOMIC = 93
    REGULATORY = 94
    DISTANCE_OR_LOGISTICS = 95
    TRUST_OR_CONFIDENTIALITY = 96
    RESOURCE_GONE = 97
    OTHER_SOLUTION = 98
    NO_ANSWER = 99


PATH = tuple(SynergyStage)[:7]
"""From the reveal to the measure, in order."""

CLOCK_DAYS: Mapping[SynergyStage, int] = {
    SynergyStage.REVEALED: 14,
    SynergyStage.CONTACTED: 56,
    SynergyStage.STUDIED: 182,
    SynergyStage.TRIAL: 182,
    SynergyStage.CONTRACTED: 365,
    SynergyStage.RUNNING: 365,
    SynergyStage.MEASURED: 365,
}
"""After so many days in one stage the board asks: on, wait, or close?"""


INDICATORS: Mapping[str, str] = {
    "diverted": "t",
    "energy": "MWh",
    "water": "m3",
    "emissions": "tCO2e",
    "saved": "EUR",
    "sales": "EUR",
    "invested": "EUR",
    "jobs_created": "FTE",
    "jobs_kept": "FTE",
    "shared_hours": "h",
}
"""What may be promised and measured, with its unit, a year (``invested``: in all)."""

EVIDENCE = ("invoice", "waste_note", "meter", "contract", "statement", "none")
AXES = ("recruter", "attirer", "innover", "simplifier")
"""The axes of the *Territoires d'industrie* programme."""

FORMS = ("contract", "three_party_agreement", "group", "association", "public_body")
"""Forms of cooperation: the first three are those that the matching proposes."""


def may_follow(stage: SynergyStage, following: SynergyStage) -> bool:
    """Forward by any number of stages, one back to mend a slip; waiting and closing at any time.

    From waiting it goes on wherever it stood; what is closed stays closed, so that every year
    counts the same ends.
    """
    if stage is SynergyStage.DROPPED or stage is following:
        return False
    if following in {SynergyStage.PAUSED, SynergyStage.DROPPED} or stage is SynergyStage.PAUSED:
        return True
    return PATH.index(following) >= PATH.index(stage) - 1


def clock_ends(stage: SynergyStage, since: datetime.datetime) -> datetime.date | None:
    """The day on which the stage has lasted long enough to be asked about; None: no clock runs."""
    days = CLOCK_DAYS.get(stage)
    return None if days is None else since.date() + datetime.timedelta(days=days)
