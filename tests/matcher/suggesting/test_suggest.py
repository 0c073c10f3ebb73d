"""What a waste can become and who takes it: contract 3.3 of ``suggest``."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import matcher
from matcher.catalogue import Kind, load_catalogue
from matcher.cli.commands import main
from matcher.suggesting import suggest, suggest_resources, words_of
from matcher.suggesting.receivers import activity_group, receivers


@pytest.mark.parametrize("written", ["100102", "10 01 02", "10 01 02*", "10 01 02#", "10.01.02"])
def test_a_waste_code_is_read_however_it_is_written(written: str):
    assert suggest(waste_code=written) == suggest(waste_code="100102")


@pytest.mark.parametrize(
    ("written", "group"),
    [("23.51Z", "23.5"), ("2351Z", "23.5"), ("C23.51", "23.5"), ("23.5", "23.5"), ("23", "23"),
     ("1.1", "01.1"), ("C 23.5.1", "23.5")],
)  # fmt: skip
def test_an_activity_code_of_any_level_is_read(written: str, group: str):
    read = activity_group(written, load_catalogue())
    assert read == (group, True)


def test_fly_ash_goes_to_cement_first_with_the_rows_it_stands_on():
    found = suggest(waste_code="10 01 02", activity_code="35.11Z", text="cendres volantes")
    scores = [item.score for item in found.activities]
    assert found.activities[0].group == "23.5"
    assert scores == sorted(scores, reverse=True)
    assert found.activities[0].evidence and found.outlets[0].conditions_fr.endswith("?")
    assert not found.warnings


def test_a_well_formed_unknown_code_warns_and_is_answered_by_its_neighbours():
    found = suggest(waste_code="10 01 98", activity_code="98765")
    assert found.warnings[0][0] == "suggest.waste-code-unknown"
    assert found.activities


@pytest.mark.parametrize(
    ("code", "warning"),
    [
        ("20 01 34", ("suggest.waste-code-ends", "20 01 34, 2026-12-08")),
        ("20 01 42", ("suggest.waste-code-begins", "20 01 42, 2026-12-09")),
        ("16 06 05", ("suggest.waste-code-may-change", "16 06 05, 2026-12-09")),
    ],
)
def test_a_code_of_a_list_that_changes_says_its_day(code: str, warning: tuple[str, str]):
    assert suggest(waste_code=code).warnings == (warning,)


def test_heat_has_no_waste_code_and_a_chance_likeness_no_outlet():
    """*Chaleur des fours* holds the word of kiln dust: that is no code to offer for heat. And
    *marc de café* looks a little like scrap of aluminium, which is no outlet of coffee grounds.
    """
    assert suggest(text="chaleur des fours").codes == ()
    ways = suggest(text="marc de café").outlets
    assert ways and "aluminium_scrap" not in {way.resource for way in ways}


def test_in_words_everything_has_its_name_and_each_way_its_question():
    said = CliRunner().invoke(main, ["suggest", "--text", "lactosérum"]).stdout
    assert "Élevages (01.4)" in said and "à demander : Le lait est-il" in said
    assert "→ Matières premières pour l’alimentation animale" in said
    lines = [line for line in said.splitlines() if not line.startswith("      ")]
    assert len(lines) == len(set(lines))
    need = CliRunner().invoke(main, ["suggest", "--need", "granulés de bois"]).stdout
    assert "Sciure de bois, pressage" in need and "Scieries et raboteries (16.1)" in need


def test_a_need_is_answered_by_sources():
    found = suggest(need="wood_chips")
    assert found.sources and all(item.evidence for item in found.sources)


def test_words_that_mean_nothing_are_said_not_to_be_understood():
    assert ("suggest.words-not-understood", "☃") in suggest(text="☃").warnings


def test_every_resource_has_receivers_that_exist_and_never_more_than_all_of_it():
    tables = load_catalogue()
    known = receivers()
    assert set(known) == set(tables.resources)
    for resource, rows in known.items():
        assert sum(row.share_percent for row in rows) <= 100, resource
        for row in rows:
            assert row.activity[:2] in tables.activities, row.key


def test_the_command_writes_json_and_words_in_both_languages():
    done = CliRunner().invoke(main, ["suggest", "--waste", "100102", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["activities"][0]["group"] == "23.5"
    french = CliRunner().invoke(main, ["suggest", "--text", "sciure"]).stdout
    english = CliRunner().invoke(main, ["suggest", "--text", "sawdust", "--lang", "en"]).stdout
    assert "Activités qui en prennent" in french and "Trades that take it" in english
    assert CliRunner().invoke(main, ["suggest"]).exit_code == 2


def test_the_public_name_is_the_function_also_after_the_room_is_loaded():
    assert matcher.suggest(waste_code="10 01 02").activities[0].group == "23.5"


@pytest.mark.parametrize(
    ("text", "resource"),
    [("sciur de boi", "sawdust"), ("copeau aluminum", "aluminium_chips"), ("palete", "pallets")],
)
def test_the_nearest_resources_are_found_through_a_misspelling(text: str, resource: str):
    words = words_of(load_catalogue())
    near = words.nearest(text)
    assert near[0] == resource and len(set(near)) == len(near) <= 5
    assert words.nearest("zzqqxx") == ()


@pytest.mark.parametrize(
    ("text", "resources"),
    [
        ("Copeaux", {"wood_shavings", "steel_chips", "aluminium_chips"}),
        ("fûts", {"steel_drums", "plastic_drums", "contaminated_packaging"}),
        ("poussières", {"sawdust", "metal_dust", "plastic_powder"}),
        ("bois traité", {"hazardous_wood", "treated_wood_chips"}),
    ],
)
def test_a_word_for_several_things_proposes_all_and_is_taken_for_none(text, resources):
    """Declared alone, ``copeaux`` may be wood or metal: nobody is to choose silently."""
    tables = load_catalogue()
    assert tables.resource_for(text) is None
    assert set(words_of(tables).nearest(text)[: len(resources)]) == resources


def test_a_trade_word_leads_to_the_codes_it_goes_under_the_most_usual_first():
    codes = [item.waste_code for item in suggest(text="windscreens").codes]
    assert codes[0] == "160120"
    assert suggest(text="levures de brasserie").codes


def test_a_word_that_no_name_holds_makes_a_text_less_like_anything():
    likeness = words_of(load_catalogue()).likeness
    assert max(likeness("bidule rouge")[0].values()) < max(likeness("boue rouge")[0].values()) * 0.7


def test_a_use_stands_before_disposal_and_before_the_givers_own_trade():
    """Oily rags go to treatment in 30 cases of 100 and to kilns in 26: the kiln is the lead."""
    groups = [item.group for item in suggest(waste_code="15 02 02").activities]
    assert groups.index("23.5") < groups.index("38.2")
    anyone, processor = (
        suggest(waste_code="20 01 39", activity_code=giver).activities for giver in (None, "22.29A")
    )
    assert anyone[0].group == "22.2"
    assert next(item for item in processor if item.group == "22.2").score < anyone[0].score


def test_who_takes_a_third_of_a_matter_is_named_by_a_way_to_use_it():
    """A taker without a process would be a claim that nobody can check."""
    tables = load_catalogue()
    named: dict[str, set[str]] = {}
    for way in tables.compatibilities.values():
        named.setdefault(way.from_resource, set()).update(way.receiver_activities)
    for way in tables.compatibilities.values():  # and what the next step makes of it
        named[way.from_resource] |= named.get(way.to_resource, set())
    alone = {
        row.key
        for resource, rows in receivers().items()
        for row in rows
        if tables.resources[resource].kind is Kind.MATTER and resource in named
        if row.share_percent >= 30 and row.activity not in named[resource]
    }
    assert alone == set()


@pytest.mark.parametrize("text", ["palettes cassées", "used oil", "boues", "150101", "zzz"])
@pytest.mark.parametrize("activity_code", [None, "16.10A", "10.5"])
def test_what_words_mean_is_the_same_asked_alone(text: str, activity_code: str | None):
    """A page asks for it at each word that is typed, and for no outlet."""
    whole = suggest(text=text, activity_code=activity_code)

    assert suggest_resources(text, activity_code=activity_code) == whole.resources
    assert (
        words_of(load_catalogue()).of_resources(text)
        == words_of(load_catalogue()).likeness(text)[0]
    )
