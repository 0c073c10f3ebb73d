"""The files of contract 3.2: which, where, and what the public ones leave out."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from matcher.outputs import write_outputs
from matcher.plan.as_json import plan_json
from matcher.wording import LOCALES, catalogue
from tests.matcher.outputs.sample_plan import a_plan

RUN_INFO = {"seconds": 1.84, "machine": "a machine", "versions": {"maillage": "0.1.0"}}


def test_the_agent_gets_every_file(tmp_path):
    written = write_outputs(a_plan(), tmp_path / "new" / "folder", run_info=RUN_INFO)

    assert {path.name for path in written} == {
        "plan.json", "plan.xlsx", "report.html", "network.html", "network.graphml",
        "answers.csv", "sites.geojson", "run.json",
    }  # fmt: skip
    assert all(path.stat().st_size > 0 for path in written)
    assert (tmp_path / "new" / "folder" / "plan.json").read_bytes() == plan_json(a_plan())
    assert json.loads((tmp_path / "new" / "folder" / "run.json").read_text("utf-8")) == RUN_INFO


def test_the_public_gets_a_report_and_a_network_without_any_name(tmp_path):
    written = write_outputs(a_plan(), tmp_path, public=True, run_info=RUN_INFO)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["network.html", "report.html"]
    for path in written:
        text = path.read_text("utf-8")
        for site in a_plan().sites.values():
            assert site.name not in text
            assert str(site.longitude) not in text


@pytest.mark.parametrize("room", ["outputs", "report", "network", "workbook"])
def test_both_languages_have_the_same_words_with_the_same_fields(room):
    def fields(language):
        return {
            key: sorted(part.split("}")[0].split(":")[0] for part in text.split("{")[1:])
            for key, text in catalogue(language).items()
            if key.startswith(f"{room}.")
        }

    assert fields("fr") == fields("en")


def test_every_catalogue_of_ours_is_read():
    for language in ("fr", "en"):
        for room in ("outputs", "report", "network", "workbook"):
            with (Path(LOCALES) / language / f"{room}.toml").open("rb") as file:
                assert tomllib.load(file)
