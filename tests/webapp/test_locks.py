"""Nobody waits for another's reckoning: the lock of writers is held to write, and for no more."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from tests.webapp.test_answering import FIRM, JSON, sheet_of
from tests.webapp.test_firms_people_and_files import send_file
from tests.webapp.world import World
from webapp.db import sqlite_file
from webapp.operations.firm import attaching, cards

AGENT = "agent@alisiers.example"
MOST_QUERIES = 30


@pytest.fixture
def free(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], list[bool]]:
    """Has a function of ours note, each time it is called, whether somebody else could write."""
    file = sqlite_file(world.config.database)
    if file is None:
        pytest.skip("on PostgreSQL the lock is of the same transaction")

    def watch(room: Any, name: str) -> list[bool]:
        real, found = getattr(room, name), []

        def looked_at(*args: Any, **more: Any) -> Any:
            other = sqlite3.connect(file, timeout=0, isolation_level=None)
            try:
                other.execute("BEGIN IMMEDIATE")
                other.execute("ROLLBACK")
                found.append(True)
            except sqlite3.OperationalError:
                found.append(False)
            finally:
                other.close()
            return real(*args, **more)

        monkeypatch.setattr(room, name, looked_at)
        return found

    return watch


def test_while_a_card_is_judged_others_write(world: World, free):
    """What the reader of surveys says of a card is reckoned after the card is kept."""
    firm = world.signed_in(FIRM)
    sheet = sheet_of(world, firm)
    judged = free(cards, "complaints")

    answer = firm.client.post(
        f"{sheet}/cartes/nouvelle/flows",
        data={"csrf_token": firm.mark(), "what": "Sciure", "said_amount": "douze"},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/", **JSON},
    )

    assert answer.json["notes"]["said_amount"]
    assert judged == [True]


@pytest.mark.slow
def test_while_a_workbook_is_read_others_write(world: World, free):
    """A hostile one keeps its child busy for thirty seconds; the others wait ten at most."""
    firm = world.signed_in(FIRM)
    sheet = sheet_of(world, firm)
    read = free(attaching, "read_apart")

    send_file(firm, f"{sheet}/joindre", firm.get(f"{sheet}/reponses.xlsx").data, "x.xlsx")

    assert read == [True]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (FIRM, "{sheet}/cartes"),
        (FIRM, "{sheet}/verifier"),
        (AGENT, "/territoire/"),
        (AGENT, "/territoire/campagnes/{round}"),
    ],
)
def test_a_page_asks_the_base_no_more_for_more_rows(world: World, address: str, path: str):
    """Forty sites, as many cards: not one query each."""
    reader = world.signed_in(address)
    sheet = sheet_of(world, reader) if address == FIRM else ""
    path = path.format(sheet=sheet, round=world.round("Campagne d’automne").public_id)
    assert reader.get(path).status_code == 200
    asked: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))

    reader.get(path)

    assert len(asked) <= MOST_QUERIES, "\n".join(asked)
