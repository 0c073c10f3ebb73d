"""What the reference tables say when one of them is broken: everything, with file, row, column."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from matcher.catalogue import load_catalogue
from matcher.catalogue.loading import default_folder
from matcher.errors import CatalogueError


def broken(tmp_path: Path, file: str, old: str, new: str) -> Path:
    folder = tmp_path / "reference"
    shutil.copytree(default_folder(), folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_names_file_row_and_column_of_every_problem_at_once(tmp_path: Path):
    folder = broken(tmp_path, "resources.csv", "\nsawdust,", "\nsawdust_,")
    path = folder / "factors.csv"
    text = path.read_text(encoding="utf-8").replace("haulage_per_km,0.19,", "haulage_per_km,x,", 1)
    path.write_text(text.replace(",,,,0.19,", ",,,,x,", 1), encoding="utf-8")

    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)

    said = str(caught.value)
    assert "factors.csv, row 2, column 'value': 'x' is not a number." in said
    assert "compatibilities.csv, row" in said and "'sawdust' is in no table" in said
    assert "waste_codes.csv, row" in said and "aliases_fr.csv, row" in said


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("resources.csv", "\nsawdust,", "\nwood_chips,", "'wood_chips' comes twice"),
        ("resources.csv", ",Sawdust,", ",,", "label_fr and label_en are both needed"),
        ("resources.csv", "0.2,0.15,0.3", "0.2,0.25,0.3", "low ≤ value ≤ high"),
        ("waste_codes.csv", "\n030105,no,", "\n030105,yes,", "hazardous and entry_type disagree"),
        ("waste_codes.csv", "\n030105,", "\n03 01 05,", "six digits"),
        ("activities.csv", "\n16.10A,16.1,", "\n16.10A,16.2,", "parent should be 16.1"),
        ("activities.csv", "\n16.10A,16.1,", "\n1610A,16.1,", "no division, group or sub-class"),
        ("activities.csv", "\n16.10A,16.1,naf2", "\n16.10A,16.1,naf2025", "naf2025"),
        ("activities.csv", ",Sawmills and planing mills,", ",,", "label_fr and label_en are both"),
        ("occupations.csv", "I1302|I1305", "I1302|Z9999", "'Z9999' is in no table"),
        ("legal_checks.csv", ",2026-05-21,,", ",2026-05-21,2026-05-20,", "comes before valid_from"),
        ("waste_codes.csv", ",entry_type,", ",entry_kind,", "the column is missing"),
    ],
)
def test_refuses_a_table_that_contradicts_itself(tmp_path: Path, file, old, new, said):
    with pytest.raises(CatalogueError, match=said):
        load_catalogue(broken(tmp_path, file, old, new))


def test_refuses_a_trade_word_that_means_two_things(tmp_path: Path):
    header = "alias,resource,waste_codes,source_kind,source,confidence,note\n"
    twice = (
        f"{header}Sciures,bark,,engineering judgement,engineering judgement,low,a slip of ours\n"
    )
    folder = broken(tmp_path, "aliases_fr.csv", header, twice)

    with pytest.raises(CatalogueError, match="'sciure' already means bark"):
        load_catalogue(folder)
