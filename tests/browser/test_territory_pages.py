"""The EPCI's side in a real Chromium: the agent's campaign from its five steps to the élu's page,
and axe on every page of agent, elected person and officer, in both languages, at both widths.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.browser.driving import RULES, Site, desk, follow
from webapp.models import Firm, LeadRow, Response, Round, Synergy

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AGENT, ELECTED, DPO = "agent@alisiers.example", "elu@alisiers.example", "dpo@alisiers.example"
PAGES = {
    AGENT: (
        "/territoire/", "/territoire/synergies/", "/territoire/synergies/{synergy}",
        "/territoire/synergies/{synergy}/fiche", "/territoire/entreprises/{firm}",
        "/territoire/campagnes/{round}", "/territoire/campagnes/{round}/qualite",
        "/territoire/campagnes/{round}/recherche", "/territoire/campagnes/{round}/propositions",
        "/territoire/propositions/{group}", "/territoire/campagnes/{round}/publication",
        "/territoire/campagnes/{round}/pourquoi-non",
        "/territoire/campagnes/{round}/suivante", "/territoire/campagnes/{round}/reseau",
        "/territoire/saisie/{response}", "/qui-voit-quoi",
        *(f"/territoire/campagnes/{{open}}/preparer/{stage}"
          for stage in ("cadre", "questions", "entreprises", "invitation", "ouvrir")),
    ),
    ELECTED: ("/synthese", "/synthese/{round}"),
    DPO: ("/conformite", "/journal", "/qui-voit-quoi"),
}  # fmt: skip


def ids_of(site: Site) -> dict[str, str]:
    session = site.world.rows()
    found = {
        "round": site.world.round("Campagne de printemps").public_id,
        "open": site.world.round("Campagne d’automne").public_id,
        "group": next(
            lead.public_id for lead in session.scalars(select(LeadRow)) if len(lead.parties) > 2
        ),
        "synergy": session.scalar(select(Synergy)).public_id,
        "firm": session.scalar(select(Firm).where(Firm.name == "Fonderie Maurel-Sorin")).public_id,
        "response": session.scalar(
            select(Response).join(Round).where(Round.name == "Campagne d’automne")
        ).public_id,
    }
    session.close()
    return found


def test_axe_finds_no_fault_and_no_page_asks_elsewhere_or_breaks_the_policy(
    browser: Browser, site: Site
):
    ids, seen, elsewhere, reports = ids_of(site), 0, [], []
    for address, paths in PAGES.items():
        context = desk(browser)
        page = context.new_page()
        page.on(
            "request",
            lambda asked: (
                elsewhere.append(asked.url)
                if not asked.url.startswith((site.address, "data:"))
                else None
            ),
        )
        page.on("console", lambda said: reports.append(said.text) if said.type == "error" else None)
        site.sign_in(page, address)
        if address == AGENT:
            publish(site, page, ids["round"])
        for switch in (None, "English"):
            if switch is not None:
                follow(page.get_by_role("button", name=switch))
            for path in paths:
                page.goto(site.address + path.format(**ids))
                page.evaluate(
                    "document.querySelectorAll('details').forEach(d => { d.open = true })"
                )
                for width in (1280, 360):
                    page.set_viewport_size({"width": width, "height": 900})
                    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    assert wide <= 0, f"{path} {width}"
                    results = Axe().run(page, options=RULES)
                    assert results.violations_count == 0, f"{path}\n{results.generate_report()}"
                    seen += 1
            page.goto(site.address)
        context.close()

    assert seen == 4 * sum(map(len, PAGES.values()))
    assert (elsewhere, reports) == ([], [])


def publish(site: Site, page: Page, round_id: str) -> None:
    page.goto(f"{site.address}/territoire/campagnes/{round_id}/publication")
    page.get_by_label("Une décision que l’élu peut prendre").fill("Financer la pesée commune")
    follow(page.get_by_role("button", name="Publier cette page"))
    expect(page.get_by_text("Financer la pesée commune")).to_be_visible()


def test_from_the_five_steps_to_the_measure_and_the_elected_persons_page(
    browser: Browser, site: Site
):
    """In French, as the agent would: set up, type on the phone, introduce, measure, publish."""
    context = desk(browser)
    page = context.new_page()
    site.sign_in(page, AGENT)
    follow(page.get_by_role("link", name="Campagnes"))
    page.get_by_label("Nom", exact=True).fill("Campagne d’hiver")
    page.get_by_label("Réponses jusqu’au").fill("2027-03-31")
    follow(page.get_by_role("button", name="Créer la campagne"))
    follow(page.get_by_role("button", name="Enregistrer et continuer"))
    follow(page.get_by_role("button", name="Enregistrer et continuer"))
    page.get_by_label("SIRET ou lignes du classeur").fill("12345678200002;Roy;ana@roy.example")
    follow(page.get_by_role("button", name="Ajouter ces entreprises"))
    expect(page.get_by_text("1 ajoutée(s)")).to_be_visible()
    follow(page.get_by_role("link", name="Continuer"))
    follow(page.get_by_role("button", name="M’envoyer les deux versions"))
    follow(page.get_by_role("button", name="Enregistrer et continuer"))
    follow(page.get_by_role("button", name="Ouvrir la campagne"))
    expect(page.get_by_text("La campagne est ouverte.")).to_be_visible()

    follow(page.get_by_role("link", name="Roy", exact=True))
    page.get_by_label("Quoi", exact=True).first.fill("chutes de bois")
    follow(page.get_by_role("button", name="Enregistrer ce qui est saisi"))
    expect(page.get_by_text("1 nouvelle(s) ligne(s)")).to_be_visible()

    follow(page.get_by_role("link", name="Synergies"))
    follow(page.get_by_role("link", name="Terres excavées"))
    for number, day in enumerate(("2027-02-01", "2027-02-02", "2027-02-03"), start=1):
        page.get_by_label(f"Date {number}").fill(day)
    follow(page.get_by_role("button", name="Envoyer la présentation"))
    follow(page.get_by_role("button", name="1 h", exact=True))
    page.get_by_label("Promis ou mesuré").select_option("Mesuré")
    page.get_by_label("Valeur").fill("7 900")
    page.get_by_label("Où se trouve la preuve").fill("Pesées, bons 1 à 40")
    follow(page.get_by_role("button", name="Enregistrer le résultat"))
    page.get_by_label("Nouvelle étape").select_option("Mesurée")
    follow(page.get_by_role("button", name="Enregistrer l’étape"))
    expect(page.get_by_text("Pesées, bons 1 à 40")).to_be_visible()

    publish(site, page, ids_of(site)["round"])
    expect(page.get_by_text("Heures d’animation")).to_contain_text("1 h")
    assert "Briqueterie" not in page.content()
    context.close()
