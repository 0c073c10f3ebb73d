"""A firm, as the agent knows it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.operations.errors import OperationError
from webapp.operations.territory import firm_file
from webapp.pages.asking import actor, complain, day_field, field, now, rows, tell

pages = Blueprint("firms", __name__, url_prefix="/territoire/entreprises")


@pages.get("/<firm_id>")
def one(firm_id: str) -> str:
    """Who to speak to, and everything that happened."""
    page = firm_file.firm_page(rows(), actor(), firm_id, now=now())
    return render_template("firms/one.html", page=page)


@pages.post("/<firm_id>/tranquille")
def leave_alone(firm_id: str) -> Response:
    """Neither call nor write before a day."""
    firm_file.firm_page(rows(), actor(), firm_id, now=now())
    try:
        until = day_field("until") if field("until") else None
        firm_file.leave_alone(rows(), actor(), firm_id, until, now=now())
        tell("firms.alone.kept" if until else "firms.alone.over")
    except OperationError as error:
        complain(error)
    return redirect(url_for("firms.one", firm_id=firm_id))


@pages.post("/<firm_id>/contact")
def contact(firm_id: str) -> Response:
    """Mend who to speak to, or say that mail comes back."""
    try:
        if field("do") == "returned":
            firm_file.mark_returned(rows(), actor(), firm_id, field("account"), now=now())
        else:
            firm_file.correct_contact(
                rows(),
                actor(),
                firm_id,
                account_id=field("account"),
                name=field("name"),
                address=field("address"),
                phone=field("phone"),
                now=now(),
            )
        tell("firms.contact.kept")
    except OperationError as error:
        complain(error)
    return redirect(url_for("firms.one", firm_id=firm_id))
