"""The second factor of those who see more than one firm; a stolen mailbox is not enough."""

from __future__ import annotations

import dataclasses
import re

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.webapp.test_routes import filled, ids_of, routes
from tests.webapp.world import Visitor, World
from webapp.cli import main
from webapp.models import AuditLine, SecondFactor, WebSession
from webapp.pages.access import ACCESS, HALF_WAY
from webapp.policy import is_allowed

AGENT = "agent@alisiers.example"
SECRET_IN_PAGE = re.compile(r"<code[^>]*>([A-Z2-7]{32})</code>")


@pytest.fixture
def strict(world: World) -> World:
    """As installed: agents must have one."""
    world.config = dataclasses.replace(world.config, needs_second_factor=True)
    return world


def add_application(world: World, visitor: Visitor) -> pyotp.TOTP:
    """Set one up, as a person would who copies the letters."""
    place = visitor.post("/compte/second/application").location
    totp = pyotp.TOTP(SECRET_IN_PAGE.search(visitor.get(place).text)[1])
    done = visitor.post(place, code=totp.at(world.clock()), name="Téléphone")
    assert done.location == "/compte/second", done.text
    return totp


def test_an_agent_first_sets_one_up_and_then_gives_it_at_each_sign_in(strict):
    first = strict.signed_in(AGENT)
    assert first.get("/territoire/").location == "/compte/second"
    totp = add_application(strict, first)
    assert first.get("/territoire/").status_code == 200

    second = strict.signed_in(AGENT)
    assert second.get("/territoire/").location == "/connexion/second"
    assert second.post("/connexion/second", code="000000").status_code == 422
    assert second.post("/connexion/second", code=totp.at(strict.clock())).location == "/territoire/"
    assert second.get("/territoire/").status_code == 200


def test_who_has_the_mailbox_alone_opens_nothing_and_can_add_no_factor(strict):
    """Every page and every form, with own objects: only what gives the factor, and the way out."""
    totp = add_application(strict, strict.signed_in(AGENT))
    thief, ids = strict.signed_in(AGENT), ids_of(strict)
    tried = 0
    for endpoint, method, rule in routes(strict.app()):
        if endpoint in HALF_WAY["to_give"][0] or not is_allowed("agent", ACCESS[endpoint]):
            continue
        path = filled(rule, ids)
        answer = thief.get(path) if method == "GET" else thief.post(path)
        if method == "GET":
            assert (answer.status_code, answer.location) == (302, "/connexion/second"), rule
        else:
            assert answer.status_code == 404, rule
        tried += 1
    assert tried >= 30
    session = strict.rows()
    assert session.scalars(select(SecondFactor)).one().confirmed_at is not None
    session.close()
    assert thief.post("/connexion/second", code=totp.at(strict.clock())).status_code == 302


def test_a_code_counts_once_and_an_older_one_no_more(strict):
    totp = add_application(strict, strict.signed_in(AGENT))
    visitor = strict.signed_in(AGENT)
    code, before = totp.at(strict.clock()), totp.at(strict.clock.now.timestamp() - 30)
    assert visitor.post("/connexion/second", code=code).status_code == 302

    other = strict.visitor()
    other.sign_in(AGENT)
    strict.clock.forward(minutes=-4)  # back in the half-minute that the code was of
    for replayed in (code, before):
        assert other.post("/connexion/second", code=replayed).status_code == 422


def test_five_wrong_codes_and_even_the_right_one_must_wait(strict):
    totp = add_application(strict, strict.signed_in(AGENT))
    strict.clock.forward(minutes=15)
    visitor = strict.signed_in(AGENT)
    for _ in range(5):
        assert visitor.post("/connexion/second", code="123456").status_code == 422
    refused = visitor.post("/connexion/second", code=totp.at(strict.clock()))
    assert refused.location == "/connexion/second"
    assert visitor.get("/territoire/").status_code == 302
    strict.clock.forward(minutes=16)
    right = visitor.post("/connexion/second", code=totp.at(strict.clock()))
    assert right.location == "/territoire/"


def test_the_session_has_a_new_secret_once_the_factor_is_given(strict):
    """A cookie copied before is worth nothing after."""
    visitor = strict.signed_in(AGENT)
    copied = visitor.client.get_cookie("__Host-maillage").value
    add_application(strict, visitor)
    thief = strict.visitor()
    thief.client.set_cookie("__Host-maillage", copied, secure=True)

    assert thief.get("/territoire/").location == "/connexion"
    assert visitor.get("/territoire/").status_code == 200


def test_the_secret_is_shown_once_to_its_owner_and_sealed_in_the_base(strict):
    visitor = strict.signed_in(AGENT)
    place = visitor.post("/compte/second/application").location
    letters = SECRET_IN_PAGE.search(visitor.get(place).text)[1]
    dpo = strict.signed_in("dpo@alisiers.example")
    assert dpo.get(place).status_code == 404
    visitor.post(place, code=pyotp.TOTP(letters).at(strict.clock()))

    assert visitor.get(place).status_code == 404
    session = strict.rows()
    assert letters.encode() not in session.scalars(select(SecondFactor)).one().secret
    session.close()


def test_the_last_factor_stays_where_one_is_needed(strict):
    visitor = strict.signed_in(AGENT)
    add_application(strict, visitor)
    session = strict.rows()
    factor = session.scalars(select(SecondFactor)).one().public_id
    session.close()
    visitor.post(f"/compte/second/{factor}/retirer")
    assert "Téléphone" in visitor.get("/compte/second").text
    strict.config = dataclasses.replace(strict.config, needs_second_factor=False)
    offered = strict.visitor()
    offered.client.set_cookie(
        "__Host-maillage", visitor.client.get_cookie("__Host-maillage").value, secure=True
    )
    offered.post(f"/compte/second/{factor}/retirer")
    assert "Téléphone" not in offered.get("/compte/second").text


def test_a_lost_telephone_is_forgotten_by_command_and_every_session_ends(strict):
    visitor = strict.signed_in(AGENT)
    add_application(strict, visitor)
    done = CliRunner().invoke(main, ["forget", AGENT], env=strict.config.as_environment())
    assert done.exit_code == 0, done.output

    assert visitor.get("/territoire/").location == "/connexion"
    assert strict.signed_in(AGENT).get("/territoire/").location == "/compte/second"
    session = strict.rows()
    assert session.scalar(select(AuditLine).where(AuditLine.action == "factors_forgotten"))
    session.close()


def test_a_firm_needs_nothing_but_the_code(strict):
    visitor = strict.signed_in("contact@f10.example")
    assert visitor.get("/entreprise/").status_code == 200
    assert visitor.get("/compte/second").status_code == 404


@pytest.mark.parametrize("credential", ["", "{}", "[]", '{"id": "x", "rawId": "x"}', "\0" * 99])
def test_an_answer_that_is_no_passkey_is_refused(strict, credential):
    """Also one without a question, and one that comes a second time: the challenge counts once."""
    visitor = strict.signed_in(AGENT)
    for begins in (False, True, False):
        if begins:
            assert 'data-verb="create"' in visitor.post("/compte/second/cle").text
        answer = visitor.post("/compte/second/cle/reponse", credential=credential)
        assert answer.location == "/compte/second"
    session = strict.rows()
    assert session.scalars(select(SecondFactor)).all() == []
    assert {row.challenge for row in session.scalars(select(WebSession))} == {None}
    session.close()
