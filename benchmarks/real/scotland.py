"""Scottish waste sites as a survey: what each took in and sent out in 2019, by material.

The returns (Scottish Environment Protection Agency, Open Government Licence v2) give tonnes by
site, direction and material. Sent out becomes an offer, taken in a need; the 33 materials are
coarser than our catalogue, so ``sepa_materials.csv`` says which resource stands for each, the need
being what the material serves as. Where the catalogue has no such use, both ends are the same and
come out as "no outlet known".

    python -m benchmarks.real.scotland FOLDER
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
YEAR = 2019
_SITES = "scotland_waste-site-io.csv"
_RETURNS = "scotland_waste-site-material-io.csv"
_MATERIALS = Path(__file__).with_name("sepa_materials.csv")

# What the activity says of today's outlet of what leaves: little. Landfills send nothing on.
_ACTIVITY_CODES = {
    "Anaerobic digestion": "38.21Z",
    "Civic amenity": "38.11Z",
    "Composting": "38.21Z",
    "Incineration": "38.21Z",
    "Landfill": "38.21Z",
    "Metal recycler": "38.31Z",
    "Transfer station": "38.11Z",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteSite:
    """One permitted site, with its position in degrees."""

    permit: str
    name: str
    operator: str
    activity: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """A year's returns: tonnes by (permit, material), sent out and taken in."""

    sites: Mapping[str, WasteSite]
    sent_t: Mapping[tuple[str, str], float]
    taken_t: Mapping[tuple[str, str], float]
    left_out: Mapping[str, int]


class NoDataError(Exception):
    """The files are not on this machine; the message says where they are looked for."""


def read_returns(shared: Path = SHARED, *, year: int = YEAR) -> Returns:
    """Read sites and tonnes of one year.

    Raises
    ------
    NoDataError
        When the folder beside the repository has no such files.
    """
    folder = shared / "data" / "firms"
    if not (folder / _SITES).exists() or not (folder / _RETURNS).exists():
        raise NoDataError(
            "The Scottish returns are not beside the repository (shared/data/firms): skipped."
        )
    sites = {
        row["permit"]: WasteSite(
            permit=row["permit"],
            name=row["site-name"],
            operator=row["operator"],
            activity=row["activities"].split(" / ")[0].removesuffix(" (not operational)"),
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
        )
        for row in _rows(folder / _SITES)
    }
    amounts: dict[str, Counter[tuple[str, str]]] = {"in": Counter(), "out": Counter()}
    left_out: Counter[str] = Counter()
    for row in _rows(folder / _RETURNS):
        tonnes = float(row["tonnes"])
        if row["year"] != str(year):
            left_out["another year"] += 1
        elif row["permit"] not in sites:
            left_out["site without a position"] += 1
        elif not row["material"]:
            left_out["material not said"] += 1
        elif tonnes <= 0:
            left_out["nothing declared"] += 1
        else:
            amounts[row["io-direction"]][row["permit"], row["material"]] += tonnes
    return Returns(
        sites=sites, sent_t=amounts["out"], taken_t=amounts["in"], left_out=dict(left_out)
    )


def write_survey(returns: Returns, out: Path) -> tuple[int, int]:
    """Write ``sites.csv`` and ``flows.csv`` as contract 3.1 says; how many of each."""
    out.mkdir(parents=True, exist_ok=True)
    resources = {
        row["material"]: (row["offer_resource"], row["need_resource"]) for row in _rows(_MATERIALS)
    }
    sites = [
        {
            "site_id": _site_id(site.permit),
            "name": site.name,
            "firm": site.operator,
            "activity_code": _ACTIVITY_CODES.get(site.activity, "38"),
            "latitude": _comma(site.latitude),
            "longitude": _comma(site.longitude),
        }
        for site in returns.sites.values()
    ]
    flows = [
        {
            "flow_id": f"{_site_id(permit)}-{direction}-{place:02d}",
            "site_id": _site_id(permit),
            "direction": direction,
            "resource": resources[material][end] or material,
            "description": material,
            "amount": _comma(tonnes),
            "unit": "t",
            "basis": "measured",
        }
        for end, (direction, amounts) in enumerate(
            (("offer", returns.sent_t), ("need", returns.taken_t))
        )
        for place, ((permit, material), tonnes) in enumerate(sorted(amounts.items()))
    ]
    _write(out / "sites.csv", sites)
    _write(out / "flows.csv", flows)
    return len(sites), len(flows)


def _site_id(permit: str) -> str:
    return permit.replace("/", "-")


def _comma(value: float) -> str:
    return f"{value:.10g}".replace(".", ",")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Write the survey into the folder that the command line names."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        returns = read_returns()
    except NoDataError as error:
        print(error)
        return
    sites, flows = write_survey(returns, Path(sys.argv[1]))
    print(f"{sites} sites, {flows} flows; rows left out: {dict(returns.left_out)}")


if __name__ == "__main__":
    main()
