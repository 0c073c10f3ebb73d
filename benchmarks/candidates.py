"""Candidates at 1e3, 1e4 and 1e5 sites with five flows each, beside other ways to find pairs.

    python -m benchmarks.candidates       ours alone, with the exponent
    python -m benchmarks candidates       beside the others

Sites stand at a constant density, 60 % of them in towns; resources follow Zipf's law. All subjects
read the same flows. Ours also judges every pair by all gates, and reckons money and amounts.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from matcher.candidates.arcs import build_arcs
from matcher.candidates.figures import (
    build_figures,
    build_route_table,
)
from matcher.candidates.links import Terms
from matcher.candidates.pricing import Reckoner
from matcher.candidates.rules import Rules
from matcher.candidates.table import FlowTable
from matcher.catalogue import (
    AnimalOrigin,
    BaseHazard,
    Carriage,
    Catalogue,
    Compatibility,
    Confidence,
    Delay,
    DoneBy,
    Factor,
    Kind,
    Rank,
    Resource,
    SourceKind,
    Unit,
)
from matcher.settings import Settings

SIZES = (1_000, 10_000, 100_000)
FLOWS_A_SITE = 5
RESOURCES = 900
SITES_PER_KM2 = 0.1
REACH_KM = 50.0  # as the crow flies
NEAREST = 20
SEED = 1
AS_OF = datetime.date(2027, 1, 15)
ROOT = Path(__file__).resolve().parents[1]

_SOURCED = {
    "source_kind": SourceKind.ENGINEERING_JUDGEMENT,
    "source": "made up",
    "confidence": Confidence.LOW,
    "note": "made up for the benchmark",
}


def a_territory(sites: int, seed: int = SEED) -> FlowTable:
    """Flows of a made-up territory, straight as arrays; what nobody said is kept once."""
    rng = np.random.default_rng(seed)
    side_km = float(np.sqrt(sites / SITES_PER_KM2))
    towns = rng.uniform(0, side_km, (max(1, sites // 100), 2))
    places = rng.uniform(0, side_km, (sites, 2))
    in_town = rng.random(sites) < 0.6
    town = towns[rng.integers(0, len(towns), sites)]
    places[in_town] = (town + rng.normal(0, 5, (sites, 2)))[in_town]
    site = np.repeat(np.arange(sites, dtype=np.int32), FLOWS_A_SITE)
    count = site.size
    share = 1 / np.arange(1, RESOURCES + 1)
    kind = rng.choice(RESOURCES, count, p=share / share.sum()).astype(np.int32)
    is_offer = rng.random(count) < 0.5
    amount = np.round(rng.lognormal(4, 1, count), 1)
    cost = np.round(np.where(is_offer, rng.normal(60, 20, count), rng.normal(40, 20, count)), 1)
    ids = tuple(str(place) for place in range(count))
    site_ids = tuple(str(place) for place in range(sites))

    def same(value: float, kind: type) -> np.ndarray:
        return np.broadcast_to(np.asarray(value, kind), count)

    unknown, nothing, no = same(np.nan, np.float64), same(0, np.int32), same(0, np.bool_)
    return FlowTable(
        flow_id=ids,
        site_id=site_ids,
        firm_id=site_ids,
        site=site,
        firm=site,
        is_offer=is_offer,
        resource=kind,
        east_km=places[site, 0],
        north_km=places[site, 1],
        amount=amount,
        amount_low=amount,
        amount_high=amount,
        by_month=np.broadcast_to((amount / 12).astype(np.float32)[:, None], (count, 12)),
        cost=cost,
        cost_low=cost,
        cost_high=cost,
        cost_is_default=no,
        cost_factor=(None,) * count,
        one_off=no,
        inferred=no,
        estimated=no,
        window_start=nothing,
        window_end=nothing,
        free_from=nothing,
        max_distance_km=unknown,
        min_lot=same(0, np.float64),
        max_partners=nothing,
        outlet_rank=same(-1, np.int32),
        hazardous=nothing,
        animal_origin=nothing,
        code_in_force=same(1, np.bool_),
        temperature_c=unknown,
        return_temperature_c=unknown,
        power_kw=unknown,
        hour_from=unknown,
        hour_to=unknown,
        tco2e=unknown,
        is_waste=same(1, np.bool_),
        waste_code=same(-1, np.int32),
        waste_codes=(),
        origin_latitude=np.nan,
        origin_longitude=np.nan,
    )


def a_catalogue(settings: Settings) -> Catalogue:
    """As many resources as codes, each of use to those who need the same."""
    keys = [f"r{place:03}" for place in range(RESOURCES)]
    return Catalogue(
        resources={key: _resource(key, settings) for key in keys},
        waste_codes={},
        compatibilities={f"{key}.{key}": _way(key) for key in keys},
        factors={
            "haulage_fixed": _factor("haulage_fixed", 5.0, "EUR/t"),
            "haulage_per_km": _factor("haulage_per_km", 0.19, "EUR/(t.km)"),
            "link_cost": _factor("link_cost", 1_000.0, "EUR/year"),
        },
        legal_checks={},
        equipment_classes={},
        quality_parameters={},
        service_categories={},
        occupations={},
        activities={},
        aliases={"fr": (), "en": ()},
    )


def _resource(key: str, settings: Settings) -> Resource:
    return Resource(
        key=key,
        label_fr=key,
        label_en=key,
        family="made up",
        kind=Kind.MATTER,
        unit=Unit.TONNE,
        density_t_per_m3=1.0,
        density_low=None,
        density_high=None,
        kg_per_piece=None,
        radius_km=REACH_KM * settings.detour_factor,
        carriage=Carriage.BULK,
        animal_origin=AnimalOrigin.NO,
        base_hazard=BaseHazard.NO,
        producer_scheme=False,
        **_SOURCED,
    )


def _way(key: str) -> Compatibility:
    return Compatibility(
        key=f"{key}.{key}",
        from_resource=key,
        to_resource=key,
        process="reuse",
        process_fr="réemploi",
        process_en="reuse",
        done_by=DoneBy.NONE,
        yield_per_unit=1.0,
        yield_low=1.0,
        yield_high=1.0,
        cost_eur_per_unit=0.0,
        cost_low=0.0,
        cost_high=0.0,
        throughput_per_h=None,
        equipment=None,
        permit_headings=(),
        processor_headings=(),
        accepts_hazardous=False,
        rank_to=Rank.REUSE,
        delay=Delay.UNDER_3_MONTHS,
        question_fr="?",
        question_en="?",
        receiver_activities=(),
        **_SOURCED,
    )


def _factor(kind: str, value: float, unit: str) -> Factor:
    return Factor(
        key=kind,
        kind=kind,
        resource=None,
        family=None,
        outlet=None,
        value=value,
        low=value,
        high=value,
        unit=unit,
        year=2026,
        valid_from=None,
        valid_until=None,
        **_SOURCED,
    )


def judged_arcs(flows: FlowTable) -> dict[str, float]:
    """Ours: nearest and best-paying partners, every gate, money and amounts."""
    settings = Settings()
    catalogue = a_catalogue(settings)
    routes = build_route_table(catalogue)
    figures = build_figures(catalogue, settings, AS_OF)
    terms = Terms(
        flows=flows,
        routes=routes,
        figures=figures,
        rules=Rules.none(len(flows.site_id)),
        reckoner=Reckoner(flows, routes, figures),
        as_of=AS_OF.toordinal(),
        objective=settings.objective,
    )
    arcs, refused = build_arcs(terms, settings)
    return {"arcs": arcs.offer.size, "refused": refused.offer.size}


def _by_code(flows: FlowTable) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Places of the offers and of the needs of each code."""
    places = np.column_stack((flows.east_km, flows.north_km))
    order = np.argsort(flows.resource, kind="stable")
    bounds = np.searchsorted(flows.resource[order], np.arange(RESOURCES + 1))
    for kind in range(RESOURCES):
        own = order[bounds[kind] : bounds[kind + 1]]
        is_offer = flows.is_offer[own]
        yield places[own[is_offer]], places[own[~is_offer]]


def tree_of_each_code(flows: FlowTable) -> dict[str, float]:
    """Only the nearest needs of each offer, by a k-d tree a code; nothing is judged."""
    found = 0
    for offers, needs in _by_code(flows):
        if len(offers) and len(needs):
            distance, _ = cKDTree(needs).query(
                offers, k=np.arange(1, NEAREST + 1), distance_upper_bound=REACH_KM
            )
            found += int(np.isfinite(distance).sum())
    return {"pairs": found}


def blocks_of_each_code(flows: FlowTable) -> dict[str, float]:
    """All distances of each code in blocks, those within reach counted; nothing is judged."""
    found = 0
    for offers, needs in _by_code(flows):
        for start in range(0, len(offers), 1_000):
            apart = offers[start : start + 1_000, None] - needs[None]
            found += int((np.hypot(apart[..., 0], apart[..., 1]) <= REACH_KM).sum())
    return {"pairs": found}


def every_pair(flows: FlowTable) -> dict[str, float]:
    """Two loops over all flows in Python, as one would write it first; for small sizes only."""
    places = np.column_stack((flows.east_km, flows.north_km)).tolist()
    kinds, is_offer = flows.resource.tolist(), flows.is_offer.tolist()
    needs = [place for place, offered in enumerate(is_offer) if not offered]
    found = 0
    for offer, offered in enumerate(is_offer):
        if not offered:
            continue
        east, north = places[offer]
        for need in needs:
            if kinds[need] == kinds[offer]:
                away = (places[need][0] - east) ** 2 + (places[need][1] - north) ** 2
                found += away <= REACH_KM**2
    return {"pairs": found}


def measure(way: Callable[[FlowTable], dict[str, float]], sites: int) -> dict[str, float]:
    """What was found, the CPU seconds of finding it alone, and the peak of this process so far.

    The flows are made before the clock starts; their memory counts.
    """
    flows = a_territory(sites)
    started = time.process_time()
    found = way(flows)
    return {
        "search_cpu_s": round(time.process_time() - started, 3),
        "own_peak_mb": round(_own_peak_mb()),
        **found,
    }


def _own_peak_mb() -> float:
    """Peak of this programme alone: what getrusage says also holds the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return float(line.split()[1]) / 1024


_WAYS: Mapping[str, Callable[[FlowTable], dict[str, float]]] = {
    "candidates, judged": judged_arcs,
    "k-d tree a code, nearest only": tree_of_each_code,
    "blocks a code, all within reach": blocks_of_each_code,
    "two loops": every_pair,
}
SUBJECTS: Mapping[str, Callable[[int], dict[str, float]]] = {
    name: partial(measure, way) for name, way in _WAYS.items()
}
LIMITS = {"blocks a code, all within reach": 10_000, "two loops": 1_000}
RATIO_TO = "k-d tree a code, nearest only"


def main() -> None:
    """Measure ours at every size, each in a process of its own, and print the exponent."""
    seconds: list[float] = []
    for sites in SIZES:
        code = (
            f"from benchmarks.candidates import *; print(json.dumps(measure(judged_arcs, {sites})))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        figures = json.loads(done.stdout)
        seconds.append(figures["search_cpu_s"])
        words = ", ".join(f"{what} {value:,}" for what, value in figures.items())
        print(f"{sites:>7,} sites: {words}")
    for place in range(1, len(SIZES)):
        exponent = np.log(seconds[place] / seconds[place - 1]) / np.log(
            SIZES[place] / SIZES[place - 1]
        )
        print(f"exponent from {SIZES[place - 1]:,} to {SIZES[place]:,} sites: {exponent:.2f}")


if __name__ == "__main__":
    main()
