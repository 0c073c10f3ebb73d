"""Who comes, as locust plays them: contacts who answer on a telephone, agents who follow.

Run by :mod:`benchmarks.load`, which makes the base, starts the server and reads the figures.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import uuid
from pathlib import Path

from locust import FastHttpUser, between, task

WORK = json.loads(Path(os.environ["MAILLAGE_LOAD"]).read_text(encoding="utf-8"))
MARK = re.compile(r'name="csrf_token" value="([^"]+)"')
_firms, _agents = itertools.cycle(WORK["firms"]), itertools.cycle(WORK["agents"])


class _Person(FastHttpUser):
    abstract = True

    def begin(self, person: dict[str, str]) -> None:
        self.person = person
        self.mark = ""
        self.headers = {
            "Cookie": f"__Host-maillage={person['cookie']}",
            "Host": WORK["host"],
        }

    def read(self, path: str, name: str) -> None:
        with self.client.get(
            path, name=name, headers=self.headers, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code}")
                return
            found = MARK.search(answer.text or "")
            self.mark = found[1] if found else self.mark

    def write(self, path: str, name: str, fields: dict[str, str]) -> bool:
        with self.client.post(
            path,
            name=name,
            headers=self.headers,
            data={"csrf_token": self.mark, **fields},
            allow_redirects=False,
            catch_response=True,
        ) as answer:
            if answer.status_code != 302:
                answer.failure(f"{answer.status_code}")
                return False
        return True


class Contact(_Person):
    """Opens her cards, adds one, looks at it again."""

    weight = 25
    wait_time = between(*WORK["think_s"])

    def on_start(self) -> None:
        self.begin(next(_firms))
        self.dice = random.Random(self.person["sheet"])
        self.saved = 0

    @task(2)
    def look(self) -> None:
        self.read("/entreprise/", "firm: home")

    @task(3)
    def look_at_cards(self) -> None:
        self.read(f"/entreprise/enquetes/{self.person['sheet']}/cartes", "firm: cards")

    @task(5)
    def save_a_card(self) -> None:
        path = f"/entreprise/enquetes/{self.person['sheet']}/cartes/nouvelle/flows"
        self.read(path, "firm: empty card")
        if self.saved >= 30:
            return  # nobody has more to say; the sheet takes 200
        word = uuid.uuid4().hex
        fields = {"what": f"Palettes {word}", "said_amount": "12", "then": "stay"}
        if self.write(path, "firm: save", fields):
            self.saved += 1
            with Path(WORK["acknowledged"]).open("a", encoding="utf-8") as stream:
                stream.write(word + "\n")

    @task(1)
    def check(self) -> None:
        self.read(f"/entreprise/enquetes/{self.person['sheet']}/verifier", "firm: check")


class Agent(_Person):
    """Follows the answers, reads leads."""

    weight = 1
    wait_time = between(*WORK["think_s"])

    def on_start(self) -> None:
        self.begin(next(_agents))

    @task(3)
    def look(self) -> None:
        self.read("/territoire/", "agent: home")

    @task(2)
    def follow(self) -> None:
        self.read(f"/territoire/campagnes/{WORK['round']}", "agent: round")

    @task(1)
    def rounds(self) -> None:
        self.read("/territoire/campagnes", "agent: rounds")
