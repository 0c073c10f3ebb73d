"""Signing in with our own mail code; sessions are rows. A link never signs anybody in."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from webapp.models import Account, Attempt, LoginCode, Response, WebSession, vault_of
from webapp.operations import background, journal, post
from webapp.operations.errors import NotFoundError, OperationError
from webapp.policy import FIRM_ROLES, Action, Actor, Role, ensure

CODE_LASTS = datetime.timedelta(minutes=10)
MOST_TRIES = 5
CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32, without those that look alike: 40 bits in 8
CODE_LENGTH = 8

CODES_AN_ADDRESS = (5, datetime.timedelta(minutes=15))
CODES_A_NETWORK = (20, datetime.timedelta(hours=1))

FIRM_IDLE, FIRM_WHOLE = datetime.timedelta(hours=12), datetime.timedelta(days=7)
OTHER_IDLE, OTHER_WHOLE = datetime.timedelta(hours=1), datetime.timedelta(hours=12)
_SESSION = (  # made once: it is asked at each request
    select(WebSession)
    .where(WebSession.token_digest == bindparam("digest"))
    .options(joinedload(WebSession.account, innerjoin=True))
)
SEEN_EVERY = datetime.timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """One browser that is signed in."""

    public_id: str
    started_at: datetime.datetime
    seen_at: datetime.datetime
    is_this_one: bool


def normal_address(text: str) -> str:
    """An address as it is compared: no spaces around, small letters."""
    return text.strip().casefold()


def ask_code(
    session: Session, *, address: str, browser: str, network: str, now: datetime.datetime
) -> None:
    """Send a code to an address, if an account has it; the answer is the same if none has.

    Raises
    ------
    OperationError
        ``too-many-codes``, for known and unknown addresses alike.
    """
    digest = vault_of(session).digest("address", normal_address(address))
    account = session.scalar(
        select(Account).where(Account.address_digest == digest, Account.disabled_at.is_(None))
    )
    _send_code(session, account, digest, browser, network, now)


def ask_code_by_link(
    session: Session, *, token: str, browser: str, network: str, now: datetime.datetime
) -> None:
    """Send a code to the address on file for an invitation.

    Raises
    ------
    NotFoundError
        When no invitation has this link.
    """
    response = invited(session, token)
    managers = post.managers_of(session, response.site.firm)
    account = managers[0] if managers else None
    digest = vault_of(session).digest("invitation", token)
    _send_code(session, account, digest, browser, network, now)


def invited(session: Session, token: str) -> Response:
    """The answer sheet that a link was made for; looking at it changes nothing.

    Raises
    ------
    NotFoundError
        When no invitation has this link.
    """
    digest = vault_of(session).digest("link", token)
    response = session.scalar(select(Response).where(Response.link_digest == digest))
    if response is None:
        raise NotFoundError
    return response


def check_code(
    session: Session, *, code: str, browser: str, now: datetime.datetime
) -> tuple[str, Actor] | None:
    """The secret of a new session and who it is, or None. A wrong try is counted either way."""
    vault = vault_of(session)
    asked = session.scalar(
        select(LoginCode)
        .where(LoginCode.browser_digest == vault.digest("browser", browser))
        .order_by(LoginCode.id.desc())
        .limit(1)
    )
    if asked is None or asked.used_at is not None or asked.tries >= MOST_TRIES:
        return None
    asked.tries += 1
    given = vault.digest("code", f"{browser}\0{_normal_code(code)}")
    if now > asked.asked_at + CODE_LASTS or given != asked.code_digest or asked.account_id is None:
        return None
    account = session.get(Account, asked.account_id)
    if account is None or account.disabled_at is not None:
        return None
    asked.used_at = now
    token = vault.new_token(32)
    row = WebSession(
        public_id=vault.new_token(),
        token_digest=vault.digest("session", token),
        account_id=account.id,
        started_at=now,
        seen_at=now,
    )
    session.add(row)
    actor = actor_of(account)
    journal.record(session, actor, "signed_in", account.public_id, now=now, firm=account.firm)
    return token, actor


def open_session_of(
    session: Session, token: str, now: datetime.datetime
) -> tuple[Actor, WebSession] | None:
    """Who a session belongs to, and its row; None when it is unknown, ended or too old."""
    row = session_row(session, token)
    if row is None or row.ended_at is not None or row.account.disabled_at is not None:
        return None
    is_firm = Role(row.account.role) in FIRM_ROLES
    idle, whole = (FIRM_IDLE, FIRM_WHOLE) if is_firm else (OTHER_IDLE, OTHER_WHOLE)
    if now > row.seen_at + idle or now > row.started_at + whole:
        return None
    return actor_of(row.account), row


def is_to_be_touched(row: WebSession, now: datetime.datetime) -> bool:
    """Whether the last sign of life is old enough to be written anew."""
    return now > row.seen_at + SEEN_EVERY


def touch(session: Session, token: str, now: datetime.datetime) -> None:
    """Write that a session is alive."""
    row = session_row(session, token)
    if row is not None:
        row.seen_at = now


def sign_out(session: Session, actor: Actor, token: str, *, now: datetime.datetime) -> None:
    """End this session."""
    ensure(actor, Action.SIGN_OUT)
    row = session_row(session, token)
    if row is not None and row.account_id == actor.account_id:
        row.ended_at = now
        journal.record(session, actor, "signed_out", actor.public_id, now=now)


def open_sessions(session: Session, actor: Actor, token: str) -> list[OpenSession]:
    """Where the actor is signed in, newest first."""
    ensure(actor, Action.SEE_OWN_ACCOUNT)
    this = vault_of(session).digest("session", token)
    rows = session.scalars(
        select(WebSession)
        .where(WebSession.account_id == actor.account_id, WebSession.ended_at.is_(None))
        .order_by(WebSession.started_at.desc(), WebSession.id.desc())
    )
    return [
        OpenSession(
            public_id=row.public_id,
            started_at=row.started_at,
            seen_at=row.seen_at,
            is_this_one=row.token_digest == this,
        )
        for row in rows
    ]


def end_session(session: Session, actor: Actor, public_id: str, *, now: datetime.datetime) -> None:
    """End one of the actor's own sessions.

    Raises
    ------
    NotFoundError
        When the actor has none of that id.
    """
    ensure(actor, Action.SEE_OWN_ACCOUNT)
    row = session.scalar(
        select(WebSession).where(
            WebSession.public_id == public_id, WebSession.account_id == actor.account_id
        )
    )
    if row is None:
        raise NotFoundError
    row.ended_at = now
    journal.record(session, actor, "session_ended", public_id, now=now)


def session_row(session: Session, token: str) -> WebSession | None:
    """The row of a session, by its secret."""
    digest = vault_of(session).digest("session", token)
    return session.scalar(_SESSION, {"digest": digest})


def count_try(
    session: Session,
    actor: Actor,
    kind: str,
    limit: tuple[int, datetime.timedelta],
    now: datetime.datetime,
) -> None:
    """Count a try of somebody known.

    Raises
    ------
    OperationError
        ``too-many-tries``.
    """
    digest = vault_of(session).digest(kind, actor.public_id)
    _count(session, kind, digest, limit, now, refusal="too-many-tries")


def actor_of(account: Account) -> Actor:
    """Who an account is, for the policy."""
    return Actor(
        account_id=account.id,
        public_id=account.public_id,
        role=Role(account.role),
        territory_id=account.territory_id,
        firm_id=account.firm_id,
        theme=account.theme,
        community=account.community,
    )


def _send_code(
    session: Session,
    account: Account | None,
    digest: str,
    browser: str,
    network: str,
    now: datetime.datetime,
) -> None:
    """The same work with and without an account, up to the mail itself."""
    vault = vault_of(session)
    _count(session, "code-address", digest, CODES_AN_ADDRESS, now)
    _count(session, "code-network", vault.digest("network", network), CODES_A_NETWORK, now)
    seed = int(vault.digest("seed", vault.new_token(32)), 16)
    code = "".join(CODE_SIGNS[(seed >> 5 * place) % 32] for place in range(CODE_LENGTH))
    asked = LoginCode(
        browser_digest=vault.digest("browser", browser),
        account_id=None if account is None else account.id,
        code_digest=vault.digest("code", f"{browser}\0{code}"),
        asked_at=now,
    )
    session.add(asked)
    if account is None:
        vault.seal([vault.new_key()], {"code": code})  # as long as it takes for one who has one
        background.wake(session)
        return
    # Not the row's id: rows of codes are swept at night, and SQLite gives their ids again.
    post.write(session, account, "code", key=f"code:{vault.new_token()}", now=now, code=code)


def _count(
    session: Session,
    kind: str,
    digest: str,
    limit: tuple[int, datetime.timedelta],
    now: datetime.datetime,
    refusal: str = "too-many-codes",
) -> None:
    most, within = limit
    recent = session.scalar(
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.kind == kind, Attempt.key_digest == digest, Attempt.at > now - within)
    )
    if (recent or 0) >= most:
        raise OperationError(refusal)
    session.add(Attempt(kind=kind, key_digest=digest, at=now))


def _normal_code(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())
