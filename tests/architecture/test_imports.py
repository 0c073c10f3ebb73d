"""The floors hold: what stands lower never learns of what stands higher."""

from __future__ import annotations

import os
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


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("errors.py", "import matcher.settings", "The floors of the matcher"),
        ("attic.py", "import math", "The floors of the matcher"),
        ("optimise/problem.py", "import matcher.optimise.solver", "The floors of the optimiser"),
        ("wording.py", "import flask", "The matcher knows no web"),
        ("errors.py", "import webapp.models", "The matcher knows no web"),
        ("declarations.py", "from pulp import LpProblem", "Only the optimiser knows a solver"),
        ("optimise/solver.py", "import multiprocessing", "Only the executor knows processes"),
        ("plan/model.py", "import pyvis.network", "Only the outputs know the drawing library"),
        ("webapp/lifecycle.py", "import webapp.models", "The floors of the trusted third party"),
        ("webapp/attic.py", "import math", "The floors of the trusted third party"),
        ("webapp/pages/firm.py", "import webapp.models", "A firm's pages know no table"),
        (
            "webapp/pages/firm.py",
            "import webapp.operations.territory.reviewing",
            "A firm's pages know no table",
        ),
        ("webapp/pages/territory.py", "import sqlalchemy", "Pages know no SQL and no solver"),
        ("webapp/operations/post.py", "import flask", "Operations know no request"),
    ],
)
def test_a_wrong_import_breaks_its_contract(tmp_path: Path, room: str, line: str, contract: str):
    """A contract that cannot fail would guard nothing: each is broken once, on a copy."""
    for package in ("matcher", "webapp"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "matcher" / "__init__.py").touch()
    path = tmp_path / (room if room.startswith("webapp/") else f"matcher/{room}")
    text = path.read_text(encoding="utf-8") if path.exists() else '"""A room in no floor."""\n'
    path.write_text(f"{text}\n{line}\n", encoding="utf-8")

    result = lint_imports(tmp_path)

    assert result.returncode == 1, result.stdout + result.stderr
    broken = [row for row in result.stdout.splitlines() if " BROKEN" in row]
    assert any(row.startswith(contract) for row in broken), result.stdout
