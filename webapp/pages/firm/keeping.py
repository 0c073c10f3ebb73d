"""Keeping as one types: what the page's own script asks for, and what it is told."""

from __future__ import annotations

from flask import request

from webapp.pages.asking import clock_time, now, words


def is_kept_by_script() -> bool:
    """Whether the form was posted by the script, which wants an answer and no page."""
    return request.accept_mimetypes.best == "application/json"


def kept() -> str:
    """That it is kept, and since when."""
    return words("filling.kept", time=clock_time(now()))
