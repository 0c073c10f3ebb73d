"""The data protection officer's page, and who may do what, as the policy's tables say it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.operations import compliance, purging
from webapp.operations.errors import OperationError
from webapp.pages.asking import actor, complain, field, now, rows, tell, words
from webapp.policy import PERMISSIONS, Action, FieldClass, Role
from webapp.retention import CLASSES, readers

pages = Blueprint("compliance", __name__)


@pages.get("/conformite")
def show() -> str:
    """Where the campaign stands."""
    return render_template(
        "compliance/show.html",
        page=compliance.compliance(rows(), actor(), now=now()),
        classes=CLASSES,
        readers=readers,
    )


@pages.post("/conformite/envois")
def sendings() -> Response:
    """Stop every sending, or let them go on."""
    if field("do") == "stop":
        compliance.stop_sendings(rows(), actor(), now=now())
        tell("compliance.stopped")
    else:
        compliance.resume_sendings(rows(), actor(), now=now())
        tell("compliance.resumed")
    return redirect(url_for("compliance.show"))


@pages.post("/conformite/destruction/<firm_id>")
def destroy(firm_id: str) -> Response:
    """Destroy what a firm told, with the archivist's visa."""
    try:
        if field("word") != words("compliance.destroy.word"):
            raise OperationError("destroy-word", word=words("compliance.destroy.word"))
        compliance.destroy(rows(), actor(), firm_id, field("visa"), now=now())
        tell("compliance.destroy.done")
    except OperationError as error:
        complain(error)
    return redirect(url_for("compliance.show"))


@pages.post("/conformite/campagnes/<round_id>/effacement")
def purge(round_id: str) -> Response:
    """Take a round out of the base whole, with the archivist's visa."""
    try:
        if field("word") != words("compliance.purge.word"):
            raise OperationError("destroy-word", word=words("compliance.purge.word"))
        purging.purge(rows(), actor(), round_id, field("visa"), now=now())
        tell("compliance.purge.done")
    except OperationError as error:
        complain(error)
    return redirect(url_for("compliance.show"))


@pages.get("/qui-voit-quoi")
def policy() -> str:
    """The tables that the code itself asks, made into a page."""
    return render_template(
        "compliance/policy.html",
        roles=list(Role),
        actions=list(Action),
        classes=list(FieldClass),
        permissions=PERMISSIONS,
    )
