"""Somebody at a browser: presses, waits until the next page is there, then reads it.

A click comes back before the page that it leads to. What is read or opened right after it may
be of the page before, or of none; so whatever leads elsewhere goes through ``follow``.
"""

from __future__ import annotations

import threading
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from waitress import wasyncore
from waitress.server import create_server

from tests.webapp.world import World, code_in

PATIENCE_MS = 60_000
RULES = {
    "runOnly": {
        "type": "tag",
        "values": [
            "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice",
        ],
    }
}  # fmt: skip

expect.set_options(timeout=PATIENCE_MS)  # five seconds are few on a busy machine


def follow(leads_on: Locator) -> None:
    """Press a button or a link that leads to another page, and wait until that one is there."""
    with leads_on.page.expect_navigation():
        leads_on.click()


def shows(page: Page, *texts: str) -> None:
    """Wait until the page says all this."""
    for text in texts:
        expect(page.locator("body")).to_contain_text(text)


class Served:
    """An application behind waitress, in threads of this process."""

    def __init__(self, app: Any) -> None:
        self._server = create_server(app, host="127.0.0.1", port=0, threads=4)
        self.address = f"http://localhost:{self._server.effective_port}"
        self._loop = threading.Thread(target=self._server.run, daemon=True)
        self._loop.start()

    def close(self) -> None:
        """The workers first; then the loop closes its own files.

        Closed from here, as ``server.close()`` does, a worker that ends late writes its wake-up
        into whatever file was given the same number since: seen in the first byte of a test's base.
        """
        self._server.task_dispatcher.shutdown(timeout=PATIENCE_MS / 1000)
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._server._map))
        self._loop.join(PATIENCE_MS / 1000)
        assert not self._loop.is_alive()


class Site:
    """A running application with its world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._served = Served(world.app())
        self.address = self._served.address

    def close(self) -> None:
        self._served.close()
        self.world.engine.dispose()

    def sign_in(self, page: Page, address: str) -> None:
        sign_in(self.address, self.world, page, address)


def sign_in(root: str, world: World, page: Page, address: str) -> None:
    """By the code of the mail, as far as the page after it."""
    world.clock.forward(minutes=4)
    page.goto(f"{root}/connexion")
    page.get_by_label("Adresse électronique").fill(address)
    follow(page.get_by_role("button", name="Recevoir mon code"))
    page.get_by_label("Code").fill(code_in(world.post_mails(), address))
    follow(page.get_by_role("button", name="Entrer"))


def desk(browser: Browser, width: int = 1280) -> BrowserContext:
    context = browser.new_context(locale="fr-FR", viewport={"width": width, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    return context


def phone(browser: Browser, *, scripts: bool) -> BrowserContext:
    context = browser.new_context(
        locale="fr-FR", viewport={"width": 360, "height": 740}, java_script_enabled=scripts
    )
    context.set_default_timeout(PATIENCE_MS)
    return context
