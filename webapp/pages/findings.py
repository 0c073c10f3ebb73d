"""What a matching found besides leads, to the agent."""

from __future__ import annotations

import datetime

from flask import Blueprint, render_template

from webapp.operations.errors import NotFoundError
from webapp.operations.territory import findings
from webapp.pages.asking import actor, now, rows

pages = Blueprint("findings", __name__, url_prefix="/territoire/campagnes/<round_id>")


@pages.get("/pourquoi-non")
def why_not(round_id: str) -> str:
    """Each declaration without a lead, and what stands in its way."""
    found = findings.findings(rows(), actor(), round_id, now=now())
    return render_template(
        "territory/why_not.html", found=found, day_of=datetime.date.fromisoformat
    )


@pages.get("/depuis")
def since(round_id: str) -> str:
    """What became of the round before: what stayed, what came, what went and why."""
    found = findings.findings(rows(), actor(), round_id, now=now())
    if found.since is None:
        raise NotFoundError
    return render_template("territory/since.html", found=found)
