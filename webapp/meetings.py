"""Dates proposed for a meeting, as a calendar file (RFC 5545): what every diary can open.

The few lines of the standard that are needed stand here; a library would bring its own time zones
and parser for a file that is only ever written (ADR 12).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_OCTETS = 75
"""A content line is folded beyond this (RFC 5545, 3.1)."""


HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One date proposed. ``key`` names it for ever: the same file again changes nothing."""

    key: str
    starts_at: datetime.datetime
    minutes: int
    title: str
    text: str


def meetings_of(
    about: str, dates: Sequence[datetime.datetime], *, title: str, text: str
) -> tuple[Meeting, ...]:
    """Dates of an hour each, named after what they are about."""
    return tuple(
        Meeting(
            key=f"{about}-{number}",
            starts_at=date,
            minutes=HOUR,
            title=f"{title} ({number})",
            text=text,
        )
        for number, date in enumerate(dates, start=1)
    )


def calendar_file(meetings: Sequence[Meeting], *, host: str, stamp: datetime.datetime) -> str:
    """Every date as a tentative event, in UTC."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Maillage//FR", "METHOD:PUBLISH"]
    for meeting in meetings:
        ends_at = meeting.starts_at + datetime.timedelta(minutes=meeting.minutes)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{meeting.key}@{host}",
            f"DTSTAMP:{_instant(stamp)}",
            f"DTSTART:{_instant(meeting.starts_at)}",
            f"DTEND:{_instant(ends_at)}",
            f"SUMMARY:{_escaped(meeting.title)}",
            f"DESCRIPTION:{_escaped(meeting.text)}",
            "STATUS:TENTATIVE",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _instant(value: datetime.datetime) -> str:
    return value.astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """Text as a value (3.3.11); a line break of any kind is one."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(plain.splitlines())


def _folded(line: str) -> Iterable[str]:
    """Lines of at most 75 octets, never cut inside a sign; those that follow start with a space."""
    rest, start = line, ""
    while rest:
        size, taken = len(start), 0
        for sign in rest:
            size += len(sign.encode())
            if size > MOST_OCTETS:
                break
            taken += 1
        yield start + rest[:taken]
        rest, start = rest[taken:], " "
