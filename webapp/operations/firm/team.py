"""A firm's people: one theme for a colleague who sees only it; handing over; taking away."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.mapping.cards import TABLES
from webapp.models import Account, Attempt, OutgoingMail, Territory, WebSession, vault_of
from webapp.operations import journal, post, scope
from webapp.operations.errors import NotFoundError, OperationError
from webapp.operations.signing_in import normal_address
from webapp.operations.territory.set_up import create_account
from webapp.policy import FIRM_ROLES, Action, Actor, FieldClass, Role, ensure

MOST_INVITATIONS_A_DAY = 10
MOST_SIGNS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One person of the firm. ``theme`` None: the whole."""

    public_id: str
    name: str
    address: str
    role: Role
    theme: str | None
    is_me: bool


def colleagues(session: Session, actor: Actor) -> list[Colleague]:
    """Those who may sign in for the firm, who decides first."""
    ensure(actor, Action.MANAGE_TEAM, FieldClass.PERSONAL)
    vault = vault_of(session)
    found = [
        Colleague(
            public_id=account.public_id,
            name=(person := vault.open(account.keys, account.personal))["name"],
            address=person["address"],
            role=Role(account.role),
            theme=account.theme,
            is_me=account.id == actor.account_id,
        )
        for account in _accounts(session, actor)
    ]
    return sorted(found, key=lambda item: (item.role is not Role.MANAGER, item.name))


def correct_me(
    session: Session, actor: Actor, *, name: str, phone: str, now: datetime.datetime
) -> None:
    """One's own name and telephone, as a partner reads them after a reveal.

    Raises
    ------
    OperationError
        ``name-missing-own``.
    """
    ensure(actor, Action.SEE_OWN_DATA, FieldClass.PERSONAL)
    if not name.strip():
        raise OperationError("name-missing-own")
    account = session.get_one(Account, actor.account_id)
    vault = vault_of(session)
    person = vault.open(account.keys, account.personal)
    person.update(name=name.strip()[:MOST_SIGNS], phone=phone.strip()[:MOST_SIGNS])
    account.personal = vault.seal(account.keys, person)
    journal.record(
        session, actor, "contact_corrected", account.public_id, now=now, firm=account.firm
    )


def me(session: Session, actor: Actor) -> tuple[str, str, str]:
    """One's own name, address and telephone."""
    ensure(actor, Action.SEE_OWN_DATA, FieldClass.PERSONAL)
    account = session.get_one(Account, actor.account_id)
    person = vault_of(session).open(account.keys, account.personal)
    return person["name"], person["address"], person["phone"]


def invite(
    session: Session,
    actor: Actor,
    *,
    name: str,
    address: str,
    theme: str,
    now: datetime.datetime,
) -> str:
    """Give a colleague one theme, or all (empty ``theme``). Returns the account's id.

    A colleague who is there already gets the new theme. An address that serves another firm is
    refused in the words of any other refusal, and tries are counted.

    Raises
    ------
    OperationError
        ``address-wrong``, ``address-not-here``, ``too-many-invitations``.
    """
    ensure(actor, Action.MANAGE_TEAM, FieldClass.PERSONAL)
    firm = scope.own_firm(session, actor)
    _count(session, firm.public_id, now)
    address, name = address.strip()[:MOST_SIGNS], name.strip()[:MOST_SIGNS]
    if address.count("@") != 1 or any(sign.isspace() for sign in address) or not name:
        raise OperationError("address-wrong")
    chosen = theme if theme in TABLES else None
    digest = vault_of(session).digest("address", normal_address(address))
    account = session.scalar(select(Account).where(Account.address_digest == digest))
    if account is not None and (
        account.firm_id != firm.id or account.disabled_at is not None or account.role == "manager"
    ):
        raise OperationError("address-not-here")
    if account is None:
        account = create_account(
            session, session.get_one(Territory, actor.territory_id), Role.CONTRIBUTOR,
            name=name, address=address, firm=firm,
        )  # fmt: skip
    account.theme = chosen
    session.flush()
    journal.record(
        session, actor, "colleague_invited", account.public_id, now=now, firm=firm,
        theme=chosen or "all",
    )  # fmt: skip
    post.write(
        session,
        account,
        "colleague-theme" if chosen else "colleague",
        key=f"colleague:{account.public_id}:{now.isoformat()}",
        now=now,
        firm=firm.name,
        theme=chosen or "",
        path="/connexion",
    )
    return account.public_id


def hand_over(session: Session, actor: Actor, public_id: str, *, now: datetime.datetime) -> None:
    """Another one decides from now on; the actor goes on as a contributor."""
    ensure(actor, Action.MANAGE_TEAM, FieldClass.PERSONAL)
    firm = scope.own_firm(session, actor)
    account = _colleague(session, actor, public_id)
    mine = session.get_one(Account, actor.account_id)
    account.role, account.theme = Role.MANAGER.value, None
    mine.role = Role.CONTRIBUTOR.value
    _end_sessions(session, account, now)  # a new role, a new session
    journal.record(session, actor, "handed_over", account.public_id, now=now, firm=firm)
    post.write(
        session,
        account,
        "handed-over",
        key=f"handed-over:{account.public_id}:{now.isoformat()}",
        now=now,
        firm=firm.name,
        path="/connexion",
    )


def remove(session: Session, actor: Actor, public_id: str, *, now: datetime.datetime) -> None:
    """A colleague may no longer sign in; name and address are erased at once."""
    ensure(actor, Action.MANAGE_TEAM, FieldClass.PERSONAL)
    account = _colleague(session, actor, public_id)
    erase_person(session, account, now)
    firm = scope.own_firm(session, actor)
    journal.record(session, actor, "colleague_removed", public_id, now=now, firm=firm)


def erase_person(session: Session, account: Account, now: datetime.datetime) -> None:
    """Nothing personal is left: no name, no address nor its digest, no session, no mail to go."""
    vault = vault_of(session)
    account.personal = vault.seal(account.keys, {"name": "", "address": "", "phone": ""})
    account.address_digest = vault.digest("erased", vault.new_token(32))
    account.disabled_at = now
    _end_sessions(session, account, now)
    for mail in session.scalars(
        select(OutgoingMail).where(
            OutgoingMail.account_id == account.id, OutgoingMail.sent_at.is_(None)
        )
    ):
        mail.given_up_at = now
    session.flush()


def _accounts(session: Session, actor: Actor) -> list[Account]:
    firm = scope.own_firm(session, actor)
    return list(
        session.scalars(
            select(Account)
            .where(
                Account.firm_id == firm.id,
                Account.disabled_at.is_(None),
                Account.role.in_([role.value for role in FIRM_ROLES]),
            )
            .order_by(Account.id)
        )
    )


def _colleague(session: Session, actor: Actor, public_id: str) -> Account:
    for account in _accounts(session, actor):
        if account.public_id == public_id and account.id != actor.account_id:
            return account
    raise NotFoundError


def _end_sessions(session: Session, account: Account, now: datetime.datetime) -> None:
    for row in session.scalars(
        select(WebSession).where(WebSession.account_id == account.id, WebSession.ended_at.is_(None))
    ):
        row.ended_at = now


def _count(session: Session, firm_id: str, now: datetime.datetime) -> None:
    digest = vault_of(session).digest("colleague", firm_id)
    recent = session.scalar(
        select(func.count())
        .select_from(Attempt)
        .where(
            Attempt.kind == "colleague",
            Attempt.key_digest == digest,
            Attempt.at > now - datetime.timedelta(days=1),
        )
    )
    if (recent or 0) >= MOST_INVITATIONS_A_DAY:
        raise OperationError("too-many-invitations", most=MOST_INVITATIONS_A_DAY)
    session.add(Attempt(kind="colleague", key_digest=digest, at=now))
