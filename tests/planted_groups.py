"""Shared machines, jobs and purchases that ought to be proposed, their rivals, and traps.

Each group has a class of machine, an occupation or a category of its own, so that what can compete
with it is only the rival planted beside it. Every trap is a group that would be worth a call but
for one thing; ``mended=True`` gives the same territory without it.
"""

from __future__ import annotations

import datetime
import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from matcher.candidates.bundles import Gate
from matcher.catalogue import Catalogue
from matcher.declarations import Direction, Equipment, EquipmentMode, Job, Pool, Site, Survey

AS_OF = datetime.date(2027, 1, 15)
# Machines that their users come to, so that one hour is one hour.
CLASSES = (
    "measuring_machine",
    "dryer",
    "press",
    "evaporator",
    "paint_booth",
    "laser_cutter",
    "machining_centre",
    "heat_treatment",
    "spectrometer",
    "scanner_3d",
)
# A session or a step that several reach together.
LOTS = ("forklift_training", "safety_training")
PLANTED_MACHINES, PLANTED_JOBS = 3, 3
_KM_PER_DEGREE = 111.2
_CENTRE = (46.90, -0.90)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTrap:
    """Two declarations worth a call together but for one gate, and what each is told of it."""

    codes: Mapping[str, str]
    gate: Gate

    @property
    def declaration_ids(self) -> frozenset[str]:
        """Both."""
        return frozenset(self.codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedGroups:
    """The survey, the groups that ought to be proposed, who loses to them, and the traps."""

    survey: Survey
    planted: frozenset[frozenset[str]]
    rivals: frozenset[str]
    traps: tuple[GroupTrap, ...]


def plant_groups(catalogue: Catalogue, seed: int, *, mended: bool = False) -> PlantedGroups:
    """A territory from a seed; the same seed gives the same sites and groups whether mended."""
    return _Planter(catalogue, random.Random(seed), mended).territory()


@dataclass(slots=True)
class _Planter:
    catalogue: Catalogue
    rng: random.Random
    mended: bool
    sites: dict[str, Site] = field(default_factory=dict)
    equipment: dict[str, Equipment] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    planted: set[frozenset[str]] = field(default_factory=set)
    rivals: set[str] = field(default_factory=set)
    traps: list[GroupTrap] = field(default_factory=list)

    def territory(self) -> PlantedGroups:
        classes = self.rng.sample(CLASSES, len(CLASSES))
        trades = self._trades_apart()
        for _ in range(PLANTED_MACHINES):
            self._machine(classes.pop())
        for _ in range(PLANTED_JOBS):
            self._job(next(trades))
        for category in LOTS:
            self._purchase(category)
        for gate, flaw in _MACHINE_FLAWS.items():
            self._machine_trap(classes.pop(), gate, flaw)
        for gate, flaw in _JOB_FLAWS.items():
            self._job_trap(next(trades), gate, flaw)
        for category, (gate, flaw) in _POOL_FLAWS.items():
            self._pool_trap(category, gate, flaw)
        return PlantedGroups(
            survey=Survey(
                sites=self.sites, equipment=self.equipment, jobs=self.jobs, pools=self.pools
            ),
            planted=frozenset(self.planted),
            rivals=frozenset(self.rivals),
            traps=tuple(self.traps),
        )

    def _trades_apart(self) -> Iterator[str]:
        """Operators' trades of which none is near another."""
        trades = self.catalogue.occupations
        drawn = sorted(key for key, trade in trades.items() if trade.level == "operator")
        self.rng.shuffle(drawn)
        kept: list[str] = []
        for key in drawn:
            if all(key not in trades[one].near and one not in trades[key].near for one in kept):
                kept.append(key)
        return iter(kept)

    def _site(self, km: float) -> str:
        """A site of a firm of its own, so far from the centre."""
        angle = self.rng.uniform(0, 2 * math.pi)
        north, east = km * math.sin(angle), km * math.cos(angle)
        site_id = f"G{len(self.sites):02d}"
        self.sites[site_id] = Site(
            site_id=site_id,
            name=f"Site {len(self.sites)}",
            siret=f"{90_000_000 + len(self.sites):09d}00012",
            latitude=_CENTRE[0] + north / _KM_PER_DEGREE,
            longitude=_CENTRE[1] + east / (_KM_PER_DEGREE * math.cos(math.radians(_CENTRE[0]))),
            max_proposals=3,
        )
        return site_id

    def _pair_of_machines(self, klass: str) -> tuple[Equipment, Equipment]:
        """A host and a user whom it has room for, and whom it saves half of today's price."""
        market = self.catalogue.equipment_classes[klass].market_eur
        hours = float(self.rng.randint(12, 24))
        number = len(self.equipment)
        host = Equipment(
            item_id=f"E{number:02d}",
            site_id=self._site(1.0),
            direction=Direction.OFFER,
            equipment=klass,
            mode=EquipmentMode.SERVICE,
            hours_by_month=(hours,) * 12,
            eur_per_hour=round(0.5 * market, 2),
        )
        user = Equipment(
            item_id=f"E{number + 1:02d}",
            site_id=self._site(1.0),
            direction=Direction.NEED,
            equipment=klass,
            hours_by_month=(hours,) * 12,
            eur_per_hour=round(1.2 * market, 2),
        )
        self.equipment |= {host.item_id: host, user.item_id: user}
        return host, user

    def _machine(self, klass: str) -> None:
        host, user = self._pair_of_machines(klass)
        self.planted.add(frozenset((host.item_id, user.item_id)))
        # Wants the same hours, from farther, and pays a third less for them today.
        rival = replace(
            user,
            item_id=f"E{len(self.equipment):02d}",
            site_id=self._site(12.0),
            eur_per_hour=round(0.65 * (user.eur_per_hour or 0.0), 2),
        )
        self.equipment[rival.item_id] = rival
        self.rivals.add(rival.item_id)

    def _post(self, trade: str, hours: float, km: float, today: float) -> Job:
        job = Job(
            job_id=f"J{len(self.jobs):02d}",
            site_id=self._site(km),
            title=self.catalogue.occupations[trade].label_fr,
            occupation=trade,
            hours_by_month=(hours,) * 12,
            today_solution="interim",
            today_eur_per_hour=today,
        )
        self.jobs[job.job_id] = job
        return job

    def _pair_of_posts(self, trade: str) -> tuple[Job, Job]:
        """Two that fill nine tenths of a year, the first with a little more than half of it."""
        more = self.rng.randint(62, 68)
        return self._post(trade, more, 1.0, 36.0), self._post(trade, 122 - more, 1.0, 36.0)

    def _job(self, trade: str) -> None:
        pair = self._pair_of_posts(trade)
        self.planted.add(frozenset(job.job_id for job in pair))
        # Would fill the same post, from farther and for less; three are more than a year.
        rival = self._post(trade, 55.0, 14.0, 31.0)
        self.rivals.add(rival.job_id)

    def _buyers(self, category: str, places: float, number: int = 2) -> list[Pool]:
        service = self.catalogue.service_categories[category]
        assert service.lot_eur is not None
        found = []
        for _ in range(number):
            pool = Pool(
                pool_id=f"P{len(self.pools):02d}",
                site_id=self._site(2.0),
                category=category,
                amount=places,
                unit="places",
                eur_per_year=round(places * 2 * service.lot_eur / service.lot_size, 2),
                participants=int(places),
                decided_here=True,
            )
            self.pools[pool.pool_id] = pool
            found.append(pool)
        return found

    def _spenders(self, category: str) -> list[Pool]:
        """Two who pay enough in a year for the usual discount to be worth a meeting."""
        found = []
        for _ in range(2):
            pool = Pool(
                pool_id=f"P{len(self.pools):02d}",
                site_id=self._site(2.0),
                category=category,
                eur_per_year=float(self.rng.randint(40, 60)) * 1_000,
                decided_here=True,
            )
            self.pools[pool.pool_id] = pool
            found.append(pool)
        return found

    def _purchase(self, category: str) -> None:
        """Half a session each, at twice what a place of a full one costs."""
        service = self.catalogue.service_categories[category]
        pools = self._buyers(category, service.lot_size / 2)
        self.planted.add(frozenset(pool.pool_id for pool in pools))

    def _trap(self, one: str, other: str, gate: Gate) -> None:
        """What holds one buyer back is its own affair: the other hears that somebody is held."""
        code = _CODES[gate]
        told = "others-held" if gate in _OWN_AFFAIRS else code
        self.traps.append(GroupTrap(codes={one: code, other: told}, gate=gate))

    def _machine_trap(self, klass: str, gate: Gate, flaw: _Flaw) -> None:
        host, user = self._pair_of_machines(klass)
        self._trap(host.item_id, user.item_id, gate)
        if not self.mended:
            flaw(self, host.item_id, user.item_id)

    def _job_trap(self, trade: str, gate: Gate, flaw: _Flaw) -> None:
        one, other = self._pair_of_posts(trade)
        self._trap(one.job_id, other.job_id, gate)
        if not self.mended:
            flaw(self, one.job_id, other.job_id)

    def _pool_trap(self, category: str, gate: Gate, flaw: _Flaw) -> None:
        one, other = self._spenders(category)
        self._trap(one.pool_id, other.pool_id, gate)
        if not self.mended:
            flaw(self, one.pool_id, other.pool_id)

    def shut_out(self, one_site: str, other_site: str) -> None:
        """The first asked never to be put in touch with the second."""
        siret = self.sites[other_site].siret or ""
        self.sites[one_site] = replace(self.sites[one_site], excluded=frozenset({siret}))


_OWN_AFFAIRS = (Gate.NOT_DECIDED_HERE, Gate.CONTRACT_RUNNING)
_CODES = {
    Gate.TOO_FAR: "too-far",
    Gate.CERTIFICATE: "certificate",
    Gate.MODE: "mode",
    Gate.MONTHS_APART: "months-apart",
    Gate.EXCLUDED: "excluded",
    Gate.DOES_NOT_PAY: "does-not-pay",
    Gate.YEARLY_HOURS: "over-legal-hours",
    Gate.LOAD: "not-enough-hours",
    Gate.NOT_DECIDED_HERE: "not-decided-here",
    Gate.CONTRACT_RUNNING: "contract-running",
}
_Flaw = Callable[[_Planter, str, str], None]


def _of_machines(**changes: object) -> _Flaw:
    """Something of the host's own declaration."""

    def flaw(planter: _Planter, host: str, _user: str) -> None:
        planter.equipment[host] = replace(planter.equipment[host], **changes)

    return flaw


def _of_jobs(**changes: object) -> _Flaw:
    def flaw(planter: _Planter, one: str, _other: str) -> None:
        planter.jobs[one] = replace(planter.jobs[one], **changes)

    return flaw


def _of_pools(**changes: object) -> _Flaw:
    def flaw(planter: _Planter, one: str, _other: str) -> None:
        planter.pools[one] = replace(planter.pools[one], **changes)

    return flaw


def _too_dear(planter: _Planter, host: str, user: str) -> None:
    today = planter.equipment[user].eur_per_hour or 0.0
    planter.equipment[host] = replace(planter.equipment[host], eur_per_hour=1.1 * today)


def _wants_it_lent(planter: _Planter, _host: str, user: str) -> None:
    planter.equipment[user] = replace(planter.equipment[user], mode=EquipmentMode.LEND)


def _machines_apart(planter: _Planter, host: str, user: str) -> None:
    planter.shut_out(planter.equipment[user].site_id, planter.equipment[host].site_id)


def _posts_apart(planter: _Planter, one: str, other: str) -> None:
    planter.shut_out(planter.jobs[one].site_id, planter.jobs[other].site_id)


def _buyers_apart(planter: _Planter, one: str, other: str) -> None:
    planter.shut_out(planter.pools[one].site_id, planter.pools[other].site_id)


_SUMMER, _WINTER = ((20.0,) * 6 + (0.0,) * 6), ((0.0,) * 6 + (20.0,) * 6)


def _months_apart(planter: _Planter, host: str, user: str) -> None:
    planter.equipment[host] = replace(planter.equipment[host], hours_by_month=_SUMMER)
    planter.equipment[user] = replace(planter.equipment[user], hours_by_month=_WINTER)


_MACHINE_FLAWS: dict[Gate, _Flaw] = {
    Gate.TOO_FAR: _of_machines(max_distance_km=0.01),
    Gate.CERTIFICATE: _of_machines(certificate_until=datetime.date(2026, 6, 30)),
    Gate.MODE: _wants_it_lent,
    Gate.MONTHS_APART: _months_apart,
    Gate.EXCLUDED: _machines_apart,
    Gate.DOES_NOT_PAY: _too_dear,
}
_JOB_FLAWS: dict[Gate, _Flaw] = {
    Gate.TOO_FAR: _of_jobs(max_distance_km=0.01),
    Gate.EXCLUDED: _posts_apart,
    # 54 to 60 h beside 83 h: 1,644 h a year and more, of the 1,607 there are.
    Gate.YEARLY_HOURS: _of_jobs(hours_by_month=(83.0,) * 12),
    Gate.LOAD: _of_jobs(hours_by_month=(30.0,) * 12),
    Gate.DOES_NOT_PAY: _of_jobs(today_eur_per_hour=1.0),
}
_POOL_FLAWS: dict[str, tuple[Gate, _Flaw]] = {
    "security": (Gate.NOT_DECIDED_HERE, _of_pools(decided_here=False)),
    "waste_collection": (
        Gate.CONTRACT_RUNNING,
        _of_pools(contract_end=datetime.date(2029, 6, 30), notice_months=3.0),
    ),
    "maintenance": (Gate.EXCLUDED, _buyers_apart),
    "pest_control": (Gate.TOO_FAR, _of_pools(max_distance_km=0.01)),
    "water_analysis": (Gate.DOES_NOT_PAY, _of_pools(eur_per_year=10.0)),
}
