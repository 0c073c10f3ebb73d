"""Made-up survey folders of any size, from a seed: what the whole command is timed on.

Sites stand in towns (one for about 25 sites, at constant density of land), five flows each. Amounts
are log-normal; a third of the flows have a season. Offers say where they go today and needs what
they pay, as firms do: some, not all.

Three varieties. ``USUAL`` draws from every resource that the catalogue can place, the common ones
more often (Zipf): as in the demonstration territory, most flows meet few partners. ``CROWDED``
keeps to some sixty resources, all of them sought: each flow has many rivals, far harder to choose
among. ``MIXED`` is the usual one with machines, jobs and purchases besides, two a site in all.
"""

from __future__ import annotations

import csv
import datetime
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np

from matcher.catalogue import Catalogue, load_catalogue


class Variety(StrEnum):
    """How many different things the firms of a survey throw away and look for."""

    USUAL = "usual"
    CROWDED = "crowded"
    MIXED = "mixed"


FLOWS_A_SITE = 5
SITES_A_TOWN = 25
SITES_PER_KM2 = 0.02
TOWN_SPREAD_KM = 2.5
KM_PER_DEGREE = 111.2
CENTRE = (46.9, -0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One way of exchange: who gives what, who needs what, how much a year, at what price."""

    offer: str
    need: str
    median: float  # in the resource's unit
    disposal_eur: float  # a unit of the offer
    purchase_eur: float  # a unit of the need


def _trades(text: str) -> tuple[Trade, ...]:
    rows = [line.split() for line in text.strip().splitlines()]
    return tuple(
        Trade(
            offer=offer,
            need=need,
            median=float(median),
            disposal_eur=float(disposal),
            purchase_eur=float(purchase),
        )
        for offer, need, median, disposal, purchase in rows
    )


# Orders of magnitude by engineering judgement; the catalogue knows each of these routes.
MATTER = _trades("""
sawdust bedding 300 15 60
sawdust sawdust 400 10 55
wood_shavings bedding 150 10 70
wood_offcuts wood_offcuts 200 40 60
wood_chips wood_chips 600 10 50
bark mulch 200 20 45
broken_pallets panel_offcuts 80 50 40
pallets pallets 60 30 220
cardboard cardboard 120 20 90
cardboard_boxes cardboard_boxes 20 60 400
paper paper 60 20 120
paper_sludge bedding 300 60 50
pe_film pe_film 40 120 350
pe_scrap pe_scrap 60 100 400
pp_scrap pp_scrap 60 100 420
plastic_crates plastic_crates 10 150 700
big_bags big_bags 8 150 800
steel_scrap steel_scrap 150 -120 260
steel_chips steel_scrap 90 -60 260
aluminium_scrap aluminium_scrap 30 -700 1400
foundry_sand sand 900 90 18
foundry_sand clay 900 90 14
mixed_rubble backfill_earth 1500 25 6
excavated_earth backfill_earth 4000 14 6
concrete_sludge sand 300 40 16
stone_offcuts construction_products 200 30 40
blast_furnace_slag aggregate 2000 12 14
gypsum gypsum 100 90 30
glass_cullet glass_cullet 200 30 80
vegetable_residues animal_feed 900 30 45
brewers_grains animal_feed 600 10 55
cereal_residues animal_feed 300 20 90
fruit_pomace plant_matter 500 25 20
bakery_residues animal_feed 150 40 180
manure plant_matter 1500 5 8
green_waste compost 500 45 30
coffee_grounds growing_media 40 90 70
wood_ash organic_fertiliser 100 110 40
digestate organic_fertiliser 3000 8 10
textile_offcuts textile_offcuts 15 200 500
lime lime 80 60 110
rubber_scrap rubber_scrap 30 180 150
""")
HEAT = _trades("""
heat_hot_water heat_hot_water 2500 0 62
heat_steam heat_hot_water 3500 0 62
heat_steam heat_steam 4000 0 68
heat_hot_water heat_low 1500 0 45
heat_flue_gas heat_air 2000 0 58
""")
WATER = _trades("""
water_rinse water_process 15000 1.5 2.2
water_cooling water_process 30000 0.8 2.2
water_cooling water_irrigation 20000 0.8 0.9
water_treated water_cleaning 8000 0.5 2.2
water_rain water_cleaning 1500 0.2 2.2
water_condensate water_boiler 4000 1 3
""")
UNITS = {**dict.fromkeys(MATTER, "t"), **dict.fromkeys(HEAT, "MWh"), **dict.fromkeys(WATER, "m3")}
FAMILY_SHARES = ((MATTER, 0.76), (HEAT, 0.13), (WATER, 0.11))
_MEDIANS = {"t": 120.0, "MWh": 2000.0, "m3": 12000.0}
_USUAL_DISPOSAL = {"t": 60.0, "MWh": 0.0, "m3": 1.0}
_USUAL_PURCHASE = {"t": 80.0, "MWh": 60.0, "m3": 2.2}
_AS_OF_YEAR = 2027

_SUPPLY_C = {"heat_steam": 150, "heat_hot_water": 80, "heat_low": 35, "heat_flue_gas": 250}
_NEED_C = {"heat_steam": 130, "heat_hot_water": 65, "heat_low": 28, "heat_air": 60}
_SHARE_OF_MACHINES, _SHARE_OF_JOBS, _SHARE_OF_PURCHASES = 0.8, 0.6, 0.6
_SEASONS = ("6-10", "9-4", "4-9", "1-7,9-12", "11-3")


@cache
def usual_trades() -> tuple[tuple[Trade, ...], dict[str, str]]:
    """Every pair that a route of the catalogue joins, with its prices, and the unit of each end."""
    catalogue = load_catalogue()
    ends = sorted({(route.from_resource, route.to_resource) for route in catalogue.routes()})
    trades = tuple(
        Trade(
            offer=offer,
            need=need,
            median=_MEDIANS[catalogue.resources[offer].unit],
            disposal_eur=_price(catalogue, "disposal", offer, _USUAL_DISPOSAL),
            purchase_eur=_price(catalogue, "purchase", need, _USUAL_PURCHASE),
        )
        for offer, need in ends
    )
    units = {end: catalogue.resources[end].unit.value for pair in ends for end in pair}
    return trades, units


def _price(catalogue: Catalogue, kind: str, resource: str, usual: dict[str, float]) -> float:
    day = datetime.date(_AS_OF_YEAR, 1, 1)
    factor = catalogue.factor(kind, resource, "landfill" if kind == "disposal" else None, day)
    return usual[catalogue.resources[resource].unit] if factor is None else factor.value


def write_survey(
    folder: Path, sites: int, seed: int = 0, variety: Variety = Variety.USUAL
) -> tuple[int, int]:
    """Write ``sites.csv``, ``flows.csv`` and, mixed, the other tables; how many sites and flows."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    places = _places(rng, sites)
    headers = ("site_id", "name", "firm", "latitude", "longitude", "headcount", "working_pattern")
    patterns = rng.choice(["day", "2x8", "3x8", "5x8"], sites, p=[0.6, 0.2, 0.1, 0.1])
    headcounts = np.maximum(1, rng.lognormal(3.2, 1.0, sites)).astype(int)
    _write(
        folder / "sites.csv",
        headers,
        (
            (f"S{n:05d}", f"Site {n}", f"Firm {n - n % 12 if n % 12 == 1 else n}", lat, lon, h, p)
            for n, ((lat, lon), h, p) in enumerate(zip(places, headcounts, patterns, strict=True))
        ),
    )
    flows = list(_flows(rng, sites, variety))
    tables = {"flows": flows}
    if variety is Variety.MIXED:
        tables |= {"equipment": list(_equipment(rng, sites)), "jobs": list(_jobs(rng, sites))}
        tables["pools"] = list(_pools(rng, sites))
    for name, rows in tables.items():
        _write(folder / f"{name}.csv", tuple(rows[0]), (tuple(row.values()) for row in rows))
    return sites, len(flows)


def _places(rng: np.random.Generator, sites: int) -> np.ndarray:
    """(sites, 2) latitude and longitude, in towns over a square of constant density."""
    side_km = np.sqrt(sites / SITES_PER_KM2)
    towns = rng.uniform(-side_km / 2, side_km / 2, (max(1, sites // SITES_A_TOWN), 2))
    town = rng.integers(len(towns), size=sites)
    km = towns[town] + rng.normal(0, TOWN_SPREAD_KM, (sites, 2))
    per_degree = np.array([KM_PER_DEGREE, KM_PER_DEGREE * np.cos(np.radians(CENTRE[0]))])
    return np.array(CENTRE) + km / per_degree


def _flows(rng: np.random.Generator, sites: int, variety: Variety):
    if variety is not Variety.CROWDED:
        yield from _usual_flows(rng, sites)
        return
    families = [trades for trades, _ in FAMILY_SHARES]
    shares = [share for _, share in FAMILY_SHARES]
    for site in range(sites):
        for place in range(FLOWS_A_SITE):
            trades = families[rng.choice(len(families), p=shares)]
            trade = trades[rng.integers(len(trades))]
            yield _flow(rng, f"S{site:05d}", place, trade, UNITS[trade], bool(rng.random() < 0.5))


def _usual_flows(rng: np.random.Generator, sites: int):
    """Resources by Zipf's law in an order drawn from the seed, offers and needs each their own."""
    trades, units = usual_trades()
    by_end: dict[bool, dict[str, Trade]] = {
        True: {trade.offer: trade for trade in trades},
        False: {trade.need: trade for trade in trades},
    }
    drawn = {is_offer: rng.permutation(sorted(ends)) for is_offer, ends in by_end.items()}
    weight = {is_offer: 1.0 / np.arange(2, len(names) + 2) for is_offer, names in drawn.items()}
    for site in range(sites):
        for place in range(FLOWS_A_SITE):
            is_offer = bool(rng.random() < 0.5)
            share = weight[is_offer] / weight[is_offer].sum()
            name = str(rng.choice(drawn[is_offer], p=share))
            trade = by_end[is_offer][name]
            yield _flow(rng, f"S{site:05d}", place, trade, units[name], is_offer)


def _flow(
    rng: np.random.Generator, site_id: str, place: int, trade: Trade, unit: str, is_offer: bool
) -> dict[str, object]:
    resource = trade.offer if is_offer else trade.need
    price = trade.disposal_eur if is_offer else trade.purchase_eur
    price *= float(rng.lognormal(0, 0.25))
    says_price = rng.random() < 0.7
    is_heat = unit == "MWh"
    temperature = (_SUPPLY_C if is_offer else _NEED_C).get(resource) if is_heat else None
    outlet = (
        ("lost" if is_heat else "discharge" if unit == "m3" else "landfill") if is_offer else None
    )
    if is_offer and price < 0:
        outlet = "recycling"
    return {
        "flow_id": f"{site_id}-F{place}",
        "site_id": site_id,
        "direction": "offer" if is_offer else "need",
        "resource": resource,
        "amount": round(trade.median * float(rng.lognormal(0, 0.8)), 1),
        "unit": unit,
        "basis": str(rng.choice(["measured", "invoice", "estimate"], p=[0.2, 0.5, 0.3])),
        "months": str(rng.choice(_SEASONS)) if rng.random() < 1 / 3 else None,
        "today_outlet": outlet,
        "today_way": ("is_paid" if price < 0 else "pays") if says_price else None,
        "today_eur_per_unit": round(abs(price), 2) if says_price else None,
        "temperature_c": temperature,
        "return_temperature_c": None if temperature is None else round(temperature * 0.6, 1),
    }


def _equipment(rng: np.random.Generator, sites: int):
    """A machine a site, now and then: a third stand idle, the others are lacking."""
    classes = [one for one in load_catalogue().equipment_classes.values() if one.unit == "h"]
    for site in np.flatnonzero(rng.random(sites) < _SHARE_OF_MACHINES).tolist():
        machine = classes[rng.integers(len(classes))]
        is_offer = bool(rng.random() < 1 / 3)
        hours = rng.lognormal(4.0, 0.5) if is_offer else rng.lognormal(2.5, 0.5)
        price = machine.market_eur * rng.lognormal(-0.4 if is_offer else 0.1, 0.25)
        yield {
            "item_id": f"S{site:05d}-E",
            "site_id": f"S{site:05d}",
            "direction": "offer" if is_offer else "need",
            "equipment": machine.key,
            "hours_per_month": round(float(hours), 1),
            "eur_per_hour": round(float(price), 2),
        }


def _jobs(rng: np.random.Generator, sites: int):
    """Part of a post, of the trades that industry shares most."""
    trades = sorted(load_catalogue().occupations)[::4]
    weight = 1.0 / np.arange(2, len(trades) + 2)
    for site in np.flatnonzero(rng.random(sites) < _SHARE_OF_JOBS).tolist():
        trade = str(rng.choice(trades, p=weight / weight.sum()))
        yield {
            "job_id": f"S{site:05d}-J",
            "site_id": f"S{site:05d}",
            "direction": "need",
            "title": trade,
            "occupation": trade,
            "hours_per_month": int(rng.integers(20, 80)),
            "today_solution": str(rng.choice(["interim", "consultant", "cdd"])),
        }


def _pools(rng: np.random.Generator, sites: int):
    """Something bought each year, at a price that discounts are reckoned on."""
    categories = [
        one for one in load_catalogue().service_categories.values() if one.step_on == "members"
    ]
    for site in np.flatnonzero(rng.random(sites) < _SHARE_OF_PURCHASES).tolist():
        category = categories[rng.integers(len(categories))]
        yield {
            "pool_id": f"S{site:05d}-P",
            "site_id": f"S{site:05d}",
            "direction": "buys",
            "category": category.key,
            "eur_per_year": round(float(rng.lognormal(9.0, 0.8))),
            "decided_here": "oui",
        }


def _write(path: Path, headers, rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(headers)
        for row in rows:
            writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.8g}".replace(".", ",")
    return str(value)
