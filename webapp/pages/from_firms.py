"""What firms left to the agent: files to type, and names of who must never know."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.operations.errors import OperationError
from webapp.operations.territory import from_firms
from webapp.pages.asking import actor, complain, field, now, rows, tell

pages = Blueprint("from_firms", __name__, url_prefix="/territoire")

ENDINGS = {"pdf": "pdf", "png": "png", "jpeg": "jpg", "xlsx": "xlsx"}


@pages.get("/campagnes/<round_id>/confies")
def to_settle(round_id: str) -> str:
    """Files and names of one round."""
    found = from_firms.to_settle(rows(), actor(), round_id, now=now())
    return render_template("territory/from_firms.html", found=found)


@pages.get("/fichiers/<file_id>")
def file(file_id: str) -> Response:
    """One file, to be saved and never shown by the browser: it may hold anything."""
    kind, content = from_firms.file(rows(), actor(), file_id, now=now())
    answer = make_response(content)
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers["Content-Disposition"] = f"attachment; filename=recapitulatif.{ENDINGS[kind]}"
    return answer


@pages.post("/fichiers/<file_id>/saisi")
def typed(file_id: str) -> Response:
    """It has been typed."""
    round_id = from_firms.mark_typed(rows(), actor(), file_id, now=now())
    tell("from-firms.typed")
    return redirect(url_for("from_firms.to_settle", round_id=round_id))


@pages.post("/exclusions/<sheet_id>/<int:number>")
def settle(sheet_id: str, number: int) -> Response:
    """A number for a name, or: nobody of this round."""
    try:
        round_id = from_firms.settle_name(
            rows(), actor(), sheet_id, number, field("siren"), now=now()
        )
    except OperationError as error:
        complain(error)
        round_id = from_firms.round_of(rows(), actor(), sheet_id)
    return redirect(url_for("from_firms.to_settle", round_id=round_id))
