"""Real French sites with excess heat and their neighbours: import, read, match, and say why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.candidates import build_candidates
from matcher.catalogue import load_catalogue
from matcher.importing import import_hotmaps, import_irep
from matcher.matching import match
from matcher.reading import read_survey
from matcher.settings import Settings
from tests.planted import AS_OF

SETTINGS = Settings(as_of=AS_OF, workers=1)
TERRITORIES = {"Dunkerque": "ti-3208", "Lacq-Pau-Tarbes": "ti-7505", "Hainaut": "ti-3210"}


def import_both(shared: Path, out: Path, territory: str) -> Path:
    data = shared / "data"
    import_irep(data / "firms" / "irep_etablissements_fr.csv", out, territory=territory)
    import_hotmaps(data / "heat" / "hotmaps_industrial_sites_france.csv", out, territory=territory)
    return out


@pytest.mark.parametrize("name", TERRITORIES)
def test_every_heat_of_a_real_territory_says_why_it_stays_alone(name, shared, tmp_path):
    """Needs are in neither file: what has an amount lacks a partner, the others an amount."""
    survey = read_survey(import_both(shared, tmp_path, TERRITORIES[name]))

    plan = match(survey, SETTINGS)

    assert plan.proposals == ()
    codes = {item.declaration_id: item.reasons[0].code for item in plan.unmatched}
    assert set(codes) == set(survey.flows)
    for flow_id, code in codes.items():
        known = survey.flows[flow_id].amount is not None
        assert code == ("no-partner-offer" if known else "amount-not-known"), flow_id


def test_a_real_source_of_heat_meets_a_need_that_somebody_adds_by_hand(shared, tmp_path):
    """A made-up laundry 0.7 km from the glassworks of Masnières, which lose 14.8 GWh a year."""
    folder = import_both(shared, tmp_path, TERRITORIES["Hainaut"])
    survey = read_survey(folder)
    works = survey.sites[survey.flows["hotmaps-3380-heat-200"].site_id]
    latitude = f"{works.latitude + 0.006:.5f}".replace(".", ",")
    longitude = f"{works.longitude:.5f}".replace(".", ",")
    _append(folder / "sites.csv", site_id="A1", name="Blanchisserie", latitude=latitude,
            longitude=longitude)  # fmt: skip
    _append(folder / "flows.csv", flow_id="A1-chaleur", site_id="A1", direction="need",
            resource="heat_hot_water", amount="6000", unit="MWh", temperature_c="80",
            return_temperature_c="50")  # fmt: skip

    survey = read_survey(folder)
    candidates = build_candidates(survey, load_catalogue(), SETTINGS)
    plan = match(survey, SETTINGS)

    met = {candidates.flows.flow_id[offer] for offer in candidates.arcs.offer.tolist()}
    assert met == {"hotmaps-3380-heat-200"}
    (proposal,) = plan.proposals
    assert {party.declaration_id for party in proposal.parties} == {
        "hotmaps-3380-heat-200",
        "A1-chaleur",
    }
    assert proposal.inferred
    others = {item.declaration_id: item.reasons[0].code for item in plan.unmatched}
    assert "too-far" in others.values()
    assert "amount-not-known" in others.values()


def _append(path: Path, **cells: str) -> None:
    header = path.read_text(encoding="utf-8-sig").splitlines()[0].split(";")
    with path.open("a", encoding="utf-8") as file:
        file.write(";".join(cells.get(column, "") for column in header) + "\r\n")
