"""A passkey and an application of codes in a real Chromium, with a key that it plays itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import RULES, Site, follow, phone
from tests.webapp.world import World, copy_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AGENT = "agent@alisiers.example"


class Strict(Site):
    """A running application that asks agents for a second factor."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        world.app().extensions["maillage"].config = dataclasses.replace(
            world.config, needs_second_factor=True, address=self.address
        )

    def enter(self, page: Page) -> None:
        self.world.clock.forward(minutes=16)
        self.sign_in(page, AGENT)


@pytest.fixture
def strict(base: Path, tmp_path: Path) -> Iterator[Strict]:
    made = Strict(copy_of(base, tmp_path / "maillage.db"))
    yield made
    made.close()


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
    strict.enter(page)
    audited(page)
    follow(page.get_by_role("button", name="Ajouter une clé d’accès"))
    audited(page)
    page.get_by_label("Son nom").fill("Ordinateur")
    follow(page.get_by_role("button", name="Créer la clé"))
    page.get_by_text("C’est fait.").wait_for()
    audited(page)
    follow(page.get_by_role("button", name="Se déconnecter"))

    strict.enter(page)
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
    strict.enter(page)
    follow(page.get_by_role("button", name="Ajouter une application"))
    totp = pyotp.TOTP(page.locator("code").inner_text())
    page.get_by_label("Code à six chiffres").fill(totp.at(strict.world.clock()))
    follow(page.get_by_role("button", name="Confirmer"))
    page.get_by_text("C’est fait.").wait_for()
    follow(page.get_by_role("button", name="Se déconnecter"))

    strict.enter(page)
    page.get_by_label("Code à six chiffres").fill(totp.at(strict.world.clock()))
    follow(page.get_by_role("button", name="Entrer"))
    expect(page).to_have_url(f"{strict.address}/territoire/")
    context.close()
