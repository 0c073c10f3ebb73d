"""The made-up territory in a base, an application on it, and people who can sign in."""

from __future__ import annotations

import datetime
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.conftest import ROOT
from tests.webapp.bases import SERVER, address_of_base, make_base
from webapp import demo
from webapp.app import create_app
from webapp.config import Config
from webapp.db import make_engine, open_session, transaction
from webapp.jobs import send_mails
from webapp.migrations import upgrade
from webapp.models import Account, LeadRow, OutgoingMail, Round, Vault
from webapp.policy import Role

SECRET = "a secret of the tests, of more than 32 signs"
MASTER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
START = datetime.datetime(2027, 1, 11, 9, tzinfo=datetime.UTC)
CHARTER = {"fr": "Article 1. Le secret.\n\nArticle 2. Le reste.", "en": "Article 1. Secrecy."}


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime.datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += datetime.timedelta(**span)


class Letterbox:
    """Keeps what is sent."""

    def __init__(self, messages=()) -> None:
        self.messages = list(messages)

    def send(self, message) -> None:
        self.messages.append(message)


class Compiled(BytecodeCache):
    """Templates compiled once a process, and not once a test."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = Compiled()
POSTED: dict[Path, list] = {}
"""The mails that were posted while a base was made, by its file."""


@dataclass
class World:
    """An application, its base, its clock, its mails."""

    engine: Engine
    config: Config
    clock: Clock = field(default_factory=Clock)
    letters: Letterbox = field(default_factory=Letterbox)
    _app: Flask | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.vault = Vault(self.config.master_keys, self.config.secret, secrets.token_hex)
        self.info = {"vault": self.vault}

    def app(self) -> Flask:
        """The application, one for all visitors; another one when the settings are changed."""
        if self._app is None or self._app.extensions["maillage"].config is not self.config:
            self._app = self._make_app()
        return self._app

    def _make_app(self) -> Flask:
        app = create_app(self.config, engine=self.engine, vault=self.vault, clock=self.clock)
        app.testing = False  # mistakes are answered as they are to people
        app.jinja_env.bytecode_cache = TEMPLATES
        return app

    def rows(self) -> Session:
        return open_session(self.engine, self.info, reads_only=True)

    def let_mails_wait_again(self) -> None:
        """As if none had been posted: what is planted from now on stands in all of them."""
        with transaction(self.engine, self.info) as session:
            session.execute(update(OutgoingMail).values(sent_at=None, next_try_at=START))

    def post_mails(self) -> list:
        before = len(self.letters.messages)
        send_mails(self.engine, self.info, self.config, self.letters, self.clock)
        return self.letters.messages[before:]

    def visitor(self) -> Visitor:
        return Visitor(self)

    def signed_in(self, address: str) -> Visitor:
        visitor = Visitor(self)
        visitor.sign_in(address)
        return visitor

    def leads(self, state: str | None = None) -> list[LeadRow]:
        query = select(LeadRow).order_by(LeadRow.rank)
        if state is not None:
            query = query.where(LeadRow.state == state)
        session = self.rows()
        found = list(session.scalars(query))
        for lead in found:
            for party in lead.parties:
                _ = party.firm, party.site, lead.round
        session.close()
        return found

    def round(self, name: str) -> Round:
        session = self.rows()
        found = session.scalar(select(Round).where(Round.name == name))
        session.close()
        assert found is not None
        return found


class Visitor:
    """A browser without JavaScript, with the guard of forms on."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client: FlaskClient = world.app().test_client()

    def get(self, path: str, **more) -> TestResponse:
        return self.client.get(path, base_url="https://localhost", **more)

    def post(self, path: str, **fields) -> TestResponse:
        """Fill in a form: the mark of the form comes from any page of the same session."""
        fields.setdefault("csrf_token", self.mark())
        return self.client.post(
            path,
            data=fields,
            base_url="https://localhost",
            headers={"Referer": "https://localhost/"},
        )

    def mark(self) -> str:
        page = self.get("/").get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found is not None
        return found[1]

    def sign_in(self, address: str) -> TestResponse:
        self.world.clock.forward(minutes=4)  # five codes a quarter of an hour, no more
        assert self.post("/connexion", address=address).status_code == 302
        return self.post("/connexion/code", code=code_in(self.world.post_mails(), address))


def code_in(messages, address: str) -> str:
    """The code of the newest mail to somebody."""
    for message in reversed(messages):
        if message["To"] == address:
            found = re.search(r"\b([2-9A-HJ-NP-Z]{8})\b", message["Subject"])
            if found is not None:
                return found[1]
    raise AssertionError(f"no code went to {address}")


def config_for(path: Path) -> Config:
    """Settings of an application on one file."""
    return Config(
        database=address_of_base(path),
        secret=SECRET,
        master_keys=(MASTER_KEY,),
        hosts=("localhost",),
        address="https://localhost",
        mail="console",
        needs_second_factor=False,  # most tests sign in with the code of the mail alone
    )


def build(path: Path) -> None:
    """The demonstration in a base, its mails posted: made once a session, copied for each test."""
    make_base(path)
    config = config_for(path)
    engine = make_engine(config.database)
    upgrade(engine)
    world = World(engine=engine, config=config)
    demo.load(engine, world.info, config, ROOT / "datasets" / "demo", CHARTER, world.clock)
    POSTED[path] = world.post_mails()
    engine.dispose()


def copy_of(template: Path, path: Path) -> World:
    """A world of one's own."""
    make_base(path, like=template)
    config = config_for(path)
    engine = make_engine(config.database)
    if not SERVER:
        event.listen(engine, "connect", _trust_the_machine)
    return World(engine=engine, config=config, letters=Letterbox(POSTED.get(template, ())))


def _trust_the_machine(connection, _record) -> None:
    """No test cuts the power: what is written need not reach the disk before the next line."""
    connection.execute("PRAGMA synchronous = OFF")


def address_of(world: World, lead: LeadRow, place: int) -> str:
    """Where the person writes who decides for one side."""
    session = world.rows()
    account = session.scalar(
        select(Account).where(
            Account.firm_id == lead.parties[place].firm_id, Account.role == Role.MANAGER
        )
    )
    address = world.vault.open(account.keys, account.personal)["address"]
    session.close()
    return address
