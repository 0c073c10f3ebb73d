"""The second factor: giving it, setting it up, taking it away."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from webapp.operations import applications, passkeys, second_factor
from webapp.operations.errors import OperationError
from webapp.pages.access import HOME
from webapp.pages.asking import actor, complain, config, field, now, rows, tell

pages = Blueprint("second", __name__)

Page = str | Response | tuple[str, int]


@pages.route("/connexion/second", methods=["GET", "POST"])
def give() -> Page:
    """Copy the code of the application, or use a passkey."""
    if request.method != "POST":
        return _give(is_wrong=False)
    try:
        renewed = applications.give_code(
            rows(), actor(), cookie["token"], code=field("code"), now=now()
        )
    except OperationError as error:
        complain(error)
        return redirect(url_for("second.give"))
    return _inside(renewed) if renewed else (_give(is_wrong=True), 422)


@pages.post("/connexion/second/cle")
def ask_passkey() -> str:
    """Have the browser ask for a passkey."""
    options = passkeys.begin_passkey(
        rows(), actor(), cookie["token"], site=config().address, is_new=False
    )
    return render_template(
        "account/passkey.html", options=options, verb="get", to=url_for("second.give_passkey")
    )


@pages.post("/connexion/second/cle/reponse")
def give_passkey() -> Page:
    """What the browser answered."""
    try:
        renewed = passkeys.give_passkey(
            rows(), actor(), cookie["token"],
            credential=request.form.get("credential", ""), site=config().address, now=now(),
        )  # fmt: skip
    except OperationError as error:
        complain(error)
        return redirect(url_for("second.give"))
    return _inside(renewed) if renewed else (_give(is_wrong=True), 422)


@pages.get("/compte/second")
def show() -> str:
    """What there is, and what can be added."""
    return render_template(
        "account/second.html", factors=second_factor.factors(rows(), actor()),
        is_needed=config().needs_second_factor,
    )  # fmt: skip


@pages.post("/compte/second/application")
def begin_application() -> Response:
    """A new secret for an application."""
    try:
        made = applications.begin_application(rows(), actor(), now=now())
    except OperationError as error:
        complain(error)
        return redirect(url_for("second.show"))
    return redirect(url_for("second.application", factor_id=made))


@pages.route("/compte/second/application/<factor_id>", methods=["GET", "POST"])
def application(factor_id: str) -> Page:
    """Show it to the application, copy the code that it gives."""
    new = applications.new_application(rows(), actor(), factor_id)
    if request.method != "POST":
        return render_template("account/application.html", new=new, is_wrong=False)
    try:
        renewed = applications.confirm_application(
            rows(), actor(), factor_id, cookie["token"],
            code=field("code"), name=field("name"), now=now(),
        )  # fmt: skip
    except OperationError as error:
        complain(error)
        return redirect(url_for("second.application", factor_id=factor_id))
    if renewed is None:
        return render_template("account/application.html", new=new, is_wrong=True), 422
    return _added(renewed)


@pages.post("/compte/second/cle")
def begin_passkey() -> Page:
    """Have the browser make a passkey."""
    try:
        options = passkeys.begin_passkey(
            rows(), actor(), cookie["token"], site=config().address, is_new=True
        )
    except OperationError as error:
        complain(error)
        return redirect(url_for("second.show"))
    return render_template(
        "account/passkey.html", options=options, verb="create", to=url_for("second.add_passkey")
    )


@pages.post("/compte/second/cle/reponse")
def add_passkey() -> Page:
    """What the browser made."""
    renewed = passkeys.add_passkey(
        rows(), actor(), cookie["token"],
        credential=request.form.get("credential", ""), name=field("name"),
        site=config().address, now=now(),
    )  # fmt: skip
    if renewed is None:
        complain(OperationError("passkey-refused"))
        return redirect(url_for("second.show"))
    return _added(renewed)


@pages.post("/compte/second/<factor_id>/retirer")
def remove(factor_id: str) -> Response:
    """Take one away."""
    try:
        second_factor.remove(
            rows(), actor(), factor_id, is_needed=config().needs_second_factor, now=now()
        )
        tell("account.second.removed")
    except OperationError as error:
        complain(error)
    return redirect(url_for("second.show"))


def _give(*, is_wrong: bool) -> str:
    kinds = {factor.kind.value for factor in second_factor.factors(rows(), actor())}
    return render_template("account/give_second.html", kinds=kinds, is_wrong=is_wrong)


def _added(renewed: str) -> Response:
    cookie["token"] = renewed
    tell("account.second.added")
    return redirect(url_for("second.show"))


def _inside(renewed: str) -> Response:
    cookie["token"] = renewed
    return redirect(url_for(HOME[actor().role]))
