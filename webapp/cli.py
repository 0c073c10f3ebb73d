"""``maillage serve`` and what an installation needs, beside the commands of the matcher."""

from __future__ import annotations

import functools
import os
import secrets
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click
from cryptography.fernet import Fernet

from matcher.catalogue.loading import default_folder
from matcher.cli.commands import main
from matcher.cli.spoken import LANGUAGE_KEY, language_in
from matcher.wording import say
from webapp.config import Config
from webapp.keeping import charter_texts, settings

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["main"]


@main.command()
@click.pass_context
def keys(_ctx: click.Context) -> None:
    """Print a fresh secret and a fresh key."""
    click.echo(f"MAILLAGE_SECRET={secrets.token_urlsafe(48)}")
    click.echo(f"MAILLAGE_KEYS={Fernet.generate_key().decode()}")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(min=0), default=8000, show_default=True)
@click.option("--demo", "is_demo", is_flag=True)
@click.option("--no-worker", is_flag=True)
@click.pass_context
def serve(ctx: click.Context, host: str, port: int, is_demo: bool, no_worker: bool) -> None:
    """Serve the application, its mails and its jobs, until interrupted."""
    ctx.meta.setdefault(LANGUAGE_KEY, "fr")
    if is_demo:
        _serve_demo(ctx, host, port)
        return
    from webapp.app import create_app
    from webapp.jobs import queue_of
    from webapp.mail import transport_of

    config = settings()
    transport_of(config)  # a wrong setting is said now, not by the first mail
    _must_be_up_to_date(ctx, config)
    app = create_app(config, wake=queue_of(config).wake)
    _run(ctx, app, config, host, port, has_worker=not no_worker)


@main.command()
@click.option("--beside", "is_beside", is_flag=True, hidden=True)
@click.pass_context
def work(ctx: click.Context, is_beside: bool) -> None:
    """Send mails and do the jobs, until told to stop."""
    from webapp.app import utc_now
    from webapp.mail import transport_of
    from webapp.serving import work as work_until_stopped

    config = settings()
    _must_be_up_to_date(ctx, config)
    work_until_stopped(config, transport_of(config), utc_now, is_beside=is_beside)


def _must_be_up_to_date(ctx: click.Context, config: Config) -> None:
    """Nothing is served on a schema of another version: a page would fail on what is not there."""
    from webapp.db import make_engine
    from webapp.migrations import head, revision_of

    engine = make_engine(config.database)
    found = revision_of(engine)
    engine.dispose()
    if found != head():
        at = found or "—"
        raise click.ClickException(
            say("cli.schema-other", language_in(ctx), revision=at, wanted=head())
        )


def _run(
    ctx: click.Context, app: Flask, config: Config, host: str, port: int, *, has_worker: bool = True
) -> None:
    from webapp.serving import Beside, listen, stop_on_termination

    stop_on_termination()
    server = listen(app, config, host, port)
    beside = Beside(config) if has_worker else None
    click.echo(say("cli.serving", language_in(ctx), address=config.address))
    try:
        server.run()
    finally:
        if beside is not None:
            beside.stop()


def _serve_demo(ctx: click.Context, host: str, port: int) -> None:
    """The made-up territory, in a folder that goes when the command ends."""
    from webapp import demo
    from webapp.app import create_app, utc_now
    from webapp.jobs import queue_of, send_mails
    from webapp.migrations import upgrade as upgrade_schema
    from webapp.serving import listen
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
            needs_second_factor=False,  # nobody should need a telephone to try it
        )
        app = create_app(config, wake=queue_of(config).wake)
        maillage = app.extensions["maillage"]
        upgrade_schema(maillage.engine)
        accounts = demo.load(
            maillage.engine, maillage.info, config, _demo_folder(), charter_texts(), utc_now
        )
        kept = Kept()
        post = functools.partial(send_mails, maillage.engine, maillage.info, config, kept, utc_now)
        post()  # those of the made-up past: not twenty at once on the terminal
        click.echo(say("cli.demo-accounts", language))
        for account in accounts:
            role = say(f"cli.demo-role.{account.hint}", language)
            click.echo(f"  {account.address:34} {role}")
        if not is_once:
            _run(ctx, app, config, host, port)
            return
        server = listen(app, config, host, 0)
        threading.Thread(target=server.run, daemon=True).start()
        seen = visit(server.effective_port, accounts, kept, post)
        for address, status, title in seen:
            click.echo(f"  {status} {address}: {title}")
        server.close()
        if any(status != 200 for _, status, _ in seen):
            ctx.exit(1)


def _demo_folder() -> Path:
    return default_folder().parent / "demo"


if __name__ == "__main__":
    main()
