"""The agent sets a round up, in five steps; each can be left and taken up again."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.mail import compose
from webapp.operations.errors import NotFoundError, OperationError
from webapp.operations.territory import listing, preparing, rounds
from webapp.pages.asking import (
    actor,
    complain,
    config,
    day_field,
    field,
    language,
    now,
    rows,
    tell,
    warn,
    words,
)
from webapp.texts import LANGUAGES

pages = Blueprint("preparing", __name__, url_prefix="/territoire/campagnes/<round_id>/preparer")

MOST_TOLD = 20


@pages.get("/<stage>")
def show(round_id: str, stage: str) -> str:
    """One of the five steps."""
    if stage not in preparing.STAGES:
        raise NotFoundError
    found = preparing.preparation(rows(), actor(), round_id, now=now())
    return render_template(
        f"preparing/{stage}.html",
        page=found,
        stage=stage,
        stages=preparing.STAGES,
        previews=[_preview(found, spoken) for spoken in LANGUAGES] if stage == "invitation" else [],
    )


@pages.post("/<stage>")
def save(round_id: str, stage: str) -> Response:
    """Keep a step, and go to the next."""
    if stage not in preparing.STAGES:
        raise NotFoundError
    try:
        _save(round_id, stage)
    except OperationError as error:
        complain(error)
        return redirect(url_for("preparing.show", round_id=round_id, stage=stage))
    if stage == "ouvrir":
        return redirect(url_for("territory.one_round", round_id=round_id))
    if stage == "entreprises":  # what became of the list is read here
        return redirect(url_for("preparing.show", round_id=round_id, stage=stage))
    following = preparing.STAGES[preparing.STAGES.index(stage) + 1]
    return redirect(url_for("preparing.show", round_id=round_id, stage=following))


@pages.post("/charte/nouvelle")
def charter(round_id: str) -> Response:
    """A next version of the charter, for this round."""
    try:
        version = preparing.change_charter(
            rows(), actor(), round_id, fr=field("fr"), en=field("en"), now=now()
        )
        tell("preparing.frame.charter-published", version=version)
    except OperationError as error:
        complain(error)
    return redirect(url_for("preparing.show", round_id=round_id, stage="cadre"))


@pages.post("/invitation/essai")
def test(round_id: str) -> Response:
    """The invitation to oneself."""
    try:
        preparing.send_test(rows(), actor(), round_id, now=now())
        tell("preparing.invitation.test-sent")
    except OperationError as error:
        complain(error)
    return redirect(url_for("preparing.show", round_id=round_id, stage="invitation"))


@pages.post("/entreprises/<response_id>/retirer")
def leave_out(round_id: str, response_id: str) -> Response:
    """Take a site out of the round."""
    try:
        preparing.leave_out(rows(), actor(), round_id, response_id, now=now())
        tell("preparing.firms.left-out")
    except OperationError as error:
        complain(error)
    return redirect(url_for("preparing.show", round_id=round_id, stage="entreprises"))


def _save(round_id: str, stage: str) -> None:
    match stage:
        case "cadre":
            found = preparing.preparation(rows(), actor(), round_id, now=now())
            preparing.set_frame(
                rows(),
                actor(),
                round_id,
                name=field("name"),
                until=day_field("until") if field("until") else found.until,
                planned_on=day_field("planned_on") if field("planned_on") else None,
                gates={name: field(name) for name in preparing.FRAME_GATES if name in request.form},
                now=now(),
            )
        case "questions":
            blocks = request.form.getlist("block")
            preparing.set_blocks(rows(), actor(), round_id, blocks, now=now())
        case "entreprises":
            sent = request.files.get("file")
            content = b"" if sent is None else sent.read()
            _tell_added(
                listing.add_workbook(rows(), actor(), round_id, content, now=now())
                if content
                else listing.add_pasted(rows(), actor(), round_id, field("list"), now=now())
            )
        case "invitation":
            texts = {str(spoken): field(f"words-{spoken}") for spoken in LANGUAGES}
            preparing.set_words(rows(), actor(), round_id, texts, now=now())
        case _:
            rounds.open_round(rows(), actor(), round_id, now=now())
            tell("preparing.open.done")


def _tell_added(added: listing.Added) -> None:
    tell(
        "preparing.firms.added",
        new=added.new,
        completed=added.completed,
        known=added.known,
        merged=added.merged,
    )
    if added.unnamed:
        warn(words("preparing.firms.unnamed", count=added.unnamed))
    for problem in added.problems[:MOST_TOLD]:
        said = words(f"preparing.problem.{problem.code}", value=problem.value)
        warn(words("preparing.problem.line", row=problem.number, said=said))
    if len(added.problems) > MOST_TOLD:
        warn(words("preparing.problem.more", count=len(added.problems) - MOST_TOLD))


def _preview(found: preparing.Preparation, spoken: str) -> dict[str, str]:
    """The very mail that goes out, with a link that leads nowhere yet."""
    mail = compose(
        config(),
        template="invitation",
        name=words("preparing.invitation.somebody"),
        address="preview@localhost",
        language=language(),
        values={**found.mails[spoken], "spoken": spoken, "path": "/invitation/…"},
        key="preview",
    )
    return {"spoken": spoken, "subject": str(mail["Subject"]), "body": mail.get_content()}
