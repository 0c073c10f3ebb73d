"""Whether one host may serve one user, how, and in which months; else what stands in the way."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from matcher.candidates.bundles import Gate
from matcher.catalogue import MachinePlace
from matcher.declarations import EquipmentMode, Months, Survey
from matcher.groups.machines import Machine, common_window, months_inside
from matcher.groups.misses import Miss
from matcher.groups.neighbours import Neighbours

_YEAR_DAYS = 365
# Rounding of hours, m2 and kilometres.
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A host that may serve a user.

    ``most`` is what the user could get in each calendar month, alone on the machine, in hours or
    m2; ``mode`` the legal object; ``certificate_ends`` a date within the months of use.
    """

    host: Machine
    user: Machine
    mode: EquipmentMode
    km: float
    most: Months
    start: datetime.date
    one_off: bool
    certificate_ends: datetime.date | None

    @property
    def is_lent(self) -> bool:
        """Whether the machine goes to its user, rather than the user to the machine."""
        return self.mode is EquipmentMode.LEND


def pair_or_miss(
    host: Machine, user: Machine, survey: Survey, near: Neighbours, as_of: datetime.date
) -> Pair | Miss:
    """Ask every gate, what nobody can mend first."""
    names = {
        "host": survey.sites[host.site_id].name,
        "user": survey.sites[user.site_id].name,
    }
    if near.shut_out(host.site_id, user.site_id):
        return Miss(gate=Gate.EXCLUDED, code="excluded")
    if near.refused_before(host.item_id, user.item_id):
        return Miss(gate=Gate.REFUSED, code="refused-before", values=names)
    km = near.road_km(host.site_id, user.site_id)
    if km is None:
        return Miss(gate=Gate.NOT_KNOWN, code="position-not-known", values=names)
    allowed = min(
        host.klass.radius_km,
        *(
            limit
            for limit in (host.item.max_distance_km, user.item.max_distance_km)
            if limit is not None
        ),
        math.inf,
    )
    if km > allowed + _NOTHING:
        return Miss(
            gate=Gate.TOO_FAR, code="too-far", gap=km - allowed, unit="km",
            values={**names, "gap": km - allowed},
        )  # fmt: skip
    mode = _mode(host, user)
    if mode is None:
        return Miss(
            gate=Gate.MODE, code="mode", values={
                **names,
                "offered": _named(host.mode),
                "wanted": _named(user.mode),
            },
        )  # fmt: skip
    start, end = common_window(host.item, user.item, as_of)
    if end is not None and end < start:
        days = (start - end).days
        return Miss(
            gate=Gate.MONTHS_APART, code="period-apart", gap=days, unit="day",
            values={**names, "gap": days},
        )  # fmt: skip
    expires = host.item.certificate_until
    if expires is not None and expires < start:
        days = (start - expires).days
        return Miss(
            gate=Gate.CERTIFICATE, code="certificate", gap=days, unit="day",
            values={**names, "date": expires, "gap": days},
        )  # fmt: skip
    months = months_inside(start, end)
    most = tuple(
        min(there, wanted) if month in months else 0.0
        for month, (there, wanted) in enumerate(zip(host.room, user.room, strict=True), start=1)
    )
    missing = _months_missing(host, user, most)
    if missing is not None:
        return Miss(
            gate=missing.gate, code=missing.code, gap=missing.gap, unit=missing.unit,
            values={**names, "gap": missing.gap},
        )  # fmt: skip
    last = end if end is not None else start + datetime.timedelta(days=_YEAR_DAYS)
    return Pair(
        host=host,
        user=user,
        mode=mode,
        km=km,
        most=most,
        start=start,
        one_off=end is not None and (end - start).days <= _YEAR_DAYS,
        certificate_ends=expires if expires is not None and expires <= last else None,
    )


def _mode(host: Machine, user: Machine) -> EquipmentMode | None:
    """The legal object that both would accept; None when they asked for different ones."""
    if host.mode is not None and user.mode is not None and host.mode is not user.mode:
        return None
    declared = host.mode or user.mode
    if declared is not None:
        return declared
    is_mobile = host.klass.place is MachinePlace.MOBILE
    return EquipmentMode.LEND if is_mobile else EquipmentMode.ON_SITE


def _named(mode: EquipmentMode | None) -> dict[str, str]:
    """The mode in both languages, for a sentence."""
    return {} if mode is None else dict(MODE_NAMES[mode])


MODE_NAMES = {
    EquipmentMode.LEND: {"fr": "prêt", "en": "lending"},
    EquipmentMode.ON_SITE: {"fr": "utilisation sur place", "en": "use on site"},
    EquipmentMode.SERVICE: {"fr": "prestation avec opérateur", "en": "service with operator"},
    EquipmentMode.CO_BUY: {"fr": "achat en commun", "en": "buying together"},
}


def _months_missing(host: Machine, user: Machine, most: Months) -> Miss | None:
    """A machine serves in the months it can; floor is wanted for all its months, or not at all."""
    wanted = [place for place, amount in enumerate(user.room) if amount > 0]
    uncovered = [place for place in wanted if most[place] <= 0]
    if len(uncovered) == len(wanted) or (host.is_space and uncovered):
        return Miss(gate=Gate.MONTHS_APART, code="months-apart", gap=len(uncovered), unit="month")
    if host.is_space:
        short = max(user.room[place] - most[place] for place in wanted)
        if short > _NOTHING:
            return Miss(gate=Gate.CAPACITY, code="floor-too-small", gap=short, unit="m2")
    return None
