"""The worked run of the README, done as it stands: a reader who types it sees what it shows."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
LIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of the README and what it is said to print (``...`` stands for anything)."""

    command: str
    expected: str


def steps() -> list[Step]:
    """The commands of the README's console blocks, in order; ``make`` has tests of its own."""
    found = []
    for block in CONSOLE.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            if not command.startswith(("make ", "git ", "cd ")):
                found.append(Step(command=command, expected=expected))
    return found


@pytest.mark.slow
def test_the_worked_run_prints_what_the_readme_shows(tmp_path: Path):
    """In an empty folder that holds nothing but the demonstration survey."""
    environment = beside_the_demonstration(tmp_path)
    run = steps()
    assert len(run) >= 3
    assert any(step.command.startswith("maillage match ") for step in run)
    for step in run:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", step.command],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,  # a reader's terminal shows both
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"$ {step.command}\n{done.stdout}"
        got = done.stdout.replace("\u202f", " ").replace("\u00a0", " ")
        assert doctest.OutputChecker().check_output(step.expected, got, LIKE), (
            f"$ {step.command}\nREADME:\n{step.expected}\ngot:\n{got}"
        )


@pytest.mark.slow
def test_the_python_of_the_readme_runs_and_finds_proposals(tmp_path: Path):
    (program,) = PYTHON.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=beside_the_demonstration(tmp_path),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 5


def beside_the_demonstration(folder: Path) -> dict[str, str]:
    """Put the made-up territory into a folder; the environment of a reader's terminal there."""
    (folder / "datasets").symlink_to(ROOT / "datasets")
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
    }
