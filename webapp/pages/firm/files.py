"""Files instead of typing: our workbook, or the yearly statement of a waste contractor."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.operations.errors import OperationError
from webapp.operations.firm import answering, attaching
from webapp.pages.asking import actor, complain, language, look, now, rows, tell
from webapp.pages.firm.blueprint import pages

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.route("/enquetes/<sheet_id>/joindre", methods=["GET", "POST"])
def attach(sheet_id: str) -> str | Response:
    """Send a file: it is typed for you, you confirm."""
    if request.method != "POST":
        return _page(sheet_id, None)
    file = request.files.get("file")
    content = b"" if file is None else file.read(attaching.MOST_BYTES + 1)
    name = "" if file is None else file.filename or ""
    try:
        sent = attaching.look_at(look(), actor(), sheet_id, content, language(), as_of=now().date())
        arrival = attaching.attach(rows(), actor(), sheet_id, name, sent, now=now())
    except OperationError as error:
        complain(error)
        return redirect(url_for("firm.attach", sheet_id=sheet_id))
    if arrival.cards:
        tell("attach.read", cards=arrival.cards)
    if arrival.is_kept:
        tell("attach.kept")
    if arrival.problems:
        return _page(sheet_id, arrival)
    if arrival.cards:
        return redirect(url_for("firm.cards", sheet_id=sheet_id))
    return redirect(url_for("firm.attach", sheet_id=sheet_id))


@pages.post("/enquetes/<sheet_id>/joindre/<file_id>/reprendre")
def detach(sheet_id: str, file_id: str) -> Response:
    """Take a file back."""
    attaching.detach(rows(), actor(), sheet_id, file_id, now=now())
    tell("attach.taken-back")
    return redirect(url_for("firm.attach", sheet_id=sheet_id))


@pages.get("/enquetes/<sheet_id>/reponses.xlsx")
def workbook(sheet_id: str) -> Response:
    """The firm's own answers, to keep and to send again next time."""
    answer = make_response(attaching.workbook(rows(), actor(), sheet_id, language()))
    answer.headers["Content-Type"] = XLSX
    answer.headers["Content-Disposition"] = "attachment; filename=maillage-reponses.xlsx"
    return answer


def _page(sheet_id: str, arrival: attaching.Arrival | None) -> str:
    return render_template(
        "firm/attach.html",
        sheet=answering.sheet(rows(), actor(), sheet_id),
        files=attaching.files(rows(), actor(), sheet_id),
        problems=() if arrival is None else arrival.problems,
        most=attaching.MOST_BYTES // 1_000_000,
    )
