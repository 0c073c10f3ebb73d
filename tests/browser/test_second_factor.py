"""A passkey and an application of codes in a real Chromium, with a key that it plays itself."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from waitress.server import create_server

from tests.browser.test_firm_journey import RULES, base, phone
from tests.webapp.world import World, code_in, copy_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["base"]

AGENT = "agent@alisiers.example"


class Strict:
    """A running application that asks agents for a second factor."""

    def __init__(self, world: World) -> None:
        self.world = world
        app = world.app()
        self.server = create_server(app, host="127.0.0.1", port=0, threads=4)
        self.address = f"http://localhost:{self.server.effective_port}"
        app.extensions["maillage"].config = dataclasses.replace(
            world.config, needs_second_factor=True, address=self.address
        )
        threading.Thread(target=self.server.run, daemon=True).start()

    def sign_in(self, page: Page) -> None:
        self.world.clock.forward(minutes=20)
        page.goto(f"{self.address}/connexion")
        page.get_by_label("Adresse électronique").fill(AGENT)
        page.get_by_role("button", name="Recevoir mon code").click()
        page.get_by_label("Code").fill(code_in(self.world.post_mails(), AGENT))
        page.get_by_role("button", name="Entrer").click()


@pytest.fixture
def strict(base: Path, tmp_path: Path) -> Iterator[Strict]:
    made = Strict(copy_of(base, tmp_path / "maillage.db"))
    yield made
    made.server.close()
    made.world.engine.dispose()


def audited(page: Page) -> None:
    results = Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()


def test_a_passkey_is_made_and_then_opens_the_door(browser: Browser, strict: Strict):
    context = phone(browser, scripts=True)
    page = context.new_page()
    reports: list[str] = []
    page.on("console", lambda message: reports.append(message.text))
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    strict.sign_in(page)
    audited(page)
    page.get_by_role("button", name="Ajouter une clé d’accès").click()
    audited(page)
    page.get_by_label("Son nom").fill("Ordinateur")
    page.get_by_role("button", name="Créer la clé").click()
    page.get_by_text("C’est fait.").wait_for()
    audited(page)
    page.get_by_role("button", name="Se déconnecter").click()

    strict.sign_in(page)
    assert page.url == f"{strict.address}/connexion/second"
    audited(page)
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(f"{strict.address}/territoire/")
    assert not [text for text in reports if "Content Security Policy" in text]
    context.close()


def test_without_scripts_an_application_of_codes_does_the_same(browser: Browser, strict: Strict):
    context = phone(browser, scripts=False)
    page = context.new_page()
    strict.sign_in(page)
    page.get_by_role("button", name="Ajouter une application").click()
    totp = pyotp.TOTP(page.locator("code").inner_text())
    page.get_by_label("Code à six chiffres").fill(totp.at(strict.world.clock()))
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_text("C’est fait.").wait_for()
    page.get_by_role("button", name="Se déconnecter").click()

    strict.sign_in(page)
    page.get_by_label("Code à six chiffres").fill(totp.at(strict.world.clock()))
    page.get_by_role("button", name="Entrer").click()
    assert page.url == f"{strict.address}/territoire/"
    context.close()
