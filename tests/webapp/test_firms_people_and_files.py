"""Colleagues, handing over, files, what became of the answers, monthly words, erasure."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from matcher.survey_format.template import write_template
from tests.webapp.test_answering import COLLEAGUE, FIRM, keep, rows_of, sheet_of
from tests.webapp.world import World, address_of
from webapp.db import transaction
from webapp.lifecycle import ResponseState
from webapp.mapping import apart
from webapp.models import (
    Account,
    Attachment,
    AuditLine,
    Firm,
    MonthlyWord,
    OutgoingMail,
    Response,
    Site,
)
from webapp.operations import post
from webapp.operations.firm import news
from webapp.texts import texts

AGENT = "agent@alisiers.example"
PDF = b"%PDF-1.7 un bilan"


@pytest.fixture
def firm(world):
    return world.signed_in(FIRM)


def send_file(visitor, path: str, content: bytes, name: str = "bilan.pdf"):
    return visitor.client.post(
        path,
        data={"csrf_token": visitor.mark(), "file": (io.BytesIO(content), name)},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/"},
        content_type="multipart/form-data",
    )


def account(world: World, address: str) -> Account | None:
    session = world.rows()
    digest = world.vault.digest("address", address)
    found = session.scalar(select(Account).where(Account.address_digest == digest))
    session.close()
    return found


def actions(world: World) -> list[tuple[str, str]]:
    session = world.rows()
    found = [(line.role, line.action) for line in session.scalars(select(AuditLine))]
    session.close()
    return found


def test_a_theme_goes_to_a_colleague_by_mail_and_only_the_manager_sends_the_whole(world, firm):
    """Scene 2: the safety manager gives HR the jobs; the log names both by role."""
    sheet = sheet_of(world, firm)
    firm.post("/entreprise/equipe/inviter", name="RH", address=COLLEAGUE, theme="jobs")
    (mail,) = [item for item in world.post_mails() if item["To"] == COLLEAGUE]
    assert "trois minutes" in mail["Subject"]
    colleague = world.signed_in(COLLEAGUE)

    assert colleague.get(sheet).location == f"{sheet}/aussi"
    colleague.post(f"{sheet}/aussi", jobs="Animateur sécurité")
    assert colleague.post(f"{sheet}/envoyer").status_code == 404
    assert colleague.get("/entreprise/equipe").status_code == 404
    assert ("manager", "colleague_invited") in actions(world)
    assert ("contributor", "card_saved") in actions(world)


def test_an_address_of_another_firm_is_refused_in_the_words_of_any_refusal(world, firm):
    sentences = {
        firm.get(
            firm.post(
                "/entreprise/equipe/inviter", name="x", address=address, theme="jobs"
            ).location
        ).text.count("ne peut pas être ajoutée ici")
        for address in ("contact@f03.example", AGENT, FIRM)
    }

    assert sentences == {1}


def test_handing_over_is_one_click_and_the_former_manager_only_types(world, firm):
    public_id = account(world, COLLEAGUE).public_id
    before = world.signed_in(COLLEAGUE)
    firm.post(f"/entreprise/equipe/{public_id}/passer")

    assert before.get("/entreprise/").status_code == 302  # a new role, a new session
    assert (account(world, COLLEAGUE).role, account(world, FIRM).role) == ("manager", "contributor")
    assert firm.get("/entreprise/equipe").status_code == 404
    assert world.signed_in(COLLEAGUE).get("/entreprise/equipe").status_code == 200


def test_a_colleague_who_leaves_has_no_access_and_no_name_left(world, firm):
    public_id = account(world, COLLEAGUE).public_id
    colleague = world.signed_in(COLLEAGUE)
    firm.post(f"/entreprise/equipe/{public_id}/retirer")

    assert account(world, COLLEAGUE) is None
    assert colleague.get("/entreprise/").status_code == 302
    assert COLLEAGUE not in firm.get("/entreprise/equipe").text


@pytest.mark.slow
def test_a_statement_is_typed_by_the_agent_who_alone_can_open_it(world, firm):
    sheet = sheet_of(world, firm)
    send_file(firm, f"{sheet}/joindre", PDF, "../../bilan 2026.pdf")
    assert "bilan 2026.pdf" in firm.get(f"{sheet}/joindre").text
    session = world.rows()
    item = session.scalar(select(Attachment))
    session.close()
    assert PDF not in item.content
    agent = world.signed_in(AGENT)
    answer = agent.get(f"/territoire/fichiers/{item.public_id}")

    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert ("agent", "file_read") in actions(world)
    assert (
        world.signed_in("contact@f03.example")
        .get(f"/territoire/fichiers/{item.public_id}")
        .status_code
        == 404
    )
    agent.post(f"/territoire/fichiers/{item.public_id}/saisi")
    assert "saisi par l’animateur" in firm.get(f"{sheet}/joindre").text


def test_a_file_that_should_not_come_is_refused_in_words(world, firm):
    """Empty, a program, a page, one byte too many: nothing of it is kept."""
    sheet = sheet_of(world, firm)
    for content, words in (
        (b"", "qui ne soit pas vide"),
        (b"MZ\x90\x00 programme", "ni un PDF"),
        (b"<html><script>alert(1)</script>", "ni un PDF"),
        (PDF + b" " * 5_000_001, "dépasse 5 Mo"),
    ):
        answer = send_file(firm, f"{sheet}/joindre", content)
        assert words in firm.get(answer.location).text
    session = world.rows()
    assert session.scalar(select(Attachment)) is None
    session.close()


@pytest.mark.slow
def test_the_workbook_that_one_downloads_comes_back_as_cards_to_read_over(world, firm, tmp_path):
    """Two cards, downloaded, taken away, sent back: the same two, once however often it is sent."""
    sheet = sheet_of(world, firm)
    for fresh, what in (("a", "palettes"), ("b", "=cmd|' /C calc'!A0")):
        keep(
            firm, f"{sheet}/cartes/nouvelle/flows", fresh=fresh, what=what, said_amount="250",
            unit="palette", said_per="month", direction="need",
        )  # fmt: skip
    data = firm.get(f"{sheet}/reponses.xlsx").data
    book = load_workbook(io.BytesIO(data))
    cells = [cell for page in book for row in page for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells if str(cell.value).startswith("=")} <= {"s"}
    before = [row for _, row in rows_of(world)]
    for number in (1, 2):
        firm.post(f"{sheet}/couts")
        answer = send_file(firm, f"{sheet}/joindre", data, "x.xlsx")
        assert answer.status_code in {200, 302}
        assert len(rows_of(world)) == 4, number
    again = [row for _, row in rows_of(world)][2:]

    assert [row["amount"] for row in again] == ["3000", "3000"]
    assert [row["description"] for row in again] == [row["description"] for row in before]
    assert not any(row.get("seen") for row in again)


@pytest.mark.slow
def test_a_hostile_workbook_is_stopped_and_the_server_lives_on(world, firm, monkeypatch):
    """400 MB of noughts in a small file; a child that would grow, or last, is stopped."""
    sheet = sheet_of(world, firm)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 400_000_000)
    bomb = stream.getvalue()
    answer = send_file(firm, f"{sheet}/joindre", bomb, "x.xlsx")
    assert answer.status_code == 302
    assert rows_of(world) == []
    monkeypatch.setattr(apart, "PATIENCE_S", 0.01)
    with pytest.raises(apart.HostileError):
        apart.read_apart(bomb, "fr", datetime.date(2027, 1, 11))
    assert firm.get(sheet).status_code == 302


@pytest.mark.slow
def test_an_empty_template_and_another_kind_of_workbook_are_kept_for_the_agent(
    world, firm, tmp_path
):
    sheet = sheet_of(world, firm)
    write_template(tmp_path / "vide.xlsx", "fr")
    send_file(firm, f"{sheet}/joindre", (tmp_path / "vide.xlsx").read_bytes(), "vide.xlsx")

    assert "vide.xlsx" in firm.get(f"{sheet}/joindre").text
    assert rows_of(world) == []


def test_what_became_of_the_answers_is_said_without_a_lead_and_tells_nothing_of_others(world):
    """F04's sawdust has no lead that was sent; what sawdust serves for elsewhere is public."""
    visitor = world.signed_in("contact@f04.example")
    page = visitor.get("/entreprise/suites").text

    assert "Ce que sont devenues vos réponses" in page
    assert "Ailleurs, cela sert souvent à" in page
    for name in ("Briqueterie", "Larchat", "Brossard"):
        assert name not in page


@pytest.mark.slow
def test_a_word_a_month_is_asked_once_a_month_until_it_stands_or_stops(world):
    """After 30 days one mail; a word stops this month's; « signed » stops all."""
    (lead,) = world.leads("revealed")
    address = address_of(world, lead, 0)
    visitor = world.signed_in(address)
    path = f"/entreprise/propositions/{lead.public_id}"

    def asked() -> int:
        with transaction(world.engine, world.info) as session:
            return news.ask_for_news(session, now=world.clock.now)

    assert asked() == 0
    world.clock.forward(days=31)
    first = asked()
    assert first >= 1
    assert asked() == 0
    visitor = world.signed_in(address)
    visitor.post(f"{path}/nouvelles", word="trial")
    visitor.post(f"{path}/nouvelles", word="contract")
    visitor.post(f"{path}/nouvelles", word="no such word")
    session = world.rows()
    assert [row.word for row in session.scalars(select(MonthlyWord))] == ["contract"]
    session.close()
    assert "C’est signé" in visitor.get(path).text
    world.clock.forward(days=31)
    assert asked() == first - 1


def test_no_news_of_a_lead_whose_names_were_not_given(world):
    lead = world.leads("sent")[0]
    visitor = world.signed_in(address_of(world, lead, 0))
    visitor.post(f"/entreprise/propositions/{lead.public_id}/nouvelles", word="trial")

    session = world.rows()
    assert session.scalar(select(MonthlyWord)) is None
    session.close()


def test_ones_own_name_and_telephone_can_be_corrected(world, firm):
    firm.post("/entreprise/donnees/moi", name="", phone="1")
    firm.post("/entreprise/donnees/moi", name="Dominique Le Goff", phone="02 99 00 00 00")

    page = firm.get("/entreprise/donnees").text
    assert "Dominique Le Goff" in page and "02 99 00 00 00" in page


def test_erasing_needs_the_word_and_a_manager_alone_hands_over_first(world, firm):
    firm.post("/entreprise/donnees/effacement/moi", word="effacer")
    firm.post("/entreprise/donnees/effacement/moi", word="EFFACER")
    assert account(world, FIRM) is not None
    colleague = world.signed_in(COLLEAGUE)
    colleague.post("/entreprise/donnees/effacement/moi", word="EFFACER")

    assert account(world, COLLEAGUE) is None
    assert colleague.get("/entreprise/").status_code == 302


def test_a_firm_that_erases_all_has_left_and_nobody_of_it_is_known_any_more(world, firm):
    """Drafts go at once; what was received waits for the visa; the agent is told."""
    sheet = sheet_of(world, firm)
    keep(firm, f"{sheet}/cartes/nouvelle/flows", fresh="a", what="palettes")
    firm.post("/entreprise/donnees/effacement/entreprise", word="EFFACER")
    session = world.rows()
    row = session.scalar(select(Firm).where(Firm.name == "Moulages Tessonnet"))
    states = {
        item.state
        for item in session.scalars(select(Response).join(Site).where(Site.firm_id == row.id))
    }
    people = session.scalars(select(Account).where(Account.firm_id == row.id)).all()
    names = [world.vault.open(item.keys, item.personal)["name"] for item in people]
    session.close()

    assert row.erasure_asked_at == world.clock.now
    assert states == {ResponseState.WITHDRAWN}
    assert names == ["", ""]
    assert rows_of(world) == []
    assert firm.get("/entreprise/").status_code == 302
    assert [mail for mail in world.post_mails() if "effacement" in mail["Subject"]]


def test_a_person_is_asked_for_minutes_four_times_a_round_and_no_more(world):
    with transaction(world.engine, world.info) as session:
        person = session.scalar(select(Account).where(Account.role == "manager"))
        written = [
            post.write(
                session, person, "news", key=f"k{number}", now=world.clock.now, round_id=99,
                path="/",
            )
            for number in range(6)
        ]  # fmt: skip
    session = world.rows()
    assert len(session.scalars(select(OutgoingMail).where(OutgoingMail.round_id == 99)).all()) == 4
    session.close()

    assert written == [True] * 4 + [False] * 2
    assert ("system", "mail_withheld") in actions(world)


@pytest.mark.parametrize(
    "template",
    [
        "invitation", "reminder", "proposal", "typed", "confirm-yes", "news", "colleague",
        "colleague-theme", "handed-over",
    ],
)  # fmt: skip
def test_a_mail_that_asks_says_how_many_minutes(template):
    for language in ("fr", "en"):
        words = texts(language)
        said = words[f"mail.{template}.subject"] + words[f"mail.{template}.body"]
        assert "minute" in said, language


def test_names_to_exclude_are_settled_by_the_agent_before_anything_is_matched(world, firm):
    sheet = sheet_of(world, firm)
    firm.post(f"{sheet}/limites", excluded="Les Autres", leads="1")
    firm.post(f"{sheet}/envoyer")
    agent = world.signed_in(AGENT)
    number = world.round("Campagne d’automne").public_id
    page = f"/territoire/campagnes/{number}/confies"
    assert "Les Autres" in agent.get(page).text
    sheet_id = sheet.rsplit("/", 1)[1]
    agent.post(f"/territoire/exclusions/{sheet_id}/0", siren="12")
    assert "Les Autres" in agent.get(page).text
    agent.post(f"/territoire/exclusions/{sheet_id}/0", siren="999 801 079")

    assert "Aucun nom à retrouver" in agent.get(page).text
