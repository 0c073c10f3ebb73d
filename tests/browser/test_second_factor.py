"""A passkey and an application of codes in a real Chromium, with a key that it plays itself."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from waitress.server import create_server

from tests.browser.driving import RULES, follow, phone, sign_in
from tests.webapp.world import World, copy_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

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
        self.world.clock.forward(minutes=16)
        sign_in(self.address, self.world, page, AGENT)


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
    follow(page.get_by_role("button", name="Ajouter une clé d’accès"))
    audited(page)
    page.get_by_label("Son nom").fill("Ordinateur")
    follow(page.get_by_role("button", name="Créer la clé"))
    page.get_by_text("C’est fait.").wait_for()
    audited(page)
    follow(page.get_by_role("button", name="Se déconnecter"))

    strict.sign_in(page)
    expect(page).to_have_url(f"{strict.address}/connexion/second")
    audited(page)
    follow(page.get_by_role("button", name="Utiliser ma clé d’accès"))
    follow(page.get_by_role("button", name="Continuer"))
    page.wait_for_url(f"{strict.address}/territoire/")
    assert not [text for text in reports if "Content Security Policy" in text]
    context.close()


def test_without_scripts_an_application_of_codes_does_the_same(browser: Browser, strict: Strict):
    context = phone(browser, scripts=False)
    page = context.new_page()
    strict.sign_in(page)
    follow(page.get_by_role("button", name="Ajouter une application"))
    totp = pyotp.TOTP(page.locator("code").inner_text())
    page.get_by_label("Code à six chiffres").fill(totp.at(strict.world.clock()))
    follow(page.get_by_role("button", name="Confirmer"))
    page.get_by_text("C’est fait.").wait_for()
    follow(page.get_by_role("button", name="Se déconnecter"))

    strict.sign_in(page)
    page.get_by_label("Code à six chiffres").fill(totp.at(strict.world.clock()))
    follow(page.get_by_role("button", name="Entrer"))
    expect(page).to_have_url(f"{strict.address}/territoire/")
    context.close()
