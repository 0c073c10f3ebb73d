"""Keeping as one types: what the page's own script asks for, and what it is told."""

from __future__ import annotations

from flask import g, jsonify, redirect, request
from werkzeug.wrappers import Response

from webapp.operations.errors import OperationError
from webapp.pages.asking import clock_time, complain, now, words


def is_kept_by_script() -> bool:
    """Whether the form was posted by the script, which wants an answer and no page."""
    return request.accept_mimetypes.best == "application/json"


def kept() -> str:
    """That it is kept, and since when."""
    return words("filling.kept", time=clock_time(now()))


def kept_or(address: str) -> Response:
    """To the script, that it is kept; to a person, the next page."""
    return jsonify(told=kept()) if is_kept_by_script() else redirect(address)


def not_kept(error: OperationError, address: str) -> Response:
    """What is wrong: to the script as an answer, to a person at the head of the same page."""
    if not is_kept_by_script():
        complain(error)
        return redirect(address)
    g.has_failed = True  # nothing of this request is kept
    answer = jsonify(told=words(f"errors.{error.code}", **error.values))
    answer.status_code = 422
    return answer
