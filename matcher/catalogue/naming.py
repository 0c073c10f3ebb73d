"""From what people write to a resource: accents, case, plurals and small words do not count."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_SMALL_WORDS = frozenset(
    (
        "a au aux d de des du en et l la le les ou par pour sur un une the of and or for from with"
    ).split()
)
_WORD = re.compile(r"[a-z0-9]+")
_WASTE_CODE = re.compile(r"(?<!\d)(\d{2})[\s._-]?(\d{2})[\s._-]?(\d{2})\s*[*#]?(?!\d)")


class MatchedBy(StrEnum):
    """What a text was recognised by."""

    KEY = "key"
    WASTE_CODE = "waste_code"
    LABEL = "label"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceMatch:
    """A resource recognised in a text.

    ``matched`` is the key, code, label or alias that it was recognised by. ``also`` are the other
    resources that the same waste code covers: with any of them the question "which?" is open.
    """

    resource: str
    matched_by: MatchedBy
    matched: str
    waste_code: str | None = None
    also: tuple[str, ...] = ()


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Bring a name to the form it is compared in: ``Chutes de bois`` → ``chute bois``."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark)).lower()
    words = [word for word in _WORD.findall(plain) if word not in _SMALL_WORDS]
    return " ".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def waste_code_in(text: str) -> str | None:
    """The six digits, when a text is a waste code and nothing else: ``03 01 05*`` → ``030105``."""
    match = _WASTE_CODE.fullmatch(text.strip())
    return "".join(match.groups()) if match else None
