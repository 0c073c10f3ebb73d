"""The agent's board of synergies, the page of each, its sheet to print, its dates."""

from __future__ import annotations

import datetime

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from webapp.config import TIMEZONE
from webapp.meetings import calendar_file, meetings_of
from webapp.operations.errors import NotFoundError, OperationError
from webapp.operations.stages import AXES, EVIDENCE, FORMS, INDICATORS, ClosingCode, SynergyStage
from webapp.operations.territory import board, follow_up
from webapp.pages.asking import actor, complain, config, day_field, field, now, rows, tell, words

pages = Blueprint("synergies", __name__, url_prefix="/territoire/synergies")


@pages.get("/")
def show_board() -> str:
    """Every synergy, by stage; those whose clock has rung first."""
    lines = board.board(rows(), actor(), now=now())
    return render_template(
        "synergies/board.html",
        groups=[(stage, [line for line in lines if line.stage is stage]) for stage in SynergyStage],
        late=[line for line in lines if line.days_left is not None and line.days_left < 0],
    )


@pages.get("/<synergy_id>")
def one(synergy_id: str) -> str:
    """Where it stands, what comes next, what it took and what it gave."""
    return render_template(
        "synergies/one.html",
        page=board.page(rows(), actor(), synergy_id, now=now()),
        today=now().date(),
        codes=list(ClosingCode),
        indicators=INDICATORS,
        evidence=EVIDENCE,
        axes=AXES,
        forms=FORMS,
    )


@pages.get("/<synergy_id>/fiche")
def sheet(synergy_id: str) -> str:
    """The action sheet, for paper."""
    return render_template(
        "synergies/sheet.html", page=board.page(rows(), actor(), synergy_id, now=now())
    )


@pages.get("/<synergy_id>/dates.ics")
def dates(synergy_id: str) -> Response:
    """The dates proposed, for the agent's own diary."""
    page = board.page(rows(), actor(), synergy_id, now=now())
    if not page.dates:
        raise NotFoundError
    text = "\n".join(f"{site}\n{contacts}" for _, site, contacts in page.parties)
    file = calendar_file(
        meetings_of(synergy_id, page.dates, title=words("mail.introduction.meeting"), text=text),
        host=config().hosts[0],
        stamp=now(),
    )
    answer: Response = current_app.response_class(file, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="dates.ics"'
    return answer


@pages.post("/<synergy_id>/<deed>")
def act(synergy_id: str, deed: str) -> Answer:
    """Move on, plan, count, measure, classify, introduce."""
    deeds = {
        "etape": _move,
        "suite": _plan,
        "temps": _effort,
        "resultat": _result,
        "classement": _classify,
        "presentation": _introduce,
    }
    if deed not in deeds:
        raise NotFoundError
    board.page(rows(), actor(), synergy_id, now=now())  # not ours: not found, whatever was typed
    try:
        deeds[deed](synergy_id)
    except OperationError as error:
        complain(error)
    return redirect(url_for("synergies.one", synergy_id=synergy_id))


def _move(synergy_id: str) -> None:
    code = field("closing_code")
    follow_up.move(
        rows(),
        actor(),
        synergy_id,
        field("stage"),
        note=field("note"),
        closing_code=int(code) if code.isdecimal() and len(code) < 4 else None,
        wake_on=day_field("wake_on") if field("wake_on") else None,
        now=now(),
    )
    tell("synergies.moved")


def _plan(synergy_id: str) -> None:
    follow_up.plan_next(
        rows(), actor(), synergy_id, action=field("action"), on=day_field("on"), now=now()
    )
    tell("synergies.planned")


def _effort(synergy_id: str) -> None:
    follow_up.add_effort(
        rows(),
        actor(),
        synergy_id,
        minutes=_whole("minutes"),
        public_eur=_whole("public_eur"),
        now=now(),
    )
    tell("synergies.counted")


def _result(synergy_id: str) -> None:
    follow_up.record_result(
        rows(),
        actor(),
        synergy_id,
        basis=field("basis"),
        indicator=field("indicator"),
        year=_whole("year"),
        amount=_number("amount"),
        evidence_kind=field("evidence_kind") or "none",
        evidence=field("evidence"),
        now=now(),
    )
    tell("synergies.recorded")


def _classify(synergy_id: str) -> None:
    follow_up.classify(
        rows(), actor(), synergy_id, axis=field("axis"), form=field("form"), now=now()
    )
    tell("synergies.classified")


def _introduce(synergy_id: str) -> None:
    moments = [
        datetime.datetime.combine(day_field(f"day-{number}"), _hour(f"hour-{number}"), TIMEZONE)
        for number in range(1, follow_up.DATES + 1)
    ]
    count = follow_up.introduce(rows(), actor(), synergy_id, moments, now=now())
    tell("synergies.introduced", count=count)


def _whole(name: str) -> int:
    """A whole number; nothing is none at all, anything else a mistake."""
    text = "".join(field(name).split()).removesuffix("€")
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise OperationError("not-whole", value=field(name)[:40])
    return int(text)


def _number(name: str) -> float:
    """A number as the French or the English write it."""
    text = "".join(field(name).split()).replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        raise OperationError("not-a-number", value=field(name)[:40]) from None
    if not abs(value) < 1e12:
        raise OperationError("not-a-number", value=field(name)[:40])
    return value


def _hour(name: str) -> datetime.time:
    try:
        return datetime.time.fromisoformat(field(name))
    except ValueError:
        raise OperationError("hour-wrong") from None
