"""A running application for each test of pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.driving import Site
from tests.webapp.world import build, copy_of


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("maillage") / "template.db"
    build(path)
    return path


@pytest.fixture
def site(base: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site(copy_of(base, tmp_path / "maillage.db"))
    yield made
    made.close()
