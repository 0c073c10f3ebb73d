"""Bases to test on: a file of SQLite each, or a database each of the server that is named.

    .ci/postgres .venv/bin/pytest tests/webapp

runs the same tests on PostgreSQL: ``MAILLAGE_TEST_POSTGRES`` is the address of a server on which
databases may be made. A path stands for a base in both cases.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, make_url

SERVER = os.environ.get("MAILLAGE_TEST_POSTGRES", "")


def address_of_base(path: Path) -> str:
    """The address of the base that a path stands for."""
    if not SERVER:
        return f"sqlite:///{path}"
    return make_url(SERVER).set(database=_name(path)).render_as_string(hide_password=False)


def make_base(path: Path, like: Path | None = None) -> str:
    """An empty base, or a copy of one. Returns its address."""
    if SERVER:
        template = "" if like is None else f' TEMPLATE "{_name(like)}"'
        _tell(f'CREATE DATABASE "{_name(path)}"{template}')
    elif like is not None:
        # SQLite's own copy: a file that its last reader is just closing would be copied in halves.
        with closing(sqlite3.connect(like)) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
    return address_of_base(path)


def drop_base(path: Path) -> None:
    """Away with it; a file goes with its folder."""
    if SERVER:
        _tell(f'DROP DATABASE IF EXISTS "{_name(path)}" WITH (FORCE)')


def _name(path: Path) -> str:
    return "t" + hashlib.sha256(str(path).encode()).hexdigest()[:20]


def _tell(command: str) -> None:
    server = create_engine(SERVER.replace("://", "+psycopg://", 1), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(command)
    server.dispose()
