"""A firm's people: who answers for what, and handing over."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.operations.errors import OperationError
from webapp.operations.firm import team as firm_team
from webapp.pages.asking import actor, complain, field, now, rows, tell
from webapp.pages.firm.blueprint import pages

THEMES = ("flows", "equipment", "jobs", "pools")


@pages.get("/equipe")
def team() -> str:
    """Who may sign in for the firm."""
    return render_template(
        "firm/team.html", people=firm_team.colleagues(rows(), actor()), themes=THEMES
    )


@pages.post("/equipe/inviter")
def invite_colleague() -> Response:
    """One theme for a colleague; or the whole, or all decisions."""
    is_handed_over = field("theme") == "hand-over"
    try:
        public_id = firm_team.invite(
            rows(),
            actor(),
            name=field("name"),
            address=field("address"),
            theme=field("theme"),
            now=now(),
        )
        if is_handed_over:
            firm_team.hand_over(rows(), actor(), public_id, now=now())
    except OperationError as error:
        complain(error)
        return redirect(url_for("firm.team"))
    if is_handed_over:
        tell("team.handed-over")
        return redirect(url_for("firm.home"))
    tell("team.invited")
    return redirect(url_for("firm.team"))


@pages.post("/equipe/<account_id>/passer")
def hand_over(account_id: str) -> Response:
    """In one click, somebody else decides."""
    firm_team.hand_over(rows(), actor(), account_id, now=now())
    tell("team.handed-over")
    return redirect(url_for("firm.home"))


@pages.post("/equipe/<account_id>/retirer")
def remove_colleague(account_id: str) -> Response:
    """A colleague who leaves: name and address are erased at once."""
    firm_team.remove(rows(), actor(), account_id, now=now())
    tell("team.removed")
    return redirect(url_for("firm.team"))
