"""What goes on behind one door only: a solver's status, the clock, chance, the network."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

MATCHER = ROOT / "matcher"

STATUS_WORDS = {
    "HighsModelStatus",
    "LpSolveStatus",
    "LpSolveStats",
    "LpStatus",
    "getModelStatus",
    "has_solution",
    "modelStatusToString",
    "primal_solution_status",
    "sol_status",
    "solver_status",
}
TODAY = {"now", "today", "utcnow", "localtime", "gmtime"}
CLOCKS = {"time", "monotonic", "perf_counter", "process_time"}
CHANCE = {"default_rng", "random", "RandomState", "shuffle", "uuid1", "uuid4", "urandom"}


def modules() -> list[Path]:
    """Every module of the matcher."""
    return sorted(MATCHER.rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax of a module, read once."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """All of a module's syntax, walked once."""
    return tuple(ast.walk(tree_of(path)))


def names_used(path: Path) -> Iterator[tuple[str, int]]:
    """Every name that a module imports, reads as an attribute or writes plainly, with its line."""
    for node in nodes_of(path):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name, node.lineno
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                for alias in names:
                    yield alias.name, node.lineno


def methods_called(words: set[str]) -> set[str]:
    """Where a method or a module's function of that name is called, as :func:`users_of`."""
    return {
        f"{path.relative_to(MATCHER)}:{node.lineno} {node.func.attr}"
        for path in modules()
        for node in nodes_of(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in words
    }


def users_of(words: set[str]) -> set[str]:
    """Where one of the words is used, as ``folder/module.py:line word``."""
    return {
        f"{path.relative_to(MATCHER)}:{line} {name}"
        for path in modules()
        for name, line in names_used(path)
        if name in words
    }


def test_only_the_solver_room_reads_a_status():
    users = users_of(STATUS_WORDS)

    assert any(use.startswith("optimise/solver.py:") for use in users), "the words have changed"
    assert {use for use in users if not use.startswith("optimise/solver.py:")} == set()


def test_no_room_reads_todays_date():
    """``as_of`` comes in as an argument; only the command line may fill it in for its user."""
    assert {use for use in methods_called(TODAY) if not use.startswith("cli/commands.py:")} == set()


def test_only_the_command_line_and_the_solver_room_hold_a_watch():
    holders = {use.split(":")[0] for use in methods_called(CLOCKS)}

    assert holders == {"cli/commands.py", "optimise/solver.py"}


def test_one_room_throws_dice_and_only_from_a_seed():
    """Same survey, same plan: what is thrown is thrown again from the seed of the settings."""
    throwers = {use.split(":")[0] for use in users_of(CHANCE)}

    assert throwers == {"dice.py"}
    assert {use.split()[1] for use in users_of(CHANCE)} == {"random"}


@pytest.mark.parametrize("module", ["urllib.request", "http.client", "ftplib", "socket"])
def test_no_room_opens_a_connection(module: str):
    """The contract on imports sees packages only: ``urllib.parse`` is harmless, its sister not."""
    top, _, rest = module.partition(".")
    found = [
        str(path.relative_to(MATCHER))
        for path in modules()
        for node in nodes_of(path)
        if (isinstance(node, ast.Import) and module in {alias.name for alias in node.names})
        or (isinstance(node, ast.ImportFrom) and node.module == module)
        or (
            rest
            and isinstance(node, ast.ImportFrom)
            and node.module == top
            and rest in {alias.name for alias in node.names}
        )
    ]
    assert found == []
