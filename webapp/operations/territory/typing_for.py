"""The agent types for a firm that is on the phone: all on one screen, confirmed by the firm itself.

What is typed is the firm's own draft: it is matched only once the firm has signed the charter and
sent its answers, in one click from the mail that it gets.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.lifecycle import RESPONSE, ResponseState, ResponseStep, RoundState, next_state
from webapp.mapping.card_shapes import SHAPES
from webapp.mapping.cards import Complaint, Question, complaints, questions
from webapp.models import Declaration, Response, vault_of
from webapp.operations import journal, post, scope
from webapp.operations.errors import OperationError
from webapp.operations.territory.preparing import blocks_of
from webapp.policy import Action, Actor, FieldClass, ensure
from webapp.texts import Language

ASKED: Mapping[str, tuple[str, ...]] = {
    "flows": (
        "direction",
        "resource",
        "amount",
        "unit",
        "recurrence",
        "today_outlet",
        "today_way",
        "today_eur_per_year",
        "secrecy",
    ),
    "equipment": ("direction", "equipment", "hours_per_month", "area_m2", "months", "secrecy"),
    "jobs": ("direction", "title", "hours_per_month", "months", "today_eur_per_hour", "secrecy"),
    "pools": ("direction", "category", "amount", "unit", "eur_per_year", "secrecy"),
}
"""What is asked on the phone of each kind; the firm may add the rest."""

SPARE: Mapping[str, int] = {"flows": 3, "equipment": 1, "jobs": 1, "pools": 1}
"""Empty rows shown: three losses, a machine, a job, a purchase."""

CHOSEN_BY_DEFAULT = frozenset({"direction", "secrecy"})
MOST_SIGNS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRow:
    """One row of the screen. ``card_id`` None: not kept yet."""

    table: str
    number: int
    card_id: str | None
    values: Mapping[str, str]
    complaints: tuple[Complaint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingPage:
    """The screen: who is on the phone, and what is known so far."""

    response_id: str
    round_id: str
    round_name: str
    firm_id: str
    site: str
    contact: str
    phone: str
    state: ResponseState
    is_open: bool
    rows: tuple[TypedRow, ...]
    asked: Mapping[str, tuple[Question, ...]]


def typing_page(
    session: Session, actor: Actor, response_id: str, language: Language, *, now: datetime.datetime
) -> TypingPage:
    """What is known of a site, to type on; the look is logged."""
    ensure(actor, Action.READ_ANSWERS, FieldClass.TRUSTED)
    response = scope.response_in(session, actor, response_id)
    journal.record(session, actor, "answers_read", response.public_id, now=now, firm=response.firm)
    managers = post.managers_of(session, response.firm)
    person = (
        vault_of(session).open(managers[0].keys, managers[0].personal)
        if managers
        else {"name": "", "phone": ""}
    )
    blocks = blocks_of(response.round)
    rows = [row for table in blocks for row in _rows_of(session, response, table, language)]
    return TypingPage(
        response_id=response.public_id,
        round_id=response.round.public_id,
        round_name=response.round.name,
        firm_id=response.firm.public_id,
        site=response.site.name,
        contact=person["name"],
        phone=person["phone"],
        state=ResponseState(response.state),
        is_open=_may_be_typed(response),
        rows=tuple(rows),
        asked={
            table: tuple(item for item in questions(table, language) if item.name in ASKED[table])
            for table in blocks
        },
    )


def type_for(
    session: Session,
    actor: Actor,
    response_id: str,
    rows: Sequence[TypedRow],
    *,
    now: datetime.datetime,
) -> int:
    """Keep what was typed, wrong or not; empty rows are left out. Returns how many are new.

    Raises
    ------
    OperationError
        ``closed``, ``too-long``.
    """
    ensure(actor, Action.READ_ANSWERS, FieldClass.TRUSTED)
    response = scope.response_in(session, actor, response_id)
    if not _may_be_typed(response):
        raise OperationError("closed")
    if any(len(text) > MOST_SIGNS for typed in rows for text in typed.values.values()):
        raise OperationError("too-long", most=MOST_SIGNS)
    known = {item.public_id: item for item in response.declarations}
    new, changed = 0, 0
    for typed in rows:
        if typed.table not in blocks_of(response.round):
            continue
        asked = ASKED[typed.table]
        values = {name: typed.values.get(name, "").strip() for name in asked}
        item = known.get(typed.card_id or "")
        if item is None:
            if not any(values[name] for name in asked if name not in CHOSEN_BY_DEFAULT):
                continue
            item = Declaration(public_id=vault_of(session).new_token(), table=typed.table)
            shape = SHAPES[typed.table]
            said = values.get(shape.key) or values.get(shape.words, "")
            row, new = {**values, shape.words: said}, new + 1
        else:
            before = scope.opened(session, response.firm, item.row)
            row = {**before, **values}
            if {name: before.get(name, "") or "" for name in asked} == values:
                continue
            changed += 1
        item.row, item.saved_at = scope.sealed(session, response.firm, row), now
        item.typed_by = actor.public_id
        if typed.card_id not in known:
            response.declarations.append(item)
    if new or changed:
        if response.state == ResponseState.SUBMITTED:  # to be sent again, by the firm
            response.state = next_state(RESPONSE, ResponseState.SUBMITTED, ResponseStep.SAVE).value
        response.receipt = None
        session.flush()
        journal.record(
            session, actor, "typed_for_firm", response.public_id, now=now, firm=response.firm,
            new=new, changed=changed,
        )  # fmt: skip
        _ask_to_confirm(session, response, now)
    return new


def _ask_to_confirm(session: Session, response: Response, now: datetime.datetime) -> None:
    """One mail a day at most, however often the agent saves."""
    for account in post.managers_of(session, response.firm):
        post.write(
            session,
            account,
            "typed",
            key=f"typed:{response.public_id}:{now.date().isoformat()}:{account.public_id}",
            now=now,
            round_id=response.round_id,
            round=response.round.name,
            until=response.round.answers_until.isoformat(),
            path=f"/entreprise/enquetes/{response.public_id}/charte",
        )
    if response.state == ResponseState.LISTED:  # it has been told of the round now
        response.state = next_state(RESPONSE, ResponseState.LISTED, ResponseStep.INVITE).value


def _rows_of(
    session: Session, response: Response, table: str, language: Language
) -> list[TypedRow]:
    kept = [item for item in response.declarations if item.table == table]
    found = []
    for number, item in enumerate(kept):
        values = scope.opened(session, response.firm, item.row)
        found.append(
            TypedRow(
                table=table,
                number=number,
                card_id=item.public_id,
                values={name: str(values.get(name) or "") for name in ASKED[table]},
                complaints=complaints(table, values, language),
            )
        )
    spare = range(len(kept), len(kept) + SPARE[table])
    found += [TypedRow(table=table, number=number, card_id=None, values={}) for number in spare]
    return found


def _may_be_typed(response: Response) -> bool:
    return response.round.state == RoundState.OPEN and response.state != ResponseState.WITHDRAWN
