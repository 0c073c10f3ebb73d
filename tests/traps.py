"""What can be wrong with a pair that would be worth a call: one flaw for each gate."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.candidates import Refusal
from matcher.declarations import EVERY_MONTH, Hazard, Months, Outlet

ENDED_CODE = "200134"  # out of the list since 9 December 2026
MIRROR_CODE = "030104"  # hazardous when an analysis says so
Changes = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """A pair that fails one gate and no other."""

    offer_id: str
    need_id: str
    refusal: Refusal
    reopen_on: datetime.date | None = None


def flaws_in_flows(later: datetime.date) -> Mapping[Refusal, list[tuple[Changes, Changes]]]:
    """Gate -> what to change in the offer and in the need, one entry a trap.

    ``later`` is more than a year after the run. Exclusions, permits, quality, temperature and hours
    lie elsewhere than in the flow alone.
    """
    winter, summer = season(0, 3), season(5, 9)
    ends, starts = datetime.date(2027, 4, 30), datetime.date(2027, 9, 1)
    return {
        Refusal.WASTE_CODE_ENDED: [({"waste_code": ENDED_CODE}, {})],
        Refusal.HAZARD: [
            ({"hazardous": Hazard.YES}, {}),
            ({"hazardous": Hazard.TO_CHECK}, {}),
            ({"hazardous": None, "waste_code": MIRROR_CODE}, {}),
        ],
        Refusal.HIERARCHY: [({"today_outlet": Outlet.REUSE}, {})],
        Refusal.CONTRACT_RUNNING: [({"contract_end": later}, {}), ({}, {"contract_end": later})],
        Refusal.TOO_FAR: [({"max_distance_km": 0.001}, {}), ({}, {"max_distance_km": 0.001})],
        Refusal.PERIOD_APART: [({"available_until": ends}, {"available_from": starts})],
        Refusal.MONTHS_APART: [({"month_shares": winter}, {"month_shares": summer})],
        Refusal.LOT: [({"min_lot": 5_000.0}, {}), ({}, {"min_lot": 5_000.0})],
        Refusal.SOLD_WELL: [({"today_cost_eur_per_unit": -500.0}, {})],
        Refusal.DOES_NOT_PAY: [({"amount": 0.5}, {}), ({}, {"amount": 0.5})],
    }


def season(first: int, end: int) -> Months:
    """Equal shares from one month (0 = January) to before another."""
    if (first, end) == (0, 12):
        return EVERY_MONTH
    return tuple(1 / (end - first) if first <= month < end else 0.0 for month in range(12))
