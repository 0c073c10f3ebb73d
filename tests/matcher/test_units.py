"""Units: exact where they are, assumed where they are, refused where they cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import units

WOOD = {"to_unit": "t", "density_t_per_m3": 0.25, "kg_per_piece": None}
PALLETS = {"to_unit": "t", "density_t_per_m3": 0.16, "kg_per_piece": 22.0}
HEAT = {"to_unit": "MWh", "density_t_per_m3": None, "kg_per_piece": None}
WATER = {"to_unit": "m3", "density_t_per_m3": 1.0, "kg_per_piece": None}


@pytest.mark.parametrize(
    ("value", "text", "of", "expected"),
    [
        (1200, "kg", WOOD, 1.2),
        (3, "tonnes", WOOD, 3),
        (3, "T/an", WOOD, 3),
        (3, "tonnes par an", WOOD, 3),
        (30, "m³", WOOD, 7.5),
        (30, "M3", WOOD, 7.5),
        (2, "bennes de 15 m³", WOOD, 7.5),
        (1, "Benne 30", WOOD, 7.5),
        (1, "benne 30 m3", WOOD, 7.5),
        (1, "30 m3 skip", WOOD, 7.5),
        (1, "benne de 12 m3", WOOD, 3),
        (4, "GRV", WOOD, 1),
        (4, "big-bags", WOOD, 1),
        (10, "fûts 200 l", WOOD, 0.5),
        (1000, "litres", WOOD, 0.25),
        (4, "palettes", WOOD, 1),
        (100, "palettes", PALLETS, 2.2),
        (100, "pièces", PALLETS, 2.2),
        (100, "unités", PALLETS, 2.2),
        (3600, "GJ", HEAT, 1000),
        (2, "GWh", HEAT, 2000),
        (1500, "kWh", HEAT, 1.5),
        (5, "MWh", HEAT, 5),
        (500, "l", WATER, 0.5),
        (12, "t", WATER, 12),
        (2, "hl", WATER, 0.2),
    ],
)
def test_brings_what_people_count_in_to_the_unit_of_the_resource(value, text, of, expected):
    assert units.convert(value, text, **of).value == pytest.approx(expected)


def test_shows_the_sum_in_the_reader_s_way():
    """By hand: 2 bennes of 15 m3 at 0.25 t/m3 are 7.5 t."""
    skips = units.convert(2, "bennes 15", **WOOD)

    assert skips.text("fr") == "2\u00a0bennes × 15\u00a0m³ × 0,25\u00a0t/m³ = 7,5\u00a0t"
    assert skips.text("en") == "2\u00a0skips × 15\u00a0m³ × 0.25\u00a0t/m³ = 7.5\u00a0t"
    assert units.convert(30, "m3", **WOOD).text("fr") == "30\u00a0m³ × 0,25\u00a0t/m³ = 7,5\u00a0t"
    assert skips.factor == pytest.approx(3.75) and skips.declared == 2


def test_a_lorry_is_full_by_weight_or_by_volume_whichever_comes_first():
    """By hand: sand at 1.5 t/m3 stops at 25 t; chips at 0.25 t/m3 fill 90 m3, so 22.5 t."""
    sand = units.convert(1, "camion", to_unit="t", density_t_per_m3=1.5, kg_per_piece=None)
    chips = units.convert(1, "lorry", **WOOD)

    assert sand.value == pytest.approx(25)
    assert chips.value == pytest.approx(22.5)
    assert chips.assumption == sand.assumption == "units.full-lorry"


def test_says_what_was_assumed_and_only_then():
    assert units.convert(1, "kg", **WOOD).assumption is None
    assert units.convert(1, "m3", **WATER).assumption is None
    assert units.convert(1, "GJ", **HEAT).assumption is None
    assert units.convert(1, "m3", **WOOD).assumption == "units.bulk-density"
    assert units.convert(1, "palette", **WOOD).assumption == "units.loaded-pallet"
    assert units.convert(1, "palette", **PALLETS).assumption == "units.piece-weight"


@pytest.mark.parametrize("text", ["brouette", "kg/mois", "benne", "benne 400", "", "t/jour", "m2"])
def test_an_unknown_unit_is_refused_with_the_list_of_known_ones(text):
    """A benne without its size could be 8 or 40 m3; "par mois" would be wrong by a factor of 12."""
    with pytest.raises(units.UnknownUnitError) as caught:
        units.convert(1, text, **WOOD)

    assert "palette" in caught.value.known and "benne 30 m³" in caught.value.known
    assert "palette" in caught.value.message("fr") and f"« {text} »" in caught.value.message("fr")


@pytest.mark.parametrize(
    ("text", "of", "code"),
    [
        ("MWh", WOOD, "another-kind"),
        ("t", HEAT, "another-kind"),
        ("palette", HEAT, "another-kind"),
        ("kWh", WATER, "another-kind"),
        ("m3", WOOD | {"density_t_per_m3": None}, "density-missing"),
        ("camion", WOOD | {"density_t_per_m3": None}, "density-missing"),
        ("pièces", WOOD, "piece-weight-missing"),
    ],
)
def test_a_unit_that_cannot_measure_the_resource_is_another_error(text, of, code):
    with pytest.raises(units.UnitMismatchError) as caught:
        units.convert(1, text, **of)

    assert caught.value.code == code
    assert text in caught.value.message("fr") and text in caught.value.message("en")


def test_every_unit_of_the_list_that_we_show_is_understood():
    for text in units.KNOWN_UNITS:
        wanted = HEAT if text.lower().endswith("wh") or text == "GJ" else PALLETS
        assert units.convert(1, text, **wanted).value > 0, text


@given(
    value=st.floats(1e-3, 1e6),
    density=st.floats(0.01, 5),
    pair=st.sampled_from([("kg", "t"), ("l", "m3"), ("kWh", "MWh"), ("benne 30", "m3")]),
)
def test_there_and_back_gives_the_amount_again(value, density, pair):
    """The larger unit is the smaller one times a plain number, whatever the resource."""
    small, large = pair
    to_unit = "MWh" if large == "MWh" else "t"
    known = {"density_t_per_m3": density, "kg_per_piece": None}
    one_small = units.convert(1, small, to_unit=to_unit, **known).value
    one_large = units.convert(1, large, to_unit=to_unit, **known).value

    there = units.convert(value, small, to_unit=to_unit, **known).value
    back = units.convert(value * one_small / one_large, large, to_unit=to_unit, **known).value
    assert there == pytest.approx(back, rel=1e-9)


@given(
    tonnes=st.floats(1e-3, 1e6), density=st.floats(0.01, 5), text=st.sampled_from(["t", "kg", "m3"])
)
def test_tonnes_to_cubic_metres_and_back_is_the_same_matter(tonnes, density, text):
    known = {"density_t_per_m3": density, "kg_per_piece": None}
    volume = units.convert(tonnes, text, to_unit="m3", **known).value

    again = units.convert(volume, "m3", to_unit="t", **known).value
    assert again == pytest.approx(units.convert(tonnes, text, to_unit="t", **known).value, rel=1e-9)


@given(value=st.floats(0, 1e9), text=st.sampled_from(units.KNOWN_UNITS))
def test_twice_as_much_of_any_unit_is_twice_as_much_matter(value, text):
    of = HEAT if text.lower().endswith("wh") or text == "GJ" else PALLETS

    assert units.convert(2 * value, text, **of).value == pytest.approx(
        2 * units.convert(value, text, **of).value
    )
