"""A second factor that a device keeps: a passkey, which answers a challenge of ours once."""

from __future__ import annotations

import datetime
from urllib.parse import urlsplit

import webauthn
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import InvalidJSONStructure, WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from webapp.models import Account, SecondFactor, vault_of
from webapp.operations import second_factor, signing_in
from webapp.operations.second_factor import TRIES, Kind
from webapp.policy import Action, Actor, ensure


def begin_passkey(session: Session, actor: Actor, token: str, *, site: str, is_new: bool) -> str:
    """What a browser needs to make a passkey, or to use one, as JSON; the challenge is kept."""
    ensure(actor, Action.HAVE_SECOND_FACTOR)
    challenge = vault_of(session).new_token(32).encode()
    known = [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(second_factor.opened(session, actor, row)["credential"])
        )
        for row in second_factor.confirmed(session, actor)
        if row.kind == Kind.PASSKEY
    ]
    second_factor.held(session, actor, token).challenge = challenge.decode()
    if not is_new:
        return webauthn.options_to_json(
            webauthn.generate_authentication_options(
                rp_id=_domain(site),
                challenge=challenge,
                allow_credentials=known,
                user_verification=UserVerificationRequirement.REQUIRED,
            )
        )
    second_factor.make_room(session, actor)
    account = session.get_one(Account, actor.account_id)
    person = vault_of(session).open(account.keys, account.personal)
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=_domain(site),
            rp_name="Maillage",
            user_name=person["address"],
            user_id=actor.public_id.encode(),
            user_display_name=person["name"],
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=known,
        )
    )


def add_passkey(
    session: Session,
    actor: Actor,
    token: str,
    *,
    credential: str,
    name: str,
    site: str,
    now: datetime.datetime,
) -> str | None:
    """Count a passkey from now on. Returns the session's new secret; None: not a right answer."""
    second_factor.make_room(session, actor)
    challenge = _used_challenge(session, actor, token)
    if challenge is None:
        return None
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_domain(site),
            expected_origin=site,
            require_user_verification=True,
        )
    except (WebAuthnException, InvalidJSONStructure, ValueError, KeyError):
        return None
    row = SecondFactor(
        public_id=vault_of(session).new_token(),
        account_id=actor.account_id,
        kind=Kind.PASSKEY.value,
        name="",
        secret=second_factor.sealed(
            session,
            actor,
            {
                "credential": bytes_to_base64url(made.credential_id),
                "key": bytes_to_base64url(made.credential_public_key),
            },
        ),
        count=made.sign_count,
        added_at=now,
    )
    session.add(row)
    return second_factor.confirm(session, actor, row, token, name, now)


def give_passkey(
    session: Session,
    actor: Actor,
    token: str,
    *,
    credential: str,
    site: str,
    now: datetime.datetime,
) -> str | None:
    """Come in with a passkey. Returns the session's new secret; None: not a right answer."""
    ensure(actor, Action.HAVE_SECOND_FACTOR)
    signing_in.count_try(session, actor, "second", TRIES, now)
    challenge = _used_challenge(session, actor, token)
    if challenge is None:
        return None
    for row in second_factor.confirmed(session, actor):
        if row.kind != Kind.PASSKEY:
            continue
        kept = second_factor.opened(session, actor, row)
        try:
            given = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=_domain(site),
                expected_origin=site,
                credential_public_key=base64url_to_bytes(kept["key"]),
                credential_current_sign_count=row.count or 0,
                require_user_verification=True,
            )
        except (WebAuthnException, InvalidJSONStructure, ValueError, KeyError):
            continue
        if bytes_to_base64url(given.credential_id) != kept["credential"]:
            continue
        row.count = given.new_sign_count
        return second_factor.come_in(session, actor, row, token, now)
    return None


def _used_challenge(session: Session, actor: Actor, token: str) -> bytes | None:
    """The challenge of this session, which counts once."""
    row = second_factor.held(session, actor, token)
    challenge, row.challenge = row.challenge, None
    return None if challenge is None else challenge.encode()


def _domain(site: str) -> str:
    return urlsplit(site).hostname or ""
