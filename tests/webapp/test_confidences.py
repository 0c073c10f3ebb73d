"""What the base holds in clear, and two worlds that differ only in what must not be seen."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.webapp.test_leads_in_the_base import read_all
from tests.webapp.test_routes import contents
from tests.webapp.world import World, address_of, build, copy_of
from webapp import demo
from webapp.db import transaction
from webapp.models import (
    Account,
    Attachment,
    Declaration,
    ErasedError,
    Firm,
    LeadRow,
    PartyRow,
    Response,
    Site,
)
from webapp.operations import scope

CANARY = "kanarifirma"
F03 = "Briqueterie des Rouges-Terres"
LINK = re.compile(r'href="(/(?!f/|bootstrap)[^"]*)"')


def plant(world: World) -> int:
    """A word of its own in every text that each firm keeps to itself. Returns how many."""
    planted = 0
    with transaction(world.engine, world.info) as session:
        for item in session.scalars(select(Declaration)):
            firm = item.response.firm
            row = scope.opened(session, firm, item.row)
            word = f"{CANARY}{firm.id}x"
            for name in ("description", "spec", "title", "text", "today_solution"):
                if name in row or name == "description":
                    row[name] = f"{row.get(name, '')} {word}"
            item.row = scope.sealed(session, firm, row)
            planted += 1
        for firm in session.scalars(select(Firm)):
            firm.name = f"{CANARY}{firm.id}x {firm.name}"
        for site in session.scalars(select(Site)):
            word = f"{CANARY}{site.firm_id}x"
            site.name = f"{word} {site.name}"
            site.private = scope.sealed(session, site.firm, {"excluded": word})
        for account in session.scalars(select(Account).where(Account.firm_id.is_not(None))):
            person = world.vault.open(account.keys, account.personal)
            person["name"] = person["phone"] = f"{CANARY}{account.firm_id}x"
            account.personal = world.vault.seal(account.keys, person)
        for response in session.scalars(select(Response)):
            word = f"{CANARY}{response.firm.id}x"
            session.add(
                Attachment(
                    public_id=world.vault.new_token(), response_id=response.id, kind="pdf", size=9,
                    account_id=session.scalar(select(Account.id).limit(1)), at=world.clock(),
                    name=scope.sealed(session, response.firm, f"{word}.pdf"),
                    content=scope.sealed(
                        session, response.firm, base64.b64encode(word.encode()).decode()
                    ),
                )
            )  # fmt: skip
        for party in session.scalars(select(PartyRow)):
            word = f"{CANARY}{party.firm_id}x"
            party.reason = scope.sealed(session, party.firm, {"text": word, "question": word})
        session.flush()
    return planted


def text_of(answer) -> str:
    """The words of an answer; of a workbook, those of all that is packed in it."""
    data = answer.get_data()
    if not data.startswith(b"PK"):
        return data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


def crawl(visitor, start: str, most: int = 400) -> dict[str, str]:
    """Every page that links lead to, with its headers."""
    seen: dict[str, str] = {}
    waiting = [start]
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        if path in seen:
            continue
        answer = visitor.get(path)
        seen[path] = f"{answer.headers}\n{text_of(answer)}"
        waiting += [link for link in LINK.findall(seen[path]) if link not in seen]
    return seen


def test_the_agent_does_read_the_canaries(world):
    """The guard of the guard: the words are there for who may read them."""
    plant(world)
    visitor = world.signed_in("agent@alisiers.example")

    assert CANARY in visitor.get("/territoire/").text
    assert (
        CANARY in visitor.get(f"/territoire/propositions/{world.leads('sent')[0].public_id}").text
    )


def test_nothing_above_public_is_in_the_file_in_clear(world):
    """The bytes of the base, its log of changes included: what firms wrote is not there."""
    with transaction(world.engine, world.info) as session:
        for item in session.scalars(select(Declaration)):
            row = scope.opened(session, item.response.firm, item.row)
            item.row = scope.sealed(session, item.response.firm, {**row, "description": CANARY})
    data = bytes_of(world)

    assert b"Fonderie" in data  # public
    for secret in (CANARY, "contact@f03.example", "noyaux et moules", "Contact Fonderie"):
        assert secret.encode() not in data


def bytes_of(world: World) -> bytes:
    """All that the base keeps: its files, or on PostgreSQL every value of every table."""
    if world.engine.dialect.name == "sqlite":
        base = Path(world.engine.url.database)
        return b"".join(path.read_bytes() for path in base.parent.glob(f"{base.name}*"))
    values = (value for rows in contents(world).values() for row in rows for value in row)
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)


def test_a_firm_whose_key_is_gone_can_no_longer_be_read(world):
    """What deletion does: the rows are there, and say nothing; the lead's reckoning goes too."""
    with transaction(world.engine, world.info) as session:
        firm = session.scalar(select(Firm).where(Firm.name == F03))
        lead_id = session.scalar(
            select(LeadRow.public_id)
            .join(LeadRow.parties)
            .where(LeadRow.state == "sent", PartyRow.firm_id == firm.id)
            .limit(1)
        )
        firm.sealing_key = None
        firm_id = firm.id
    session = world.rows()
    lead = session.scalar(select(LeadRow).where(LeadRow.public_id == lead_id))
    assert any(party.firm_id == firm_id for party in lead.parties)
    with pytest.raises(ErasedError):
        world.vault.open(lead.keys, lead.reckoning)
    session.close()


@pytest.mark.slow
@pytest.mark.parametrize("what", ["amount", "price", "name", "description"])
def test_two_worlds_that_differ_in_a_partners_secret_read_the_same(tmp_path, what):
    """F03's sand: its price, its exact amount within the band, its words or its name differ.

    F01's pages, headers and mails are equal to the byte (but the mark that each form carries).
    """
    readings = []
    for number in (0, 1):
        path = tmp_path / f"{number}.db"
        build_with(path, what if number else None)
        world = copy_of(path, tmp_path / f"{number}-copy.db")
        lead = next(
            item
            for item in world.leads("sent")
            if {party.site.siret for party in item.parties} == {"99980107900016", "99980121000017"}
        )
        readings.append(
            (
                [
                    (status, unnamed(text), unnamed(headers))
                    for status, text, headers in read_all(world, lead)
                ],
                [
                    (message["Subject"], unnamed(message.get_content()))
                    for message in world.letters.messages
                    if message["To"] == address_of(world, lead, 0)
                    and "code" not in message["Subject"]
                ],
            )
        )
        world.engine.dispose()
    assert readings[0] == readings[1]
    assert len(readings[0][0]) == 4


def unnamed(text: str) -> str:
    """Random ids are the one thing that differs between two bases that are built apart."""
    return re.sub(r"[0-9a-f]{32,64}", "id", text)


def build_with(path: Path, what: str | None) -> None:
    """The demonstration, with one secret of F03's sand changed before anything is matched."""
    original = demo.rows_of

    def changed(folder: Path, table: str) -> list[dict[str, str]]:
        rows = original(folder, table)
        for row in rows:
            if row.get("flow_id") == "F03-sable" and what == "amount":
                row["amount"] = "6100"
            if row.get("flow_id") == "F03-sable" and what == "price":
                row["today_eur_per_unit"] = "17"
            if row.get("flow_id") == "F03-sable" and what == "description":
                row["description"] = "Tout autre chose, dit autrement"
            if row.get("site_id") == "F03" and table == "sites" and what == "name":
                row["name"] = row["firm"] = "Un tout autre nom"
        return rows

    demo.rows_of = changed
    try:
        build(path)
    finally:
        demo.rows_of = original
