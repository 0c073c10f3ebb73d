"""axe finds nothing to say against the pages that the made-up territory gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe, AxeResults
from playwright.sync_api import Page

from matcher.matching import match
from matcher.outputs.network_page import network_page, public_network_page
from matcher.outputs.report_page import public_report_page, report_page
from matcher.plan import Plan
from matcher.reading import read_survey
from matcher.settings import Settings
from matcher.wording import LANGUAGES
from tests.walks.conftest import AS_OF, DEMO

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "report": report_page,
    "network": network_page,
    "public report": public_report_page,
    "public network": public_network_page,
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return match(read_survey(DEMO, as_of=AS_OF), Settings(as_of=AS_OF, workers=1))


def audit(page: Page) -> AxeResults:
    """Every rule of axe, WCAG and good practice, on the page with its folds open."""
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    results = Axe().run(page)
    assert len(results.response["passes"]) > 10, "axe has not really looked"
    return results


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_fault(
    chromium: Page, plan: Plan, tmp_path: Path, name: str, language: str, width: int
):
    path = tmp_path / "page.html"
    path.write_text(PAGES[name](plan, language), "utf-8")
    chromium.set_viewport_size({"width": width, "height": 800})
    chromium.goto(path.as_uri())

    results = audit(chromium)

    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_fault_with_the_side_panel_open(
    chromium: Page, plan: Plan, tmp_path: Path, width: int
):
    path = tmp_path / "network.html"
    path.write_text(network_page(plan, "fr"), "utf-8")
    chromium.set_viewport_size({"width": width, "height": 800})
    chromium.goto(path.as_uri())
    chromium.locator("#leads tbody tr button").first.click()
    chromium.locator("#panel h2").wait_for()

    results = audit(chromium)

    assert results.violations_count == 0, results.generate_report()


def test_axe_would_have_seen_a_fault(chromium: Page, tmp_path: Path):
    """An image without words, a button without a name: the audit is awake."""
    path = tmp_path / "bad.html"
    path.write_text("<html><body><img src='data:,'><button></button></body></html>", "utf-8")
    chromium.goto(path.as_uri())

    found = {violation["id"] for violation in Axe().run(chromium).response["violations"]}

    assert found >= {"image-alt", "button-name", "html-has-lang"}
