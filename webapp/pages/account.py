"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from webapp.operations import signing_in
from webapp.operations.errors import OperationError
from webapp.operations.firm import answering
from webapp.pages.access import HOME
from webapp.pages.asking import actor, browser, complain, field, network, now, rows, tell
from webapp.policy import FIRM_ROLES, Action, is_allowed

pages = Blueprint("account", __name__)

KEPT_WHEN_SIGNING_IN = ("language", "sheet")
"""``sheet``: which answers the invitation was for. It opens nothing by itself."""


@pages.route("/connexion", methods=["GET", "POST"])
def sign_in() -> str | Response:
    """Ask for a code; what follows is the same for an address that nobody has."""
    if request.method != "POST":  # a scanner asks HEAD: it reads, too
        return render_template("account/sign_in.html")
    try:
        signing_in.ask_code(
            rows(), address=field("address"), browser=browser(), network=network(), now=now()
        )
    except OperationError as error:
        complain(error)
        return redirect(url_for("account.sign_in"))
    return redirect(url_for("account.code"))


@pages.route("/connexion/code", methods=["GET", "POST"])
def code() -> str | Response | tuple[str, int]:
    """Copy the code; a new cookie, a new row."""
    if request.method != "POST":  # a scanner asks HEAD: it reads, too
        return render_template("account/code.html", is_wrong=False)
    entered = signing_in.check_code(rows(), code=field("code"), browser=browser(), now=now())
    if entered is None:
        return render_template("account/code.html", is_wrong=True), 422
    token, who = entered
    kept = {name: cookie[name] for name in KEPT_WHEN_SIGNING_IN if name in cookie}
    cookie.clear()
    cookie.update(kept)
    cookie["token"] = token
    sheet_id = cookie.pop("sheet", "")
    if who.role in FIRM_ROLES and answering.opened_by(rows(), who, sheet_id):
        return redirect(url_for("firm.go_on", sheet_id=sheet_id))
    return redirect(url_for(HOME[who.role]))


@pages.route("/invitation/<token>", methods=["GET", "POST"])
def invitation(token: str) -> str | Response:
    """Looking signs nobody in and uses nothing up; asking sends the code to the address on file."""
    response = signing_in.invited(rows(), token)
    if request.method != "POST":  # a scanner asks HEAD: it reads, too
        return render_template(
            "account/invitation.html",
            territory=response.round.territory.name,
            round=response.round.name,
            until=response.round.answers_until,
        )
    try:
        signing_in.ask_code_by_link(
            rows(), token=token, browser=browser(), network=network(), now=now()
        )
    except OperationError as error:
        complain(error)
        return redirect(url_for("account.invitation", token=token))
    cookie["sheet"] = response.public_id
    return redirect(url_for("account.code"))


@pages.post("/deconnexion")
def sign_out() -> Response:
    """End this session."""
    signing_in.sign_out(rows(), actor(), cookie["token"], now=now())
    cookie.clear()
    tell("account.signed-out")
    answer = redirect(url_for("public.home"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@pages.get("/compte")
def show() -> str:
    """Where one is signed in."""
    sessions = signing_in.open_sessions(rows(), actor(), cookie["token"])
    return render_template(
        "account/show.html",
        sessions=sessions,
        has_second=is_allowed(actor().role, Action.HAVE_SECOND_FACTOR),
    )


@pages.post("/compte/connexions/<session_id>/fermer")
def end_session(session_id: str) -> Response:
    """End another one."""
    signing_in.end_session(rows(), actor(), session_id, now=now())
    tell("account.ended")
    return redirect(url_for("account.show"))
