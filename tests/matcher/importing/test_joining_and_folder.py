"""Records that are one place are joined, neighbours are not, and no cell of the folder is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import SurveyError
from matcher.importing import Around, import_irep
from matcher.importing.joining import FoundSite, KnownSite, join
from matcher.importing.places import distance_km, from_lambert_93
from matcher.importing.writing import SurveyFolder, written
from tests.matcher.importing.test_irep import ACIERIE, SITES_HEADER, TUILERIE, a_file

HERE = (50.33, 3.39)
NEAR = (50.34, 3.40)
FAR = (50.60, 3.39)


def known(site_id="s1", name="Verrerie du Nord", siret=None, position=HERE, sources=()):
    return KnownSite(
        site_id=site_id, names=(name,), siret=siret, position=position, sources=frozenset(sources)
    )


def found(record="hotmaps:1", name="VERRERIE DU NORD SAS", siret=None, position=NEAR):
    return FoundSite(record=record, name=name, siret=siret, position=position)


@pytest.mark.parametrize(
    ("record", "site", "is_same"),
    [
        (found(), known(), True),
        (found(name="SOCIETE VERRERIE NORD"), known(), True),
        (found(name="TUILERIE DU NORD"), known(), False),
        (found(position=FAR), known(), False),
        (found(name="NORD SA"), known(), False),
        (found(siret="1" * 14, name="AUTRE NOM"), known(siret="1" * 14), True),
        (found(siret="1" * 14, position=FAR), known(siret="1" * 14), False),
        (found(siret="1" * 14, position=None), known(siret="1" * 14), True),
        (found(siret="2" * 14), known(siret="1" * 14), False),
        (found(), known(sources=["hotmaps"]), False),
        (found(position=None), known(), False),
    ],
)
def test_one_place_is_joined_and_two_are_not(record, site, is_same):
    assert (join([record], [site]) == {record.record: "s1"}) is is_same


def test_the_nearest_of_two_that_are_called_alike_is_taken_once_each():
    sites = [known("s1", position=HERE), known("s2", position=(50.36, 3.39))]
    records = [found("hotmaps:1", position=(50.355, 3.39)), found("hotmaps:2", position=HERE)]

    expected = {"hotmaps:1": "s2", "hotmaps:2": "s1"}
    assert join(records, sites) == expected == join(records[::-1], sites[::-1])


def test_what_a_folder_holds_is_kept_cell_by_cell_and_its_french_headers_too(tmp_path):
    out = tmp_path / "enquete"
    out.mkdir()
    header = "site_id,Nom,siret,park,à moi\n"
    (out / "sites.csv").write_text(
        header + "S1,Forge à façon,73282932000074,ZA des Prés,note\n", encoding="cp1252"
    )

    import_irep(a_file(tmp_path, SITES_HEADER, ACIERIE, TUILERIE), out)

    lines = (out / "sites.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("site_id;Nom;siret;park;à moi;")
    # joined by its SIRET: the empty cells are filled, the written ones are not touched
    assert lines[1].startswith("S1;Forge à façon;73282932000074;ZA des Prés;note;")
    assert "24.10Z" in lines[1]
    assert len(lines) == 3
    assert "TUILERIE DU NORD" in lines[2]


def test_no_cell_becomes_a_formula():
    assert written("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert (written(-3.25), written(None), written(0.5)) == ("-3,25", "", "0,5")


def test_a_file_in_place_of_the_folder_and_a_broken_ledger_are_refused(tmp_path):
    (tmp_path / "fichier").write_text("x")
    with pytest.raises(SurveyError, match="is a file"):
        SurveyFolder(tmp_path / "fichier")
    (tmp_path / "imports.json").write_text("{")
    with pytest.raises(SurveyError, match="cannot be read"):
        SurveyFolder(tmp_path)


@pytest.mark.parametrize(
    ("easting_m", "northing_m", "latitude", "longitude"),
    [
        # the projection's own origin, then points worked out with an independent implementation
        (700_000.0, 6_600_000.0, 46.5, 3.0),
        (652_469.02, 6_862_035.26, 48.8566, 2.3522),
    ],
)
def test_lambert_93_is_turned_into_degrees(easting_m, northing_m, latitude, longitude):
    assert from_lambert_93(easting_m, northing_m) == pytest.approx((latitude, longitude), abs=1e-5)


@given(
    st.floats(min_value=42, max_value=51),
    st.floats(min_value=-5, max_value=8),
)
def test_lambert_93_keeps_distances_within_its_known_stretch(latitude, longitude):
    """A conformal cone over France stretches lengths by at most 0.4 %."""
    # walk 1 km east and north in the plane from the point that the centre maps to
    easting = 700_000 + (longitude - 3) * 75_000
    northing = 6_600_000 + (latitude - 46.5) * 111_000
    here = from_lambert_93(easting, northing)
    for there in ((easting + 1000, northing), (easting, northing + 1000)):
        assert distance_km(here, from_lambert_93(*there)) == pytest.approx(1, rel=0.008)


@pytest.mark.parametrize("text", ["51.03,2.37", "ici", "51.03,2.37,-4", "510,2,3"])
def test_a_circle_that_is_none_is_refused(text):
    with pytest.raises(SurveyError, match="not a circle"):
        Around.parse(text)


def test_a_circle_is_read_with_points_or_commas():
    expected = Around(latitude=51.03, longitude=2.37, radius_km=25)
    assert Around.parse("51.03,2.37,25") == expected == Around.parse("51,03;2,37;25")
