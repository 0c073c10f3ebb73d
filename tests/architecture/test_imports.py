"""The floors hold: what stands lower never learns of what stands higher."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def lint_imports(house: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of pyproject.toml on the packages of one folder."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.path.insert(0, '.');"
            "from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))",
        ],
        cwd=house,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"},
    )


def test_every_contract_of_the_house_is_kept():
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr
    assert " 0 broken" in result.stdout


WRONG = [
    ("errors", "matcher.settings", "The floors of the matcher"),
    ("attic", "math", "The floors of the matcher"),
    ("optimise/problem", "matcher.optimise.solver", "The floors of the optimiser"),
    ("shares/prices", "matcher.shares.groups", "The floors of the shares"),
    ("foresight/findings", "matcher.foresight.round", "The floors of foresight"),
    ("wording", "flask", "The matcher knows no web"),
    ("terms", "webapp.models", "The matcher knows no web"),
    ("declarations/words", "pulp", "Only the optimiser knows a solver"),
    ("optimise/solver", "multiprocessing", "Only the executor knows processes"),
    ("plan/model", "pyvis", "Only the outputs know the drawing library"),
    ("webapp/lifecycle", "webapp.models", "The floors of the trusted third party"),
    ("webapp/attic", "math", "The floors of the trusted third party"),
    ("webapp/pages/firm/home", "webapp.models", "A firm's pages know no table"),
    (
        "webapp/pages/firm/leads",
        "webapp.operations.territory.reviewing",
        "A firm's pages know no table",
    ),
    ("webapp/pages/territory", "sqlalchemy", "Pages know no SQL and no solver"),
    ("webapp/operations/post", "flask", "Operations know no request"),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each broken contract says, of a copy of the house with all the wrong imports."""
    house = tmp_path_factory.mktemp("house")
    for package in ("matcher", "webapp"):
        shutil.copytree(
            ROOT / package, house / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", house)
    for room, imported, _ in WRONG:
        path = house / f"{dotted(room).replace('.', '/')}.py"
        text = path.read_text(encoding="utf-8") if path.exists() else '"""In no floor."""\n'
        path.write_text(f"{text}\nimport {imported}\n", encoding="utf-8")
    result = lint_imports(house)
    assert result.returncode == 1, result.stdout + result.stderr
    broken = result.stdout.partition("Broken contracts")[2]
    _, *parts = re.split(r"^(.+)\n-+\n", broken, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def dotted(room: str) -> str:
    """The module of a room."""
    return (
        room.replace("/", ".")
        if room.startswith("webapp/")
        else f"matcher.{room}".replace("/", ".")
    )


@pytest.mark.parametrize(("room", "imported", "contract"), WRONG)
def test_a_wrong_import_breaks_its_contract(told, room: str, imported: str, contract: str):
    """A contract that cannot fail would guard nothing: each is broken, on a copy."""
    (said,) = (text for name, text in told.items() if name.startswith(contract))
    assert dotted(room) in said, said
    assert imported in said or imported == "math", said
