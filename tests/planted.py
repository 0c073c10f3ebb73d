"""Territories whose good links are known because we put them there, and whose traps each fail once.

About thirty sites in three communautés. Every planted pair has a group of resources of its own, of
which no route of the catalogue leads to another group, so what can compete with it is only what is
planted to compete: rivals that stand farther away and pay less by the margin. Every trap is a pair
that would be worth a call but for one thing; ``mended=True`` gives the same territory without it.
"""

from __future__ import annotations

import datetime
import math
import random
from collections import Counter
from dataclasses import dataclass, field, replace

from matcher.candidates import Refusal
from matcher.catalogue import Catalogue, DoneBy, Kind, Rank, Route
from matcher.declarations import (
    AnimalOrigin,
    Basis,
    Direction,
    Flow,
    Hazard,
    Months,
    Outlet,
    Permit,
    PermitKind,
    Place,
    Quality,
    Site,
    Survey,
)
from tests.traps import Trap, flaws_in_flows, season

AS_OF = datetime.date(2027, 1, 15)
SITES = 30
PLANTED_ON_THE_ROAD = 12
MOST_PLANTED_A_SITE = 3
TOWNS = ((46.90, -0.90), (46.98, -0.80), (46.85, -0.72))  # 12 to 15 km apart
PIPES = {  # own groups of what goes by pipe, and the temperatures that fit
    "heat_low": ((45.0, 30.0), (38.0, 25.0)),
    "heat_thermal_oil": ((220.0, 160.0), (180.0, 140.0)),
    "compressed_air": ((None, None), (None, None)),
    "water_rain": ((None, None), (None, None)),
}
_KM_PER_DEGREE = 111.2
_SEASONS = ((0, 12), (3, 9), (5, 10), (8, 12))
_LEAST_DENSITY = 0.15  # t/m3: below it haulage eats what a link is worth
_LEAST_RADIUS_KM = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedTerritory:
    """The survey, the pairs that ought to be proposed, their rivals' flows, and the traps."""

    survey: Survey
    planted: frozenset[tuple[str, str]]
    rivals: frozenset[str]
    traps: tuple[Trap, ...]
    margin: float


def plant(
    catalogue: Catalogue, seed: int, margin: float = 0.2, *, mended: bool = False
) -> PlantedTerritory:
    """A territory from a seed.

    A rival is worth at most ``1 / (1 + margin)`` of the planted link that it competes with. The
    same seed gives the same sites and pairs whatever the margin and whether mended.
    """
    return _Planter(catalogue, seed, margin, mended).territory()


@dataclass(slots=True)
class _Planter:
    catalogue: Catalogue
    seed: int
    margin: float
    mended: bool
    sites: dict[str, Site] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    permits: list[Permit] = field(default_factory=list)
    qualities: list[Quality] = field(default_factory=list)
    planted: set[tuple[str, str]] = field(default_factory=set)
    rivals: set[str] = field(default_factory=set)
    traps: list[Trap] = field(default_factory=list)
    _used: Counter[str] = field(default_factory=Counter)
    _groups: list[Route] = field(default_factory=list)
    _random: random.Random = field(default_factory=random.Random)

    def territory(self) -> PlantedTerritory:
        self._random.seed(self.seed)
        self._settle_sites()
        self._gather_groups()
        for key in ("heat_low", "water_rain"):
            self._plant_by_pipe(key)
        self._trap_on_the_road()
        self._trap_quality()
        self._trap_in_the_site()
        self._trap_by_pipe()
        for number in range(PLANTED_ON_THE_ROAD):
            self._plant_on_the_road(number, self._group())
        return PlantedTerritory(
            survey=Survey(
                sites=self.sites,
                places={
                    f"8500{n}": Place(commune_code=f"8500{n}", latitude=lat, longitude=lon)
                    for n, (lat, lon) in enumerate(TOWNS)
                },
                permits=tuple(self.permits),
                flows=self.flows,
                qualities=tuple(self.qualities),
                digest=f"planted-{self.seed}",
            ),
            planted=frozenset(self.planted),
            rivals=frozenset(self.rivals),
            traps=tuple(self.traps),
            margin=self.margin,
        )

    # -- sites

    def _settle_sites(self) -> None:
        """Sites round three towns; the first eight are four pairs of near neighbours."""
        for number in range(SITES):
            if number < 2 * len(PIPES) and number % 2:
                near = self.sites[f"S{number - 1:02d}"]
                latitude, longitude = near.latitude + 0.002, near.longitude + 0.001
            else:
                town = TOWNS[number // 2 % len(TOWNS)]
                latitude, longitude = (self._random.gauss(middle, 0.02) for middle in town)
            self.sites[f"S{number:02d}"] = Site(
                site_id=f"S{number:02d}",
                name=f"Site {number}",
                siret=f"{100_000_000 + number}00015",
                latitude=latitude,
                longitude=longitude,
                commune_code=f"8500{number // 2 % len(TOWNS)}",
            )

    @property
    def _general(self) -> list[str]:
        """Sites for planted pairs; the last four are kept for traps that lie in the site."""
        return sorted(self.sites)[:-4]

    def _km(self, one: str, other: str) -> float:
        a, b = self.sites[one], self.sites[other]
        north = (a.latitude - b.latitude) * _KM_PER_DEGREE
        east = (a.longitude - b.longitude) * _KM_PER_DEGREE * math.cos(math.radians(a.latitude))
        return math.hypot(north, east)

    def _two_sites(self) -> tuple[str, str]:
        """Two sites with attention left for a planted link."""
        free = [s for s in self._general if self._used[s] < MOST_PLANTED_A_SITE]
        one, other = self._random.sample(free, 2)
        for site_id in (one, other):
            self._used[site_id] += 1
        return one, other

    # -- resources

    def _gather_groups(self) -> None:
        """Routes of which none leads from one's offer to another's need, in random order."""
        ends = Counter((r.from_resource, r.to_resource) for r in self.catalogue.routes())
        chosen = [(key, key) for key in PIPES]
        routes = [route for route in self.catalogue.routes() if self._is_plain(route)]
        self._random.shuffle(routes)
        for route in routes:
            offer, need = route.from_resource, route.to_resource
            apart = all(
                (offer, taken) not in ends and (given, need) not in ends for given, taken in chosen
            )
            if apart and ends[offer, need] == 1:
                chosen.append((offer, need))
                self._groups.append(route)

    def _is_plain(self, route: Route) -> bool:
        """One step, by road, that two firms can do alone and that a good price pays for."""
        step = route.steps[0]
        given = self.catalogue.resources[route.from_resource]
        taken = self.catalogue.resources[route.to_resource]
        return (
            len(route.steps) == 1
            and step.done_by in (DoneBy.NONE, DoneBy.TAKER)
            and given.kind is Kind.MATTER is taken.kind
            and given.radius_km >= _LEAST_RADIUS_KM
            and (given.density_t_per_m3 or 0) >= _LEAST_DENSITY
            and step.cost_eur_per_unit <= 100
            and step.yield_per_unit >= 0.5
        )

    def _group(self, refusal: Refusal | None = None) -> Route:
        """The next group that can fail a gate, and by no other."""

        def fits(route: Route) -> bool:
            if refusal is Refusal.HAZARD:
                return not route.accepts_hazardous
            if refusal is Refusal.PERMIT:
                return bool(route.permit_headings)
            return refusal is not Refusal.HIERARCHY or route.rank_to is not Rank.REUSE

        place = next(place for place, route in enumerate(self._groups) if fits(route))
        return self._groups.pop(place)

    # -- pairs

    def _pair(
        self, name: str, route: tuple[str, str, float], giver: str, taker: str, **season: Months
    ) -> tuple[Flow, Flow]:
        """An offer and a need that use each other up."""
        given, taken, yield_per_unit = route
        amount = self._random.uniform(200, 600)
        offer = Flow(
            flow_id=f"{name}-offer",
            site_id=giver,
            direction=Direction.OFFER,
            resource=given,
            declared_resource=given,
            amount=amount,
            basis=Basis.MEASURED,
            today_outlet=Outlet.LANDFILL,
            today_cost_eur_per_unit=self._random.uniform(100, 160),
            hazardous=Hazard.NO,
            animal_origin=AnimalOrigin.NO,
            **season,
        )
        need = Flow(
            flow_id=f"{name}-need",
            site_id=taker,
            direction=Direction.NEED,
            resource=taken,
            declared_resource=taken,
            amount=amount * yield_per_unit,
            basis=Basis.MEASURED,
            today_cost_eur_per_unit=self._random.uniform(200, 300),
            **season,
        )
        return offer, need

    def _keep(self, *flows: Flow) -> None:
        self.flows |= {flow.flow_id: flow for flow in flows}

    def _plant_on_the_road(self, number: int, route: Route) -> None:
        ends = (route.from_resource, route.to_resource, route.yield_per_unit)
        months = season(*self._random.choice(_SEASONS))
        offer, need = self._pair(f"P{number:02d}", ends, *self._two_sites(), month_shares=months)
        self._keep(offer, need)
        self.planted.add((offer.flow_id, need.flow_id))
        self._add_rival(offer, need)

    def _add_rival(self, offer: Flow, need: Flow) -> None:
        """A flow that competes with one end: farther from the other end, and at a worse price.

        The planted link is worth less than its gross value, amount times (disposal + yield times
        purchase). Taking ``margin / (1 + margin)`` of that from the price leaves the rival at most
        ``1 / (1 + margin)`` of the planted link; being farther takes more.
        """
        gross = offer.amount * offer.today_cost_eur_per_unit
        gross += need.amount * need.today_cost_eur_per_unit
        lost = gross * self.margin / (1 + self.margin)
        loser, winner = (offer, need) if self._random.random() < 0.5 else (need, offer)
        apart = self._km(offer.site_id, need.site_id)
        farther = [s for s in self._general if self._km(s, winner.site_id) > apart + 0.1]
        if not farther:
            return
        rival = replace(
            loser,
            flow_id=f"{loser.flow_id}-rival",
            site_id=self._random.choice(farther),
            today_cost_eur_per_unit=loser.today_cost_eur_per_unit - lost / loser.amount,
        )
        # an offer that is paid for today would ask another gate, a need with no price none at all
        if rival.today_cost_eur_per_unit > 0:
            self._keep(rival)
            self.rivals.add(rival.flow_id)

    def _plant_by_pipe(self, key: str) -> None:
        offer, need = self._pipe_pair(f"P-{key}", key)
        self._keep(offer, need)
        self.planted.add((offer.flow_id, need.flow_id))
        for flow in (offer, need):
            self._used[flow.site_id] += 1

    def _pipe_pair(self, name: str, key: str) -> tuple[Flow, Flow]:
        """Neighbours 0.2 km apart, enough at stake for a trench."""
        at = 2 * list(PIPES).index(key)
        route = next(
            route
            for route in self.catalogue.routes()
            if route.from_resource == key == route.to_resource
        )
        ends = (key, key, route.yield_per_unit)
        offer, need = self._pair(name, ends, f"S{at:02d}", f"S{at + 1:02d}")
        amount, price = (40_000.0, 3.0) if key.startswith("water") else (4_000.0, 70.0)
        (hot, back), (warm, cold) = PIPES[key]
        free = {"today_outlet": Outlet.LOST, "today_cost_eur_per_unit": 0.0, "amount": amount}
        offer = replace(offer, **free, temperature_c=hot, return_temperature_c=back)
        need = replace(
            need,
            amount=amount * route.yield_per_unit,
            today_cost_eur_per_unit=price,
            temperature_c=warm,
            return_temperature_c=cold,
        )
        return offer, need

    # -- traps

    def _trap(
        self, refusal: Refusal, offer: Flow, need: Flow, reopen_on: datetime.date | None = None
    ) -> None:
        self._keep(offer, need)
        self.traps.append(
            Trap(offer_id=offer.flow_id, need_id=need.flow_id, refusal=refusal, reopen_on=reopen_on)
        )

    def _trap_on_the_road(self) -> None:
        later = AS_OF + datetime.timedelta(days=self._random.randint(400, 900))
        for refusal, flaws in flaws_in_flows(later).items():
            for number, (of_offer, of_need) in enumerate(flaws):
                route = self._group(refusal)
                ends = (route.from_resource, route.to_resource, route.yield_per_unit)
                name = f"T{refusal:02d}{'abc'[number]}"
                offer, need = self._pair(name, ends, *self._random.sample(self._general, 2))
                if not self.mended:
                    offer, need = replace(offer, **of_offer), replace(need, **of_need)
                self._trap(
                    refusal,
                    offer,
                    need,
                    reopen_on=later if refusal is Refusal.CONTRACT_RUNNING else None,
                )

    def _trap_quality(self) -> None:
        route = self._group()
        ends = (route.from_resource, route.to_resource, route.yield_per_unit)
        offer, need = self._pair("T13a", ends, *self._random.sample(self._general, 2))
        value = 8.0 if self.mended else 35.0
        self.qualities += [
            Quality(flow_id=offer.flow_id, parameter="moisture", value=value, unit="%"),
            Quality(flow_id=need.flow_id, parameter="moisture", high=20.0, unit="%"),
        ]
        self._trap(Refusal.QUALITY, offer, need)

    def _trap_in_the_site(self) -> None:
        """Exclusions and permits lie in the site: four sites carry nothing else."""
        shut_out, by, permit_taker, animal_taker = sorted(self.sites)[-4:]
        for refusal, giver, taker in (
            (Refusal.EXCLUDED, shut_out, by),
            (Refusal.PERMIT, self._general[0], permit_taker),
            (Refusal.ANIMAL_ORIGIN, self._general[1], animal_taker),
        ):
            route = self._group(refusal)
            ends = (route.from_resource, route.to_resource, route.yield_per_unit)
            offer, need = self._pair(f"T{refusal:02d}a", ends, giver, taker)
            heading = (*route.permit_headings, "2716")[0]
            if refusal is Refusal.EXCLUDED and not self.mended:
                siren = self.sites[shut_out].siret[:9]
                self.sites[by] = replace(self.sites[by], excluded=frozenset({siren}))
            if refusal is Refusal.PERMIT and not self.mended:
                heading = "9999"
            if refusal is Refusal.ANIMAL_ORIGIN and not self.mended:
                offer = replace(offer, animal_origin=AnimalOrigin.C3)
            if refusal is not Refusal.EXCLUDED:
                self.permits.append(Permit(site_id=taker, kind=PermitKind.ICPE, heading=heading))
            self._trap(refusal, offer, need)

    def _trap_by_pipe(self) -> None:
        """Not warm enough; at other hours."""
        offer, need = self._pipe_pair("T12a", "heat_thermal_oil")
        if not self.mended:
            need = replace(need, temperature_c=offer.temperature_c - 2.0)
        self._trap(Refusal.TEMPERATURE, offer, need)
        offer, need = self._pipe_pair("T11a", "compressed_air")
        if not self.mended:
            offer = replace(offer, hours_of_day=(6.0, 14.0))
            need = replace(need, hours_of_day=(20.0, 4.0))
        self._trap(Refusal.HOURS_APART, offer, need)
