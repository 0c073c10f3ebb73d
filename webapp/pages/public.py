"""What anybody may read."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from webapp.texts import language_of

pages = Blueprint("public", __name__)


@pages.get("/")
def home() -> str:
    """What it is, and who sees what."""
    return render_template("public/home.html")


@pages.post("/langue/<language>")
def change_language(language: str) -> Response:
    """The other language, kept in the cookie."""
    cookie["language"] = language_of(language)
    return redirect(url_for("public.home"))


@pages.get("/sante")
def health() -> dict[str, str]:
    """Alive."""
    return {"status": "ok"}
