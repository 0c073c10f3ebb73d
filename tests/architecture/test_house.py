"""The shape of the house: small rooms, telling names, settings that say where they come from."""

from __future__ import annotations

import ast
import sys
import tomllib
from dataclasses import fields

import pytest
from packaging.requirements import Requirement

from matcher.settings import Settings
from tests.conftest import ROOT

MOST_LINES = 400
EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "misc",
    "common",
    "tools",
}

IMPORTED_AS = {"bootstrap-flask": "flask_bootstrap"}


def python_files() -> list[str]:
    """Every module of ours, from the root."""
    return sorted(
        str(path.relative_to(ROOT))
        for folder in ("matcher", "webapp", "benchmarks", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if "__pycache__" not in path.parts
    )


def test_what_is_installed_is_what_is_imported():
    """Nothing heavy comes along unused, and nothing is there only because another brought it."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared = {
            IMPORTED_AS.get(name := Requirement(text).name.lower(), name.replace("-", "_"))
            for text in tomllib.load(file)["project"]["dependencies"]
        }
    imported = {
        name.split(".")[0]
        for package in ("matcher", "webapp")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported - set(sys.stdlib_module_names) - {"matcher", "webapp"} == declared


def test_no_module_is_longer_than_four_hundred_lines():
    lengths = {
        name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in python_files()
    }

    assert len(lengths) > 10
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_room_has_a_name_that_says_nothing():
    vague = [
        name
        for name in python_files()
        if EMPTY_NAMES & set(name.removesuffix(".py").split("/")) and not name.startswith("tests/")
    ]

    assert vague == []


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_each_setting_says_its_unit_and_its_source(setting):
    assert setting.metadata["unit"].strip()
    assert len(setting.metadata["source"].strip()) >= 3


def test_each_setting_with_a_number_in_it_says_its_range():
    """A number that may be anything lets a slip of the keyboard through."""
    numbers = [
        item
        for item in fields(Settings)
        if isinstance(item.default, int | float) and not isinstance(item.default, bool)
    ]

    assert len(numbers) > 10
    assert [item.name for item in numbers if item.metadata["low"] is None] == []


def test_each_decision_record_says_context_decision_and_consequences():
    records = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

    assert len(records) >= 8
    numbers = [path.name[:4] for path in records]
    assert numbers == [f"{number:04}" for number in range(1, len(records) + 1)]
    for path in records:
        text = path.read_text(encoding="utf-8")
        for part in ("## Context", "## Decision", "## Consequences"):
            assert part in text, f"{path.name} lacks {part}"
