"""A firm's contact and the agent, in a real Chromium, in French, at 360 px, without JavaScript."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.driving import RULES, Site, desk, follow, phone, shows
from tests.webapp.world import address_of, code_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRM = "contact@f10.example"


class Thumb:
    """Somebody on a phone: what is touched is counted, a list that unfolds for two."""

    def __init__(self) -> None:
        self.taps = 0
        self.signs = 0
        self.page: Page | None = None

    def press(self, role: str, name: str | re.Pattern[str]) -> None:
        self.taps += 1
        follow(self.page.get_by_role(role, name=name).first)

    def tick(self, group: str, answer: str) -> None:
        self.taps += 1
        found = self.page.get_by_role("group", name=re.compile(group))
        found.get_by_text(answer, exact=True).click()

    def write(self, label: str, text: str) -> None:
        self.taps += 1
        self.signs += len(text)
        self.page.get_by_label(re.compile(rf"^\s*{label}")).first.fill(text)

    def choose(self, label: str, value: str) -> None:
        self.taps += 2
        self.page.get_by_label(label, exact=True).select_option(value)


MOST_TAPS = 40
"""From the link of the mail to the receipt: about six seconds each leaves time to think."""


@pytest.mark.parametrize("scripts", [False, True], ids=["without-scripts", "with-scripts"])
def test_ten_minutes_on_a_phone_from_the_mail_to_the_receipt(browser, site, scripts, capsys):
    """Scene 1: three things declared, one amount not known, the browser closed midway."""
    link = invitation_of(site)
    context = phone(browser, scripts=scripts)
    thumb, page = Thumb(), context.new_page()
    thumb.page = page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.address}/invitation/{link}")
    thumb.taps += 1  # the link in the mail
    expect(page.get_by_role("heading", level=1)).to_contain_text("vous invite à répondre")
    shows(page, "Qui voit quoi")
    thumb.press("button", "Recevoir mon code")
    thumb.write("Code", code_in(site.world.post_mails(), FIRM))
    thumb.press("button", "Entrer")
    thumb.press("button", re.compile("Signer la charte|Continuer"))
    thumb.press("button", "C’est juste, continuer")
    thumb.tick("Purges et carottes plastiques", "Oui")
    thumb.tick("Chutes de polypropylène", "Non")
    thumb.tick("Palettes en bois", "Oui")
    thumb.press("button", "Continuer")
    page.get_by_role("heading", level=1, name=re.compile("Purges")).wait_for()
    thumb.tick("Qu’en faites-vous", "Décharge")  # how much: not known, left empty
    thumb.tick("Qui paie", "Vous payez")
    thumb.press("button", "Enregistrer et continuer")
    page.get_by_role("heading", level=1, name=re.compile("Palettes")).wait_for()
    thumb.write("Quantité", "250")
    if scripts:
        page.get_by_text("Brouillon enregistré à").wait_for()
    else:
        thumb.press("button", "Reconnaître ces mots")
    context.close()

    context = phone(browser, scripts=scripts)
    thumb.page = page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    site.sign_in(page, FIRM)
    thumb.taps += 4
    thumb.press("link", "Continuer mes réponses")
    expect(page.get_by_label("Quantité")).to_have_value("250")
    thumb.choose("Unité", "palette")
    thumb.choose("Par", "month")
    if scripts:
        page.get_by_text(re.compile("250 par mois × 12 = 3.000 par an")).wait_for()
    thumb.press("button", "Enregistrer et continuer")
    thumb.write("Un poste difficile", "Animateur sécurité")
    thumb.press("button", "Continuer")
    thumb.write("Temps$", "env. 28")
    thumb.press("button", "Enregistrer et continuer")
    expect(page.get_by_role("alert")).to_contain_text("env. 28")
    thumb.write("Temps$", "28")
    thumb.press("button", "Enregistrer et continuer")
    thumb.press("button", "Continuer")
    expect(page.get_by_text(re.compile("250 par mois × 12 = 3.000 par an"))).to_have_count(1)
    expect(page.get_by_text("28 heures par mois")).to_have_count(1)
    thumb.press("button", "Envoyer mes réponses")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Vos réponses sont envoyées")
    shows(page, "Qui peut les voir")
    width = page.evaluate("document.documentElement.scrollWidth") if scripts else 360
    assert width <= 360
    assert {url.split("/")[2] for url in asked} == {site.address.split("/")[2]}
    context.close()
    with capsys.disabled():
        print(f" {thumb.taps} taps, {thumb.signs} signs typed", end=" ")
    assert thumb.taps <= MOST_TAPS


def test_a_cut_connection_is_said_and_nothing_on_the_screen_is_lost(browser, site):
    """The server goes while one types: the page says so, keeps the words, and saves them later."""
    context = phone(browser, scripts=True)
    page = context.new_page()
    site.sign_in(page, FIRM)
    follow(page.get_by_role("link", name="Continuer mes réponses").first)
    follow(page.get_by_role("button", name=re.compile("Signer la charte|Continuer")))
    page.goto(page.url.replace("/site", "/cartes/nouvelle/flows"))
    context.set_offline(True)
    page.get_by_label(re.compile("Quoi")).fill("copeaux de bois")
    page.get_by_text("la connexion est coupée").wait_for()
    expect(page.get_by_label(re.compile("Quoi"))).to_have_value("copeaux de bois")
    context.set_offline(False)
    page.get_by_text("Brouillon enregistré à").wait_for()
    page.goto(page.url.replace("/cartes/nouvelle/flows", "/cartes"))
    expect(page.get_by_role("heading", name="copeaux de bois")).to_have_count(1)
    context.close()


def invitation_of(site: Site) -> str:
    """The secret of F10's invitation."""
    site.world.let_mails_wait_again()
    return next(
        message.get_content().partition("/invitation/")[2].split()[0]
        for message in site.world.post_mails()
        if message["To"] == FIRM and "/invitation/" in message.get_content()
    )


def test_a_lead_from_review_to_reveal(browser, site):
    """The agent approves, signs the risk, sends; both say yes; each reads the other's name."""
    context = desk(browser)
    page = context.new_page()
    lead = next(item for item in site.world.leads("draft") if len(item.parties) == 2)
    site.sign_in(page, "agent@alisiers.example")
    page.goto(f"{site.address}/territoire/propositions/{lead.public_id}")
    readings = [text.inner_text() for text in page.locator(".reading").all()]
    for button in ["Je prends ce risque"] * page.get_by_role(
        "button", name="Je prends ce risque"
    ).count() + ["Approuver"]:
        follow(page.get_by_role("button", name=button).first)
    follow(page.get_by_role("link", name="Revenir"))
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Réponse jusqu’au").fill("2027-02-01")
    follow(page.get_by_role("button", name="Envoyer sans nom"))
    shows(page, "1 piste(s) envoyée(s).")
    context.close()

    names = [party.site.name for party in lead.parties]
    for place in range(len(lead.parties)):
        context = phone(browser, scripts=False)
        page = context.new_page()
        site.sign_in(page, address_of(site.world, lead, place))
        page.goto(f"{site.address}/entreprise/propositions/{lead.public_id}")
        expect(page.get_by_role("heading", level=1)).to_have_text(readings[2 * place])
        assert names[1 - place] not in page.content()
        follow(page.get_by_role("button", name="D’accord pour être mis en relation"))
        if place == 1:
            shows(page, names[0], "Vous avez tous dit oui")
        else:
            shows(page, "Vous avez dit oui")
            assert names[1] not in page.content()
        context.close()


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{ 7*7 }}${7*7}",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "</textarea><script>alert(1)</script>",
    "\u202egnp.exe\u0000\r\nBcc: x@y.example",
)


def test_hostile_words_in_every_field_run_nowhere(browser, site):
    """Typed by the firm in each field it has, read by the firm, by a colleague and by the agent."""
    context = phone(browser, scripts=True)
    page = context.new_page()
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: "Content Security" in message.text and ran.append("csp"))
    page.on("pageerror", lambda error: ran.append(str(error)))
    site.sign_in(page, FIRM)
    follow(page.get_by_role("link", name="Continuer mes réponses").first)
    follow(page.get_by_role("button", name=re.compile("Signer la charte|Continuer")))
    sheet = page.url.rsplit("/", 1)[0]
    filled = 0
    paths = ["couts", "aussi", "limites"] + [
        f"cartes/nouvelle/{table}" for table in ("flows", "equipment", "jobs", "pools")
    ]
    for number, path in enumerate(paths):
        page.goto(f"{sheet}/{path}")
        for place, field in enumerate(page.locator("main input:not([type]), main textarea").all()):
            text = HOSTILE[(number + place) % len(HOSTILE)].replace("\x00", "")
            field.evaluate("(e, text) => { e.value = text }", text[:200])
            filled += 1
        with page.expect_navigation():
            page.evaluate("document.querySelector('main form').requestSubmit()")
    page.goto(f"{site.address}/entreprise/equipe")
    page.get_by_label("Son nom").fill(HOSTILE[0])
    page.get_by_label("Adresse électronique").fill("rh2@f10.example")
    follow(page.get_by_role("button", name="Envoyer le courrier"))
    page.goto(f"{sheet}/cartes")
    cards = page.eval_on_selector_all(
        "a[href*='/cartes/']", "all => all.map(a => a.href).filter(h => !h.includes('nouvelle'))"
    )
    assert len(cards) >= 8
    shown = [f"{sheet}/{path}" for path in ("cartes", "verifier", "limites", "couts", "aussi")]
    shown += [f"{site.address}/entreprise/{path}" for path in ("", "suites", "equipe", "donnees")]
    for url in [*shown, *cards]:
        page.goto(url)
        assert page.locator("main img[src=x], main svg, main script").count() == 0, url
    lead = site.world.leads("sent")[0]
    context.close()

    context = desk(browser)
    page = context.new_page()
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    site.sign_in(page, address_of(site.world, lead, 0))
    page.goto(f"{site.address}/entreprise/propositions/{lead.public_id}")
    page.get_by_label(re.compile("Votre question")).fill(HOSTILE[1])
    follow(page.get_by_role("button", name="Poser une question"))
    page.locator("summary", has_text="Pourquoi").click()
    page.get_by_label("Avec vos mots").fill(HOSTILE[6])
    follow(page.get_by_role("button", name="Pas pour nous"))
    context.clear_cookies()
    site.sign_in(page, "agent@alisiers.example")
    response_id = sheet.rsplit("/", 1)[1]
    number = site.world.round("Campagne d’automne").public_id
    for path in (
        "", f"propositions/{lead.public_id}", f"campagnes/{number}", f"campagnes/{number}/confies",
        f"campagnes/{number}/qualite",
    ):  # fmt: skip
        page.goto(f"{site.address}/territoire/{path}")
        assert page.locator("main img[src=x], main script").count() == 0, path
    follow(page.get_by_role("link", name=re.compile("Accueil|À appeler")).first)
    assert response_id
    assert ran == []
    assert filled >= 15
    context.close()


@pytest.mark.parametrize("scripts", [False, True], ids=["without-scripts", "with-scripts"])
def test_after_the_answers_a_question_a_no_a_yes_and_a_word_a_month(browser, site, scripts):
    """What the other reads stands beside the button; a no may be taken back; one click of news."""
    lead = next(item for item in site.world.leads("sent") if len(item.parties) == 2)
    names = [party.site.name for party in lead.parties]
    for place in (0, 1):
        context = phone(browser, scripts=scripts)
        page = context.new_page()
        site.sign_in(page, address_of(site.world, lead, place))
        follow(page.get_by_role("link", name="Mes réponses", exact=True))
        shows(page, "Ce que sont devenues vos réponses")
        follow(page.get_by_role("link", name=re.compile("Une piste vous a été proposée")).first)
        page.goto(f"{site.address}/entreprise/propositions/{lead.public_id}")
        expect(page.get_by_role("heading", name="Ce que l’autre lit de vous")).to_have_count(1)
        page.get_by_label(re.compile("Votre question")).fill("Est-ce trié ?")
        follow(page.get_by_role("button", name="Poser une question"))
        follow(page.get_by_role("button", name="Pas pour nous"))
        shows(page, "Vous avez dit non")
        follow(page.get_by_role("button", name="D’accord pour être mis en relation"))
        if place == 0:
            shows(page, "Vous avez dit oui")
            assert names[1] not in page.content()
            context.close()
    shows(page, names[0])
    follow(page.get_by_role("link", name="Propositions"))
    follow(page.get_by_role("button", name="Nous nous sommes parlé").first)
    shows(page, "Dernière nouvelle")
    width = page.evaluate("document.documentElement.scrollWidth") if scripts else 360
    assert width <= 360
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing_on_any_page(browser, site, language, width):
    """Every page that a role can reach by its links, plus those of the door."""
    pages = 0
    for address in (
        None, FIRM, "contact@f03.example", "agent@alisiers.example", "dpo@alisiers.example",
        "elu@alisiers.example", "administration@alisiers.example",
    ):  # fmt: skip
        context = desk(browser, width)
        page = context.new_page()
        told: list[str] = []
        page.on("console", lambda message, told=told: told.append(message.text))
        if address is not None:
            site.sign_in(page, address)
        else:
            page.goto(f"{site.address}/")
        if language == "en":
            follow(page.get_by_role("button", name="English"))
            if address is not None:
                follow(page.locator(".brand"))
        seen: set[str] = set()
        waiting = [page.url, f"{site.address}/connexion", f"{site.address}/connexion/code"]
        kinds: dict[str, int] = {}
        while waiting:
            url = waiting.pop(0)
            kind = re.sub(r"[0-9a-f]{32}", "*", url)
            if (
                url in seen
                or kinds.get(kind, 0) >= 2
                or url.endswith((".json", ".xlsx", ".zip", ".ics"))
            ):
                continue
            seen.add(url)
            kinds[kind] = kinds.get(kind, 0) + 1
            page.goto(url)
            pages += 1
            found = Axe().run(page, options=RULES)
            assert found.violations_count == 0, f"{url}\n{found.generate_report()}"
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{url} is {wide} px wide"
            waiting += [
                link
                for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
                if link.startswith(site.address) and "#" not in link
            ]
        assert [line for line in told if "Content Security Policy" in line] == []
        context.close()
    assert pages > 30
