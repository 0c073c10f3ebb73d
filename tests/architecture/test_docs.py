"""What the documentation says to type can be typed, and where it points there is something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from webapp.cli import main

DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("datasets/**/*.md")])
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")


def typed(word: str) -> Iterator[tuple[Path, str]]:
    """Every line of code in the documentation that starts with a word, with its page."""
    for page in DOCS:
        text = page.read_text(encoding="utf-8")
        lines = [line for block in FENCE.findall(text) for line in block.splitlines()]
        lines += SPAN.findall(FENCE.sub("", text))
        for line in lines:
            line = line.strip().removeprefix("$ ")
            if line.startswith(f"{word} "):
                yield page, line


def commands_shown() -> list[tuple[str, str, str]]:
    """(page, command, whole line) for each ``maillage …`` of the documentation.

    The command is two words where the first is a group: ``import hotmaps``.
    """
    found = set()
    for page, line in typed("maillage"):
        words = re.match(r"maillage ([a-z]+)(?: ([a-z]+))?(?= |$)", line)
        if words is None:
            continue
        group = main.commands.get(words[1])
        two = isinstance(group, click.Group) and words[2]
        command = f"{words[1]} {words[2]}" if two else words[1]
        found.add((str(page.relative_to(ROOT)), command, line))
    return sorted(found)


def test_the_documentation_shows_commands():
    shown = {command for _, command, _ in commands_shown()}

    assert shown >= {"demo", "match", "check", "template", "import hotmaps", "import irep"}


@pytest.mark.parametrize(("page", "command", "line"), commands_shown())
def test_each_command_shown_exists_with_its_options(page: str, command: str, line: str):
    shown = CliRunner().invoke(main, [*command.split(), "--help"])

    assert shown.exit_code == 0, f"{page}: {line}\n{shown.output}"
    for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", line):
        assert option in shown.output, f"{page}: {line} has no {option}"


def test_every_command_says_what_it_does():
    """``--help`` on each, the ones that no page shows included."""
    silent = [
        " ".join(path) for path, command in all_commands() if not (command.help or "").strip()
    ]

    assert len(list(all_commands())) >= 5
    assert silent == []


def all_commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command, those inside groups included."""
    for name, command in main.commands.items():
        yield (name,), command
        if isinstance(command, click.Group):
            for inner, subcommand in command.commands.items():
                yield (name, inner), subcommand


def test_each_make_target_shown_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    unknown = [
        f"{page.name}: {line}"
        for page, line in typed("make")
        for target in re.findall(r"^make ([a-z ]+)$", line)
        if not set(target.split()) <= targets
    ]

    assert {"setup", "demo", "test", "check", "bench", "smoke", "format", "help"} <= targets
    assert unknown == []


def test_each_link_inside_the_repository_leads_somewhere():
    dead = [
        f"{page.relative_to(ROOT)} -> {link}"
        for page in DOCS
        for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
        if "://" not in link
        and not link.startswith(("#", "mailto:"))
        and not (page.parent / link.split("#")[0]).exists()
    ]

    assert dead == []


def test_each_code_name_of_the_glossary_is_spelt_as_in_the_code():
    """One idea, one word: a class or module that the glossary names exists under that name."""
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "matcher").rglob("*.py"))
    )
    names = set(re.findall(r"`([A-Za-z][A-Za-z_]*(?:\.[A-Z_]+)?)(?:\(\))?`", glossary))
    missing = sorted(
        name for name in names if not re.search(rf"\b{name.rsplit('.', 1)[-1]}\b", code)
    )

    assert len(names) > 20
    assert missing == []


def test_an_equation_has_one_number_on_the_page_and_the_same_in_the_code():
    """Each number once on the page, from 1 on; a number in the code is written by one room.

    A model may be written twice, on the board and in ids, under the same numbers.
    """
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    on_page = [int(number) for number in re.findall(r"(?:&|quad) \((\d+)\)", page)]
    rooms: dict[int, list[str]] = {}
    for path in sorted((ROOT / "matcher").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for number in sorted({int(found) for found in re.findall(r" & \((\d+)\)", text)}):
            rooms.setdefault(number, []).append(path.stem)

    assert len(on_page) == len(set(on_page))
    assert set(range(1, 24)) <= set(on_page)
    assert set(rooms) <= set(on_page)
    assert len(rooms) > 15
    twice = {number: names for number, names in rooms.items() if len(names) > 1}
    assert all(
        len(names) == 2 and any(name.endswith("reference") for name in names)
        for names in twice.values()
    ), twice
    assert set(range(1, 5)) <= set(twice)
