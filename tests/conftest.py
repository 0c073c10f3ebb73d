"""What every test may ask for: the facts beside the repository, a browser, steady randomness."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

# Derandomised: the same code meets the same examples, so a red test stays red until it is mended.
_COMMON = {
    "derandomize": True,
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("short", max_examples=25, **_COMMON)
settings.register_profile("long", max_examples=60, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))

_CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A wait ends when what it waits for is there: this only stops a test that hangs.
_PATIENCE_MS = 300_000


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of facts and cases beside the repository; most people do not have it."""
    if not SHARED.is_dir():
        pytest.skip("the folder 'shared' beside the repository is absent: nothing to compare with")
    return SHARED


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once. Absent, it skips; absent in CI, it fails."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        message = "no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=path, args=_CHROMIUM_ARGUMENTS)
        yield instance
        instance.close()


@pytest.fixture
def chromium(browser: Browser) -> Iterator[Page]:
    """A fresh page of a real browser, 1280 x 800, French, with no cookie and no cache."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(_PATIENCE_MS)
    yield context.new_page()
    context.close()
