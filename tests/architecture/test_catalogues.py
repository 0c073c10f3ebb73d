"""The words: both languages complete, every sentence that the code asks for is there."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from matcher.wording import LANGUAGES, LOCALES, catalogue
from tests.conftest import ROOT

MATCHER = ROOT / "matcher"
OWN_SPECS = {"", "num", "eur", "keur", "pct", "date", "km", "sign", "unit", "plural"}


def fields_of(template: str) -> set[str]:
    """The names that a sentence leaves open."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def calls(names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    """Every call in the matcher of a function or class with one of these names, with its place."""
    for path in sorted(MATCHER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else None
                called = node.func.id if isinstance(node.func, ast.Name) else called
                if called in names:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def given(call: ast.Call, keyword: str) -> ast.expr | None:
    """An argument given by its name, or else the first by position."""
    for item in call.keywords:
        if item.arg == keyword:
            return item.value
    return call.args[0] if call.args else None


def pattern_of(asked: ast.expr | None) -> re.Pattern[str] | None:
    """What ids an expression can ask for: a literal, or an f-string with holes; else unknown."""
    if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
        return re.compile(re.escape(asked.value))
    if isinstance(asked, ast.JoinedStr):
        parts = (
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[^.]+(?:[.][^.]+)*"
            for part in asked.values
        )
        return re.compile("".join(parts))
    return None


def test_both_languages_have_the_same_rooms():
    rooms = {
        language: {path.name for path in (LOCALES / language).iterdir()} for language in LANGUAGES
    }

    assert rooms["fr"] == rooms["en"]


def test_both_languages_say_the_same_sentences():
    assert catalogue("fr").keys() == catalogue("en").keys()


def test_both_languages_leave_the_same_fields_open():
    unlike = {
        message: (fields_of(french), fields_of(catalogue("en")[message]))
        for message, french in catalogue("fr").items()
        if message in catalogue("en") and fields_of(french) != fields_of(catalogue("en")[message])
    }

    assert unlike == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_written_the_readers_way_only(language):
    """``{gain:.2f}`` would print 12.50 to a French reader: only our own specs may be used."""
    foreign = {
        message: spec
        for message, template in catalogue(language).items()
        for _, name, spec, _ in string.Formatter().parse(template)
        if name is not None and spec not in OWN_SPECS
    }

    assert foreign == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language):
    assert {message for message, text in catalogue(language).items() if not text.strip()} == set()


def test_the_code_asks_only_for_sentences_that_exist():
    known = catalogue("fr")
    missing = []
    for place, call in calls({"say", "Message"}):
        asked = given(call, "message_id" if _is_say(call) else "code")
        pattern = pattern_of(asked)
        ids = {message.partition(".")[2] for message in known} if _adds_its_room(call) else known
        if pattern is not None and not any(pattern.fullmatch(message) for message in ids):
            missing.append(f"{place} asks for {ast.unparse(asked)}")

    assert missing == []


def test_every_error_code_has_its_rule_and_its_remedy():
    known = catalogue("fr")
    missing = []
    for place, call in calls({"CellProblem"}):
        code = given(call, "code")
        if isinstance(code, ast.Constant):
            missing += [
                f"{place} needs {message}"
                for message in (f"errors.{code.value}.rule", f"errors.{code.value}.remedy")
                if message not in known
            ]

    assert missing == []


def _adds_its_room(call: ast.Call) -> bool:
    """Whether it is a method (``labels.say("title")``) that knows the room of its sentences."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return owner is not None and not (isinstance(owner, ast.Name) and owner.id == "wording")


def _is_say(call: ast.Call) -> bool:
    return "say" in {getattr(call.func, "id", None), getattr(call.func, "attr", None)}


def test_the_search_above_sees_the_calls_of_a_module(tmp_path: Path):
    """The guard of the guards: a literal, an f-string and an unknown are told apart."""
    tree = ast.parse('say("errors.a.rule", "fr"); say(f"errors.{c}.rule", "fr"); say(x, "fr")')
    literal, filled, unknown = (
        pattern_of(given(node, "message_id"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )

    assert literal is not None and literal.fullmatch("errors.a.rule")
    assert not literal.fullmatch("errorsXaXrule")
    assert filled is not None and filled.fullmatch("errors.amount-not-known.rule")
    assert not filled.fullmatch("errors.amount-not-known.remedy")
    assert unknown is None
