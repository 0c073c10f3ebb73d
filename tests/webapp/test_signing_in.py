"""Codes, sessions, links, hosts: what a stranger might try at the door."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.webapp.world import code_in
from webapp.models import LoginCode, OutgoingMail, Response, WebSession

FIRM = "contact@f10.example"


def ask(visitor, address: str):
    return visitor.post("/connexion", address=address)


def test_a_known_and_an_unknown_address_get_the_same_answer(world):
    known, unknown = world.visitor(), world.visitor()

    answers = [ask(known, FIRM), ask(unknown, "nobody@nowhere.example")]
    pages = [visitor.get("/connexion/code").data for visitor in (known, unknown)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    assert len(pages[0]) == len(pages[1])
    assert [message["To"] for message in world.post_mails() if "code" in message["Subject"]] == [
        FIRM
    ]


def test_a_code_opens_once_in_its_own_browser_only(world):
    visitor, thief = world.visitor(), world.visitor()
    ask(visitor, FIRM)
    ask(thief, "nobody@nowhere.example")
    code = code_in(world.post_mails(), FIRM)

    assert thief.post("/connexion/code", code=code).status_code == 422
    assert visitor.post("/connexion/code", code=code.lower()).location == "/entreprise/"
    assert visitor.post("/connexion/code", code=code).status_code == 422


def test_a_code_is_good_for_ten_minutes(world):
    visitor = world.visitor()
    ask(visitor, FIRM)
    code = code_in(world.post_mails(), FIRM)
    world.clock.forward(minutes=10, seconds=1)

    assert visitor.post("/connexion/code", code=code).status_code == 422


def test_five_wrong_tries_end_a_code(world):
    visitor = world.visitor()
    ask(visitor, FIRM)
    code = code_in(world.post_mails(), FIRM)
    for _ in range(5):
        assert visitor.post("/connexion/code", code="AAAAAAAA").status_code == 422

    assert visitor.post("/connexion/code", code=code).status_code == 422


@pytest.mark.parametrize("address", [FIRM, "nobody@nowhere.example"])
def test_the_sixth_code_in_a_quarter_of_an_hour_is_refused_for_anybody(world, address):
    visitor = world.visitor()
    answers = [ask(visitor, address).location for _ in range(6)]

    assert answers == ["/connexion/code"] * 5 + ["/connexion"]
    world.clock.forward(minutes=15, seconds=1)
    assert ask(visitor, address).location == "/connexion/code"


def test_a_network_gets_twenty_codes_an_hour(world):
    visitor = world.visitor()
    answers = [ask(visitor, f"n{place}@nowhere.example").location for place in range(21)]

    assert answers == ["/connexion/code"] * 20 + ["/connexion"]


def test_the_session_is_new_at_sign_in_and_dead_after_sign_out(world):
    visitor = world.visitor()
    visitor.get("/connexion")
    ask(visitor, FIRM)
    before = visitor.client.get_cookie("__Host-maillage").value
    visitor.post("/connexion/code", code=code_in(world.post_mails(), FIRM))
    inside = visitor.client.get_cookie("__Host-maillage").value
    assert before != inside
    assert visitor.get("/entreprise/").status_code == 200

    assert visitor.post("/deconnexion").status_code == 302
    thief = world.visitor()
    thief.client.set_cookie("__Host-maillage", inside, secure=True)
    assert thief.get("/entreprise/").status_code == 302


@pytest.mark.parametrize(
    ("address", "home", "hours"),
    [("agent@alisiers.example", "/territoire/", 1), (FIRM, "/entreprise/", 12)],
)
def test_an_idle_session_ends(world, address, home, hours):
    visitor = world.signed_in(address)
    world.clock.forward(hours=hours, minutes=-1)
    assert visitor.get(home).status_code == 200
    world.clock.forward(hours=hours, minutes=1)
    assert visitor.get(home).status_code == 302


def test_sessions_are_listed_and_can_be_ended(world):
    first, second = world.signed_in(FIRM), world.signed_in(FIRM)
    session = world.rows()
    row = session.scalar(select(WebSession).order_by(WebSession.id).limit(1))
    session.close()

    assert second.post(f"/compte/connexions/{row.public_id}/fermer").status_code == 302
    assert first.get("/entreprise/").status_code == 302
    assert second.get("/entreprise/").status_code == 200


def invitation_link(world) -> str:
    for message in world.letters.messages:
        if message["To"] == FIRM and "/invitation/" in message.get_content():
            text = message.get_content()
            return "/invitation/" + text.partition("/invitation/")[2].split()[0]
    raise AssertionError("no invitation")


def test_an_invitation_looked_at_by_scanners_still_serves_and_never_signs_in(world):
    link = invitation_link(world)
    scanner, person = world.visitor(), world.visitor()
    for _ in range(3):
        assert scanner.get(link, headers={"User-Agent": "MailScanner"}).status_code == 200
        assert scanner.client.head(link, base_url="https://localhost").status_code == 200
    assert scanner.get("/entreprise/").status_code == 302

    assert person.post(link).location == "/connexion/code"
    code = code_in(world.post_mails(), FIRM)
    assert scanner.post("/connexion/code", code=code).status_code == 422
    assert person.post("/connexion/code", code=code).location.startswith("/entreprise/enquetes/")


def test_a_wrong_link_is_not_found(world):
    assert world.visitor().get("/invitation/" + "0" * 64).status_code == 404


def test_no_link_and_no_code_is_in_the_base_in_clear(world):
    link = invitation_link(world)
    visitor = world.visitor()
    ask(visitor, FIRM)
    code = code_in(world.post_mails(), FIRM)
    session = world.rows()
    kept = "".join(
        str(value)
        for value in (
            *session.scalars(select(Response.link_digest)),
            *session.scalars(select(LoginCode.code_digest)),
            *session.scalars(select(OutgoingMail.values)),
        )
    )
    count = session.scalar(select(func.count()).select_from(LoginCode))
    session.close()

    assert count
    assert link.removeprefix("/invitation/") not in kept
    assert code not in kept


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil.example"]
)
def test_a_foreign_host_is_refused(world, host):
    answer = world.app().test_client().get("/", headers={"Host": host})

    assert answer.status_code == 400
    assert b"evil" not in answer.data


def test_every_answer_carries_its_headers(world):
    for path in ("/", "/connexion", "/nulle-part", "/f/maillage.css"):
        answer = world.visitor().get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if not path.startswith("/f/"):
            assert answer.headers["Cache-Control"] == "no-store"


def test_the_cookie_is_bound_to_the_host_and_kept_from_scripts(world):
    answer = world.visitor().get("/connexion")
    cookie = answer.headers["Set-Cookie"]

    assert cookie.startswith("__Host-maillage=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie


def test_no_page_has_an_inline_script_or_style_or_asks_another_host(world):
    visitor = world.signed_in("agent@alisiers.example")
    lead = world.leads("sent")[0].public_id
    for path in ("/", "/territoire/", "/territoire/campagnes", f"/territoire/propositions/{lead}"):
        page = visitor.get(path).text
        assert "<style" not in page and " style=" not in page and " onclick" not in page
        assert "http://" not in page and "https://" not in page
