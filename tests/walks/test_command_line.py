"""The command line as a hurried reader meets it: words, exit 2, never a stack trace."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from click.testing import CliRunner

import matcher.matching
from matcher.cli.commands import main
from matcher.errors import CatalogueError, MaillageError, NoPlanError, SettingsError

SURVEY = "site_id;name;latitude;longitude\nS1;Café des Halles;46,9;-1,0\n"


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    folder = tmp_path / "enquete"
    folder.mkdir()
    (folder / "sites.csv").write_text(SURVEY, encoding="utf-8")
    return folder


def refused(*words: object) -> str:
    """What stderr says of a line that must be refused."""
    done = CliRunner().invoke(main, [str(word) for word in words], prog_name="maillage")
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    return done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as-of", "11/01/2027"), "--as-of : écrivez la date ainsi : 2027-01-11."),
        (("--proposals", "-1"), "--proposals : donnez un nombre entier, 0 ou plus."),
        (("--objective", "gold"), "--objective : choisissez parmi : eur, co2e."),
        (("--nope",), "L’option « --nope » n’existe pas."),
        (("--as-of",), "L’option « --as-of » attend une valeur."),
    ],
)
def test_a_wrong_option_is_refused_in_french_with_the_way_out(survey, tmp_path, words, said):
    line = refused("match", survey, "--out", tmp_path / "out", *words)

    assert said in line and "L’aide : maillage" in line


def test_a_wrong_option_is_refused_in_english_when_english_is_asked(survey, tmp_path):
    line = refused("match", survey, "--out", tmp_path / "o", "--proposals", "-1", "--lang", "en")

    assert "--proposals: give a whole number, 0 or more." in line


def test_answers_without_the_plan_they_are_about_are_refused(survey, tmp_path):
    line = refused("match", survey, "--out", tmp_path / "out", "--answers", tmp_path / "a.csv")

    assert "--answers demande aussi --after" in line


def test_a_round_follows_a_round_from_the_command_line(survey, tmp_path):
    words = ["match", str(survey), "--out", str(tmp_path / "out"), "--as-of", "2027-01-11"]
    first = CliRunner().invoke(main, words)
    plan = str(tmp_path / "out" / "plan.json")
    again = CliRunner().invoke(main, [*words, "--after", plan])
    nonsense = CliRunner().invoke(main, [*words, "--after", str(survey / "sites.csv")])

    assert (first.exit_code, again.exit_code, nonsense.exit_code) == (0, 0, 2)
    assert "sites.csv : Ce fichier n’est pas un plan" in nonsense.stderr


def test_a_command_that_is_not_one_brings_the_list():
    assert "« nonsense » n’est pas une commande" in refused("nonsense")


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("nonsense = 3", "réglage inconnu : nonsense"),
        ('detour_factor = "abc"', "n’est pas un nombre"),
        ("detour_factor = nan", "hors des bornes, de 1.0 à 3.0"),
        ("proposals = 2.5", "n’est pas un nombre entier"),
        ('as_of = "2027-13-01"', "n’est pas une date"),
        ("[factor_overrides]\ntrench = nan", "n’est pas une table de nombres"),
        ("= =", "ne se lit pas"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_in_words(survey, tmp_path, toml, said):
    settings = tmp_path / "reglages.toml"
    settings.write_text(toml, encoding="utf-8")

    assert said in refused("match", survey, "--out", tmp_path / "out", "--settings", settings)


def test_a_file_in_place_of_the_folder_is_refused_before_the_work(survey, tmp_path):
    taken = tmp_path / "pris"
    taken.write_text("x")

    assert "est un fichier" in refused("match", survey, "--out", taken)
    assert "est un fichier" in refused("match", survey, "--out", taken / "sous")
    assert taken.read_text() == "x"


def test_a_filled_questionnaire_is_never_replaced_by_an_empty_one(tmp_path):
    filled = tmp_path / "rempli.xlsx"
    filled.write_bytes(b"answers")

    assert "existe déjà" in refused("template", filled)
    assert filled.read_bytes() == b"answers"
    assert "finit par .xlsx" in refused("template", tmp_path / "modele.csv")


def test_an_empty_survey_says_that_there_is_nothing_to_match(tmp_path):
    model = tmp_path / "modele.xlsx"
    CliRunner().invoke(main, ["template", str(model)])

    done = CliRunner().invoke(main, ["check", str(model)])

    assert done.exit_code == 0
    assert "aucun site" in done.stderr


def test_doubts_are_listed_together_with_errors(survey):
    (survey / "flows.csv").write_text(
        "flow_id;site_id;direction;resource;amount;unit\n"
        "F1;S1;sortie;20 01 34;2,4;t\n"
        "F2;S1;sortie;cartons;env. 12t;t\n",
        encoding="utf-8",
    )

    said = refused("check", survey, "--as-of", "2027-01-11")

    assert "[waste-code-deleted]" in said and "[not-a-number]" in said


def test_help_is_in_the_readers_language():
    french = CliRunner().invoke(main, ["match", "--help"]).output
    english = CliRunner().invoke(main, ["match", "--help", "--lang", "en"]).output

    assert "Usage :" in french and "Chercher les pistes" in french
    assert "Usage:" in english and "Find the leads" in english


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoPlanError("infeasible", "exchange"), "C’est une erreur de Maillage".lower()),
        (NoPlanError("time limit reached", "exchange"), "augmentez le réglage time_limit_s"),
        (CatalogueError(["units.csv, row 2"]), "ce n’est pas votre enquête"),
    ],
)
def test_our_own_fault_is_said_in_french_and_ends_with_1(
    survey, tmp_path, monkeypatch, error: MaillageError, said
):
    def fails(*words: object, **more: object) -> None:
        raise error

    monkeypatch.setattr(matcher.matching, "match", fails)
    words = ["match", str(survey), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, words, prog_name="maillage")

    assert done.exit_code == 1
    assert said in done.stderr.lower() and "Traceback" not in done.output


def test_every_kind_of_error_has_words_in_both_languages_and_crosses_processes():
    for error in (
        NoPlanError("infeasible", "exchange"),
        CatalogueError(["units.csv, row 2"]),
        SettingsError("as-of-missing"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert again.message("fr") == error.message("fr") != error.message("en") == str(again)
