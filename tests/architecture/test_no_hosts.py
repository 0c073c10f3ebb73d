"""The lock says what and with which hash, never from where: all install from their own mirror."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

# In pieces, so that this file does not name what it forbids.
REGISTRIES = re.compile(
    "|".join(
        r"\.".join(pieces)
        for pieces in (
            ("pypi", "org"),
            ("python" + "hosted", "org"),
            ("npmjs", "(?:com|org)"),
            ("deb", "debian", "org"),
            ("conda", "anaconda", "org"),
        )
    )
)
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^ ;\\]+)")


def lock_entries() -> dict[str, tuple[str, str]]:
    """Package -> (version, the whole entry with its hashes)."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    entries = {}
    for line in text.splitlines():
        found = PINNED.match(line)
        assert found, f"not a pinned package: {line[:80]}"
        entries[canonicalize_name(found["name"])] = (found["version"], line)
    return entries


def test_the_lock_names_no_host_and_no_path():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert not re.search(r"://|--index|--find-links|--extra|@ |^-|file:|/", text, re.MULTILINE)


def test_every_package_of_the_lock_is_held_by_a_hash():
    entries = lock_entries()

    assert len(entries) > 50
    assert [name for name, (_, line) in entries.items() if "--hash=sha256:" not in line] == []


def test_the_lock_answers_every_requirement_of_the_project():
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    asked = [
        *project["project"]["dependencies"],
        *(item for extra in project["project"]["optional-dependencies"].values() for item in extra),
        *project["build-system"]["requires"],
    ]
    entries = lock_entries()
    for text in asked:
        requirement = Requirement(text)
        version, _ = entries[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"make lock: {text} against {version}"


def test_no_tracked_file_names_a_package_registry():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git clone: there is no list of tracked files")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    found = [
        str(path.relative_to(ROOT))
        for path in paths
        if path.is_file() and REGISTRIES.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]

    assert len(paths) > 10
    assert found == []
