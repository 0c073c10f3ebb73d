"""report.html in a real browser: nothing is asked, nothing overflows, it prints."""

from __future__ import annotations

import dataclasses

import pytest
from playwright.sync_api import expect

from matcher.outputs.report_page import public_report_page, report_page
from tests.matcher.outputs.sample_plan import a_large_plan, a_plan

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("report")
    (path / "report.html").write_text(report_page(a_plan(), "fr"), "utf-8")
    (path / "public.html").write_text(public_report_page(a_large_plan(60), "fr"), "utf-8")
    return path


def watch(page):
    """Requests that are not the file itself, and everything the console says."""
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return asked, said


@pytest.mark.parametrize("name", ["report.html", "public.html"])
def test_the_page_asks_nothing_of_any_host_and_the_console_is_silent(chromium, folder, name):
    asked, said = watch(chromium)
    url = (folder / name).as_uri()

    chromium.goto(url)
    chromium.wait_for_load_state("networkidle")

    assert [item for item in asked if item != url and not item.startswith("data:")] == []
    assert said == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["report.html", "public.html"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_never_scrolls_sideways_and_tables_scroll_in_their_own_box(
    chromium, folder, name, width
):
    chromium.set_viewport_size({"width": width, "height": 800})
    chromium.goto((folder / name).as_uri())

    assert chromium.evaluate("document.documentElement.scrollWidth") <= width
    outside = chromium.evaluate(
        """() => [...document.querySelectorAll("table")]
            .filter((table) => table.getBoundingClientRect().right > innerWidth
                && !table.closest(".scroll")).length"""
    )
    assert outside == 0


def test_a_name_of_three_hundred_letters_does_not_widen_a_phones_page(chromium, tmp_path):
    plan = a_plan()
    sites = {key: dataclasses.replace(site, name="x" * 300) for key, site in plan.sites.items()}
    page = tmp_path / "report.html"
    page.write_text(report_page(dataclasses.replace(plan, sites=sites), "fr"), "utf-8")
    chromium.set_viewport_size({"width": 360, "height": 800})

    chromium.goto(page.as_uri())

    assert chromium.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_skip_link_is_first_and_leads_to_the_content(chromium, folder):
    chromium.goto((folder / "report.html").as_uri())

    chromium.keyboard.press("Tab")
    assert chromium.evaluate("document.activeElement.className") == "skip"
    chromium.keyboard.press("Enter")
    assert chromium.evaluate("document.activeElement.id") == "content"


def test_every_link_of_the_contents_leads_somewhere(chromium, folder):
    chromium.goto((folder / "report.html").as_uri())

    lost = chromium.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')]
            .filter((link) => !document.getElementById(link.hash.slice(1))).length"""
    )

    assert lost == 0


def test_text_is_dark_enough_everywhere(chromium, folder):
    """WCAG 2.2, 1.4.3: at least 4.5 to 1 for every text, against the ground it stands on."""
    chromium.goto((folder / "report.html").as_uri())

    pale = chromium.evaluate(CONTRAST)

    assert pale == []


def test_printed_on_paper_the_contents_go_and_hidden_figures_show(chromium, folder):
    chromium.goto((folder / "report.html").as_uri())
    chromium.emulate_media(media="print")

    expect(chromium.locator(".contents")).to_be_hidden()
    assert chromium.pdf(format="A4")[:4] == b"%PDF"


CONTRAST = """() => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).map(Number);
    const [r, g, b] = parts.slice(0, 3).map((part) => {
      const value = part / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return { value: 0.2126 * r + 0.7152 * g + 0.0722 * b, alpha: parts[3] ?? 1 };
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = light(getComputedStyle(at).backgroundColor);
      if (found.alpha > 0) { return found.value; }
    }
    return 1;
  };
  const pale = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, svg, .sr, .skip")) { continue; }
    const text = light(getComputedStyle(element).color).value, under = ground(element);
    const ratio = (Math.max(text, under) + 0.05) / (Math.min(text, under) + 0.05);
    if (ratio < 4.5) { pale.add(`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 80)}`); }
  }
  return [...pale];
}"""
