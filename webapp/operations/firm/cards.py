"""The cards of a round: kept as they are typed, wrong or not; what is wrong is told beside it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.lifecycle import ResponseStep
from webapp.mapping.card_shapes import SHAPES, Shape, fitted
from webapp.mapping.cards import TABLES, Complaint, complaints
from webapp.mapping.recognised import Known, label_of, recognise, resource_named
from webapp.mapping.typed import Form, field_in_words, said_sum, shown_values, typed_row
from webapp.models import Declaration, Response, vault_of
from webapp.operations import journal, scope
from webapp.operations.errors import NotFoundError, OperationError
from webapp.operations.firm.answering import must_be_open, must_be_signed, take_step
from webapp.policy import Action, Actor, FieldClass, ensure
from webapp.texts import Language

__all__ = ["Complaint", "Known", "Shape"]  # what pages are handed, by the names they know it

MOST_CARDS = 200
MOST_SIGNS = 500
ONE_LINE_A = datetime.timedelta(minutes=15)
"""Saving as one types is one line of the log for so long, a person and card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCard:
    """A declaration, to its own firm. ``by_agent``: typed by the agent, not yet confirmed;
    ``carried``: of an earlier round.
    """

    public_id: str
    table: str
    row: Mapping[str, str]
    by_agent: bool
    carried: bool

    @property
    def stands(self) -> str:
        """What is still to be done with it, as a message id; empty: nothing."""
        if self.by_agent:
            return "by-agent"
        if self.is_seen:
            return ""
        return "carried" if self.carried else "to-complete"

    @property
    def is_seen(self) -> bool:
        """Whether somebody of the firm went through it; a ticked supposition is not."""
        return bool(self.row.get("seen")) and not self.by_agent


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLines:
    """A card to be read over. ``lines``: the field's name and what was said, in words."""

    public_id: str
    table: str
    name: str
    direction: str
    lines: tuple[tuple[str, str], ...]
    sum: str
    is_wrong: bool
    stands: str


def tables_of(response: Response, actor: Actor) -> tuple[str, ...]:
    """What the actor may answer for: the round's blocks, or the one theme."""
    asked = response.round.blocks or TABLES
    return tuple(table for table in TABLES if table in asked and actor.theme in (None, table))


def tables(session: Session, actor: Actor, response_id: str) -> tuple[str, ...]:
    """What the actor may answer for in a round."""
    ensure(actor, Action.ANSWER_SURVEY)
    return tables_of(scope.own_response(session, actor, response_id), actor)


def shape_of(session: Session, actor: Actor, response_id: str, table: str) -> Shape:
    """What is asked on a card of one kind.

    Raises
    ------
    NotFoundError
        When the round does not ask it, or not of this person.
    """
    response = scope.own_response(session, actor, response_id)
    if table not in tables_of(response, actor):
        raise NotFoundError
    return SHAPES[table]


def shape_for(shape: Shape, row: Mapping[str, str]) -> Shape:
    """The same, with the choices that fit what the card is about."""
    resource = resource_named(row.get("resource", ""), row.get("description", ""))
    if resource is None:
        return shape
    return fitted(shape, str(resource.kind), resource.family, row)


def cards(session: Session, actor: Actor, response_id: str) -> list[OwnCard]:
    """What the firm has declared in a round, in the order of typing; of one theme, its own."""
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    response = scope.own_response(session, actor, response_id)
    seen = tables_of(response, actor)
    return [
        _own_card(session, response, item) for item in response.declarations if item.table in seen
    ]


def card(session: Session, actor: Actor, response_id: str, card_id: str) -> OwnCard:
    """One of them."""
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    response = scope.own_response(session, actor, response_id)
    item = _declaration(response, card_id)
    if item.table not in tables_of(response, actor):
        raise NotFoundError
    return _own_card(session, response, item)


def _own_card(session: Session, response: Response, item: Declaration) -> OwnCard:
    return OwnCard(
        public_id=item.public_id,
        table=item.table,
        row=scope.opened(session, response.firm, item.row),
        by_agent=item.typed_by is not None,
        carried=item.origin is not None,
    )


def save_card(
    session: Session,
    actor: Actor,
    response_id: str,
    table: str,
    form: Form,
    *,
    card_id: str | None = None,
    is_finished: bool = False,
    now: datetime.datetime,
) -> OwnCard:
    """Keep what a form says of a card; fields that it does not mention stay.

    ``is_finished``: somebody pressed the button, which also confirms what the agent typed.

    Raises
    ------
    OperationError
        ``closed``, ``charter-first``, ``too-many-cards``, ``too-long``.
    """
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    response = scope.own_response(session, actor, response_id)
    must_be_open(response)
    must_be_signed(session, response)
    if table not in tables_of(response, actor):
        raise NotFoundError
    item = None if card_id is None else _declaration(response, card_id)
    if item is not None and item.table != table:
        raise NotFoundError
    fresh = form.get("fresh", ("",))[0][:MOST_SIGNS]
    if item is None and fresh:
        card_id = _id_of(session, response, fresh)
        item = next((one for one in response.declarations if one.public_id == card_id), None)
        if item is not None and item.table != table:
            raise NotFoundError
    before = {} if item is None else scope.opened(session, response.firm, item.row)
    row = typed_row(table, before, form)
    if any(isinstance(text, str) and len(text) > MOST_SIGNS for text in row.values()):
        raise OperationError("too-long", most=MOST_SIGNS)
    if is_finished:
        row["seen"] = "1"
    take_step(response, ResponseStep.SAVE)
    is_told = item is not None and _is_told(item, actor, now)
    if item is None:
        item = new_declaration(session, response, table, card_id)
    item.row, item.saved_at = scope.sealed(session, response.firm, row), now
    item.saved_by = actor.account_id
    if is_finished:
        item.typed_by = None
    response.receipt = None
    session.flush()
    if not is_told:
        journal.record(session, actor, "card_saved", item.public_id, now=now, firm=response.firm)
    return OwnCard(
        public_id=item.public_id,
        table=table,
        row=row,
        by_agent=item.typed_by is not None,
        carried=item.origin is not None,
    )


def new_declaration(
    session: Session, response: Response, table: str, public_id: str | None = None
) -> Declaration:
    """An empty row at the end.

    Raises
    ------
    OperationError
        ``too-many-cards``.
    """
    if len(response.declarations) >= MOST_CARDS:
        raise OperationError("too-many-cards", most=MOST_CARDS)
    item = Declaration(public_id=public_id or vault_of(session).new_token(), table=table)
    response.declarations.append(item)
    return item


def remove_card(
    session: Session, actor: Actor, response_id: str, card_id: str, *, now: datetime.datetime
) -> None:
    """Take a card away."""
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    response = scope.own_response(session, actor, response_id)
    must_be_open(response)
    item = _declaration(response, card_id)
    if item.table not in tables_of(response, actor):
        raise NotFoundError
    take_step(response, ResponseStep.SAVE)
    response.receipt = None
    response.declarations.remove(item)
    session.delete(item)
    journal.record(session, actor, "card_removed", card_id, now=now, firm=response.firm)


def wrong_in(table: str, row: Mapping[str, str], language: Language) -> tuple[Complaint, ...]:
    """What the reader of surveys finds wrong in one card, by the field where it was typed."""
    places = SHAPES[table].field_of
    return tuple(
        Complaint(
            name=None if item.name is None else places.get(item.name, item.name),
            value=item.value,
            rule=item.rule,
            remedy=item.remedy,
        )
        for item in complaints(table, row, language)
    )


def values_of(table: str, row: Mapping[str, str], language: Language) -> dict[str, str]:
    """What the form shows of a card."""
    return shown_values(table, row, language)


def sum_of(table: str, row: Mapping[str, str], language: Language) -> str:
    """How what was said becomes a year."""
    return said_sum(table, row, language)


def name_of(table: str, row: Mapping[str, str], language: Language) -> str:
    """How the firm itself calls it; empty when it has not said."""
    shape = SHAPES[table]
    return row.get(shape.words) or label_of(table, row.get(shape.key, ""), language)


def in_words(item: OwnCard, language: Language) -> CardLines:
    """A card to be read over: its name, and a line for each thing that was said."""
    row, shape = item.row, SHAPES[item.table]
    values = shown_values(item.table, row, language)
    lines = []
    if row.get(shape.key) and row.get(shape.key) != row.get(shape.words):
        lines.append(("known", label_of(item.table, row[shape.key], language)))
    lines += [
        (field.name, value)
        for field in shape.fields
        if field.name not in {"what", "unit", "said_per", "direction"}
        and (value := field_in_words(item.table, field, values, language))
        and (field.only in (None, values.get("direction")))
    ]
    return CardLines(
        public_id=item.public_id,
        table=item.table,
        name=name_of(item.table, row, language),
        direction=values.get("direction", ""),
        lines=tuple(lines),
        sum=said_sum(item.table, row, language),
        is_wrong=bool(complaints(item.table, row, language)),
        stands=item.stands,
    )


def known_as(
    session: Session, actor: Actor, response_id: str, table: str, text: str, language: Language
) -> tuple[Known, ...]:
    """Five things that words may mean, for a firm of this trade."""
    ensure(actor, Action.ANSWER_SURVEY)
    response = scope.own_response(session, actor, response_id)
    if table not in tables_of(response, actor):
        raise NotFoundError
    activity = str(response.site.register.get("activity_code", ""))
    return recognise(table, text[:MOST_SIGNS], activity, language)


def known_for(
    session: Session,
    actor: Actor,
    response_id: str,
    table: str,
    row: Mapping[str, str],
    language: Language,
) -> tuple[Known, ...]:
    """The same for a card's own words, with what it was taken for, if that is not among them."""
    shape = SHAPES[table]
    words, key = row.get(shape.words, ""), row.get(shape.key, "")
    found = known_as(session, actor, response_id, table, words, language)
    if not key or key in {words, *(item.key for item in found)}:
        return found
    return (Known(key=key, label=label_of(table, key, language)), *found)


def _id_of(session: Session, response: Response, fresh: str) -> str:
    """The id of the card that an empty form makes: pressed twice, or kept by the script before it
    is pressed, it is one card.
    """
    return vault_of(session).digest("fresh", f"{response.public_id}:{fresh}")[:32]


def _is_told(item: Declaration, actor: Actor, now: datetime.datetime) -> bool:
    """Whether the log holds a fresh line of the same person on the same card."""
    return item.saved_by == actor.account_id and now - item.saved_at < ONE_LINE_A


def _declaration(response: Response, card_id: str) -> Declaration:
    for item in response.declarations:
        if item.public_id == card_id:
            return item
    raise NotFoundError
