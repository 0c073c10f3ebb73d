"""``maillage serve`` and what an installation needs, beside the commands of the matcher."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from cryptography.fernet import Fernet

from matcher.catalogue.loading import default_folder
from matcher.cli import main
from matcher.spoken import LANGUAGE_KEY, language_in
from matcher.wording import say
from webapp.config import Config, ConfigError

if TYPE_CHECKING:
    from flask import Flask

    from webapp.mail import Transport

__all__ = ["main"]

THREADS = 8  # web.md's measure: one process of eight threads has 25 times the load of 500 firms
CHARTER = Path(__file__).parent / "texts"


def _config() -> Config:
    try:
        return Config.from_environment(os.environ)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.pass_context
def keys(_ctx: click.Context) -> None:
    """Print a fresh secret and a fresh key."""
    click.echo(f"MAILLAGE_SECRET={secrets.token_urlsafe(48)}")
    click.echo(f"MAILLAGE_KEYS={Fernet.generate_key().decode()}")


@main.command()
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring the schema of the base up to date."""
    from webapp.db import make_engine
    from webapp.migrations import upgrade as upgrade_schema

    upgrade_schema(make_engine(_config().database))
    click.echo(say("cli.upgraded", language_in(ctx)))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(min=0), default=8000, show_default=True)
@click.option("--demo", "is_demo", is_flag=True)
@click.pass_context
def serve(ctx: click.Context, host: str, port: int, is_demo: bool) -> None:
    """Serve the application, its mails and its jobs, until interrupted."""
    ctx.meta.setdefault(LANGUAGE_KEY, "fr")
    if is_demo:
        _serve_demo(ctx, host, port)
        return
    from webapp.app import create_app
    from webapp.mail import transport_of

    config = _config()
    app = create_app(config)
    server = _start(app, host, port, transport_of(config))
    click.echo(say("cli.serving", language_in(ctx), address=config.address))
    server.run()


def _serve_demo(ctx: click.Context, host: str, port: int) -> None:
    """The made-up territory, in a folder that goes when the command ends."""
    from webapp import demo
    from webapp.app import create_app, utc_now
    from webapp.jobs import send_mails
    from webapp.mail import Console
    from webapp.migrations import upgrade as upgrade_schema
    from webapp.trial import Kept, visit

    language = language_in(ctx)
    is_once = os.environ.get("DEMO_ONCE") == "1" or not sys.stdout.isatty()
    with tempfile.TemporaryDirectory(prefix="maillage-") as folder:
        config = Config(
            database=f"sqlite:///{Path(folder) / 'maillage.db'}",
            secret=secrets.token_urlsafe(48),
            master_keys=(Fernet.generate_key().decode(),),
            hosts=("localhost", "127.0.0.1"),
            address=f"http://localhost:{port}",
        )
        app = create_app(config)
        maillage = app.extensions["maillage"]
        upgrade_schema(maillage.engine)
        charter = {
            code: (CHARTER / f"charter.{code}.txt").read_text(encoding="utf-8")
            for code in ("fr", "en")
        }
        accounts = demo.load(
            maillage.engine, maillage.info, config, _demo_folder(), charter, utc_now
        )
        mails: Transport = Kept() if is_once else Console()
        send_mails(maillage.engine, maillage.info, config, Kept(), utc_now)  # not twenty at once
        server = _start(app, host, 0 if is_once else port, mails)
        click.echo(say("cli.demo-accounts", language))
        for account in accounts:
            role = say(f"cli.demo-role.{account.hint}", language)
            click.echo(f"  {account.address:34} {role}")
        if isinstance(mails, Kept):
            threading.Thread(target=server.run, daemon=True).start()
            seen = visit(
                server.effective_port,
                accounts,
                mails,
                lambda: send_mails(maillage.engine, maillage.info, config, mails, utc_now),
            )
            for address, status, title in seen:
                click.echo(f"  {status} {address}: {title}")
            server.close()
            if any(status != 200 for _, status, _ in seen):
                ctx.exit(1)
            return
        click.echo(say("cli.serving", language, address=config.address))
        server.run()


def _start(app: Flask, host: str, port: int, transport: Transport) -> Any:
    """A server that listens, and a worker beside it."""
    from waitress.server import create_server

    from webapp.app import utc_now
    from webapp.jobs import run_until

    maillage = app.extensions["maillage"]
    threading.Thread(
        target=run_until,
        args=(
            threading.Event(),
            maillage.engine,
            maillage.info,
            maillage.config,
            transport,
            utc_now,
        ),
        daemon=True,
    ).start()
    return create_server(app, host=host, port=port, threads=THREADS, ident=None)


def _demo_folder() -> Path:
    return default_folder().parent / "demo"


if __name__ == "__main__":
    main()
