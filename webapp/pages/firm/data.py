"""A firm's own data: all of it, who looked, and leaving."""

from __future__ import annotations

import json

from flask import make_response, redirect, render_template, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from webapp.operations.errors import OperationError
from webapp.operations.firm import answering, erasing, own_data, team
from webapp.operations.firm import leads as firm_leads
from webapp.pages.asking import actor, complain, field, now, rows, tell
from webapp.pages.firm.blueprint import pages
from webapp.policy import Action, is_allowed


@pages.get("/donnees")
def data() -> str:
    """One's own data, and who looked."""
    return render_template(
        "firm/data.html",
        looks=own_data.looks(rows(), actor()),
        sheets=answering.sheets(rows(), actor()),
        me=team.me(rows(), actor()),
        theme=actor().theme,
        may_withdraw=is_allowed(actor().role, Action.WITHDRAW),
    )


@pages.post("/donnees/moi")
def correct_me() -> Response:
    """One's own name and telephone."""
    try:
        team.correct_me(rows(), actor(), name=field("name"), phone=field("phone"), now=now())
    except OperationError as error:
        complain(error)
    else:
        tell("erase.corrected")
    return redirect(url_for("firm.data"))


@pages.get("/donnees/maillage.json")
def export() -> Response:
    """Everything in one file."""
    text = json.dumps(own_data.export(rows(), actor(), now=now()), ensure_ascii=False, indent=1)
    answer = make_response(text)
    answer.headers["Content-Type"] = "application/json; charset=utf-8"
    answer.headers["Content-Disposition"] = "attachment; filename=maillage.json"
    return answer


@pages.post("/enquetes/<sheet_id>/retrait")
def withdraw(sheet_id: str) -> Response:
    """Leave a round, once the word is written."""
    if field("word") not in {"RETIRER", "WITHDRAW"}:
        tell("firm.data.word-wrong")
        return redirect(url_for("firm.data"))
    firm_leads.withdraw(rows(), actor(), sheet_id, now=now())
    tell("firm.data.withdrawn")
    return redirect(url_for("firm.data"))


WORDS = frozenset({"EFFACER", "ERASE"})


@pages.get("/donnees/effacement")
def erasure() -> str:
    """What can be erased at once, and what waits for the archives' visa."""
    return render_template(
        "firm/erasure.html", may_withdraw=is_allowed(actor().role, Action.WITHDRAW)
    )


@pages.post("/donnees/effacement/moi")
def erase_me() -> Response:
    """One's own contact details."""
    if field("word") not in WORDS:
        tell("erase.word-wrong")
        return redirect(url_for("firm.erasure"))
    try:
        erasing.erase_me(rows(), actor(), now=now())
    except OperationError as error:
        complain(error)
        return redirect(url_for("firm.erasure"))
    return _goodbye("erase.me-done")


@pages.post("/donnees/effacement/entreprise")
def erase_firm() -> Response:
    """The whole firm."""
    if field("word") not in WORDS:
        tell("erase.word-wrong")
        return redirect(url_for("firm.erasure"))
    erasing.erase_firm(rows(), actor(), now=now())
    return _goodbye("erase.firm-done")


def _goodbye(message_id: str) -> Response:
    cookie.clear()
    tell(message_id)
    answer = redirect(url_for("public.home"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
