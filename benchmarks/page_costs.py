"""What each kind of request costs: processor, time under the writers' lock, queries.

    python -m benchmarks.page_costs                 500 firms that have begun, one with 8 cards
    python -m benchmarks.page_costs --firms 40 --times 50

In one process, without a network, one request after the other: processor time stands also on a
machine that does other things; ``lock_ms``, by the clock and with the disk, does so less.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event, select, update

from benchmarks.load import fill
from tests.webapp.world import World, config_for
from webapp.app import create_app, utc_now
from webapp.db import make_engine, transaction
from webapp.lifecycle import ResponseState
from webapp.migrations import upgrade
from webapp.models import Account, Response, WebSession
from webapp.serving import get_ready

CARDS = 8
MARK = re.compile(r'name="csrf_token" value="([^"]+)"')


class Meter:
    """Counts queries, and what passes between BEGIN IMMEDIATE and the end of COMMIT."""

    def __init__(self, engine: Any) -> None:
        self._is_held = False
        self._start_again()
        event.listen(engine, "before_cursor_execute", self._asked)
        event.listen(engine, "begin", self._begun)
        event.listen(engine, "commit", self._ended)

    def _asked(self, *_said: Any) -> None:
        self.queries += 1

    def _start_again(self) -> None:
        self.queries, self.lock_s, self.lock_cpu_s = 0, 0.0, 0.0

    def _begun(self, connection: Any) -> None:
        self._is_held = not connection.get_execution_options().get("reads_only")
        self._since, self._since_cpu = time.perf_counter(), time.process_time()

    def _ended(self, connection: Any) -> None:
        if self._is_held:
            connection.connection.commit()  # the engine's own comes after this: nothing is left
            self.lock_s += time.perf_counter() - self._since
            self.lock_cpu_s += time.process_time() - self._since_cpu
            self._is_held = False

    def of(self, ask: Callable[[], None], times: int) -> dict[str, float]:
        """The means of a request that is made so often."""
        for _ in range(2):
            ask()
        self._start_again()
        before = time.process_time()
        for _ in range(times):
            ask()
        cpu_s = time.process_time() - before
        return {
            "cpu_ms": round(1000 * cpu_s / times, 2),
            "lock_cpu_ms": round(1000 * self.lock_cpu_s / times, 2),
            "lock_ms": round(1000 * self.lock_s / times, 2),
            "queries": round(self.queries / times, 1),
        }


class Browser:
    """Somebody who is signed in, in this process."""

    def __init__(self, world: World, app: Any, account_id: int) -> None:
        token, now = world.vault.new_token(32), utc_now()
        with transaction(world.engine, world.info) as session:
            session.add(
                WebSession(
                    public_id=world.vault.new_token(),
                    token_digest=world.vault.digest("session", token),
                    account_id=account_id,
                    started_at=now,
                    seen_at=now,
                )
            )
        self._client, self._mark = app.test_client(), ""
        with self._client.session_transaction(base_url="https://localhost") as cookie:
            cookie.update(token=token, language="fr", csrf_token=world.vault.new_token(20))

    def get(self, path: str) -> None:
        answer = self._client.get(path, base_url="https://localhost")
        assert answer.status_code == 200, (path, answer.status_code)
        found = MARK.search(answer.text)
        self._mark = found[1] if found else self._mark

    def post(self, path: str, status: int, accept: str = "*/*", **fields: str) -> Any:
        answer = self._client.post(
            path,
            data={"csrf_token": self._mark, **fields},
            base_url="https://localhost",
            headers={"Referer": "https://localhost/", "Accept": accept},
        )
        assert answer.status_code == status, (path, answer.status_code)
        return answer


def run(firms: int, times: int) -> dict[str, dict[str, float]]:
    """The costs of each kind of request."""
    with tempfile.TemporaryDirectory(prefix="maillage-costs-") as name:
        config = dataclasses.replace(config_for(Path("m.db")), database=f"sqlite:///{name}/m.db")
        world = World(engine=make_engine(config.database), config=config)
        upgrade(world.engine)
        round_id = fill(world, firms, 1)
        with transaction(world.engine, world.info) as session:  # the longest list to call
            session.execute(update(Response).values(state=ResponseState.DRAFT.value))
        session = world.rows()
        agent, *_, contact = session.scalars(select(Account).order_by(Account.id))
        sheets = {sheet.firm.id: sheet.public_id for sheet in session.scalars(select(Response))}
        session.close()
        app = create_app(config, engine=world.engine, vault=world.vault)
        agents, her = Browser(world, app, agent.id), Browser(world, app, contact.id)
        found = _costs(Meter(world.engine), agents, her, round_id, sheets[contact.firm_id], times)
        world.engine.dispose()
    return found


def _costs(
    meter: Meter, agent: Browser, her: Browser, round_id: str, sheet: str, times: int
) -> dict[str, dict[str, float]]:
    get_ready()
    here = f"/entreprise/enquetes/{sheet}"
    empty = f"{here}/cartes/nouvelle/flows"
    her.get(empty)

    def save(path: str = empty) -> Any:
        words = f"Palettes {uuid.uuid4().hex}"
        said = {"what": words, "said_amount": "12", "unit": "t"}
        return her.post(path, 302, **said, then="stay", fresh=words)

    card = [save() for _ in range(CARDS)][-1].headers["Location"]
    asked: dict[str, Callable[[], Any]] = {
        "firm: home": lambda: her.get("/entreprise/"),
        "firm: cards": lambda: her.get(f"{here}/cartes"),
        "firm: check": lambda: her.get(f"{here}/verifier"),
        "firm: empty card": lambda: her.get(empty),
        "firm: card": lambda: her.get(card),
        "firm: words": lambda: her.get(f"{here}/mots/flows?q=palettes+cassees"),
        "firm: kept as typed": lambda: her.post(card, 200, "application/json", said_amount="7"),
        "firm: save again": lambda: save(card),
        "firm: save": save,
        "agent: home": lambda: agent.get("/territoire/"),
        "agent: round": lambda: agent.get(f"/territoire/campagnes/{round_id}"),
        "agent: rounds": lambda: agent.get("/territoire/campagnes"),
    }
    return {name: meter.of(ask, times) for name, ask in asked.items()}


def main() -> None:
    """Parse the line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page_costs", description=__doc__)
    parser.add_argument("--firms", type=int, default=500)
    parser.add_argument("--times", type=int, default=20)
    arguments = parser.parse_args()
    for name, costs in run(arguments.firms, arguments.times).items():
        sys.stdout.write(json.dumps({"request": name, **costs}) + "\n")


if __name__ == "__main__":
    main()
