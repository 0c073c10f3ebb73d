"""The log, for the data protection officer; a round in figures, for elected people."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.operations import records as record_operations
from webapp.operations.errors import NotFoundError, OperationError
from webapp.operations.stages import AXES, INDICATORS
from webapp.operations.territory import publication
from webapp.pages.asking import actor, complain, field, now, rows, tell

pages = Blueprint("records", __name__)


@pages.get("/journal")
def log() -> str:
    """The chain, verified now, and its last lines."""
    return render_template("territory/log.html", log=record_operations.log(rows(), actor()))


@pages.get("/synthese")
def summary() -> str:
    """The rounds of which something was published."""
    return render_template("records/list.html", pages=publication.published(rows(), actor()))


@pages.get("/synthese/<round_id>")
def one_page(round_id: str) -> str:
    """The élu's page of a round: one sheet of A4."""
    found = publication.one_published(rows(), actor(), round_id)
    if found is None:
        raise NotFoundError
    return render_template("records/page.html", page=found, **_lists())


@pages.get("/territoire/campagnes/<round_id>/publication")
def preview(round_id: str) -> str:
    """The same page before it is handed out, and its words to write."""
    found = publication.preview(rows(), actor(), round_id)
    return render_template("records/preview.html", page=found, words=publication.WORDS, **_lists())


@pages.post("/territoire/campagnes/<round_id>/publication")
def publish(round_id: str) -> str | Response:
    """Hand it out; where the words seem to name a firm, ask first."""
    words = {name: request.form.get(name, "") for name in publication.WORDS}
    agreed = field("agreed") == "yes"
    try:
        named = publication.publish(
            rows(), actor(), round_id, words, names_agreed=agreed, now=now()
        )
        if named:
            page = replace(publication.preview(rows(), actor(), round_id), words=words)
            return render_template(
                "records/preview.html",
                page=page, words=publication.WORDS, named=named, **_lists(),
            )  # fmt: skip
        tell("records.published")
    except OperationError as error:
        complain(error)
        return redirect(url_for("records.preview", round_id=round_id))
    return redirect(url_for("records.one_page", round_id=round_id))


def _lists() -> dict[str, object]:
    return {"course": publication.COURSE, "axes": AXES, "indicators": INDICATORS}
