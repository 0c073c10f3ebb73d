"""What whoever keeps an installation types: territory, people, copies, keys, the log."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from matcher.cli.commands import main
from matcher.cli.spoken import language_in
from matcher.wording import say
from webapp.config import Config, ConfigError
from webapp.policy import FIRM_ROLES, Role

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.backups import Contents
    from webapp.models import Territory

CHARTER = Path(__file__).parent / "texts"
PEOPLE = [role.value for role in Role if role not in FIRM_ROLES]


def settings() -> Config:
    """The settings of the environment, or the end of the command with what is wrong in them."""
    try:
        return Config.from_environment(os.environ)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


def charter_texts() -> dict[str, str]:
    """The charter that comes with the product, by language."""
    return {
        code: (CHARTER / f"charter.{code}.txt").read_text(encoding="utf-8") for code in ("fr", "en")
    }


def _refuse(ctx: click.Context, code: str, **values: object) -> NoReturn:
    raise click.ClickException(say(f"cli.keeping.{code}", language_in(ctx), **values))


def _tell(ctx: click.Context, code: str, **values: object) -> None:
    click.echo(say(f"cli.keeping.{code}", language_in(ctx), **values))


@contextmanager
def _writing() -> Iterator[Session]:
    from webapp.db import make_engine, transaction
    from webapp.models import Vault

    config = settings()
    engine = make_engine(config.database)
    try:
        vault = Vault(config.master_keys, config.secret)
        with transaction(engine, {"vault": vault}) as session:
            yield session
    finally:
        engine.dispose()


@main.command()
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring the schema of the base up to date."""
    from webapp.db import make_engine
    from webapp.migrations import upgrade as upgrade_schema

    upgrade_schema(make_engine(settings().database))
    click.echo(say("cli.upgraded", language_in(ctx)))


@main.command()
@click.argument("name")
@click.option("--siren")
@click.option("--places", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def territory(ctx: click.Context, name: str, siren: str | None, places: Path | None) -> None:
    """Add a territory, with the charter that comes with the product."""
    from sqlalchemy import select

    from webapp.models import Territory
    from webapp.operations.territory import set_up

    rows = _places(ctx, places) if places is not None else []
    with _writing() as session:
        if session.scalar(select(Territory.id).where(Territory.name == name)) is not None:
            _refuse(ctx, "territory-exists", name=name)
        made = set_up.create_territory(session, name, siren=siren)
        charter = charter_texts()
        set_up.publish_charter(session, made, fr=charter["fr"], en=charter["en"])
        for row in rows:
            set_up.create_place(session, made, row)
    _tell(ctx, "territory-made", name=name, places=len(rows))


@main.command()
@click.argument("role", type=click.Choice(PEOPLE))
@click.argument("name")
@click.argument("address")
@click.option("--territory", "territory_name")
@click.option("--community")
@click.pass_context
def account(
    ctx: click.Context,
    role: str,
    name: str,
    address: str,
    territory_name: str | None,
    community: str | None,
) -> None:
    """Add a person of the territory, who then signs in by the code of a mail."""
    from webapp.operations.errors import OperationError
    from webapp.operations.territory import set_up

    if address.count("@") != 1 or address.strip("@") != address:
        _refuse(ctx, "address-wrong", address=address)
    if role == Role.TECHNICIAN and not community:
        _refuse(ctx, "community-missing")
    with _writing() as session:
        where = _territory(ctx, session, territory_name)
        try:
            set_up.create_account(
                session, where, Role(role), name=name, address=address, community=community
            )
        except OperationError:
            _refuse(ctx, "address-taken", address=address)
    _tell(ctx, "account-made", name=name, address=address)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Copy the base to a file, while it is being used."""
    from webapp.backups import back_up

    config = settings()
    found = _kept(ctx, lambda vault: back_up(config.database, file, vault), config)
    _tell(ctx, "backed-up", file=file, **_figures(found))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Make the base again from a copy."""
    from webapp.backups import restore as restore_base

    config = settings()
    found = _kept(ctx, lambda vault: restore_base(file, config.database, vault), config)
    _tell(ctx, "restored", file=file, **_figures(found))


@main.command()
@click.argument("copies", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def expunge(ctx: click.Context, copies: tuple[Path, ...]) -> None:
    """Take out of copies the keys and rounds that were destroyed in the base since."""
    from webapp.backups import BackupError
    from webapp.backups import expunge as expunge_copy
    from webapp.models import Vault

    config = settings()
    vault = Vault(config.master_keys, config.secret)
    for file in copies:
        try:
            keys, rounds = expunge_copy(file, config.database, vault)
        except BackupError as error:
            _refuse(ctx, error.code, **error.values)
        _tell(ctx, "expunged", file=file, keys=keys, rounds=rounds)


@main.command()
@click.pass_context
def verify(ctx: click.Context) -> None:
    """Check the chain of the log, and that the keys open what is sealed."""
    from webapp.backups import contents_of
    from webapp.db import make_engine

    config = settings()
    engine = make_engine(config.database)
    found = _kept(ctx, lambda vault: contents_of(engine, vault), config)
    _tell(ctx, "verified", **_figures(found))


@main.command()
@click.pass_context
def rewrap(ctx: click.Context) -> None:
    """Wrap the keys of firms anew, under the first of the master keys."""
    from sqlalchemy import select

    from webapp.models import Firm, Territory, vault_of

    count = 0
    with _writing() as session:
        owners = [*session.scalars(select(Firm)), *session.scalars(select(Territory))]
        for owner in owners:
            if owner.sealing_key is not None:
                owner.sealing_key = vault_of(session).rewrapped(owner.sealing_key)
                count += 1
    _tell(ctx, "rewrapped", count=count)


@main.command()
@click.argument("address")
@click.pass_context
def forget(ctx: click.Context, address: str) -> None:
    """Erase the second factors of somebody who lost theirs."""
    from sqlalchemy import select

    from webapp.app import utc_now
    from webapp.models import Account, vault_of
    from webapp.operations import second_factor, signing_in

    with _writing() as session:
        digest = vault_of(session).digest("address", signing_in.normal_address(address))
        found = session.scalar(select(Account).where(Account.address_digest == digest))
        if found is None:
            _refuse(ctx, "no-account", address=address)
        count = second_factor.forget_all(session, found, now=utc_now())
    _tell(ctx, "forgotten", address=address, count=count)


def _kept(ctx: click.Context, do: Callable[[Any], Contents], config: Config) -> Contents:
    from webapp.backups import BackupError
    from webapp.models import Vault

    try:
        return do(Vault(config.master_keys, config.secret))
    except BackupError as error:
        _refuse(ctx, error.code, **error.values)


def _figures(found: Contents) -> dict[str, object]:
    return {
        "rows": sum(found.rows.values()),
        "firms": found.rows.get("firm", 0),
        "declarations": found.rows.get("declaration", 0),
        "lines": found.lines,
        "revision": found.revision,
    }


def _territory(ctx: click.Context, session: Session, name: str | None) -> Territory:
    from sqlalchemy import select

    from webapp.models import Territory

    known = session.scalars(select(Territory).order_by(Territory.name)).all()
    chosen = [row for row in known if name in {None, row.name}]
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(row.name for row in known) or "—"
    _refuse(ctx, "which-territory", names=names)


def _places(ctx: click.Context, file: Path) -> list[dict[str, str]]:
    import csv

    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    for number, row in enumerate(rows, start=2):
        for column in ("commune_code", "latitude", "longitude"):
            value = (row.get(column) or "").strip()
            if not value or (column != "commune_code" and not _is_number(value)):
                _refuse(ctx, "place-wrong", file=file, row=number, column=column, value=value)
    return rows


def _is_number(value: str) -> bool:
    try:
        float(value.replace(",", "."))
    except ValueError:
        return False
    return True
