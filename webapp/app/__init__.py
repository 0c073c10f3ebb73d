"""The application: what each room gives, put together."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, g, url_for
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine

from matcher.wording import day as day_in_words
from matcher.wording import distance as distance_in_words
from matcher.wording import number as number_in_words
from webapp.app.mistakes import explain_mistakes
from webapp.app.requests import Maillage, guard_requests
from webapp.app.security import guard_answers
from webapp.config import TIMEZONE, Config
from webapp.db import make_engine
from webapp.mapping.typed import key_of
from webapp.models import Vault
from webapp.pages import (
    account,
    answers,
    compliance,
    findings,
    firm,
    firms,
    from_firms,
    preparing,
    public,
    records,
    second_factor,
    synergies,
    taking_away,
    territory,
)
from webapp.pages.access import HOME, NAVIGATION
from webapp.pages.asking import paragraphs, words
from webapp.texts import Language, moment

ROOMS = (
    account,
    answers,
    compliance,
    findings,
    firm,
    firms,
    from_firms,
    preparing,
    public,
    records,
    second_factor,
    synergies,
    taking_away,
    territory,
)

MOST_BYTES = 1_000_000


def utc_now() -> datetime.datetime:
    """The clock of the installation."""
    return datetime.datetime.now(datetime.UTC)


def create_app(
    config: Config,
    *,
    engine: Engine | None = None,
    vault: Vault | None = None,
    clock: Callable[[], datetime.datetime] = utc_now,
    wake: Callable[[], None] = lambda: None,
) -> Flask:
    """An application on a base that ``maillage db upgrade`` has brought up to date.

    ``engine``, ``vault`` and ``clock`` are handed in by tests; left out, they are the settings'.
    ``wake`` is called when what was kept holds work for the worker.
    """
    app = Flask(
        "webapp.pages", template_folder="templates", static_folder="static", static_url_path="/f"
    )
    app.config.update(
        SECRET_KEY=config.secret,
        TRUSTED_HOSTS=list(config.hosts),
        SESSION_COOKIE_NAME="__Host-maillage",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=MOST_BYTES,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: an answer is typed over days
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    maillage = Maillage(
        config=config,
        engine=engine or make_engine(config.database),
        vault=vault or Vault(config.master_keys, config.secret, secrets.token_hex),
        clock=clock,
        wake=wake,
    )
    app.extensions["maillage"] = maillage
    guard_answers(app)  # after_request runs last-in first: the headers are there even on a fault
    guard_requests(app, maillage)
    explain_mistakes(app)
    CSRFProtect(app)
    Bootstrap5(app)
    for module in ROOMS:
        app.register_blueprint(module.pages)
    app.jinja_env.globals.update(t=words, paragraphs=paragraphs, key_of=key_of)
    app.jinja_env.filters.update(written_day=_written_day)
    app.jinja_env.filters.update(day=_day, time=_time, local_day=_local_day, number=_number, km=_km)
    app.context_processor(_around)
    return app


def _around() -> dict[str, Any]:
    """What the frame of every page shows."""
    actor = g.get("actor")
    return {
        "language": g.get("language", "fr"),
        "actor": actor,
        "home_url": url_for("public.home" if actor is None else HOME[actor.role]),
        "navigation": () if actor is None else NAVIGATION[actor.role],
    }


def _local_day(value: datetime.datetime | None) -> datetime.date | None:
    return None if value is None else value.astimezone(TIMEZONE).date()


def _number(value: float) -> str:
    return number_in_words(round(value), g.get("language", "fr"))


def _km(value: float) -> str:
    return distance_in_words(value, g.get("language", "fr"))


def _day(value: datetime.date | datetime.datetime) -> str:
    language: Language = g.get("language", "fr")
    if isinstance(value, datetime.datetime):
        value = value.astimezone(TIMEZONE).date()
    return day_in_words(value, language)


def _written_day(value: str) -> str:
    """Of a day as a plan has it, ``2021-03-28``."""
    return _day(datetime.date.fromisoformat(value))


def _time(value: datetime.datetime) -> str:
    return moment(value, g.get("language", "fr"))
