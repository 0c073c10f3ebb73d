"""Small territories for the tests of the candidates: DEMO's plane, a catalogue of a few rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from matcher.candidates import Candidates, Refusal, build_candidates
from matcher.catalogue import (
    AnimalOrigin,
    BaseHazard,
    Carriage,
    Catalogue,
    Compatibility,
    Confidence,
    Delay,
    DoneBy,
    EntryType,
    Factor,
    Kind,
    Rank,
    Resource,
    SourceKind,
    Unit,
    WasteCode,
)
from matcher.declarations import (
    Direction,
    Equipment,
    Flow,
    Permit,
    PermitKind,
    Quality,
    Site,
    Survey,
)
from matcher.settings import Settings

AS_OF = datetime.date(2026, 12, 15)

SOURCED = {
    "source_kind": SourceKind.ENGINEERING_JUDGEMENT,
    "source": "made for the tests",
    "confidence": Confidence.MEDIUM,
    "note": "made for the tests",
}


def a_resource(key: str, **values: Any) -> Resource:
    kind = values.pop("kind", Kind.MATTER)
    unit = {Kind.MATTER: Unit.TONNE, Kind.ENERGY: Unit.MEGAWATT_HOUR, Kind.WATER: Unit.CUBIC_METRE}
    usual: dict[str, Any] = {
        "label_fr": key,
        "label_en": key,
        "family": "heat" if kind is Kind.ENERGY else kind.value,
        "unit": unit[kind],
        "density_t_per_m3": None if kind is Kind.ENERGY else 1.0,
        "density_low": None,
        "density_high": None,
        "kg_per_piece": None,
        "radius_km": 60.0 if kind is Kind.MATTER else 3.0,
        "carriage": Carriage.BULK if kind is Kind.MATTER else Carriage.PIPE,
        "animal_origin": AnimalOrigin.NO,
        "base_hazard": BaseHazard.NO,
        "producer_scheme": False,
    }
    return Resource(key=key, kind=kind, **{**usual, **values}, **SOURCED)


def a_way(from_resource: str, to_resource: str, **values: Any) -> Compatibility:
    yields = values.pop("yield_per_unit", 1.0)
    cost = values.pop("cost_eur_per_unit", 0.0)
    process = values.pop("process", "direct")
    usual: dict[str, Any] = {
        "process_fr": process,
        "process_en": process,
        "done_by": DoneBy.NONE,
        "throughput_per_h": None,
        "equipment": None,
        "permit_headings": (),
        "processor_headings": (),
        "accepts_hazardous": False,
        "rank_to": Rank.RECYCLING,
        "delay": Delay.UNDER_3_MONTHS,
        "question_fr": "?",
        "question_en": "?",
        "receiver_activities": (),
    }
    return Compatibility(
        key=f"{from_resource}.{to_resource}.{process}",
        from_resource=from_resource,
        to_resource=to_resource,
        process=process,
        yield_per_unit=yields,
        yield_low=yields,
        yield_high=yields,
        cost_eur_per_unit=cost,
        cost_low=cost,
        cost_high=cost,
        **{**usual, **values},
        **SOURCED,
    )


def a_code(code: str, resource: str, entry_type: EntryType, **values: Any) -> WasteCode:
    usual: dict[str, Any] = {
        "valid_from": None,
        "valid_until": None,
        "to_confirm_from": None,
        "successor": (),
        "also": (),
    }
    return WasteCode(
        key=code,
        resource=resource,
        entry_type=entry_type,
        hazardous=entry_type in (EntryType.ABSOLUTE_HAZARDOUS, EntryType.MIRROR_HAZARDOUS),
        label_fr=code,
        label_en=code,
        **{**usual, **values},
        **SOURCED,
    )


def a_factor(kind: str, value: float, unit: str, **values: Any) -> Factor:
    usual: dict[str, Any] = {"resource": None, "family": None, "outlet": None}
    place = {**usual, **values}
    key = "_".join([kind, *(str(part) for part in place.values() if part)])
    return Factor(
        key=key,
        kind=kind,
        value=value,
        low=value,
        high=value,
        unit=unit,
        year=2026,
        valid_from=None,
        valid_until=None,
        **place,
        **SOURCED,
    )


FACTORS = (
    a_factor("haulage_fixed", 5.0, "EUR/t"),
    a_factor("haulage_per_km", 0.19, "EUR/(t.km)"),
    a_factor("emission_haulage", 0.08, "kgCO2e/(t.km)"),
    a_factor("link_cost", 1000.0, "EUR/year"),
    a_factor("link_cost_hazardous", 2500.0, "EUR/year"),
    a_factor("trench", 900.0, "EUR/m"),
    a_factor("heat_station", 125.0, "EUR/kW"),
    a_factor("heat_loss", 0.03, "share/km"),
    a_factor("trench", 220.0, "EUR/m", family="water"),
    a_factor("water_station", 9000.0, "EUR"),
)

MATTER = ("foundry_sand", "sand", "offcuts", "wood_chips", "mdf", "vegetable", "plant_matter")
RESOURCES = (
    *(a_resource(key) for key in MATTER),
    a_resource("animal_c3", animal_origin=AnimalOrigin.C3),
    a_resource("biscuits"),
    a_resource("animal_feed"),
    a_resource("sawdust", density_t_per_m3=0.2),
    a_resource("batteries"),
    a_resource("scrap", radius_km=300.0),
    a_resource("panels", base_hazard=BaseHazard.MIRROR),
    a_resource("heat_hot_water", kind=Kind.ENERGY),
    a_resource("water_wash", kind=Kind.WATER),
)

WAYS = (
    a_way("foundry_sand", "sand", cost_eur_per_unit=10.0, process="preparation"),
    a_way("sand", "sand"),
    a_way("offcuts", "wood_chips", yield_per_unit=0.95, cost_eur_per_unit=15.0, process="chipping"),
    a_way("mdf", "wood_chips", permit_headings=("2910-B", "2771"), rank_to=Rank.ENERGY),
    a_way(
        "vegetable", "plant_matter", permit_headings=("2781-1", "2781-2"), rank_to=Rank.DIGESTION
    ),
    a_way("animal_c3", "plant_matter", permit_headings=("2781-1",), rank_to=Rank.DIGESTION),
    a_way("biscuits", "plant_matter", rank_to=Rank.DIGESTION),
    a_way("animal_c3", "animal_feed", rank_to=Rank.FEED),
    a_way("sawdust", "sawdust"),
    a_way("batteries", "batteries", accepts_hazardous=True),
    a_way("scrap", "scrap", yield_per_unit=0.92, cost_eur_per_unit=20.0),
    a_way("panels", "panels"),
    a_way("heat_hot_water", "heat_hot_water", rank_to=Rank.ENERGY),
    a_way("water_wash", "water_wash", rank_to=Rank.REUSE),
)

CODES = (
    a_code(
        "200134",
        "batteries",
        EntryType.ABSOLUTE_NON_HAZARDOUS,
        valid_until=datetime.date(2026, 12, 8),
    ),
    a_code("030104", "panels", EntryType.MIRROR_HAZARDOUS),
    a_code("030105", "panels", EntryType.MIRROR_NON_HAZARDOUS),
    a_code("100908", "foundry_sand", EntryType.MIRROR_NON_HAZARDOUS),
    a_code("020304", "vegetable", EntryType.ABSOLUTE_NON_HAZARDOUS),
)


def a_catalogue(
    *,
    resources: Iterable[Resource] = RESOURCES,
    ways: Iterable[Compatibility] = WAYS,
    factors: Iterable[Factor] = FACTORS,
    codes: Iterable[WasteCode] = CODES,
) -> Catalogue:
    """A catalogue of a few rows; each part can be replaced."""
    return Catalogue(
        resources={row.key: row for row in resources},
        waste_codes={row.key: row for row in codes},
        compatibilities={row.key: row for row in ways},
        factors={row.key: row for row in factors},
        legal_checks={},
        equipment_classes={},
        quality_parameters={},
        service_categories={},
        occupations={},
        activities={},
        aliases={"fr": (), "en": ()},
    )


CATALOGUE = a_catalogue()

# km east and north of 46.90 N, 1.00 W, as in the demonstration.
PLACES: Mapping[str, tuple[float, float]] = {
    "F01": (0.0, 0.0),
    "F02": (0.9, 0.5),
    "F03": (11.0, 5.0),
    "F04": (-7.0, 8.0),
    "F05": (-5.0, -6.0),
    "F06": (14.0, -9.0),
    "F07": (10.0, -7.0),
    "F08": (12.0, -13.0),
    "F09": (8.0, 2.0),
    "F10": (9.0, 3.2),
    "F11": (4.0, -1.0),
    "F12": (0.3, -0.6),
}


def a_site(site_id: str, east_km: float = 0.0, north_km: float = 0.0, **values: Any) -> Site:
    """A site in the demonstration's plane; a site of its twelve stands where they do."""
    east_km, north_km = PLACES.get(site_id, (east_km, north_km))
    return Site(
        site_id=site_id,
        name=site_id,
        latitude=46.90 + north_km / 111.2,
        longitude=-1.00 + east_km / 76.0,
        **values,
    )


def an_offer(flow_id: str, resource: str, amount: float | None = 100.0, **values: Any) -> Flow:
    """An offer of the site named before the dash of its id, which pays 50 EUR a unit today."""
    cost = values.pop("cost", 50.0)
    return _a_flow(flow_id, Direction.OFFER, resource, amount, cost, values)


def a_need(flow_id: str, resource: str, amount: float | None = 100.0, **values: Any) -> Flow:
    """A need of the site named before the dash of its id, which pays 20 EUR a unit today."""
    cost = values.pop("cost", 20.0)
    return _a_flow(flow_id, Direction.NEED, resource, amount, cost, values)


def _a_flow(
    flow_id: str,
    direction: Direction,
    resource: str,
    amount: float | None,
    cost: float | None,
    values: dict[str, Any],
) -> Flow:
    return Flow(
        flow_id=flow_id,
        site_id=values.pop("site_id", flow_id.split("-")[0]),
        direction=direction,
        resource=resource,
        declared_resource=resource,
        amount=amount,
        today_cost_eur_per_unit=cost,
        **values,
    )


def months(*wanted: int) -> tuple[float, ...]:
    """Equal shares of the given months."""
    return tuple(1 / len(wanted) if month in wanted else 0.0 for month in range(1, 13))


def a_permit(site_id: str, heading: str | None, **values: Any) -> Permit:
    """An ICPE permit."""
    return Permit(site_id=site_id, kind=PermitKind.ICPE, heading=heading, **values)


def a_survey(
    *flows: Flow,
    sites: Iterable[Site] = (),
    permits: Iterable[Permit] = (),
    qualities: Iterable[Quality] = (),
    equipment: Iterable[Equipment] = (),
) -> Survey:
    """A survey of some flows; sites of the demonstration that they name come by themselves."""
    known = {site.site_id: site for site in sites}
    items = {item.item_id: item for item in equipment}
    named = {flow.site_id for flow in flows} | {item.site_id for item in items.values()}
    for site_id in named - known.keys():
        known[site_id] = a_site(site_id)
    return Survey(
        sites=known,
        flows={flow.flow_id: flow for flow in flows},
        permits=tuple(permits),
        qualities=tuple(qualities),
        equipment=items,
    )


def candidates_of(survey: Survey, catalogue: Catalogue = CATALOGUE, **settings: Any) -> Candidates:
    """The candidates of a survey on the day of the tests."""
    return build_candidates(survey, catalogue, Settings(**{"as_of": AS_OF, **settings}))


def links_of(found: Candidates) -> list[tuple[str, str]]:
    """Offer and need of every arc."""
    ids = found.flows.flow_id
    return [
        (ids[offer], ids[need])
        for offer, need in zip(found.arcs.offer, found.arcs.need, strict=True)
    ]


def refusals_of(found: Candidates) -> dict[tuple[str, str], tuple[Refusal, float, str]]:
    """Code, gap and detail of every refused pair; fails when a pair is refused twice."""
    ids = found.flows.flow_id
    refused = found.refused
    told = {}
    for place, (offer, need) in enumerate(zip(refused.offer, refused.need, strict=True)):
        pair = ids[offer], ids[need]
        assert pair not in told, f"{pair} is refused twice"
        told[pair] = (
            Refusal(int(refused.code[place])),
            float(refused.gap[place]),
            refused.detail.get(place, ""),
        )
    return told


SAND = an_offer("F01-sand", "sand")
WANTED = a_need("F03-sand", "sand")


def refusal(survey: Survey, catalogue=None, **settings) -> tuple[Refusal, float, str]:
    """The refusal of the only pair of a survey."""
    found = candidates_of(survey, catalogue or a_catalogue(), **settings)
    assert links_of(found) == []
    (told,) = refusals_of(found).values()
    return told


def passes(survey: Survey, catalogue=None, **settings) -> bool:
    """Whether the only pair of a survey is kept."""
    found = candidates_of(survey, catalogue or a_catalogue(), **settings)
    return len(links_of(found)) == 1 and refusals_of(found) == {}


def days_from_now(days: int) -> datetime.date:
    return AS_OF + datetime.timedelta(days=days)
