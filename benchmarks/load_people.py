"""Who comes, as locust plays them: contacts who answer on a telephone, agents who follow.

Run by :mod:`benchmarks.load`, which makes the base, starts the server and reads the figures. The
people do what the pages' own script and buttons do: while a card is typed its words are looked up
and it is kept after each pause, the button is pressed, the browser follows to the next page.
Between two acts a person thinks; what a browser does by itself follows at once.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from locust import FastHttpUser, between, task

WORK = json.loads(Path(os.environ["MAILLAGE_LOAD"]).read_text(encoding="utf-8"))
MARK = re.compile(r'name="csrf_token" value="([^"]+)"')
FRESH = re.compile(r'name="fresh" value="([^"]+)"')
MOST_CARDS = 30  # nobody has more to say; the sheet takes 200
_firms, _agents = itertools.cycle(WORK["firms"]), itertools.cycle(WORK["agents"])
SCRIPT = {"Accept": "application/json"}


class _Person(FastHttpUser):
    abstract = True
    wait_time = between(*WORK["think_s"])

    def begin(self, person: dict[str, str]) -> None:
        self.person = person
        self.mark = ""
        self.headers = {"Cookie": f"__Host-maillage={person['cookie']}", "Host": WORK["host"]}
        self.dice = random.Random(person["cookie"])
        self.acts = self.course()
        self.wait()  # nobody begins at the same instant

    @task
    def act(self) -> None:
        next(self.acts)()

    def course(self) -> Iterator[Callable[[], None]]:
        raise NotImplementedError

    def read(self, path: str, name: str) -> str:
        """A page, or what the script asks for; empty when it failed."""
        with self.client.get(
            path, name=name, headers=self.headers, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code}")
                return ""
            text = answer.text or ""
        found = MARK.search(text)
        self.mark = found[1] if found else self.mark
        return text

    def write(self, path: str, name: str, fields: dict[str, str], *, is_script: bool) -> str:
        """Where the card is from now on; empty when it was not kept."""
        with self.client.post(
            path,
            name=name,
            headers={**self.headers, **(SCRIPT if is_script else {})},
            data={"csrf_token": self.mark, **fields},
            allow_redirects=False,
            catch_response=True,
        ) as answer:
            if answer.status_code != (200 if is_script else 302):
                answer.failure(f"{answer.status_code}")
                return ""
            place: str = answer.json()["address"] if is_script else answer.headers["Location"]
            return place


class Contact(_Person):
    """Looks at her cards and types one after the other, in four steps each."""

    weight = 25

    def on_start(self) -> None:
        self.begin(next(_firms))
        self.cards = 0

    def course(self) -> Iterator[Callable[[], None]]:
        sheet = f"/entreprise/enquetes/{self.person['sheet']}"
        yield lambda: self.read("/entreprise/", "firm: home")
        while True:
            yield lambda: self.read(f"{sheet}/cartes", "firm: cards")
            for _ in range(self.dice.randint(1, 3)):
                if self.cards < MOST_CARDS:
                    self.cards += 1
                    yield from self.card(sheet)
            yield lambda: self.read(f"{sheet}/verifier", "firm: check")

    def card(self, sheet: str) -> Iterator[Callable[[], None]]:
        word = uuid.uuid4().hex
        fields = {"what": f"Palettes {word}", "unit": "t", "direction": "offer"}
        place = f"{sheet}/cartes/nouvelle/flows"

        def open_it() -> None:
            found = FRESH.search(self.read(place, "firm: empty card"))
            fields["fresh"] = found[1] if found else ""

        def type_words() -> None:
            self.read(f"{sheet}/mots/flows?q=Palettes+{word}", "firm: words")
            keep(0)

        def keep(amount: int, *, is_script: bool = True) -> None:
            nonlocal place
            name = "firm: kept as typed" if is_script else "firm: save"
            said = {**fields, "said_amount": str(amount)}
            kept_at = self.write(place, name, said, is_script=is_script)
            if not kept_at:
                return
            place = kept_at
            with Path(WORK["acknowledged"]).open("a", encoding="utf-8") as stream:
                stream.write(f"{word} {amount}\n")

        def press() -> None:
            fields["then"] = "stay"
            keep(3, is_script=False)
            self.read(place, "firm: card")

        yield open_it
        yield type_words
        for amount in (1, 2):
            yield lambda amount=amount: keep(amount)  # type: ignore[misc]
        yield press


class Agent(_Person):
    """Follows the answers, reads leads."""

    weight = 1

    def on_start(self) -> None:
        self.begin(next(_agents))

    def course(self) -> Iterator[Callable[[], None]]:
        pages = (
            ("/territoire/", "agent: home"),
            (f"/territoire/campagnes/{WORK['round']}", "agent: round"),
            ("/territoire/campagnes", "agent: rounds"),
        )
        while True:
            path, name = self.dice.choices(pages, (3, 2, 1))[0]
            yield lambda path=path, name=name: self.read(path, name)  # type: ignore[misc]
