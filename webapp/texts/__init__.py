"""Every sentence of pages and mails, in French and in English: the catalogues beside this file.

Same format and same field specs as :mod:`matcher.wording`, which also holds the words for units,
resources and reasons.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from matcher.wording import LANGUAGES, Language, day, read_catalogue, render
from webapp.config import TIMEZONE

__all__ = ["LANGUAGES", "TEXTS", "Language", "language_of", "moment", "say", "texts"]

TEXTS = Path(__file__).parent
_APART = re.compile(r" (?=[:;?!»%€])|(?<=«) ")


@cache
def texts(language: Language) -> Mapping[str, str]:
    """Message id -> template; in French, the signs that stand apart never begin a line."""
    found = read_catalogue(TEXTS / language)
    if language == "fr":
        return {key: _APART.sub("\u00a0", text) for key, text in found.items()}
    return found


def say(message_id: str, language: Language, **values: object) -> str:
    """Render one message; ``KeyError`` when the message or one of its values is missing."""
    return render(texts(language)[message_id], language, values)


def moment(value: datetime.datetime, language: Language) -> str:
    """A day and an hour of the territory, in words: ``12 mars 2027, 14 h 30``."""
    local = value.astimezone(TIMEZONE)
    hour = local.strftime("%H h %M") if language == "fr" else local.strftime("%H:%M")
    return f"{day(local.date(), language)}, {hour}"


def language_of(text: str | None) -> Language:
    """A language we speak: the one named, else French."""
    return next((language for language in LANGUAGES if language == text), "fr")
