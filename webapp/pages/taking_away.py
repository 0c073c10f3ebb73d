"""What the agent takes away of a round: network, survey, the round that follows."""

from __future__ import annotations

from functools import cache

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from matcher.outputs.network_page import network_files
from webapp.operations.errors import NotFoundError, OperationError
from webapp.operations.territory import next_round, taking_away
from webapp.pages.asking import actor, complain, day_field, field, language, now, rows

pages = Blueprint("taking_away", __name__)

_TYPES = {"css": "text/css", "js": "text/javascript"}


@cache
def _files() -> dict[str, str]:
    return dict(network_files())


@pages.get("/reseau/<name>")
def network_file(name: str) -> Response:
    """Style and scripts of the network: the same for all, nothing of anybody."""
    if name not in _files():
        raise NotFoundError
    kind = _TYPES[name.rpartition(".")[2]]
    answer: Response = current_app.response_class(_files()[name], mimetype=kind)
    return answer


@pages.get("/territoire/campagnes/<round_id>/reseau")
def network(round_id: str) -> str:
    """Sites as circles and leads as lines."""
    return taking_away.network(rows(), actor(), round_id, language(), now=now())


@pages.get("/territoire/campagnes/<round_id>/enquete.zip")
def survey(round_id: str) -> Response:
    """The answers as files."""
    content = taking_away.survey_zip(rows(), actor(), round_id, now=now())
    answer: Response = current_app.response_class(content, mimetype="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="enquete.zip"'
    return answer


@pages.get("/territoire/campagnes/<round_id>/suivante")
def after(round_id: str) -> str:
    """What was refused and why, and the round that follows."""
    name, refusals = next_round.refusals(rows(), actor(), round_id, now=now())
    return render_template("territory/after.html", round_id=round_id, name=name, refusals=refusals)


@pages.post("/territoire/campagnes/<round_id>/suivante")
def start_next(round_id: str) -> Answer:
    """A round in draft, with what this one was set up with."""
    next_round.refusals(rows(), actor(), round_id, now=now())  # not ours: not found
    try:
        if not field("name"):
            raise OperationError("name-missing")
        public_id = next_round.next_round(
            rows(),
            actor(),
            round_id,
            name=field("name"),
            answers_until=day_field("until"),
            now=now(),
        )
    except OperationError as error:
        complain(error)
        return redirect(url_for("taking_away.after", round_id=round_id))
    return redirect(url_for("preparing.show", round_id=public_id, stage="cadre"))
