"""Mails: their words, and the ways out. Plain text, no flow, nothing that tells of opening."""

from __future__ import annotations

import datetime
import smtplib
import sys
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from webapp.config import Config, ConfigError
from webapp.meetings import calendar_file, meetings_of
from webapp.texts import Language, language_of, moment, say


class Transport(Protocol):
    """A way out for mails."""

    def send(self, message: EmailMessage) -> None:
        """Hand one over; OSError or SMTPException when that fails."""


class Console:
    """Prints mails: for trying out."""

    def send(self, message: EmailMessage) -> None:
        """Print it."""
        sys.stdout.write(
            f"\n--- {message['To']}: {message['Subject']}\n{message.get_content()}---\n"
        )
        sys.stdout.flush()


class Folder:
    """Writes a file a mail, named by its key: the same mail again is the same file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, message: EmailMessage) -> None:
        """Write it."""
        self._path.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        (self._path / f"{name}.eml").write_bytes(bytes(message))


class Smtp:
    """A mail server, ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://…:465``."""

    def __init__(self, address: str) -> None:
        self._parts = urlsplit(address)

    def send(self, message: EmailMessage) -> None:
        """Send it."""
        parts = self._parts
        host = parts.hostname or "localhost"
        secure = parts.scheme == "smtps"
        opened = smtplib.SMTP_SSL if secure else smtplib.SMTP
        with opened(host, parts.port or (465 if secure else 25), timeout=20) as server:
            if not secure and server.has_extn("starttls"):
                server.starttls()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)


def transport_of(config: Config) -> Transport:
    """What ``MAILLAGE_MAIL`` names.

    Raises
    ------
    ConfigError
        When it names nothing known.
    """
    if config.mail == "console":
        return Console()
    if config.mail.startswith("folder:"):
        return Folder(Path(config.mail.removeprefix("folder:")))
    if config.mail.startswith(("smtp://", "smtps://")):
        return Smtp(config.mail)
    raise ConfigError("MAILLAGE_MAIL: console, folder:/path, smtp://… or smtps://…")


def compose(
    config: Config,
    *,
    template: str,
    name: str,
    address: str,
    language: Language,
    values: Mapping[str, Any],
    key: str,
) -> EmailMessage:
    """One mail, ready to go. ``key`` (already a digest) becomes its Message-ID: a copy is known."""
    filled = dict(values)
    language = language_of(filled.pop("spoken", language))
    if "path" in filled:
        filled["link"] = config.address + filled.pop("path")
    meetings = [datetime.datetime.fromisoformat(text) for text in filled.pop("meetings", ())]
    if meetings:
        filled["dates"] = "\n".join(f"- {moment(date, language)}" for date in meetings)
    if "until" in filled:
        filled["until"] = datetime.date.fromisoformat(filled["until"])
    message = EmailMessage()
    message["From"] = config.mail_from
    message["To"] = address
    message["Subject"] = " ".join(say(f"mail.{template}.subject", language, **filled).split())
    message["Message-ID"] = f"<{key}@{urlsplit(config.address).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    body = say(f"mail.{template}.body", language, **filled)
    greeting = say("mail.greeting", language, name=name)
    message.set_content(f"{greeting}\n\n{body}\n\n{say('mail.signature', language)}\n")
    if meetings:
        host = urlsplit(config.address).hostname or "localhost"
        title = say("mail.introduction.meeting", language)
        file = calendar_file(
            meetings_of(filled["about"], meetings, title=title, text=filled["partner"]),
            host=host,
            stamp=min(meetings),
        )
        name = say("mail.introduction.file", language)
        message.add_attachment(file, subtype="calendar", charset="utf-8", filename=f"{name}.ics")
    return message
