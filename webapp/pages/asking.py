"""What a page may ask of its request: rows, who asks, when, in which words."""

from __future__ import annotations

import datetime
from typing import Any, cast

from flask import current_app, flash, g, request
from flask import session as cookie
from markupsafe import Markup

from webapp.config import TIMEZONE, Config
from webapp.operations.errors import NotFoundError, OperationError
from webapp.policy import Actor
from webapp.texts import Language, say


def rows() -> Any:
    """The session of this request: committed when the page is ready, undone when it fails."""
    return g.open_rows()


def look() -> Any:
    """A session that only reads, also in a request that writes: to look before taking the lock."""
    return g.look()


def keep() -> None:
    """Keep what was done, and let the next writer in: what is left to do asks for no row."""
    g.keep()


def actor() -> Actor:
    """Who asks; pages that need no sign-in do not call this."""
    found: Actor | None = g.actor
    if found is None:
        raise NotFoundError
    return found


def now() -> datetime.datetime:
    """When the request came."""
    return cast(datetime.datetime, g.now)


def language() -> Language:
    """The reader's language."""
    return cast(Language, g.language)


def config() -> Config:
    """The settings of the installation."""
    return cast(Config, current_app.extensions["maillage"].config)


def words(message_id: str, **values: object) -> str:
    """One message in the reader's language."""
    return say(message_id, language(), **values)


def tell(message_id: str, **values: object) -> None:
    """Say something at the head of the next page."""
    flash(words(message_id, **values), "good")


def complain(error: OperationError) -> None:
    """Say what the person can mend, at the head of the next page."""
    flash(words(f"errors.{error.code}", **error.values), "bad")


def warn(text: str) -> None:
    """Say something that needs attention at the head of the next page."""
    flash(text, "attention")


def field(name: str) -> str:
    """What a form holds under a name; empty text when nothing."""
    return request.form.get(name, "").strip()


def day_field(name: str) -> datetime.date:
    """A date, as a browser's field gives it (2026-12-12) or as people write it (12/12/2026).

    Raises
    ------
    OperationError
        ``date-wrong``.
    """
    text = field(name)
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.datetime.strptime(text, form).replace(tzinfo=datetime.UTC).date()
        except ValueError:
            continue
    raise OperationError("date-wrong")


def browser() -> str:
    """A random mark of this browser, in its signed cookie: codes are bound to it."""
    if "browser" not in cookie:
        cookie["browser"] = current_app.extensions["maillage"].vault.new_token(32)
    return cast(str, cookie["browser"])


def fresh_mark() -> str:
    """A random mark of one empty form: posted twice, it is still one thing."""
    return cast(str, current_app.extensions["maillage"].vault.new_token())


def clock_time(moment: datetime.datetime) -> str:
    """The time of day in the territory, as it is read: 14 h 32."""
    form = "%H h %M" if language() == "fr" else "%H:%M"
    return moment.astimezone(TIMEZONE).strftime(form)


def network() -> str:
    """Where the request comes from, to count by."""
    return request.remote_addr or "unknown"


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs, escaped."""
    return Markup("").join(
        Markup("<p>{}</p>").format(part.strip()) for part in text.split("\n\n") if part.strip()
    )
