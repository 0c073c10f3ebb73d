"""Rows 7 to 12 of the matrix: what a stranger tries at the door, in numbers.

Enumeration, brute force, prefetched links, fixation and theft, cross-site forms, foreign hosts and
redirects that lead elsewhere.
"""

from __future__ import annotations

import datetime
import statistics
import time

import pytest
from sqlalchemy import func, select

from tests.webapp.test_routes import PEOPLE, contents, filled, ids_of, routes
from tests.webapp.test_signing_in import FIRM, ask
from tests.webapp.world import World, code_in
from webapp.db import transaction
from webapp.models import Account, LoginCode, WebSession
from webapp.operations.signing_in import CODE_SIGNS
from webapp.policy import Role

ELSEWHERE = (
    "//evil.example", "///evil.example", "\\\\evil.example", "/\\evil.example",
    "https:evil.example", "https://evil.example", "http://evil.example/%2e%2e",
    "//evil.example/%2f..", "%2f%2fevil.example",
    "/%09/evil.example", "\t//evil.example", "https://localhost@evil.example",
    "https://localhost.evil.example", "javascript:alert(1)", "data:text/html,x", "//evil。example",
    "/%0d%0aLocation:%20//evil.example", "//evil%E3%80%82example", "////evil.example", "http:///evil.example",
)  # fmt: skip
HOSTS = (
    "evil.example", "localhost.evil.example", "localhost@evil.example", "evil.example:443",
    "evil.example#localhost", "localhost\tevil.example", "127.0.0.1.evil.example", "[::1]",
    "[evil]",
    "local_host", "localhost%00.evil.example", "xn--vil-9la.example", "localhost,evil.example", "",
)  # fmt: skip


def account_addresses(world: World) -> list[str]:
    session = world.rows()
    found = [
        world.vault.open(row.keys, row.personal)["address"]
        for row in session.scalars(select(Account))
    ]
    session.close()
    return found


@pytest.mark.slow
def test_five_hundred_known_addresses_and_five_hundred_unknown_ones_read_and_last_the_same(world):
    """Same status, place and headers; medians less than 5 ms apart, asked in turn."""
    visitor, known = world.visitor(), account_addresses(world)
    mark = visitor.mark()
    from scipy.stats import mannwhitneyu  # a second of imports that only this test needs

    spans: dict[bool, list[float]] = {True: [], False: []}
    answers = set()
    for number in range(500):
        for is_known in (True, False) if number % 2 else (False, True):
            world.clock.forward(minutes=4)  # neither limit is what is measured
            address = known[number % len(known)] if is_known else f"n{number}@nowhere.example"
            begun = time.perf_counter()
            answer = visitor.post("/connexion", csrf_token=mark, address=address)
            spans[is_known].append(time.perf_counter() - begun)
            headers = sorted((k, v) for k, v in answer.headers if k != "Set-Cookie")
            answers.add((answer.status_code, answer.location, str(headers), answer.text))
    apart_ms = 1000 * abs(statistics.median(spans[True]) - statistics.median(spans[False]))
    chance = mannwhitneyu(spans[True], spans[False]).pvalue
    print(f"medians {apart_ms:.2f} ms apart, Mann-Whitney p = {chance:.3f}")

    assert len(answers) == 1
    assert apart_ms < 5


@pytest.mark.parametrize(
    ("networks", "tries"),
    [
        (1, 60),
        pytest.param(100, 300, marks=pytest.mark.slow),
        pytest.param(100, 2_500, marks=pytest.mark.long),
    ],
)
def test_guessing_codes_of_one_account_ends_after_twenty_five_tries_a_quarter_of_an_hour(
    world, networks, tries
):
    """Five codes of five tries, whatever the number of networks: 25 of 2^40 in 15 minutes."""
    visitors = [world.visitor() for _ in range(min(networks, 5))]
    marks = [visitor.mark() for visitor in visitors]
    asked = looked_at = 0
    for number in range(tries):
        place = number % len(visitors)
        visitor, mark = visitors[place], marks[place]
        network = {"REMOTE_ADDR": f"192.0.2.{number % networks}"}
        if number % 5 == 0:
            answer = visitor.client.post(
                "/connexion", base_url="https://localhost", environ_base=network,
                data={"csrf_token": mark, "address": FIRM}, headers={"Referer": "https://localhost/"},
            )  # fmt: skip
            asked += answer.location == "/connexion/code"
        guess = "".join(CODE_SIGNS[(number * 7 + i) % 32] for i in range(8))
        answer = visitor.client.post(
            "/connexion/code", base_url="https://localhost", environ_base=network,
            data={"csrf_token": mark, "code": guess}, headers={"Referer": "https://localhost/"},
        )  # fmt: skip
        assert answer.status_code == 422
    session = world.rows()
    looked_at = session.scalar(select(func.sum(LoginCode.tries)))
    session.close()

    assert asked == 5
    assert looked_at <= 25


@pytest.mark.parametrize("how", ["signed out", "ended", "disabled", "role taken away", "too old"])
def test_a_stolen_cookie_is_worth_nothing_after(world, how):
    visitor = world.signed_in(PEOPLE[Role.AGENT])
    stolen = visitor.client.get_cookie("__Host-maillage").value
    thief = world.visitor()
    thief.client.set_cookie("__Host-maillage", stolen, secure=True)
    assert thief.get("/territoire/").status_code == 200
    if how == "signed out":
        visitor.post("/deconnexion")
    elif how == "too old":
        world.clock.forward(hours=12, seconds=1)
    else:
        with transaction(world.engine, world.info) as session:
            account = session.scalar(select(Account).where(Account.role == Role.AGENT))
            if how == "ended":
                for row in session.scalars(select(WebSession)):
                    row.ended_at = world.clock()
            elif how == "disabled":
                account.disabled_at = world.clock()
            else:
                account.role = Role.OBSERVER.value

    assert thief.get("/territoire/").status_code in {302, 404}
    assert thief.get("/territoire/campagnes").status_code in {302, 404}


def test_a_cookie_that_was_planted_before_is_not_the_one_that_is_signed_in(world):
    """The attacker asks for a page, gives its cookie to the victim, and waits."""
    attacker, victim = world.visitor(), world.visitor()
    attacker.get("/connexion")
    planted = attacker.client.get_cookie("__Host-maillage").value
    victim.client.set_cookie("__Host-maillage", planted, secure=True)
    victim.sign_in(FIRM)

    assert victim.get("/entreprise/").status_code == 200
    assert attacker.get("/entreprise/").location == "/connexion"


def test_a_code_and_a_mark_cannot_be_played_again(world):
    """What was captured of a sign-in opens nothing a second time, nor in another browser."""
    visitor, other = world.visitor(), world.visitor()
    ask(visitor, FIRM)
    code, mark = code_in(world.post_mails(), FIRM), visitor.mark()
    first = visitor.client.get_cookie("__Host-maillage").value
    assert visitor.post("/connexion/code", code=code, csrf_token=mark).status_code == 302
    for cookie in (first, other.client.get_cookie("__Host-maillage")):
        if isinstance(cookie, str):
            other.client.set_cookie("__Host-maillage", cookie, secure=True)
        answer = other.post("/connexion/code", code=code, csrf_token=mark)
        assert answer.status_code in {400, 422}
        assert other.get("/entreprise/").status_code == 302


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [
        {"Referer": "https://evil.example/"},
        {"Referer": "https://localhost.evil.example/"},
        {"Referer": "http://localhost/"},
        {"Origin": "https://evil.example"},
        {},
    ],
    ids=["foreign", "alike", "not https", "origin alone", "none"],
)
def test_a_form_that_another_site_sends_is_refused_even_with_its_mark(world, headers):
    visitor, ids = world.signed_in(PEOPLE[Role.AGENT]), ids_of(world)
    mark, before, refused = visitor.mark(), contents(world), 0
    for _, method, rule in routes(world.app()):
        if method == "POST":
            answer = visitor.client.post(
                filled(rule, ids), base_url="https://localhost",
                data={"csrf_token": mark}, headers=headers,
            )  # fmt: skip
            assert answer.status_code in {400, 404}, rule
            refused += 1
    assert refused >= 25
    assert contents(world) == before


@pytest.mark.parametrize("host", HOSTS)
def test_a_foreign_host_is_refused_and_not_echoed(world, host):
    client = world.app().test_client()
    for path in ("/", "/connexion", "/nulle-part", "/f/maillage.css"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 400, (host, path)
        assert b"evil" not in answer.data and b"evil" not in str(answer.headers).encode()


def test_a_forwarded_host_is_not_believed(world):
    client = world.app().test_client()
    for name in ("X-Forwarded-Host", "Forwarded", "X-Host", "X-Original-URL", "X-Rewrite-URL"):
        answer = client.get(
            "/territoire/", base_url="https://localhost", headers={name: "evil.example"}
        )
        assert (answer.status_code, answer.location) == (302, "/connexion")


@pytest.mark.slow
def test_no_answer_leads_to_another_place_whatever_is_asked(world):
    """Every page and form, with twenty ways to write a foreign address in every usual parameter."""
    visitor, ids = world.signed_in(PEOPLE[Role.AGENT]), ids_of(world)
    mark, asked = visitor.mark(), 0
    for _, method, rule in routes(world.app()):
        path = filled(rule, ids)
        if path == "/deconnexion":
            continue
        for place in ELSEWHERE[asked % 4 :: 4]:
            names = ("next", "url", "to", "return", "redirect", "goto", "continue")
            fields = dict.fromkeys(names, place)
            answer = (
                visitor.get(path, query_string=fields)
                if method == "GET"
                else visitor.post(path, csrf_token=mark, **fields)
            )
            place_named = answer.location or "/"
            assert place_named.startswith("/") and not place_named.startswith(("//", "/\\")), path
            assert "evil" not in place_named
            asked += 1
    for place in ELSEWHERE:
        answer = world.visitor().get("/" + place.lstrip("/"))
        assert answer.status_code in {302, 308, 404}
        assert (answer.location or "/").startswith("/") and "//" not in (answer.location or "/")
    assert asked >= 100


def test_the_codes_last_ten_minutes_in_the_base_too(world):
    """A clock that jumps back an hour does not make an old code young for ever."""
    visitor = world.visitor()
    ask(visitor, FIRM)
    code = code_in(world.post_mails(), FIRM)
    world.clock.now += datetime.timedelta(minutes=11)
    assert visitor.post("/connexion/code", code=code).status_code == 422
