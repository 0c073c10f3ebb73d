"""Equipment and premises as they are shared: class, mode, what is there in which month, prices."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from matcher.catalogue import Catalogue, EquipmentClass, MachinePlace, Named
from matcher.declarations import Direction, Equipment, EquipmentMode, Months, Survey
from matcher.settings import Settings

# "avec opérateur", "with driver": whoever sends somebody with the machine sells a service.
_WITH_OPERATOR = re.compile(
    r"\b(?:avec|with)\s+(?:\w+\s+)?(?:operateur|conducteur|chauffeur|pilote|operator|driver)"
)
# A declared amount or price is the best guess of a person: this far to either side.
AMOUNT_DOUBT = 0.15
PRICE_DOUBT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """EUR an hour, or a m2 and month, with its ends; ``is_supposed``: ours, not the firm's."""

    value: float
    low: float
    high: float
    is_supposed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One declaration of equipment that can be reckoned with.

    ``room`` is hours, or m2, in each calendar month of the year that begins with the round;
    ``starts``, ``ends``: the window in which they are there (None = open).
    """

    item: Equipment
    klass: EquipmentClass
    mode: EquipmentMode | None
    room: Months
    price: Price

    @property
    def item_id(self) -> str:
        """Id of the declaration."""
        return self.item.item_id

    @property
    def site_id(self) -> str:
        """The site that declared it."""
        return self.item.site_id

    @property
    def is_offer(self) -> bool:
        """Whether it is there for others, rather than lacking."""
        return self.item.direction is Direction.OFFER

    @property
    def is_space(self) -> bool:
        """Whether it is floor, counted in m2 and months."""
        return self.klass.place is MachinePlace.SPACE


def machine_of(
    item: Equipment, klass: EquipmentClass, catalogue: Catalogue, settings: Settings
) -> Machine | None:
    """The machine with its prices; None when nobody said how many hours or m2."""
    if item.hours_by_month is None:
        return None
    return Machine(
        item=item,
        klass=klass,
        mode=mode_of(item),
        room=item.hours_by_month,
        price=_price(item, klass, catalogue, settings),
    )


def mode_of(item: Equipment) -> EquipmentMode | None:
    """What was declared; but an operator who comes with the machine makes it a service."""
    is_manned = _WITH_OPERATOR.search(_plain(item.spec or "")) is not None
    if is_manned and item.mode is not EquipmentMode.CO_BUY:
        return EquipmentMode.SERVICE
    return item.mode


def _plain(text: str) -> str:
    return text.lower().replace("é", "e").replace("è", "e")


def _price(
    item: Equipment, klass: EquipmentClass, catalogue: Catalogue, settings: Settings
) -> Price:
    """What an offer asks, what a need pays today; else the market's price, or a host's cost."""
    declared = item.eur_per_hour
    if declared is not None:
        return Price(
            value=declared,
            low=declared * (1 - PRICE_DOUBT),
            high=declared * (1 + PRICE_DOUBT),
            is_supposed=False,
        )
    if item.direction is Direction.NEED:
        return Price(
            value=klass.market_eur, low=klass.market_low, high=klass.market_high, is_supposed=True
        )
    share = catalogue.factors["host_cost_share"]
    likely = settings.factor_overrides.get(share.key, share.value)
    return Price(
        value=likely * klass.market_eur,
        low=share.low * klass.market_eur,
        high=share.high * klass.market_eur,
        is_supposed=True,
    )


def common_window(
    offer: Equipment, need: Equipment, as_of: datetime.date
) -> tuple[datetime.date, datetime.date | None]:
    """From when to when both are there; the end may lie before the start."""
    start = max(
        day for day in (as_of, offer.available_from, need.available_from) if day is not None
    )
    ends = [day for day in (offer.available_until, need.available_until) if day is not None]
    return start, min(ends, default=None)


def months_inside(start: datetime.date, end: datetime.date | None) -> frozenset[int]:
    """The calendar months (1 to 12) that a window touches, one year from its start at most."""
    if end is None:
        return frozenset(range(1, 13))
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    return frozenset((start.month - 1 + step) % 12 + 1 for step in range(min(max(count, 0), 12)))


def machines(
    survey: Survey, catalogue: Catalogue, settings: Settings
) -> tuple[tuple[Machine, ...], dict[str, str]]:
    """Machines in the order of their ids; and those that cannot be reckoned with, with the code of
    what has to be asked for.
    """
    classes = Named(catalogue.equipment_classes)
    found, unknown = [], {}
    for item_id in sorted(survey.equipment):
        item = survey.equipment[item_id]
        klass = classes.of(item.equipment)
        if klass is None:
            unknown[item_id] = "equipment-not-known"
            continue
        machine = machine_of(item, klass, catalogue, settings)
        if machine is None:
            unknown[item_id] = "hours-not-known"
        elif max(machine.room) <= 0:
            unknown[item_id] = "hours-nought"
        else:
            found.append(machine)
    return tuple(found), unknown
