"""Connections and transactions: who writes takes the lock first, who reads cannot write.

On SQLite a writing transaction begins IMMEDIATE: two that read and then write would otherwise fail
on each other (ADR 12). A reading one has ``query_only`` set, so that a page that is only looked at
changes no table. On PostgreSQL it is the same with other words: who writes first takes one lock of
the whole base (each line of the log follows the one before, so writers would meet there anyway),
and who reads does so in a READ ONLY snapshot.
"""

from __future__ import annotations

import datetime
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, override

from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 10_000
LOOK_AGAIN_S = 0.003
"""Between two looks whether another process has done writing; a short transaction takes longer."""
LONGEST_RUN_S = 0.1
"""A process that has written for so long without a pause makes one of two looks of the others."""
CONNECTIONS = 16
"""Kept open: eight threads, each at most with one that reads and one that writes."""
WRITERS_LOCK = 0x6D61696C  # "mail": any number that nobody else takes in this base
POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")


class Base(DeclarativeBase):
    """All tables. Constraints are named, or no migration could ever drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[datetime.datetime]):
    """A moment in UTC; a clock without a time zone is refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(
        self, value: datetime.datetime | None, dialect: Dialect
    ) -> datetime.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(datetime.UTC)

    @override
    def process_result_value(
        self, value: datetime.datetime | None, dialect: Dialect
    ) -> datetime.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=datetime.UTC) if value.tzinfo is None else value


def sqlite_file(address: str) -> Path | None:
    """The file of an SQLite address; None when it is another database's."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database)


def plain_address(address: str) -> str:
    """An address of PostgreSQL as its own tools read it."""
    return "postgresql://" + address.split("://", 1)[1]


def make_engine(address: str) -> Engine:
    """An engine whose transactions begin as this module's docstring says."""
    if address.startswith(POSTGRES):
        return _make_postgres(address)
    engine = create_engine(
        address, connect_args={"check_same_thread": False}, pool_size=CONNECTIONS
    )

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "secure_delete = ON",  # what is destroyed is overwritten, not left in a free page
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    turns = _Turns()

    @event.listens_for(engine, "checkin")
    def _on_checkin(_connection: Any, record: Any) -> None:
        if record.info.pop("has_turn", False):
            turns.give_up()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads_only", False)
        if not reads and not connection.info.get("has_turn"):
            connection.info["has_turn"] = turns.take()
        if connection.info.get("reads_only") is not reads:
            connection.exec_driver_sql(f"PRAGMA query_only = {int(reads)}")
            connection.info["reads_only"] = reads
        if reads:
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_to_write(connection)

    return engine


class _Turns:
    """Of the writers of this process; a process that writes without a pause lets others in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since = self._ended = 0.0

    def take(self) -> bool:
        """Wait for one's turn; False after ``BUSY_TIMEOUT_MS``.

        SQLite has who waits look again after up to 100 ms, whoever was first: with eight threads
        that write some waited two seconds. Here the next one is woken.
        """
        has_turn = self._lock.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
        now = time.monotonic()
        if now - self._ended > LOOK_AGAIN_S:
            self._since = now
        elif now - self._since > LONGEST_RUN_S:
            time.sleep(2 * LOOK_AGAIN_S)
            self._since = time.monotonic()
        return has_turn

    def give_up(self) -> None:
        """The next one's turn."""
        self._ended = time.monotonic()
        self._lock.release()


def _begin_to_write(connection: Connection) -> None:
    """Begin once no other process writes.

    SQLite's own wait looks every 100 ms in the end. Beside three processes that write without a
    pause it met the lock taken each time until it gave up; a short transaction ends in between.
    """
    file: Any = connection.connection.driver_connection
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    file.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < until:
            try:
                file.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            time.sleep(LOOK_AGAIN_S)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # whose error is told as all others are
    finally:
        file.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


def _make_postgres(address: str) -> Engine:
    engine = create_engine(
        plain_address(address).replace("://", "+psycopg://", 1),
        pool_pre_ping=True,
        pool_size=CONNECTIONS,
    )

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("reads_only", False):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")

    return engine


def open_session(engine: Engine, info: dict[Any, Any], *, reads_only: bool = False) -> Session:
    """A session; ``info`` carries what operations need besides rows (the vault, fresh ids)."""
    bind = engine.execution_options(reads_only=True) if reads_only else engine
    session = Session(bind=bind, expire_on_commit=False)
    session.info.update(info)
    return session


@contextmanager
def transaction(engine: Engine, info: dict[Any, Any]) -> Iterator[Session]:
    """One writing transaction: kept when the block ends, undone when it raises."""
    session = open_session(engine, info)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
