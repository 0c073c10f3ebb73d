"""A world for each test, from one that is built once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.webapp.bases import drop_base
from tests.webapp.world import World, build, copy_of


@pytest.fixture(scope="session")
def template_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("maillage") / "template.db"
    build(path)
    yield path
    drop_base(path)


@pytest.fixture
def world(template_base: Path, tmp_path: Path) -> Iterator[World]:
    made = copy_of(template_base, tmp_path / "maillage.db")
    yield made
    made.engine.dispose()
    drop_base(tmp_path / "maillage.db")
