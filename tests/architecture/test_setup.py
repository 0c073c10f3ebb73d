"""``make setup`` finds a Python wherever it may hide, or says plainly what is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A machine with a shell and nothing else: ``bin`` is its whole path, ``home`` is empty."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "home").mkdir()
    for tool in ("bash", "env"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def find_python(machine: Path) -> subprocess.CompletedProcess[str]:
    """Run the search on that machine."""
    return subprocess.run(
        [str(machine / "bin" / "bash"), str(ROOT / ".ci" / "find-python")],
        env={"PATH": str(machine / "bin"), "HOME": str(machine / "home")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def script(path: Path, text: str) -> None:
    """Put a command there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{shutil.which('bash')}\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def test_says_what_is_missing_where_there_is_no_python(bare: Path):
    found = find_python(bare)

    assert found.returncode == 1
    assert found.stdout == ""
    assert "needs Python 3.12 or later" in found.stderr
    assert "make setup again" in found.stderr


def test_does_not_take_an_older_python_or_a_shim_that_points_nowhere(bare: Path):
    script(bare / "bin" / "python3", "exit 1")
    script(bare / "bin" / "python3.12", "echo 'pyenv: python3.12: command not found' >&2; exit 127")

    assert find_python(bare).returncode == 1


def test_says_so_when_a_python_cannot_make_environments(bare: Path):
    """Debian ships ensurepip apart: the version is right, the import of venv fails."""
    script(bare / "bin" / "python3", '[[ "$2" != *ensurepip* ]]')

    found = find_python(bare)

    assert found.returncode == 1
    assert "apt-get install python3-venv" in found.stderr


@pytest.mark.parametrize(
    "place",
    [
        "bin/python3.12",
        "bin/python3",
        "home/.pyenv/versions/3.13.1/bin/python",
        "home/.local/share/uv/python/cpython-3.12.9-linux-x86_64-gnu/bin/python3",
    ],
)
def test_finds_a_python_on_the_path_in_pyenv_and_in_uv(bare: Path, place: str):
    script(bare / place, f'exec {sys.executable} "$@"')

    found = find_python(bare)

    assert found.returncode == 0, found.stderr
    assert Path(found.stdout.strip()).exists()


def test_asks_uv_last(bare: Path):
    script(bare / "bin" / "uv", f"echo {sys.executable}")

    assert find_python(bare).returncode == 0


def test_make_help_names_every_target_that_a_person_may_want():
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, timeout=600, check=True
    ).stdout

    for target in ("setup", "demo", "test", "check", "bench", "smoke", "format", "help"):
        assert f"make {target} " in shown
