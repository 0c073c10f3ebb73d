"""What goes wrong, in words: a page with what happened and what to do, and nothing kept."""

from __future__ import annotations

import logging

from flask import Flask, g, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from webapp.lifecycle import StepError
from webapp.models import ErasedError
from webapp.operations.errors import NotFoundError, OperationError
from webapp.policy import RefusedError
from webapp.texts import say

_log = logging.getLogger("maillage.pages")

Answer = tuple[str, int]


def explain_mistakes(app: Flask) -> None:
    """Each kind of mistake has its page; a foreign object and a missing one have the same."""

    @app.errorhandler(NotFoundError)
    @app.errorhandler(ErasedError)
    @app.errorhandler(RefusedError)
    @app.errorhandler(404)
    def _not_found(_error: Exception) -> Answer:
        return _page("not-found-title", "not-found", 404)

    @app.errorhandler(OperationError)
    def _mend(error: OperationError) -> Answer:
        return _said(f"errors.{error.code}", 409, **error.values)

    @app.errorhandler(StepError)
    def _step(error: StepError) -> Answer:
        return _said(f"errors.step.{error.code}", 409)

    @app.errorhandler(CSRFError)
    def _form_old(_error: CSRFError) -> Answer:
        return _page("form-old-title", "form-old", 400)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Answer:
        if isinstance(error, SecurityError):  # a foreign host: no page of ours for it, and no echo
            g.has_failed = True
            return "400", 400
        return _page("bad-title", "bad", error.code or 400)

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> Answer:
        _log.exception("fault", exc_info=error)
        return _page("fault-title", "fault", 500)


def _page(title: str, text: str, status: int) -> Answer:
    language = g.get("language", "fr")
    return _shown(
        say(f"errors.page.{title}", language), say(f"errors.page.{text}", language), status
    )


def _said(message_id: str, status: int, **values: object) -> Answer:
    language = g.get("language", "fr")
    return _shown(say("errors.page.title", language), say(message_id, language, **values), status)


def _shown(title: str, text: str, status: int) -> Answer:
    g.has_failed = True
    return render_template("mistake.html", title=title, text=text), status
