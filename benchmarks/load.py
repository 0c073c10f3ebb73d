"""500 firms and 20 agents at once on waitress and SQLite: times, errors, and no save lost.

    python -m benchmarks.load                              five minutes, 500 firms, 20 agents
    python -m benchmarks.load --firms 60 --agents 4 --seconds 30

A base is made in a folder that goes with it, ``maillage serve`` runs on it with its worker, and
locust plays the people (:mod:`benchmarks.load_people`) from a process of its own. Each save that
was answered is looked for in the base at the end.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import datetime
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.conftest import ROOT
from tests.webapp.live import installed
from tests.webapp.world import CHARTER, World, config_for
from webapp.app import utc_now
from webapp.db import make_engine, transaction
from webapp.lifecycle import ResponseState
from webapp.migrations import upgrade
from webapp.models import Account, Consent, Declaration, Response
from webapp.operations import scope
from webapp.operations.signing_in import actor_of
from webapp.operations.territory import rounds, set_up
from webapp.policy import Role

THINK_S = (2.5, 7.5)
"""Five seconds in the mean between two acts of a person. Whoever answers on a telephone takes about
ten: sixty requests in the ten minutes of a survey, what the script keeps included."""
WORD = re.compile(r"\b[0-9a-f]{32}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What was measured. Times in milliseconds; ``lost``: cards whose last save that was answered
    is not in the base. ``cores`` of the server and ``people_cores`` of locust: processor time by
    time."""

    requests: int
    per_second: float
    errors: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    saves: int
    cards: int
    lost: int
    by_page: dict[str, tuple[int, float]]
    server_cpu_s: float
    cpu_ms_a_request: float
    cores: float
    people_cores: float


def fill(world: World, firms: int, agents: int) -> str:
    """A territory with an open round that every firm was asked to. Returns the round's id."""
    now = utc_now()
    with transaction(world.engine, world.info) as session:
        territory = set_up.create_territory(session, "Territoire d’essai", siren="200000000")
        set_up.create_place(
            session, territory, {"commune_code": "49001", "latitude": 47, "longitude": 0}
        )
        people = [
            set_up.create_account(
                session, territory, Role.AGENT, name=f"Agent {n}", address=f"agent{n}@essai.example"
            )
            for n in range(agents)
        ]
        set_up.publish_charter(session, territory, fr=CHARTER["fr"], en=CHARTER["en"])
        agent = actor_of(people[0])
        for gate in ("host_name", "host_deliberation", "data_protection_signed_by"):
            set_up.fill_gate(session, agent, gate, "essai", now=now)
        for n in range(firms):
            row = {
                "name": f"Entreprise {n}", "siret": f"9998{n:05d}00010",
                "commune_code": "49001", "headcount": 20 + n % 200,
            }  # fmt: skip
            site = set_up.create_site(session, territory, row)
            set_up.create_account(
                session, territory, Role.MANAGER,
                name=f"Contact {n}", address=f"contact{n}@essai.example", firm=site.firm,
            )  # fmt: skip
        until = now.date() + datetime.timedelta(days=30)
        round_id = rounds.create_round(session, agent, name="Essai", answers_until=until, now=now)
        rounds.open_round(session, agent, round_id, now=now)
        row = scope.round_in(session, agent, round_id)
        for response in row.responses:
            response.state = ResponseState.CHARTER_OK.value
            session.add(Consent(firm_id=response.firm.id, charter_id=row.charter_id, signed_at=now))
    return round_id


def run(*, firms: int, agents: int, seconds: int, think_s: tuple[float, float] = THINK_S) -> Load:
    """Make the base, let people come, count."""
    with tempfile.TemporaryDirectory(prefix="maillage-load-") as name:
        folder = Path(name)
        config = dataclasses.replace(config_for(folder / "m.db"), database=f"sqlite:///{name}/m.db")
        world = World(engine=make_engine(config.database), config=config)
        upgrade(world.engine)
        round_id = fill(world, firms, agents)
        with installed(world, f"folder:{name}/mails") as site:
            work = _people(world, site, round_id, think_s, folder)
            before, at = _cpu_s(site.server.pid), time.monotonic()
            people_cpu_s = _locust(folder, work, site.port, firms + agents, seconds)
            lasted_s = time.monotonic() - at
            server_cpu_s = _cpu_s(site.server.pid) - before
            site.stop()
        said = (folder / "acknowledged").read_text(encoding="utf-8").splitlines()
        kept = _kept(world)
        world.engine.dispose()
        return _figures(folder, said, kept, (server_cpu_s, people_cpu_s, lasted_s))


def _cpu_s(process: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _people(
    world: World, site: Any, round_id: str, think_s: tuple[float, float], folder: Path
) -> Path:
    session = world.rows()
    accounts = session.scalars(select(Account).order_by(Account.id)).all()
    sheets = {
        response.firm.id: response.public_id for response in session.scalars(select(Response))
    }
    session.close()
    cookies = {row.id: site.signed_in(row.id).cookies["__Host-maillage"] for row in accounts}
    work = {
        "host": f"localhost:{site.port}",
        "round": round_id,
        "think_s": think_s,
        "acknowledged": str(folder / "acknowledged"),
        "firms": [
            {"cookie": cookies[row.id], "sheet": sheets[row.firm_id]}
            for row in accounts
            if row.firm_id is not None
        ],
        "agents": [{"cookie": cookies[row.id]} for row in accounts if row.firm_id is None],
    }
    (folder / "acknowledged").touch()
    file = folder / "work.json"
    file.write_text(json.dumps(work), encoding="utf-8")
    return file


def _locust(folder: Path, work: Path, port: int, people: int, seconds: int) -> float:
    """Let them come; returns the processor time that playing them took, in seconds."""
    command = [
        sys.executable, "-m", "locust", "-f", str(ROOT / "benchmarks" / "load_people.py"),
        "--headless", "--users", str(people), "--spawn-rate", str(max(people / 15, 1)),
        "--run-time", f"{seconds}s", "--stop-timeout", "20",
        "--host", f"http://127.0.0.1:{port}", "--csv", str(folder / "out"),
        "--only-summary", "--exit-code-on-error", "0",
    ]  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "MAILLAGE_LOAD": str(work)},
        capture_output=True,
        text=True,
        timeout=seconds + 300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _kept(world: World) -> dict[str, int]:
    """The amount that stands on each card, by its word."""
    session = world.rows()
    found = {}
    for item in session.scalars(select(Declaration)):
        row = scope.opened(session, item.response.firm, item.row)
        word = WORD.search(row["description"])
        if word is not None:
            found[word[0]] = int(row["said_amount"])
    session.close()
    return found


def _figures(
    folder: Path, said: list[str], kept: dict[str, int], took: tuple[float, float, float]
) -> Load:
    cpu_s, people_cpu_s, lasted_s = took
    last = {word: int(amount) for word, amount in (line.split() for line in said)}
    with (folder / "out_stats.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    whole = next(row for row in rows if row["Name"] == "Aggregated")
    return Load(
        requests=int(whole["Request Count"]),
        per_second=float(whole["Requests/s"]),
        errors=int(whole["Failure Count"]),
        p50_ms=float(whole["50%"]),
        p95_ms=float(whole["95%"]),
        p99_ms=float(whole["99%"]),
        saves=len(said),
        cards=len(last),
        lost=sum(kept.get(word, -1) < amount for word, amount in last.items()),
        by_page={
            row["Name"]: (int(row["Request Count"]), float(row["95%"]))
            for row in rows
            if row["Name"] != "Aggregated" and row["Request Count"] != "0"
        },
        server_cpu_s=round(cpu_s, 1),
        cpu_ms_a_request=round(1000 * cpu_s / max(1, int(whole["Request Count"])), 2),
        cores=round(cpu_s / lasted_s, 2),
        people_cores=round(people_cpu_s / lasted_s, 2),
    )


def main() -> None:
    """Parse the line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--firms", type=int, default=500)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--think", type=float, nargs=2, default=THINK_S, metavar=("LOW", "HIGH"))
    arguments = parser.parse_args()
    found = run(
        firms=arguments.firms,
        agents=arguments.agents,
        seconds=arguments.seconds,
        think_s=tuple(arguments.think),
    )
    sys.stdout.write(json.dumps(dataclasses.asdict(found), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
