"""The words of pages and mails: both languages complete, nothing asked for that is not there."""

from __future__ import annotations

import ast
import re
import string

import pytest

from matcher.catalogue import load_catalogue
from tests.conftest import ROOT
from webapp.lifecycle import Decision, LeadState, ResponseState, RoundState, View
from webapp.operations.stages import SynergyStage
from webapp.operations.territory.set_up import GATES
from webapp.pages.access import NAVIGATION
from webapp.policy import Role
from webapp.texts import texts

PAGES = ROOT / "webapp" / "pages"
ASKED = re.compile(r"""\bt\(\s*(["'])([\w.-]+)\1\s*([~,)])""")
BARE = re.compile(r">\s*([^<>{}]*[A-Za-zÀ-ÿ]{3,}[^<>{}]*)\s*<")


def fields(template: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in string.Formatter().parse(template) if name}


def test_both_languages_say_the_same_things_of_the_same_values():
    french, english = texts("fr"), texts("en")

    assert set(french) == set(english)
    assert {key for key in french if fields(french[key]) != fields(english[key])} == set()
    assert {key for key, text in {**french, **english}.items() if not text.strip()} == set()


def test_french_is_written_as_the_french_write_it():
    """No straight apostrophe, and a no-break or plain space before the double signs."""
    wrong = {
        key: text
        for key, text in texts("fr").items()
        if re.search(r"\w'\w", text) or re.search(r"[\wéè»)][?!;](?!\w)", text)
    }

    assert wrong == {}


def test_templates_ask_only_for_words_that_exist():
    known, missing, seen = set(texts("fr")), [], 0
    for path in sorted(PAGES.rglob("*.html")):
        for _, message, sign in ASKED.findall(path.read_text(encoding="utf-8")):
            seen += 1
            found = (
                any(key.startswith(message) for key in known) if sign == "~" else message in known
            )
            if not found:
                missing.append(f"{path.name}: {message}")

    assert seen > 150
    assert missing == []


def test_templates_hold_no_words_of_their_own():
    found = [
        f"{path.name}: {words}"
        for path in sorted(PAGES.rglob("*.html"))
        for words in BARE.findall(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_pages_and_operations_ask_only_for_words_that_exist():
    known, missing, seen = set(texts("fr")), [], 0
    for path in sorted((ROOT / "webapp").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                continue
            wanted = {
                "words": first.value,
                "tell": first.value,
                "OperationError": f"errors.{first.value}",
                "StepError": f"errors.step.{first.value}",
            }.get(name)
            if wanted is not None:
                seen += 1
                if wanted not in known:
                    missing.append(f"{path.name}:{node.lineno} {wanted}")

    assert seen > 40
    assert missing == []


@pytest.mark.parametrize(
    ("room", "values"),
    [
        ("firm.state", ResponseState),
        ("territory.state", RoundState),
        ("territory.lead-state", LeadState),
        ("territory.decision", Decision),
        ("firm.lead", set(View) - {View.NOTHING}),
        ("audit.role", [*Role, "system"]),
        ("territory.gates", GATES),
        ("layout.nav", [name for row in NAVIGATION.values() for _, name in row]),
        ("families", {item.family for item in load_catalogue().resources.values()}),
        ("families", ["matter", "energy", "water", "equipment", "jobs", "services"]),
        ("territory.kept", [
            "not-approved", "waste-gate", "nobody-to-answer", "too-few-behind", "call-first",
        ]),
        ("territory.who", {check.who for check in load_catalogue().legal_checks.values()}),
        ("card.sentence", ["offer", "need", "surplus", "top_up", "buys", "has_places"]),
    ],
)  # fmt: skip
def test_every_value_of_a_closed_list_has_its_word(room, values):
    assert {f"{room}.{value}" for value in values} - set(texts("fr")) == set()


def test_every_line_of_the_log_has_its_word():
    """Actions are literals in the operations, or named after a step, a decision or a stage."""
    wanted = {
        f"audit.action.{name}"
        for name in (
            *(f"round_{step}" for step in ("open", "close", "reopen")),
            *(f"lead_{step}" for step in ("approve", "hold", "withdraw", *Decision)),
            *(f"synergy_{stage}" for stage in SynergyStage),
            *(f"figure_{basis}" for basis in ("promised", "measured")),
        )
    } - {f"audit.action.lead_{name}" for name in (Decision.PHONED, Decision.LAPSED)}
    for path in sorted((ROOT / "webapp" / "operations").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", "") == "record"
                and len(node.args) > 2
                and isinstance(node.args[2], ast.Constant)
            ):
                wanted.add(f"audit.action.{node.args[2].value}")

    assert len(wanted) > 60
    assert wanted - set(texts("fr")) == set()
