"""The log for the data protection officer, and the totals for elected people."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.operations import records as record_operations
from webapp.pages.asking import actor, rows

pages = Blueprint("records", __name__)


@pages.get("/journal")
def log() -> str:
    """The chain, verified now, and its last lines."""
    return render_template("territory/log.html", log=record_operations.log(rows(), actor()))


@pages.get("/synthese")
def summary() -> str:
    """Totals of each round."""
    return render_template(
        "territory/summary.html", totals=record_operations.totals(rows(), actor())
    )
