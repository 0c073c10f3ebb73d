"""The terms in which a lead is told, from the ground up: its kind, who plays which part, when it
can begin, how well it is known, its figures with their ends, sentences by id with their values,
and why it was refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from matcher.wording import LANGUAGES, Language, say


class Audience(StrEnum):
    """Who may read a sentence: the EPCI's agent only, or the firm too."""

    AGENT = "agent"
    FIRM = "firm"


class ProposalKind(StrEnum):
    EXCHANGE = "exchange"
    SHARING = "sharing"
    HIRING = "hiring"
    POOLING = "pooling"


def proposal_id(kind: ProposalKind, declaration_ids: tuple[str, ...]) -> str:
    """Digest of the kind and the declarations: the same in every run, never shown to a firm."""
    return hashlib.sha256("|".join((kind.value, *declaration_ids)).encode()).hexdigest()[:16]


class Role(StrEnum):
    GIVER = "giver"
    TAKER = "taker"
    PROCESSOR = "processor"
    HOST = "host"
    USER = "user"
    EMPLOYER = "employer"
    MEMBER = "member"
    CARRIER = "carrier"


class Delay(StrEnum):
    """When a first delivery can be hoped for; the first is a quick win, the others projects."""

    UNDER_3_MONTHS = "under_3_months"
    MONTHS_3_TO_12 = "3_to_12_months"
    MORE = "more"


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A sentence: its id in the catalogues and the values of its fields."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """The sentence in one language. A value that is itself a Message is rendered first."""
        return say(
            self.code,
            language,
            **{
                name: value.text(language)
                if isinstance(value, Message)
                else value.get(language, "")
                if isinstance(value, Mapping)
                else value
                for name, value in self.values.items()
            },
        )

    def texts(self) -> dict[str, str]:
        """The sentence in every language."""
        return {language: self.text(language) for language in LANGUAGES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A value with its low and high ends; ``value`` None when not known."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a proposal is made, or why a declaration is left alone."""

    message: Message
    audience: Audience
    gap: float | None = None
    unit: str | None = None

    @property
    def code(self) -> str:
        """The last word of the message id: ``too-far``."""
        return self.message.code.rsplit(".", 1)[-1]


class ReasonCode(StrEnum):
    """Why a lead was dropped: the closing codes 91 to 99 of the follow-up."""

    TECHNICAL = "91"
    QUALITY = "92"  # quality or amount
    ECONOMIC = "93"
    REGULATORY = "94"
    DISTANCE = "95"  # distance or logistics
    TRUST = "96"  # trust or confidence
    NO_MORE = "97"  # the resource is gone, or the site closes
    SOLVED = "98"  # another solution was found
    NO_ANSWER = "99"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A refusal: who, with which declarations, to whom, and why.

    ``gain_eur_per_year`` is what the refusing site was told to gain (EUR, in all for a one-off),
    ``distance_km`` that of the proposal. ``code`` None: nobody said why.
    """

    proposal_id: str
    kind: ProposalKind
    code: ReasonCode | None
    site_id: str
    declaration_ids: tuple[str, ...]
    other_declaration_ids: tuple[str, ...]
    other_site_ids: tuple[str, ...]
    gain_eur_per_year: float
    distance_km: float
    title: Mapping[str, str] = field(compare=False)

    @property
    def pairs(self) -> Iterator[frozenset[str]]:
        """Each declaration of the refusing site with each of the others'."""
        for own in self.declaration_ids:
            for other in self.other_declaration_ids:
                yield frozenset((own, other))
