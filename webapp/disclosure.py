"""What a firm may learn of another before the reveal: a card, and nothing else.

A card is a function of banded attributes. A firm's own gain is reckoned from its own declaration
and from the shares below. No other room decides what may be shown; pages get :class:`Card` and
:class:`OwnGain`, which have no field for a name that was not declared open, an exact amount,
a price or a place.
"""

from __future__ import annotations

import dataclasses
import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

AMOUNT_STEPS = (1, 3)
"""Bands of quantity run 1-3, 3-10, 10-30… : a factor of about three says the size of a lorry."""

COARSE_STEPS = (1,)
"""1-10, 10-100…, where the finer band would leave too few firms behind the card."""

DISTANCE_BANDS_KM = (2.0, 5.0, 10.0, 20.0, 50.0)

GIVER_SHARES = (0.25, 0.75)
TAKER_SHARES = (0.1, 0.4)
"""Of today's yearly cost, what a lead may save whoever pays it.

Engineering judgement: haulage, preparation and the other side's part take the rest; a giver who is
rid of a disposal cost keeps more of it than a buyer whose substitute still has a price.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What a card is made from; it stays on our side. ``amount`` in ``unit`` a year, or None."""

    direction: str  # offer, need
    family: str  # of the catalogue: wood, metal, heat
    amount: float | None
    unit: str
    recurrence: str  # regular, campaign, one_off
    distance_km: float | None
    open_name: str | None = None  # only of a declaration that the firm itself declared open
    kind: str = ""  # what the family belongs to: matter, energy, water; empty: say the family


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """From ``low`` (0: no lower end) to ``high`` (None: no upper end)."""

    low: float
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the other side reads. ``amount`` None: not said."""

    direction: str
    family: str
    amount: Band | None
    unit: str
    recurrence: str | None
    distance: Band | None
    open_name: str | None = None
    coarseness: int = 0


NO_RHYTHM, NO_DISTANCE, COARSEST = 2, 3, 4


def card_of(attributes: Attributes, coarseness: int = 0) -> Card:
    """The card, at one of five levels: as banded, coarser amounts, no rhythm, no distance, and last
    the kind alone: "a matter", of an amount that is not said.
    """
    if not 0 <= coarseness <= COARSEST:
        raise ValueError(f"coarseness {coarseness} is not 0 to {COARSEST}.")
    steps = AMOUNT_STEPS if coarseness == 0 else COARSE_STEPS
    is_kind_only = coarseness == COARSEST and attributes.kind != ""
    return Card(
        direction=attributes.direction,
        family=attributes.kind if is_kind_only else attributes.family,
        amount=None
        if attributes.amount is None or is_kind_only
        else amount_band(attributes.amount, steps),
        unit="" if is_kind_only else attributes.unit,
        recurrence=attributes.recurrence if coarseness < NO_RHYTHM else None,
        distance=None
        if attributes.distance_km is None or coarseness >= NO_DISTANCE
        else distance_band(attributes.distance_km),
        open_name=attributes.open_name,
        coarseness=coarseness,
    )


def amount_band(amount: float, steps: tuple[int, ...] = AMOUNT_STEPS) -> Band:
    """The band in which an amount lies, its lower end included.

    Raises
    ------
    ValueError
        For an amount that is negative or not finite.
    """
    if not math.isfinite(amount) or amount < 0:
        raise ValueError(f"amount {amount} has no band.")
    if amount < 1:
        return Band(low=0.0, high=1.0)
    ends = [float(step * 10**power) for power in range(17) for step in steps]
    above = next((place for place, end in enumerate(ends) if end > amount), len(ends))
    return Band(low=ends[above - 1], high=ends[above] if above < len(ends) else None)


def distance_band(km: float) -> Band:
    """Less than 2, 5, 10, 20, 50 km, or more; a distance on a bound is in the lower band.

    Only the upper end is said: "less than 10 km" covers what is nearer, too.
    """
    if not math.isfinite(km) or km < 0:
        raise ValueError(f"distance {km} has no band.")
    place = bisect_left(DISTANCE_BANDS_KM, km)
    if place == len(DISTANCE_BANDS_KM):
        return Band(low=DISTANCE_BANDS_KM[-1], high=None)
    return Band(low=0.0, high=DISTANCE_BANDS_KM[place])


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Another declaration of the round, seen from the same reader."""

    firm_id: int
    attributes: Attributes


def firms_behind(card: Card, candidates: Iterable[Candidate]) -> int:
    """How many firms could be the one behind a card: those whose own card would fit it."""
    return len({item.firm_id for item in candidates if _fits(item.attributes, card)})


def coarsened(
    attributes: Attributes, candidates: Iterable[Candidate], least: int
) -> tuple[Card, int]:
    """The finest card behind which ``least`` firms could hide, and how many could.

    When even the coarsest hides fewer, that one comes back with its number: the agent signs the
    risk, or the lead stays in.
    """
    candidates = tuple(candidates)
    card, behind = card_of(attributes), 0
    for card in _levels(attributes):
        behind = firms_behind(card, candidates)
        if behind >= least:
            break
    return card, behind


def _levels(attributes: Attributes) -> Iterator[Card]:
    for coarseness in range(COARSEST + 1):
        yield card_of(attributes, coarseness)


def _fits(attributes: Attributes, card: Card) -> bool:
    """Whether a reader of the card could take it for this declaration (not known fits all)."""
    other = card_of(dataclasses.replace(attributes, open_name=None), card.coarseness)
    return (
        other.direction == card.direction
        and other.family == card.family
        and other.unit == card.unit
        and (other.amount is None or card.amount is None or other.amount == card.amount)
        and other.recurrence == card.recurrence
        and (other.distance is None or card.distance is None or other.distance == card.distance)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGain:
    """What a lead may bring the reader, EUR a year. None: its own cost is not known."""

    low: float
    high: float


def own_gain(
    *, direction: str, amount: float | None, cost_eur_per_unit: float | None
) -> OwnGain | None:
    """From the reader's own amount and today's own cost, and from nothing else.

    ``cost_eur_per_unit`` is positive when the reader pays. Without a cost, or when the reader is
    paid today, nothing honest can be said before the partner's figures are known: None.
    """
    if amount is None or cost_eur_per_unit is None or amount <= 0 or cost_eur_per_unit <= 0:
        return None
    low, high = GIVER_SHARES if direction == "offer" else TAKER_SHARES
    today = amount * cost_eur_per_unit
    return OwnGain(low=_two_digits(low * today), high=_two_digits(high * today))


def _two_digits(value: float) -> float:
    """Two significant digits: a range reckoned from a rule of thumb deserves no more."""
    digits = 1 - math.floor(math.log10(value))
    return round(value, digits)
