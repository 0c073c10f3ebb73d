"""The course of a firm's answers: what costs most, what else, and what comes next."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from webapp.lifecycle import ResponseState, ResponseStep
from webapp.mapping.card_shapes import SHAPES
from webapp.mapping.suppositions import Supposition, suppositions, usual_besides
from webapp.models import Response
from webapp.operations import journal, scope
from webapp.operations.errors import NotFoundError
from webapp.operations.firm.answering import charter
from webapp.operations.firm.answering import take_step as take_response_step
from webapp.operations.firm.cards import OwnCard, cards, new_declaration, remove_card, tables_of
from webapp.operations.firm.notes import keep_progress, open_sheet, progress_of
from webapp.policy import Action, Actor, FieldClass, ensure
from webapp.texts import Language

OTHERS = ("equipment", "jobs", "pools")
MOST_SIGNS = 500


class Tick(StrEnum):
    """What a firm says of a supposition."""

    YES = "yes"
    NO = "no"
    PAST = "past"


class Step(StrEnum):
    """Where the firm goes on."""

    CHARTER = "charter"
    SITE = "site"
    COSTS = "costs"
    CARD = "card"
    OTHERS = "others"
    LIMITS = "limits"
    CHECK = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Words that will open cards once the page's button is pressed; ``others`` by table."""

    more: tuple[str, ...]
    others: Mapping[str, str]


def next_step(session: Session, actor: Actor, response_id: str) -> tuple[Step, str | None]:
    """Where to go on, and with which card."""
    response = scope.own_response(session, actor, response_id)
    if charter(session, actor, response_id).signed_at is None or response.state in {
        ResponseState.INVITED,
        ResponseState.OPENED,
    }:
        return Step.CHARTER, None
    done = progress_of(session, response)
    is_whole = actor.theme is None
    if is_whole and not done.get("site"):
        return Step.SITE, None
    tables = tables_of(response, actor)
    if "flows" in tables and not done.get("costs"):
        return Step.COSTS, None
    own = cards(session, actor, response_id)
    if (unseen := _first_unseen(own, ("flows",))) is not None:
        return Step.CARD, unseen
    if set(tables) & set(OTHERS) and not done.get("others"):
        return Step.OTHERS, None
    if (unseen := _first_unseen(own, OTHERS)) is not None:
        return Step.CARD, unseen
    if is_whole and not done.get("limits"):
        return Step.LIMITS, None
    return Step.CHECK, None


def supposed(
    session: Session, actor: Actor, response_id: str, language: Language
) -> list[tuple[Supposition, Tick | None]]:
    """What to tick, with what was ticked. What the firm has declared is not asked again."""
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    response = scope.own_response(session, actor, response_id)
    if "flows" not in tables_of(response, actor):
        raise NotFoundError
    done = progress_of(session, response)
    ticks = {**done.get("supposed", {}), **done.get("draft", {}).get("ticks", {})}
    declared = {
        (item.row.get("direction"), item.row.get("resource"))
        for item in cards(session, actor, response_id)
        if item.table == "flows"
    }
    register = response.site.register
    usual = suppositions(
        str(register.get("activity_code", "")), str(register.get("headcount", "")), language
    )
    return [
        (item, Tick(ticks[item.key]) if ticks.get(item.key) in list(Tick) else None)
        for item in usual
        if item.key in ticks or (item.direction, item.resource) not in declared
    ]


def tick(
    session: Session,
    actor: Actor,
    response_id: str,
    ticks: Mapping[str, str],
    more: list[str],
    language: Language,
    *,
    is_finished: bool,
    now: datetime.datetime,
) -> None:
    """Keep the ticks and, once finished, open a card for each new yes and each thing named besides.

    Raises
    ------
    OperationError
        ``closed``, ``charter-first``, ``too-many-cards``.
    """
    asked = supposed(session, actor, response_id, language)
    response = open_sheet(session, actor, response_id)
    take_response_step(response, ResponseStep.SAVE)
    said = {item.key: ticks[item.key] for item, _ in asked if ticks.get(item.key) in list(Tick)}
    if not is_finished:
        named = [text[:MOST_SIGNS] for text in more]
        before = progress_of(session, response).get("draft", {})
        keep_progress(
            session,
            response,
            draft={
                "ticks": {**before.get("ticks", {}), **said},
                "more": named or before.get("more", []),
            },
        )
        return
    kept = _settled(session, actor, response, [item for item, _ in asked], said, now)
    for text in more:
        if text.strip():
            name = text.strip()[:MOST_SIGNS]
            _begin(session, actor, response, "flows", "offer", (name, name), now)
    keep_progress(session, response, supposed=kept, draft={}, costs=now.isoformat())


def begin_others(
    session: Session,
    actor: Actor,
    response_id: str,
    said: Mapping[str, str],
    language: Language,
    *,
    is_finished: bool,
    now: datetime.datetime,
) -> None:
    """A machine, a job, a purchase: each that was ticked yes or named opens a card.

    ``said``: words by table, ticks by the key of what is supposed. Nothing at all is an answer.
    """
    asked = [item for item, _ in supposed_others(session, actor, response_id, language)]
    ticks = {item.key: said[item.key] for item in asked if said.get(item.key) in list(Tick)}
    response = open_sheet(session, actor, response_id)
    tables = [table for table in tables_of(response, actor) if table in OTHERS]
    named = {table: said[table].strip()[:MOST_SIGNS] for table in tables if table in said}
    take_response_step(response, ResponseStep.SAVE)
    if not is_finished:
        before = progress_of(session, response)
        keep_progress(
            session,
            response,
            named={**before.get("named", {}), **named},
            draft_others={**before.get("draft_others", {}), **ticks},
        )
        return
    kept = _settled(session, actor, response, asked, ticks, now)
    for table, text in named.items():
        if text:
            direction = SHAPES[table].directions[0]
            _begin(session, actor, response, table, direction, (text, text), now)
    keep_progress(
        session, response, named={}, draft_others={}, supposed=kept, others=now.isoformat()
    )


def supposed_others(
    session: Session, actor: Actor, response_id: str, language: Language
) -> list[tuple[Supposition, Tick | None]]:
    """Machines, jobs and purchases to tick, with what was ticked; nothing that was declared."""
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    response = scope.own_response(session, actor, response_id)
    done = progress_of(session, response)
    ticks = {**done.get("supposed", {}), **done.get("draft_others", {})}
    declared = {
        (item.table, item.row.get(name))
        for item in cards(session, actor, response_id)
        for name in (SHAPES[item.table].key, SHAPES[item.table].words)
    }
    register = response.site.register
    usual = usual_besides(
        str(register.get("activity_code", "")), str(register.get("headcount", "")), language
    )
    return [
        (item, Tick(ticks[item.key]) if ticks.get(item.key) in list(Tick) else None)
        for item in usual
        if item.table in tables_of(response, actor)
        and (
            item.key in ticks
            or not declared & {(item.table, item.resource), (item.table, item.label)}
        )
    ]


def named_so_far(session: Session, actor: Actor, response_id: str) -> Begun:
    """What was typed on a page that opens cards, before its button was pressed."""
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    progress = progress_of(session, scope.own_response(session, actor, response_id))
    return Begun(
        more=tuple(progress.get("draft", {}).get("more", ())), others=progress.get("named", {})
    )


def _first_unseen(own: list[OwnCard], tables: tuple[str, ...]) -> str | None:
    return next((item.public_id for item in own if item.table in tables and not item.is_seen), None)


def _settled(
    session: Session,
    actor: Actor,
    response: Response,
    asked: Iterable[Supposition],
    said: Mapping[str, str],
    now: datetime.datetime,
) -> dict[str, str]:
    """Every tick of the sheet: a new yes opens a card, and takes it along when it is undone."""
    kept: dict[str, str] = dict(progress_of(session, response).get("supposed", {}))
    for item in asked:
        answer = said.get(item.key, kept.get(item.key))
        if answer == Tick.YES and kept.get(item.key) != Tick.YES:
            name = (item.resource, item.label)
            _begin(session, actor, response, item.table, item.direction, name, now)
        elif answer != Tick.YES and kept.get(item.key) == Tick.YES:
            _drop_unseen(session, actor, response, item, now)
        if answer is not None:
            kept[item.key] = answer
    return kept


def _begin(
    session: Session,
    actor: Actor,
    response: Response,
    table: str,
    direction: str,
    name: tuple[str, str],
    now: datetime.datetime,
) -> None:
    """A card with a name and no more: its key in the catalogue, or words; and the words."""
    shape = SHAPES[table]
    key, words = name
    row = {"direction": direction, shape.words: words}
    if table != "jobs" or key != words:  # words of one's own are no code of a trade
        row[shape.key] = key
    item = new_declaration(session, response, table)
    item.row, item.saved_at = scope.sealed(session, response.firm, row), now
    item.saved_by = actor.account_id
    response.receipt = None
    session.flush()
    journal.record(session, actor, "card_saved", item.public_id, now=now, firm=response.firm)


def _drop_unseen(
    session: Session,
    actor: Actor,
    response: Response,
    item: Supposition,
    now: datetime.datetime,
) -> None:
    """The card that a tick opened and nobody went through goes with the tick."""
    for own in cards(session, actor, response.public_id):
        pair = (own.row.get("direction"), own.row.get(SHAPES[own.table].key))
        if own.table == item.table and pair == (item.direction, item.resource) and not own.is_seen:
            remove_card(session, actor, response.public_id, own.public_id, now=now)
