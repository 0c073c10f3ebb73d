"""The queue that wakes workers: huey, in a file beside the base, or in PostgreSQL when that is it.

huey takes a task out of its queue *before* it runs it, so a killed worker loses what it held (ADR
13). Here that loses nothing: tasks carry no data, they only say that the rows are to be looked at,
and they are also looked at every minute.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy.schema import CreateSchema

from webapp.config import Config
from webapp.db import make_engine, plain_address, sqlite_file
from webapp.jobs.work import Workshop

SCHEMA = "queue"  # on PostgreSQL, beside our tables and out of the migrations' sight
PATIENCE_S = 20  # how long a stop waits for what is being done

_log = logging.getLogger("maillage.jobs")


class Queue:
    """Says when rows are to be looked at, from any process of the installation."""

    def __init__(self, huey: Huey, workshop: Callable[[], Workshop] | None = None) -> None:
        self._huey = huey

        def guarded(look: Callable[[Workshop], object]) -> None:
            if workshop is not None:
                look(workshop())

        def send_mails() -> None:
            guarded(Workshop.send_mails)

        def do_jobs() -> None:
            guarded(Workshop.do_jobs)

        self._tasks = [huey.task(name=task.__name__)(task) for task in (send_mails, do_jobs)]
        if workshop is not None:
            for task in (send_mails, do_jobs):
                huey.periodic_task(crontab(), name=f"every_minute_{task.__name__}")(task)

    def wake(self) -> None:
        """Have the rows looked at now. When that fails, they are within a minute all the same."""
        try:
            for task in self._tasks:
                task()
        except Exception as error:  # noqa: BLE001 - what was acknowledged is kept; only speed is lost
            _log.warning("the worker was not woken: %s", type(error).__name__)

    def consumer(self) -> Consumer:
        """Two threads: mails do not wait for a matching. ``run()`` returns after a stop signal."""
        return Consumer(
            self._huey,
            workers=2,
            max_delay=1.0,
            shutdown_timeout=PATIENCE_S,
            graceful_signal="TERM",
        )


def queue_of(config: Config, workshop: Callable[[], Workshop] | None = None) -> Queue:
    """The queue of an installation; with a workshop, one that can also do the work."""
    file = sqlite_file(config.database)
    signed = SignedSerializer(secret=config.secret, salt="queue")  # what is read back is unpickled
    options = {"serializer": signed, "results": False}
    if file is not None:
        return Queue(SqliteHuey("maillage", filename=f"{file}.queue", **options), workshop)
    engine = make_engine(config.database)
    with engine.begin() as connection:
        connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
    engine.dispose()
    where = {"dsn": plain_address(config.database), "options": f"-c search_path={SCHEMA}"}
    return Queue(PostgresHuey("maillage", **where, **options), workshop)
