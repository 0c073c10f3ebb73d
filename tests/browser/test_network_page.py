"""network.html in a real browser: no request, filters, search, panel, keyboard, paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from matcher.outputs.network_page import network_page, public_network_page
from tests.matcher.outputs.sample_plan import a_large_plan, a_plan

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOWN = "maillage.edges.get({filter: (edge) => !edge.hidden}).length"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("network")
    (path / "network.html").write_text(network_page(a_plan(), "fr"), "utf-8")
    (path / "sixty.html").write_text(network_page(a_large_plan(60), "fr"), "utf-8")
    (path / "public.html").write_text(public_network_page(a_large_plan(60), "fr"), "utf-8")
    return path


@pytest.fixture
def network(chromium, folder):
    """The page, open, with what it asked and what the console said."""
    chromium.asked, chromium.said = [], []
    chromium.on("request", lambda request: chromium.asked.append(request.url))
    chromium.on("console", lambda message: chromium.said.append(message.text))
    chromium.on("pageerror", lambda error: chromium.said.append(str(error)))
    chromium.goto((folder / "network.html").as_uri())
    chromium.wait_for_function("window.maillage !== undefined")
    return chromium


@pytest.mark.parametrize("name", ["network.html", "sixty.html", "public.html"])
def test_no_host_is_asked_for_anything_and_the_console_is_silent(chromium, folder, name):
    asked, said = [], []
    chromium.on("request", lambda request: asked.append(request.url))
    chromium.on("console", lambda message: said.append(message.text))
    chromium.on("pageerror", lambda error: said.append(str(error)))
    url = (folder / name).as_uri()

    chromium.goto(url)
    chromium.wait_for_load_state("networkidle")

    assert [item for item in asked if item != url and not item.startswith("data:")] == []
    assert said == []


def test_it_works_with_the_network_cut_off(chromium, folder):
    chromium.context.set_offline(True)
    chromium.goto((folder / "network.html").as_uri())

    chromium.wait_for_function("window.maillage !== undefined")
    assert chromium.evaluate(SHOWN) == 11


def test_a_filter_by_kind_hides_its_links_its_rows_and_says_how_many_are_left(network):
    network.get_by_label("matière").uncheck()

    assert network.evaluate(SHOWN) == 5  # heat, MMT, and three to the group
    expect(network.locator("#leads tbody tr:visible")).to_have_count(3)
    expect(network.locator("#count")).to_have_text("Pistes affichées\u00a0: 3")
    hidden = network.locator("#picture path[data-lead='1']")
    expect(hidden).to_have_attribute("visibility", "hidden")

    network.get_by_label("matière").check()
    assert network.evaluate(SHOWN) == 11


def test_a_filter_by_status_hides_what_is_supposed_and_one_by_delay_the_projects(network):
    network.get_by_label("supposé", exact=True).uncheck()
    assert network.evaluate(SHOWN) == 10

    network.get_by_label("projet", exact=True).uncheck()
    expect(network.locator("#leads tbody tr:visible")).to_have_count(4)


def test_a_click_on_a_circle_opens_the_panel_beside(network):
    network.evaluate("document.querySelector('#canvas').scrollIntoView({block: 'end'})")
    spot = network.evaluate(
        """() => {
            const at = maillage.network.canvasToDOM(maillage.network.getPosition("F08"));
            const box = document.querySelector("#canvas").getBoundingClientRect();
            return [at.x + box.x, at.y + box.y];
        }"""
    )
    network.mouse.click(*spot)

    panel = network.locator("#panel")
    panel.get_by_role("heading", level=2, name="Agri-Métha du Grand Chêne", exact=True).wait_for()
    expect(panel).to_contain_text("Déchets végétaux")


def test_a_site_is_found_by_part_of_its_name_without_accents(network):
    network.locator("#search").fill("metha")
    network.keyboard.press("Enter")

    expect(network.locator("#panel")).to_contain_text("Agri-Métha du Grand Chêne")

    network.locator("#search").fill("personne")
    network.keyboard.press("Enter")
    expect(network.locator("#panel")).to_contain_text("Aucun site ne porte ce nom")


def test_the_keyboard_alone_opens_a_lead_from_the_table_then_its_site(network):
    network.get_by_role("button", name="Sable de fonderie").focus()
    network.keyboard.press("Enter")
    panel = network.locator("#panel")
    expect(panel).to_contain_text("230\u00a0k€/an")

    panel.get_by_role("button", name="Fonderie Maurel-Sorin").focus()
    network.keyboard.press("Enter")
    expect(panel).to_contain_text("Chaleur fatale")


def test_what_falls_when_a_site_closes_is_shown_and_taken_back(network):
    network.locator("#search").fill("Fonderie")
    network.keyboard.press("Enter")
    falls = network.get_by_role("button", name="Montrer ce qui tombe si ce site ferme")
    falls.click()

    red = "maillage.edges.get({filter: (edge) => edge.color.color === '#9b1c1c'}).length"
    assert network.evaluate(red) == 5  # sand, heat, and three lines of the shared job
    expect(network.locator("#panel")).to_contain_text("Pistes qui tombent avec ce site\u00a0: 3")

    network.get_by_role("button", name="Revenir au réseau entier").click()
    assert network.evaluate(red) == 0


def test_a_hostile_name_is_shown_as_text(network):
    network.locator("#search").fill("Friche")
    network.keyboard.press("Enter")

    expect(network.locator("#panel")).to_contain_text("<Fils>")
    expect(network.locator("fils")).to_have_count(0)


def test_the_drawing_can_be_saved_as_svg_and_png(network):
    for name in ("svg", "png"):
        with network.expect_download() as download:
            network.locator(f"#{name}").click()
        assert download.value.suggested_filename == f"reseau-confidentiel.{name}"


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_never_scrolls_sideways(network, width):
    network.set_viewport_size({"width": width, "height": 800})

    assert network.evaluate("document.documentElement.scrollWidth") <= width


def test_sixty_names_can_be_read_at_the_first_look(chromium, folder):
    """On a usual screen every circle is in sight and names are at least 10 px high."""
    chromium.set_viewport_size({"width": 1440, "height": 900})
    chromium.goto((folder / "sixty.html").as_uri())
    chromium.wait_for_function("window.maillage !== undefined")

    # The drawing is fitted a moment after it is made: waited for, not slept for.
    chromium.wait_for_function(
        """() => {
            const box = document.querySelector("#canvas").getBoundingClientRect();
            return 15 * maillage.network.getScale() >= 10 && maillage.nodes.getIds().every((id) => {
                const at = maillage.network.canvasToDOM(maillage.network.getPosition(id));
                return at.x > 0 && at.y > 0 && at.x < box.width && at.y < box.height;
            });
        }"""
    )


def test_without_javascript_the_drawing_and_the_table_are_there(browser, folder):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "network.html").as_uri())

    expect(page.locator("#picture")).to_be_visible()
    expect(page.locator("#leads tbody tr")).to_have_count(8)
    expect(page.locator("#tools")).to_be_hidden()
    context.close()


def test_on_paper_the_drawing_is_lines_not_a_picture_of_the_screen(network):
    network.emulate_media(media="print")

    expect(network.locator("#picture")).to_be_visible()
    expect(network.locator("#canvas")).to_be_hidden()
    expect(network.locator("#tools")).to_be_hidden()
    pdf = network.pdf(prefer_css_page_size=True)
    assert b"/MediaBox [0 0 1191.12 841.9" in pdf  # A3, landscape, in points
