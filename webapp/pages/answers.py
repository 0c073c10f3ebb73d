"""The agent's pages on answers: typing for a firm, their quality, and what is searched in them."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.operations.errors import OperationError
from webapp.operations.territory import quality as quality_operations
from webapp.operations.territory import searching, typing_for
from webapp.pages.asking import (
    actor,
    complain,
    day_field,
    field,
    language,
    now,
    rows,
    tell,
)

pages = Blueprint("answers", __name__, url_prefix="/territoire")

_TYPED = re.compile(r"(flows|equipment|jobs|pools)-(\d{1,3})-(\w{1,40})")


@pages.get("/saisie/<response_id>")
def type_for(response_id: str) -> str:
    """One screen to fill in while the firm is on the phone."""
    page = typing_for.typing_page(rows(), actor(), response_id, language(), now=now())
    return render_template("answers/type_for.html", page=page)


@pages.post("/saisie/<response_id>")
def keep_typed(response_id: str) -> Response:
    """Keep what was typed."""
    try:
        new = typing_for.type_for(rows(), actor(), response_id, _typed(), now=now())
        tell("answers.typing.kept", count=new)
    except OperationError as error:
        complain(error)
    return redirect(url_for("answers.type_for", response_id=response_id))


@pages.get("/campagnes/<round_id>/qualite")
def quality(round_id: str) -> str:
    """What is wrong, doubtful or missing in the answers."""
    page = quality_operations.quality(rows(), actor(), round_id, language(), now=now())
    return render_template("answers/quality.html", page=page)


@pages.get("/campagnes/<round_id>/recherche")
def search(round_id: str) -> str:
    """What to look for, in words."""
    found = searching.search(rows(), actor(), round_id, now=now())
    return render_template("answers/search.html", page=found, choices=searching.CHOICES)


@pages.post("/campagnes/<round_id>/recherche")
def start_search(round_id: str) -> Response:
    """Start the matching."""
    found = searching.search(rows(), actor(), round_id, now=now())
    wishes = {name: field(name) for name in searching.CHOICES if name in request.form}
    try:
        as_of = day_field("as_of") if field("as_of") else found.as_of
        searching.start_search(rows(), actor(), round_id, wishes, as_of=as_of, now=now())
    except OperationError as error:
        complain(error)
        return redirect(url_for("answers.search", round_id=round_id))
    return redirect(url_for("territory.one_round", round_id=round_id))


def _typed() -> list[typing_for.TypedRow]:
    """The rows of the form: ``flows-0-resource``; a row that is kept already says its card."""
    values: dict[tuple[str, int], dict[str, str]] = {}
    for name, text in request.form.items():
        found = _TYPED.fullmatch(name)
        if found is not None:
            values.setdefault((found[1], int(found[2])), {})[found[3]] = text
    return [
        typing_for.TypedRow(
            table=table, number=number, card_id=row.pop("card", "") or None, values=row
        )
        for (table, number), row in values.items()
    ]
