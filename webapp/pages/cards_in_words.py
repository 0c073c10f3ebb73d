"""A card as lines to read. Both the firm and the agent's review read exactly these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.disclosure import Band, Card, OwnGain
from webapp.pages.asking import language, words


@dataclass(frozen=True, slots=True, kw_only=True)
class CardInWords:
    """Title, whether it gives or takes, and the lines under it: name and value."""

    title: str
    verb: str
    lines: tuple[tuple[str, str], ...]


def card_in_words(card: Card) -> CardInWords:
    """What a reader of the card reads."""
    gives = card.direction in {"offer", "surplus", "has_places"}
    lines = [
        (words("card.family"), words(f"families.{card.family}")),
        (words("card.amount"), _amount(card)),
        (words("card.distance"), where(card)),
    ]
    if card.recurrence is not None:
        lines.insert(2, (words("card.rhythm"), words(f"card.recurrence.{card.recurrence}")))
    return CardInWords(
        title=words("card.title")
        if card.open_name is None
        else words("card.named", name=card.open_name),
        verb=words("card.gives" if gives else "card.takes"),
        lines=tuple(lines),
    )


def sentence(direction: str, label: Mapping[str, str], other: Card) -> str:
    """The lead in one sentence, from the reader's own words and the other's card."""
    place = words("card.of-territory") if other.distance is None else where(other)
    return words(f"card.sentence.{direction}", where=place, label=label[language()])


def gain_in_words(gain: OwnGain | None) -> str:
    """What the reader could gain, or that it is not known."""
    if gain is None:
        return words("card.gain.not-known")
    return words("card.gain.range", low=gain.low, high=gain.high)


def where(card: Card) -> str:
    """How far the other is."""
    if card.distance is None:
        return words("card.somewhere")
    if card.distance.high is None:
        return words("card.far", km=card.distance.low)
    return words("card.near", km=card.distance.high)


def _amount(card: Card) -> str:
    if card.amount is None:
        return words("card.not-said")
    once = "-once" if card.recurrence == "one_off" else ""
    return words(f"card.{_shape(card.amount)}{once}", **_ends(card.amount), unit=card.unit)


def _shape(band: Band) -> str:
    if band.high is None:
        return "above"
    return "below" if band.low == 0 else "between"


def _ends(band: Band) -> dict[str, object]:
    return {"low": band.low, "high": band.high}
