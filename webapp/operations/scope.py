"""Finding rows, never outside the actor's own firm or territory: a foreign row is not found."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from webapp.lifecycle import RoundState
from webapp.models import (
    ErasedError,
    Firm,
    LeadRow,
    PartyRow,
    Response,
    Round,
    Site,
    Synergy,
    vault_of,
)
from webapp.operations.errors import NotFoundError
from webapp.policy import Actor

SEEN = "rows_seen"
_OWN_RESPONSE = (  # made once: to make it takes longer than to ask it, at each page of a firm
    select(Response)
    .join(Response.site)
    .where(Response.public_id == bindparam("sheet"), Site.firm_id == bindparam("firm"))
    .options(
        contains_eager(Response.site).joinedload(Site.firm, innerjoin=True),
        joinedload(Response.round, innerjoin=True).options(
            joinedload(Round.territory, innerjoin=True), joinedload(Round.charter, innerjoin=True)
        ),
    )
)


def own_firm(session: Session, actor: Actor) -> Firm:
    """The actor's firm."""
    firm = None if actor.firm_id is None else session.get(Firm, actor.firm_id)
    if firm is None:
        raise NotFoundError
    return firm


def own_response(session: Session, actor: Actor, public_id: str) -> Response:
    """An answer sheet of the actor's firm.

    A page asks for it several times: within one transaction it is looked for once.
    """
    seen = _seen(session)
    row = seen.get((public_id, actor.firm_id))
    if row is None:
        asked = {"sheet": public_id, "firm": actor.firm_id}
        row = _found(session.scalar(_OWN_RESPONSE, asked))
        _seen(session)[public_id, actor.firm_id] = row
    return row


def _seen(session: Session) -> dict[tuple[str, int | None], Response]:
    """What was found in the transaction that is open now; it also keeps the rows from being
    let go of, and asked for again, between two operations of a page.
    """
    seen: dict[tuple[str, int | None], Response]
    this, seen = session.info.get(SEEN, (None, {}))
    if this is not session.get_transaction():
        seen = {}
        session.info[SEEN] = (session.get_transaction(), seen)
    return seen


def own_party(session: Session, actor: Actor, lead_id: str) -> PartyRow:
    """The side of the actor's firm in a lead that was sent to it."""
    return _found(
        session.scalar(
            select(PartyRow)
            .join(LeadRow)
            .where(
                LeadRow.public_id == lead_id,
                LeadRow.sent_at.is_not(None),
                PartyRow.firm_id == own_firm(session, actor).id,
            )
        )
    )


def round_in(session: Session, actor: Actor, public_id: str, *, with_purged: bool = False) -> Round:
    """A round of the actor's territory; one that was purged is not there any more."""
    return _found(
        session.scalar(
            select(Round).where(
                Round.public_id == public_id,
                Round.territory_id == actor.territory_id,
                true() if with_purged else Round.state != RoundState.PURGED,
            )
        )
    )


def response_in(session: Session, actor: Actor, public_id: str) -> Response:
    """An answer sheet of the actor's territory."""
    return _found(
        session.scalar(
            select(Response)
            .join(Round)
            .where(Response.public_id == public_id, Round.territory_id == actor.territory_id)
        )
    )


def lead_in(session: Session, actor: Actor, public_id: str) -> LeadRow:
    """A lead of the actor's territory."""
    return _found(
        session.scalar(
            select(LeadRow)
            .join(Round)
            .where(
                LeadRow.public_id == public_id,
                Round.territory_id == actor.territory_id,
                Round.state != RoundState.PURGED,
            )
        )
    )


def synergy_in(session: Session, actor: Actor, public_id: str) -> Synergy:
    """A synergy of the actor's territory."""
    return _found(
        session.scalar(
            select(Synergy)
            .join(LeadRow, LeadRow.id == Synergy.lead_id)
            .join(Round, Round.id == LeadRow.round_id)
            .where(Synergy.public_id == public_id, Round.territory_id == actor.territory_id)
        )
    )


def firm_in(session: Session, actor: Actor, public_id: str) -> Firm:
    """A firm of the actor's territory."""
    return _found(
        session.scalar(
            select(Firm).where(Firm.public_id == public_id, Firm.territory_id == actor.territory_id)
        )
    )


def opened(session: Session, firm: Firm, token: bytes) -> Any:
    """What was sealed with a firm's key."""
    return vault_of(session).open([firm.sealing_key], token)


def opened_if_kept(session: Session, firm: Firm, token: bytes) -> Any:
    """The same; None when the firm's key was destroyed."""
    try:
        return opened(session, firm, token)
    except ErasedError:
        return None


def sealed(session: Session, firm: Firm, value: Any) -> bytes:
    """Sealed with a firm's key."""
    return vault_of(session).seal([firm.sealing_key], value)


def _found[Row](row: Row | None) -> Row:
    if row is None:
        raise NotFoundError
    return row
