"""Supposed profiles beside the waste that Scottish firms of ten sectors really produced in 2018.

The first ``activity_flows.csv`` was written without a look at these statistics (Scottish
Environment Protection Agency, Open Government Licence v2); with the same number of heads in each
trade it reached a mean correlation of 0.42. Then headcounts were put in, the materials of the five
sectors in ``SEEN`` were looked at, and the small wastes of every workplace were added for all
trades; no amount was fitted. Of the five others nobody has seen more than their scores: the row
``held out`` is theirs.

Our resources are brought to the 33 materials by ``sepa_materials.csv``, else by the waste codes
under which they go. A sector is the trades of its divisions, those of a division sharing its heads
alike. The statistics give no headcounts: those below are our judgement of Scotland about 2018.

``spearman``
    rank correlation of the 33 materials, nought included, supposed against real;
``others``
    the same for what one would do without the table: the mean mix of the nine other sectors;
``in_range_percent``
    materials really produced whose amount lies between the supposed low and high;
``not_supposed``
    materials really produced (more than 0.1 % of the sector) of which we suppose none.

    python -m benchmarks real.prefill
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from matcher.catalogue import Kind, Per, ProfileTable, load_catalogue

FIRMS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "firms"
YEAR = "2018"
ABSENT = "the folder 'shared' beside the repository is absent: nothing to compare with"
_SMALL_SHARE = 0.001


def _divisions(*ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(f"{n:02d}" for low, high in ranges for n in range(low, high + 1))


SECTORS: Mapping[str, frozenset[str]] = {
    "Agriculture, forestry and fishing": _divisions((1, 3)),
    "Commerce": _divisions((45, 96)),
    "Manufacture of chemicals, plastics and pharmaceuticals": _divisions((20, 22)),
    "Manufacture of food and beverage products": _divisions((10, 12)),
    "Manufacture of wood products": _divisions((16, 16)),
    "Mining and quarrying": _divisions((5, 9)),
    "Other manufacturing": _divisions((13, 15), (17, 19), (23, 33)),
    "Power industry": _divisions((35, 35)),
    "Waste management": _divisions((38, 39)),
    "Water industry": _divisions((36, 37)),
}
"""Which divisions a sector is: by its name, engineering judgement."""

SEEN = (
    "Commerce", "Manufacture of wood products", "Mining and quarrying", "Other manufacturing",
    "Power industry",
)  # fmt: skip
HEADS_THOUSAND: Mapping[str, float] = {
    "01": 60, "02": 4, "03": 5, "06": 11, "08": 3, "09": 13, "10": 34, "11": 11, "13": 5,
    "14": 1.5, "15": 0.7, "16": 8, "17": 4, "18": 6, "19": 1, "20": 9, "21": 4, "22": 9,
    "23": 8, "24": 4, "25": 22, "26": 12, "27": 5, "28": 18, "29": 4, "30": 11, "31": 5,
    "32": 7, "33": 14, "35": 17, "36": 3, "37": 2, "38": 11, "39": 1, "45": 44, "46": 64,
    "47": 237, "49": 50, "50": 3, "52": 30, "53": 18, "55": 50, "56": 130, "58": 8,
    "61": 15, "62": 45, "63": 5, "64": 60, "65": 14, "68": 35, "69": 55, "70": 30, "71": 75,
    "72": 13, "73": 8, "75": 6, "77": 20, "78": 60, "80": 17, "81": 70, "82": 30, "84": 150,
    "85": 215, "86": 240, "87": 75, "88": 110, "90": 10, "91": 12, "93": 45, "94": 35,
    "95": 5, "96": 35,
}  # fmt: skip
"""Engineering judgement, from the general shape of the Scottish economy; no table was opened. A
division of which we hold no trade is not here."""

Ends = tuple[float, float, float]


def _rows(name: str) -> list[dict[str, str]]:
    with (FIRMS / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def real_t() -> Mapping[str, Mapping[str, float]]:
    """Sector -> material -> tonnes of the year."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in _rows("scotland_business-waste-by-sector.csv"):
        if row["year"] == YEAR:
            found[row["business-sector"]][row["material"]] = float(row["tonnes"])
    return found


@cache
def material_of() -> Mapping[str, str]:
    """Resource -> the material that it is, else under which most of its waste codes go."""
    by_code = {
        row["ewc-code"].replace(" ", "").rstrip("*"): row["material"]
        for row in _rows("scotland_ewc-code.csv")
        if row["material"]
    }
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for code, entry in load_catalogue().waste_codes.items():
        if code not in by_code:
            continue
        if entry.resource:
            votes[entry.resource][by_code[code]] += 2
        for also in entry.also:
            votes[also][by_code[code]] += 1
    with Path(__file__).with_name("sepa_materials.csv").open(encoding="utf-8") as stream:
        stands_for = {row["offer_resource"]: row["material"] for row in csv.DictReader(stream)}
    return {
        resource: min(count, key=lambda name: (-count[name], name))
        for resource, count in votes.items()
    } | stands_for


@cache
def heads_of(activity: str) -> float:
    """Heads in Scotland of one key of the profiles: an equal part of its group, of its division."""
    keys = {a for row in load_catalogue().activity_flows.values() for a in row.activities}
    groups = {key[:4] for key in keys if key[:2] == activity[:2]}
    same = sum(key[:4] == activity[:4] for key in keys)
    return 1000 * HEADS_THOUSAND.get(activity[:2], 0.0) / len(groups) / same


def supposed(sector: str) -> dict[str, Ends]:
    """Material -> low, likely and high tonnes a year of all sites of a sector."""
    catalogue, materials = load_catalogue(), material_of()
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for row in catalogue.activity_flows.values():
        heads = sum(heads_of(a) for a in row.activities if a[:2] in SECTORS[sector])
        if not heads or row.table is not ProfileTable.FLOWS or row.direction != "offer":
            continue
        resource = catalogue.resources[row.subject]
        if row.per is not Per.HEAD or resource.kind is not Kind.MATTER or resource.family == "gas":
            continue
        material = materials.get(row.subject)
        if material:
            for end, amount in enumerate((row.low, row.value, row.high)):
                sums[material][end] += heads * row.share_percent / 100 * amount
    return {material: (ends[0], ends[1], ends[2]) for material, ends in sums.items()}


def score(sector: str, _size: int) -> dict[str, Any]:
    """The figures of one sector."""
    if not FIRMS.is_dir():
        return {"skipped": ABSENT}
    real, guess = real_t()[sector], supposed(sector)
    materials = sorted({name for amounts in real_t().values() for name in amounts})
    there = {name for name in materials if real.get(name, 0) > 0}
    total = sum(real.values())
    inside = sum(
        ends[0] <= real[name] <= ends[2] for name in there if (ends := guess.get(name)) is not None
    )
    missed = [name for name in there - set(guess) if real[name] > _SMALL_SHARE * total]
    return {
        "spearman": _rank([real.get(n, 0) for n in materials], [_mid(guess, n) for n in materials]),
        "others": _rank([real.get(n, 0) for n in materials], _others(sector, materials)),
        "in_range_percent": 100 * inside / len(there),
        "materials": len(there),
        "not_supposed": len(missed),
    }


def _mid(guess: Mapping[str, Ends], name: str) -> float:
    return guess[name][1] if name in guess else 0.0


def _others(sector: str, materials: list[str]) -> list[float]:
    mean = dict.fromkeys(materials, 0.0)
    for other, amounts in real_t().items():
        if other != sector:
            for name, tonnes in amounts.items():
                mean[name] += tonnes / sum(amounts.values())
    return list(mean.values())


def _rank(one: list[float], other: list[float]) -> float:
    from scipy.stats import spearmanr  # a second of imports; a test reads this module too

    return float(spearmanr(one, other).statistic)


def mean(sectors: Iterable[str], _size: int) -> dict[str, Any]:
    """The mean over some sectors; amounts in range over all materials of all of them."""
    rows = [score(sector, 0) for sector in sectors]
    if "skipped" in rows[0]:
        return rows[0]
    produced = sum(row["materials"] for row in rows)
    return {
        "spearman": sum(row["spearman"] for row in rows) / len(rows),
        "others": sum(row["others"] for row in rows) / len(rows),
        "in_range_percent": sum(r["in_range_percent"] * r["materials"] for r in rows) / produced,
        "materials": produced,
        "not_supposed": sum(row["not_supposed"] for row in rows),
    }


SUBJECTS: dict[str, Callable[[int], dict[str, Any]]] = {
    **{sector: partial(score, sector) for sector in SECTORS},
    "seen": partial(mean, SEEN),
    "held out": partial(mean, tuple(sector for sector in SECTORS if sector not in SEEN)),
    "all sectors": partial(mean, tuple(SECTORS)),
}
