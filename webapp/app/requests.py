"""The course of a request: who asks, may they, one transaction, kept or undone."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, g, redirect, request, url_for
from flask import session as cookie
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from webapp.config import Config
from webapp.db import open_session, transaction
from webapp.models import Vault
from webapp.operations import journal, narrowing, second_factor, signing_in
from webapp.operations.errors import NotFoundError
from webapp.operations.second_factor import Standing
from webapp.pages.access import ACCESS, HALF_WAY, OPEN, READS_ARE_LOGGED
from webapp.policy import is_allowed
from webapp.texts import language_of

MOST_BYTES = 1_000_000
MOST_BYTES_OF = {"firm.attach": 6_000_000}
"""What a request may hold: a form, or a file and its form."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(slots=True, kw_only=True)
class Maillage:
    """What the application is made with."""

    config: Config
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime.datetime]
    wake: Callable[[], None] = lambda: None
    info: dict[Any, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.info = {"vault": self.vault}


def guard_requests(app: Flask, maillage: Maillage) -> None:
    """Default deny before each request, one transaction around it."""
    app.before_request(lambda: _before(maillage))
    app.after_request(lambda answer: _settle(maillage, answer))
    app.teardown_request(_close)


def _before(maillage: Maillage) -> Response | None:
    g.now = maillage.clock()
    g.actor = None
    g.has_failed = False
    g.language = language_of(cookie.get("language"))
    g.open_rows = lambda: _rows(maillage)
    g.look = lambda: _reading(maillage)
    g.keep = lambda: _keep(maillage, g.rows)
    request.max_content_length = MOST_BYTES_OF.get(request.endpoint or "", MOST_BYTES)
    if request.endpoint is None:
        return None  # no such page: Flask says so
    if request.endpoint not in ACCESS:
        raise NotFoundError
    action = ACCESS[request.endpoint]
    half_way = _recognise(maillage)
    if half_way is not None and action is not OPEN:
        opens, to = HALF_WAY[half_way]
        if request.endpoint not in opens:
            if request.method in SAFE:
                return redirect(url_for(to))  # type: ignore[return-value]
            raise NotFoundError
    if action is OPEN:
        return None
    if g.actor is None:
        if request.method in SAFE:
            return redirect(url_for("account.sign_in"))  # type: ignore[return-value]
        raise NotFoundError
    if not is_allowed(g.actor.role, action):
        raise NotFoundError
    return None


def _recognise(maillage: Maillage) -> Standing | None:
    """Who the cookie's session belongs to, if it is still good; returns what is still asked."""
    token = cookie.get("token")
    if token is None or request.endpoint == "static":
        return None
    session = _reading(maillage)
    found = signing_in.open_session_of(session, token, g.now)
    if found is None:
        return None
    g.actor, row = found
    narrowing.narrow(session, g.actor)
    if "language" not in cookie:
        g.language = language_of(row.account.language)
    standing = second_factor.standing(
        session, g.actor, row, is_needed=maillage.config.needs_second_factor
    )
    if signing_in.is_to_be_touched(row, g.now):
        with transaction(maillage.engine, maillage.info) as writing:
            signing_in.touch(writing, token, g.now)
    return None if standing is Standing.INSIDE else standing


def _reading(maillage: Maillage) -> Session:
    """The session that looks who asks; a page that is only read goes on with it."""
    if "reading" not in g:
        g.reading = open_session(maillage.engine, maillage.info, reads_only=True)
    session: Session = g.reading
    return session


def _rows(maillage: Maillage) -> Session:
    """The request's one session, opened when first asked for."""
    if "rows" not in g:
        if request.method not in SAFE:
            _let_go("reading")
            g.rows = open_session(maillage.engine, maillage.info)
            if g.actor is not None:
                narrowing.narrow(g.rows, g.actor)
        else:
            g.rows = _reading(maillage)
            if request.endpoint in READS_ARE_LOGGED:
                g.rows.info[journal.KEPT] = []
    session: Session = g.rows
    return session


def _settle(maillage: Maillage, answer: Response) -> Response:
    """Keep what was done before the answer leaves: what is acknowledged is stored."""
    session: Session | None = g.get("rows")
    if session is not None:
        if g.has_failed:
            session.rollback()
        else:
            _keep(maillage, session)
    return answer


def _keep(maillage: Maillage, session: Session) -> None:
    session.commit()
    kept = session.info.pop(journal.KEPT, None)
    if kept:  # before the answer leaves: what was read is in the log, or is not shown
        with transaction(maillage.engine, maillage.info) as writing:
            journal.add_kept(writing, kept)
    if session.info.pop("has_work", False):
        maillage.wake()


def _close(_error: BaseException | None) -> None:
    for name in ("rows", "reading"):
        _let_go(name)


def _let_go(name: str) -> None:
    session: Session | None = g.pop(name, None)
    if session is not None:
        session.close()
