"""What a firm's answers keep besides its cards: how far it has come, and its site's own columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from webapp.models import Response
from webapp.operations import scope
from webapp.operations.errors import NotFoundError
from webapp.operations.firm.answering import must_be_open, must_be_signed
from webapp.policy import Action, Actor, FieldClass, ensure


def whole(session: Session, actor: Actor, response_id: str) -> Response:
    """The sheet, for who answers for the whole firm and not for one theme."""
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    if actor.theme is not None:
        raise NotFoundError
    return scope.own_response(session, actor, response_id)


def open_sheet(session: Session, actor: Actor, response_id: str) -> Response:
    """The sheet, as long as it may change.

    Raises
    ------
    OperationError
        ``closed``, ``charter-first``.
    """
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    response = scope.own_response(session, actor, response_id)
    must_be_open(response)
    must_be_signed(session, response)
    return response


def progress_of(session: Session, response: Response) -> dict[str, Any]:
    """How far the firm has come: step to moment, and the ticks."""
    if response.progress is None:
        return {}
    found: dict[str, Any] = scope.opened(session, response.firm, response.progress)
    return found


def keep_progress(session: Session, response: Response, **done: Any) -> None:
    """Add to it."""
    value = {**progress_of(session, response), **done}
    response.progress = scope.sealed(session, response.firm, value)
    session.flush()


def private_of(session: Session, response: Response) -> dict[str, Any]:
    """The site's columns that only the trusted third party reads."""
    found: dict[str, Any] = scope.opened(session, response.firm, response.site.private)
    return found


def keep_private(session: Session, response: Response, private: Mapping[str, Any]) -> None:
    """Put them back; what is empty is left out."""
    kept = {name: value for name, value in private.items() if value}
    response.site.private = scope.sealed(session, response.firm, kept)
