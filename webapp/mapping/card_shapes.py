"""What a card asks, tap by tap: the survey's columns in the words of whoever fills it on a phone.

Nothing is asked here that a contact cannot say from the floor of the workshop: no code, no legal
status, no composition, no power, no position. The rest is the agent's (columns of the format that
are not asked of firms).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from matcher.units import KNOWN_UNITS

ENERGY_UNITS = ("MWh", "kWh", "GWh", "GJ")
MATTER_UNITS = (
    *("t", "kg", "palette", "benne 15 m³", "benne 30 m³", "m³", "l"),
    *("big-bag", "GRV", "fût 200 l", "camion", "pièce", "hl"),
)
assert {*ENERGY_UNITS, *MATTER_UNITS} == set(KNOWN_UNITS)

_ALIVE = frozenset({"organic", "sludge", "wood"})
_ALL_OUTLETS = (
    *("recycling", "energy_recovery", "incineration", "landfill"),
    *("composting", "digestion", "feed", "reuse", "stock", "lost", "discharge"),
)
_OF_LIFE = frozenset({"composting", "digestion", "feed"})

POOL_UNITS = ("places", "levées", "heures", "t", "MWh", "m³", "repas", "euros")
SOLUTIONS = ("intérim", "heures supplémentaires", "sous-traitance", "personne", "autre")
"""What is done today for want of somebody; the survey's column is free text, read by the agent."""

_MONTHS = tuple(str(month) for month in range(1, 13))
_SECRECY = ("blind", "open", "sensitive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. ``widget``: words, number, select, chips, months, text.

    ``unknown`` adds « je ne sais pas » to chips, which stores nothing: empty is not zero.
    ``only``: the direction for which it is asked.
    """

    name: str
    widget: str
    choices: tuple[str, ...] = ()
    unknown: bool = True
    only: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A card. ``words``: the column for the firm's own words; ``key``: what they were taken for.

    ``taps`` are shown one under the other, ``more`` folded away. ``field_of``: where a column that
    the reader complains about was typed.
    """

    table: str
    words: str
    key: str
    directions: tuple[str, ...]
    taps: tuple[tuple[str, tuple[Field, ...]], ...]
    more: tuple[Field, ...]
    field_of: Mapping[str, str]

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields, in order."""
        return (*(field for _, fields in self.taps for field in fields), *self.more)


def fitted(shape: Shape, kind: str, family: str, row: Mapping[str, str]) -> Shape:
    """The same card without the choices that cannot be meant of such a resource.

    Heat is not composted and plastic is not fed to pigs; what was chosen stays to be seen.
    ``kind`` empty: not recognised, and everything is asked.
    """
    if shape.table != "flows" or not kind:
        return shape
    outlets: tuple[str, ...]
    units: tuple[str, ...]
    if kind == "energy":
        outlets, units = ("lost", "reuse"), ENERGY_UNITS
    elif kind == "water":
        outlets, units = ("discharge", "reuse", "recycling", "lost"), ("m³", "l", "hl", "t")
    else:
        outlets = tuple(
            name for name in _ALL_OUTLETS[:-1] if name not in _OF_LIFE or family in _ALIVE
        )
        units = MATTER_UNITS
    choices = {"today_outlet": outlets, "unit": units}

    def fit(field: Field) -> Field:
        if field.name not in choices:
            return field
        kept, chosen = choices[field.name], row.get(field.name, "")
        also = (chosen,) if chosen in set(field.choices) - set(kept) else ()
        return replace(field, choices=(*kept, *also))

    return replace(
        shape, taps=tuple((name, tuple(map(fit, fields))) for name, fields in shape.taps)
    )


def _chips(name: str, *choices: str, unknown: bool = True, only: str | None = None) -> Field:
    return Field(name=name, widget="chips", choices=choices, unknown=unknown, only=only)


def _number(name: str) -> Field:
    return Field(name=name, widget="number")


_WHAT = Field(name="what", widget="words")
_MONTHS_FIELD = Field(name="months", widget="months", choices=_MONTHS)
_WHO = _chips("secrecy", *_SECRECY, unknown=False)

SHAPES: Mapping[str, Shape] = {
    "flows": Shape(
        table="flows",
        words="description",
        key="resource",
        directions=("offer", "need"),
        taps=(
            ("what", (_WHAT,)),
            (
                "amount",
                (
                    _number("said_amount"),
                    Field(name="unit", widget="select", choices=(*MATTER_UNITS, *ENERGY_UNITS)),
                    Field(name="said_per", widget="select", choices=("year", "month", "week")),
                ),
            ),
            (
                "rhythm",
                (
                    _chips("recurrence", "regular", "campaign", "one_off", unknown=False),
                    _MONTHS_FIELD,
                ),
            ),
            (
                "outlet",
                (
                    _chips(
                        "today_outlet",
                        *_ALL_OUTLETS,
                        only="offer",
                    ),
                ),
            ),
            (
                "money",
                (_number("today_eur_per_year"), _chips("today_way", "pays", "is_paid", "free")),
            ),
        ),
        more=(
            _chips("sorted", "alone", "mixed", "soiled", only="offer"),
            _chips("basis", "measured", "invoice", "estimate", unknown=False),
            _WHO,
        ),
        field_of={
            "description": "what",
            "resource": "what",
            "amount": "said_amount",
            "unit": "said_amount",
        },
    ),
    "equipment": Shape(
        table="equipment",
        words="spec",
        key="equipment",
        directions=("offer", "need"),
        taps=(
            ("what", (_WHAT, _chips("direction", "offer", "need", unknown=False))),
            (
                "amount",
                (
                    _number("said_amount"),
                    Field(name="said_per", widget="select", choices=("month", "week", "year")),
                    _number("area_m2"),
                ),
            ),
            ("rhythm", (_MONTHS_FIELD,)),
            ("mode", (_chips("mode", "lend", "on_site", "service", "co_buy"),)),
            ("money", (_number("eur_per_hour"),)),
        ),
        more=(_WHO,),
        field_of={"spec": "what", "equipment": "what", "hours_per_month": "said_amount"},
    ),
    "jobs": Shape(
        table="jobs",
        words="title",
        key="occupation",
        directions=("need", "top_up", "surplus"),
        taps=(
            ("what", (_WHAT, _chips("direction", "need", "top_up", "surplus", unknown=False))),
            (
                "amount",
                (
                    _number("said_amount"),
                    Field(name="said_per", widget="select", choices=("hours", "days")),
                ),
            ),
            ("rhythm", (_MONTHS_FIELD,)),
            ("today", (_chips("today_solution", *SOLUTIONS),)),
            ("money", (_number("today_eur_per_hour"),)),
        ),
        more=(_WHO,),
        field_of={
            "title": "what",
            "occupation": "what",
            "hours_per_month": "said_amount",
            "days_per_week": "said_amount",
        },
    ),
    "pools": Shape(
        table="pools",
        words="description",
        key="category",
        directions=("buys", "has_places"),
        taps=(
            ("what", (_WHAT, _chips("direction", "buys", "has_places", unknown=False))),
            (
                "amount",
                (
                    _number("said_amount"),
                    Field(name="unit", widget="select", choices=POOL_UNITS),
                    _number("participants"),
                ),
            ),
            ("money", (_number("eur_per_year"),)),
        ),
        more=(_WHO,),
        field_of={"description": "what", "category": "what", "amount": "said_amount"},
    ),
}
