"""Row 2 of the matrix: a word of its own in every secret field of every firm, looked for everywhere
anybody reads.

Pages, files (workbooks unpacked), headers, mails and lines of the log, as every role, in both
languages, on what is one's own and on what is another's, before and after a night.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field

import pytest
from sqlalchemy import LargeBinary, select

from tests.webapp.test_confidences import CANARY, crawl, plant, text_of
from tests.webapp.test_routes import PEOPLE, filled, ids_of, routes
from tests.webapp.world import World
from webapp.db import Base, transaction
from webapp.jobs import night
from webapp.models import Account
from webapp.operations.territory import set_up
from webapp.policy import FIRM_ROLES, Role

WORD = re.compile(rf"{CANARY}(\d+)x|contact@(f\d\d)\.example")
LEAST_ANSWERS = 2_000
OTHERS = tuple(address for role, address in PEOPLE.items() if role not in {*FIRM_ROLES, Role.AGENT})

SEALED = {
    # planted by plant()
    "account.personal", "attachment.content", "attachment.name", "declaration.row",
    "party.reason", "site.private",
    # made of what is planted, or of the round before it was: cards and reckonings hold no words
    "lead.reckoning", "outgoing_mail.values", "party.card", "run.drawing", "run.told",
    # the territory's own: read on its pages alone, which the agent of another one asks for here
    "call.note", "publication.members", "response.progress", "result.sealed", "synergy.sealed",
    "synergy_step.note",
    # keys, and the owner's proofs of identity
    "firm.sealing_key", "second_factor.secret", "territory.sealing_key",
}  # fmt: skip


def test_every_sealed_column_was_thought_of():
    """One that is added tomorrow is planted, or is said here why not."""
    assert {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    } == SEALED


@dataclass
class Search:
    """What was looked through, and which firms' words each reader may meet."""

    world: World
    answers: int = 0
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        session = self.world.rows()
        self.firms = {}
        for account in session.scalars(select(Account).where(Account.firm_id.is_not(None))):
            address = self.world.vault.open(account.keys, account.personal)["address"]
            self.firms.setdefault(account.firm_id, []).append(address)
        session.close()
        self.allowed = {firm: {firm} for firm in self.firms}
        for lead in self.world.leads("revealed"):
            ids = {party.firm_id for party in lead.parties}
            for firm in ids:
                self.allowed[firm] |= ids
        self.firm_at = {
            address: firm for firm, addresses in self.firms.items() for address in addresses
        }

    def look(self, reader: str, where: str, text: str) -> None:
        """Note every word that this reader may not meet."""
        self.answers += 1
        allowed = self.allowed.get(self.firm_at.get(reader), set())
        for number, place in WORD.findall(text):
            firm = int(number) if number else self.firm_at.get(f"contact@{place}.example")
            if firm not in allowed:
                self.found.append(f"{reader} reads of firm {firm}: {where}")

    def read_everything(self, reader: str, start: str, objects: list[dict[str, str]]) -> None:
        """All that links lead to in both languages, and every page and form on others' objects."""
        visitor = self.world.signed_in(reader)
        for language in ("fr", "en"):
            visitor.post(f"/langue/{language}")
            for path, text in crawl(visitor, start).items():
                self.look(reader, path, text)
        mark = visitor.mark()
        for ids in objects:
            for endpoint, method, rule in routes(self.world.app()):
                if endpoint in {"account.sign_out", "account.end_session"}:
                    continue
                path = filled(rule, ids)
                answer = visitor.get(path) if method == "GET" else visitor.post(
                    path, csrf_token=mark, decision="accepted", version="1", word="RETIRER",
                    outcome="reached", minutes="5", until="2027-02-01", reason="x",
                )  # fmt: skip
                self.look(reader, f"{method} {path}", f"{answer.headers}\n{text_of(answer)}")


@pytest.mark.slow
def test_no_word_of_a_firm_is_met_by_anybody_who_may_not(world, caplog):
    """At least two thousand answers, every mail and every line of the log."""
    caplog.set_level(logging.INFO)
    assert plant(world) > 100
    world.let_mails_wait_again()
    search = Search(world)
    addresses = [addresses[0] for addresses in search.firms.values()]
    strange = ids_of(world, "Salaisons Bellanoue")
    for place, reader in enumerate(addresses):
        tries = place % 3 == 0 and reader != "contact@f02.example"  # what is F02's
        search.read_everything(reader, "/entreprise/", [strange] if tries else [])
    for reader in OTHERS:
        search.read_everything(reader, "/compte", [strange])
    with transaction(world.engine, world.info) as session:
        other = set_up.create_territory(session, "Ailleurs")
        set_up.create_account(
            session, other, Role.AGENT, name="Autre", address="agent@ailleurs.example"
        )
    search.read_everything("agent@ailleurs.example", "/territoire/", [strange])
    world.clock.forward(days=16)
    night(world.engine, world.info, world.clock)
    world.post_mails()
    for reader in (*addresses[:8], *OTHERS):
        search.read_everything(reader, "/compte", [])
    for message in world.letters.messages:
        text = f"{message}\n{message.get_content()}".replace(str(message["To"]), "")
        if message["To"] != "agent@alisiers.example":
            search.look(str(message["To"]), message["Subject"], text)
    search.look("the log", "log", caplog.text)
    print(f"{search.answers} answers, {len(search.found)} leaks")

    assert search.found == []
    assert search.answers >= LEAST_ANSWERS
