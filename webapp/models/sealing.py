"""Values above "public", encrypted with the key of the firm that they are about.

A firm's key is itself wrapped by the installation's master keys. Without the firm's key nothing of
it can be read any more, in the base or in any backup: that is what deletion does. What two firms
share is sealed with both keys, one in the other, so that either deletion suffices.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.orm import Session


class ErasedError(Exception):
    """The key is gone, and what it sealed with it."""


class Vault:
    """Seals and opens; makes digests by which an address is found again without being stored."""

    def __init__(
        self,
        master_keys: Sequence[str],
        secret: str,
        new_token: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._master = MultiFernet([Fernet(key) for key in master_keys])
        self._secret = secret.encode()
        self._new_token = new_token

    def new_token(self, size: int = 16) -> str:
        """Random text of so many bytes: public ids (16), secrets of links and sessions (32)."""
        return self._new_token(size)

    def new_key(self) -> bytes:
        """A firm's key, wrapped."""
        return self._master.encrypt(Fernet.generate_key())

    def rewrapped(self, key: bytes) -> bytes:
        """The same key under the newest master key.

        Raises
        ------
        ErasedError
            When none of the master keys wrapped it.
        """
        try:
            return self._master.rotate(key)
        except InvalidToken:
            raise ErasedError from None

    def seal(self, keys: Sequence[bytes | None], value: Any) -> bytes:
        """A value of JSON, sealed with every key in turn.

        Raises
        ------
        ErasedError
            When one of the keys is gone.
        """
        token = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False).encode()
        for key in keys:
            token = self._opened(key).encrypt(token)
        return token

    def open(self, keys: Sequence[bytes | None], token: bytes) -> Any:
        """The value again; the keys in the order of sealing.

        Raises
        ------
        ErasedError
            When a key is gone, or is not the one that sealed.
        """
        for key in reversed(keys):
            try:
                token = self._opened(key).decrypt(token)
            except InvalidToken:
                raise ErasedError from None
        return json.loads(token)

    def seal_jointly(self, keys: Sequence[bytes | None], value: Any) -> bytes:
        """A value sealed with one key made of all: without any of them it is gone.

        For what many firms share; :meth:`seal` would grow it by a third a firm.

        Raises
        ------
        ErasedError
            When one of the keys is gone.
        """
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
        return self._joint(keys).encrypt(text.encode())

    def open_jointly(self, keys: Sequence[bytes | None], token: bytes) -> Any:
        """The value again; the keys in the order of sealing.

        Raises
        ------
        ErasedError
            When a key is gone, or is not the one that sealed.
        """
        try:
            return json.loads(self._joint(keys).decrypt(token))
        except InvalidToken:
            raise ErasedError from None

    def _joint(self, keys: Sequence[bytes | None]) -> Fernet:
        digest = hashlib.sha256()
        for key in keys:
            if key is None:
                raise ErasedError
            try:
                digest.update(self._master.decrypt(key))
            except InvalidToken:
                raise ErasedError from None
        return Fernet(base64.urlsafe_b64encode(digest.digest()))

    def digest(self, kind: str, text: str) -> str:
        """Stands for a text where only sameness matters: an address, a code, a token."""
        return hmac.new(self._secret, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()

    def _opened(self, key: bytes | None) -> Fernet:
        if key is None:
            raise ErasedError
        try:
            return Fernet(self._master.decrypt(key))
        except InvalidToken:
            raise ErasedError from None


def vault_of(session: Session) -> Vault:
    """The vault that a session was opened with."""
    vault: Vault = session.info["vault"]
    return vault
