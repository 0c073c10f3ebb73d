"""A copy of the base beside whoever writes to it, and a base again from a copy.

SQLite copies itself page by page (``Connection.backup``); PostgreSQL's own ``pg_dump`` reads the
snapshot that the counts were taken in. What a copy holds is checked before it gets its name: the
pages, the chain of the log. The keys of an installation are not in it; without them it says no more
than public registers do.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, inspect, make_url, select, text

from webapp.db import (
    Base,
    make_engine,
    open_session,
    plain_address,
    sqlite_file,
    transaction,
)
from webapp.lifecycle import RoundState
from webapp.migrations import HERE, head
from webapp.models import ErasedError, Firm, Round, Territory, Vault
from webapp.operations import journal, purging

SQLITE_MARK = b"SQLite format 3\0"


class BackupError(Exception):
    """It cannot be done; ``code`` is a message id under ``cli.keeping``, ``values`` fill it in."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(code, values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a base holds: rows a table, the schema's step, and lines of the log."""

    rows: Mapping[str, int]
    revision: str
    lines: int


def contents_of(engine: Engine, vault: Vault) -> Contents:
    """Count, and check that the log is whole and that the keys at hand open what is sealed.

    Raises
    ------
    BackupError
        ``chain-broken``, ``newer`` (a schema that this version does not know) or ``other-keys``.
    """
    return _contents(engine, vault, lambda _snapshot: None)


def back_up(address: str, file: Path, vault: Vault) -> Contents:
    """Write a copy of the base to a file that is not there yet.

    Raises
    ------
    BackupError
        ``exists``, ``no-base``, ``tool-failed``, or what :func:`contents_of` raises.
    """
    if file.exists():
        raise BackupError("exists", file=file)
    with TemporaryDirectory(dir=_folder_of(file), prefix=".maillage-") as folder:
        made = Path(folder) / "copy"
        found = _copy(address, made, vault)
        made.chmod(0o600)
        with made.open("rb") as stream:
            os.fsync(stream.fileno())
        made.replace(file)
    return found


def restore(file: Path, address: str, vault: Vault) -> Contents:
    """Make the base of an address from a copy; a base that holds anything is never written over.

    Raises
    ------
    BackupError
        ``no-file``, ``not-empty``, ``not-ours``, ``tool-failed``, or what :func:`contents_of`
        raises; then nothing is left at the address.
    """
    if not file.is_file():
        raise BackupError("no-file", file=file)
    target = sqlite_file(address)
    if target is None:
        return _restore_postgres(file, address, vault)
    if target.exists():
        raise BackupError("not-empty", where=target)
    with TemporaryDirectory(dir=_folder_of(target), prefix=".maillage-") as folder:
        made = Path(folder) / "base"
        shutil.copyfile(file, made)
        found = _checked_file(made, vault)
        made.chmod(0o600)
        made.replace(target)
    return found


def expunge(file: Path, address: str, vault: Vault) -> tuple[int, int]:
    """Take out of a copy what was destroyed in the base since; how many keys, how many rounds.

    The copy is written anew, checked, and only then put in the old one's place: nothing of what
    went is left in its free pages. The counts of a copy are those of its day, less what went.

    Raises
    ------
    BackupError
        ``no-file``, ``copy-closed`` (a dump of PostgreSQL), ``copy-older`` (another schema), or
        what :func:`contents_of` raises; then the copy is as it was.
    """
    if not file.is_file():
        raise BackupError("no-file", file=file)
    with file.open("rb") as stream:
        if not stream.read(len(SQLITE_MARK)).startswith(SQLITE_MARK):
            raise BackupError("copy-closed", file=file)
    firms, rounds = _destroyed(address)
    with TemporaryDirectory(dir=_folder_of(file), prefix=".maillage-") as folder:
        made = Path(folder) / "copy"
        shutil.copyfile(file, made)
        if _checked_file(made, vault).revision != head():
            raise BackupError("copy-older", file=file)
        counts = _take_out(made, firms, rounds)
        connection = sqlite3.connect(made)
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("VACUUM")
        connection.close()
        _checked_file(made, vault)
        made.chmod(0o600)
        with made.open("rb") as stream:
            os.fsync(stream.fileno())
        made.replace(file)
    return counts


def _destroyed(address: str) -> tuple[set[str], set[str]]:
    """Public ids of the firms whose key is gone, and of the rounds that were purged."""
    engine = make_engine(address)
    session = open_session(engine, {}, reads_only=True)
    try:
        firms = session.scalars(select(Firm.public_id).where(Firm.sealing_key.is_(None)))
        rounds = session.scalars(select(Round.public_id).where(Round.state == RoundState.PURGED))
        return set(firms), set(rounds)
    finally:
        session.close()
        engine.dispose()


def _take_out(made: Path, firms: set[str], rounds: set[str]) -> tuple[int, int]:
    engine = make_engine(f"sqlite:///{made}")
    with transaction(engine, {}) as session:
        keys = [
            row
            for row in session.scalars(select(Firm).where(Firm.sealing_key.is_not(None)))
            if row.public_id in firms
        ]
        for row in keys:
            row.sealing_key = None
        old = [
            row
            for row in session.scalars(select(Round).where(Round.state != RoundState.PURGED))
            if row.public_id in rounds
        ]
        for one in old:
            purging.empty(session, one)
            one.state = RoundState.PURGED.value
    engine.dispose()
    return len(keys), len(old)


def _copy(address: str, made: Path, vault: Vault) -> Contents:
    source = sqlite_file(address)
    if source is None:
        return _dump(address, made, vault)
    if not source.exists():
        raise BackupError("no-base", where=source)
    reading, writing = sqlite3.connect(source), sqlite3.connect(made)
    try:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")  # one file, complete
    finally:
        reading.close()
        writing.close()
    return _checked_file(made, vault)


def _checked_file(made: Path, vault: Vault) -> Contents:
    connection = sqlite3.connect(made)
    try:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError:
        raise BackupError("not-ours", file=made.name) from None
    finally:
        connection.close()
    if verdict != "ok":
        raise BackupError("not-ours", file=made.name)
    engine = make_engine(f"sqlite:///{made}")
    try:
        return contents_of(engine, vault)
    finally:
        engine.dispose()


def _dump(address: str, made: Path, vault: Vault) -> Contents:
    engine = make_engine(address)
    command = ["pg_dump", "--format=custom", "--no-owner", "--exclude-schema=queue"]
    try:
        return _contents(
            engine,
            vault,
            lambda snapshot: _run([*command, f"--snapshot={snapshot}", f"--file={made}"], address),
        )
    finally:
        engine.dispose()


def _restore_postgres(file: Path, address: str, vault: Vault) -> Contents:
    engine = make_engine(address)
    command = ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction"]
    name = make_url(plain_address(address)).database or ""
    try:
        if inspect(engine).get_table_names():
            raise BackupError("not-empty", where=name)
        _run([*command, f"--dbname={name}", str(file)], address)
        return contents_of(engine, vault)
    finally:
        engine.dispose()


def _run(command: Sequence[str], address: str) -> None:
    """A tool of PostgreSQL; where to connect goes by the environment, which others cannot read."""
    url = make_url(plain_address(address))
    host = url.host or url.query.get("host")
    where = {
        "PGHOST": host,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    given = {name: str(value) for name, value in where.items() if value}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed tool; only its file and snapshot vary
            command, env={**os.environ, **given}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BackupError("tool-missing", tool=command[0]) from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise BackupError("tool-failed", tool=command[0], detail=said)


def _contents(engine: Engine, vault: Vault, do: Callable[[str], None]) -> Contents:
    """Count in one snapshot; on PostgreSQL ``do`` is given its name while it lasts."""
    session = open_session(engine, {"vault": vault}, reads_only=True)
    try:
        if not inspect(session.connection()).has_table("alembic_version"):
            raise BackupError("not-ours", file=engine.url.database)
        revision = str(session.scalar(text("SELECT version_num FROM alembic_version")))
        if revision not in {step.revision for step in ScriptDirectory(str(HERE)).walk_revisions()}:
            raise BackupError("newer", revision=revision)
        there = set(inspect(session.connection()).get_table_names())
        rows = {
            name: int(session.scalar(select(func.count()).select_from(table)) or 0)
            for name, table in sorted(Base.metadata.tables.items())
            if name in there
        }
        lines, broken = journal.verify(session)
        if broken is not None:
            raise BackupError("chain-broken", line=broken)
        _try_keys(session.scalars(select(Territory.sealing_key)).all(), vault)
        if engine.dialect.name == "postgresql":
            do(str(session.scalar(text("SELECT pg_export_snapshot()"))))
        return Contents(rows=rows, revision=revision, lines=lines)
    finally:
        session.close()


def _try_keys(keys: Sequence[bytes | None], vault: Vault) -> None:
    for key in keys:
        if key is not None:
            try:
                vault.rewrapped(key)
            except ErasedError:
                raise BackupError("other-keys") from None


def _folder_of(file: Path) -> Path:
    folder = file.resolve().parent
    if not folder.is_dir():
        raise BackupError("no-folder", folder=folder)
    return folder
