"""The worker: takes a row up, keeps its lease, stores the result or tries later."""

from __future__ import annotations

import datetime
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from webapp.config import Config
from webapp.db import transaction
from webapp.jobs import nights, posting
from webapp.jobs.matching import KILLED, back_to_closed, match_round
from webapp.mail import Transport
from webapp.operations import background
from webapp.operations.background import Claim, Kind, Stage

_log = logging.getLogger("maillage.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What work is done with."""

    engine: Engine
    info: dict[Any, Any]
    config: Config
    transport: Transport
    clock: Callable[[], datetime.datetime]

    def send_mails(self) -> int:
        """Send what is due."""
        return posting.send_mails(self.engine, self.info, self.config, self.transport, self.clock)

    def do_jobs(self) -> int:
        """Ask for the night if it is time, then do what is due. Returns how much was taken up."""
        nights.ask_for_tonight(self.engine, self.info, self.clock())
        taken = 0
        while (held := self._claim()) is not None:
            taken += 1
            self._do(held)
        return taken

    def _claim(self) -> Claim | None:
        with transaction(self.engine, self.info) as session:
            return background.claim(session, self.clock())

    def _do(self, held: Claim) -> None:
        if held.is_last:
            self._give_up(held, KILLED)
            return
        try:
            with self._kept_alive(held):
                self._handle(held)
        except Exception as error:  # noqa: BLE001 - whatever it is: it is noted, tried again, given up
            code = type(error).__name__
            _log.exception("job %s failed", held.number)
            with transaction(self.engine, self.info) as session:
                is_tried_again = background.try_later(session, held, self.clock(), code)
            if not is_tried_again:
                self._give_up(held, code)

    def _handle(self, held: Claim) -> None:
        if held.kind is Kind.MATCH:
            match_round(
                self.engine,
                self.info,
                self.config,
                held.subject,
                self.clock,
                reach=lambda stage: self._reach(held, stage),
                keep=lambda session, code: background.finish(session, held, self.clock(), code),
            )
            return
        nights.night(self.engine, self.info, self.clock)  # may be done twice: it does what is due
        with transaction(self.engine, self.info) as session:
            background.finish(session, held, self.clock())

    def _give_up(self, held: Claim, code: str) -> None:
        _log.error("job %s given up: %s", held.number, code)
        with transaction(self.engine, self.info) as session:
            if background.finish(session, held, self.clock(), code) and held.kind is Kind.MATCH:
                back_to_closed(session, held.subject, code, self.clock())

    def _reach(self, held: Claim, stage: Stage) -> None:
        with transaction(self.engine, self.info) as session:
            background.beat(session, held, self.clock(), stage)

    @contextmanager
    def _kept_alive(self, held: Claim) -> Iterator[None]:
        """Hold the lease while the work lasts; a killed worker lets it go by saying nothing."""
        is_over = threading.Event()

        def beat() -> None:
            while not is_over.wait(background.BEAT_S):
                with transaction(self.engine, self.info) as session:
                    background.beat(session, held, self.clock())

        beating = threading.Thread(target=beat, daemon=True)
        beating.start()
        try:
            yield
        finally:
            is_over.set()
            beating.join()
