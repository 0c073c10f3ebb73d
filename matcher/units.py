"""From the units people count in (palettes, bennes, litres) to t, MWh or m3, with the sum shown.

A conversion is a product of plain numbers: 2 bennes × 15 m³ × 0.25 t/m³ = 7.5 t. Nothing is
rounded, nothing is guessed: a unit that is not known, or that cannot measure the resource, is an
error that says what would do.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from matcher.errors import MaillageError
from matcher.wording import Language, number, say

LORRY_TONNES = 25.0
"""Payload of an articulated lorry of 40 to 44 t (engineering judgement: usual French practice)."""
LORRY_M3 = 90.0
"""Volume of its moving-floor or curtain trailer (engineering judgement: usual French practice)."""
PALLET_M3 = 1.0
"""A loaded palette of 80 × 120 cm stacked about 1 m high (engineering judgement)."""


class _Dimension(StrEnum):
    MASS = "mass"  # in t
    VOLUME = "volume"  # in m3
    ENERGY = "energy"  # in MWh
    PIECE = "piece"
    PALLET = "pallet"
    LORRY = "lorry"


@dataclass(frozen=True, slots=True, kw_only=True)
class _UnitKind:
    key: str
    dimension: _Dimension
    size: float = 1.0  # in t, m3 or MWh
    aliases: str = ""


_UNITS = (
    _UnitKind(
        key="t", dimension=_Dimension.MASS, aliases="t, tonne, ton, tons, tonne metrique, tm, mg"
    ),
    _UnitKind(
        key="kg", dimension=_Dimension.MASS, size=0.001, aliases="kg, kilo, kilogramme, kilogram"
    ),
    _UnitKind(
        key="m3",
        dimension=_Dimension.VOLUME,
        aliases="m3, metre cube, mc, cubic metre, cubic meter, map, m3 apparent, m3 foisonne",
    ),
    _UnitKind(key="l", dimension=_Dimension.VOLUME, size=0.001, aliases="l, litre, liter, ltr"),
    _UnitKind(key="hl", dimension=_Dimension.VOLUME, size=0.1, aliases="hl, hectolitre"),
    _UnitKind(key="MWh", dimension=_Dimension.ENERGY, aliases="mwh, megawattheure, megawatt heure"),
    _UnitKind(
        key="kWh",
        dimension=_Dimension.ENERGY,
        size=0.001,
        aliases="kwh, kilowattheure, kilowatt heure, kilowatt hour",
    ),
    _UnitKind(key="GWh", dimension=_Dimension.ENERGY, size=1000.0, aliases="gwh, gigawattheure"),
    _UnitKind(key="GJ", dimension=_Dimension.ENERGY, size=1 / 3.6, aliases="gj, gigajoule"),
    _UnitKind(
        key="piece",
        dimension=_Dimension.PIECE,
        aliases="piece, unite, u, pce, pc, pcs, nombre, unit, item",
    ),
    _UnitKind(
        key="pallet", dimension=_Dimension.PALLET, aliases="palette, pallet, pal, europalette"
    ),
    _UnitKind(
        key="ibc",
        dimension=_Dimension.VOLUME,
        aliases="grv, ibc, cubitainer, cubi, cuve 1000 l, container 1000 l, conteneur 1000 l",
    ),
    _UnitKind(
        key="big_bag",
        dimension=_Dimension.VOLUME,
        aliases="big bag, bigbag, bb, sac 1 m3, fibc",
    ),
    _UnitKind(
        key="drum",
        dimension=_Dimension.VOLUME,
        size=0.2,
        aliases="fut 200 l, fut 200, fut de 200 l, drum 200 l, drum, barrel 200 l, fut",
    ),
    _UnitKind(
        key="lorry",
        dimension=_Dimension.LORRY,
        aliases="camion, lorry, truck, semi, semi remorque, camion complet, full truck",
    ),
)
# A benne is always given with its size: "benne 15", "benne de 30 m3", "30 m3 skip".
_SKIP = re.compile(
    r"(?:(?:benne|skip|container|conteneur)(?: de| of)? (\d{1,2})(?: ?m3)?"
    r"|(\d{1,2}) ?m3 (?:benne|skip|container|conteneur))"
)
_SKIP_SIZES_M3 = range(2, 51)
_PER_YEAR = re.compile(r"(?: ?/ ?(?:an|annee|year|yr|y)| par an| per year| a year)$")

KNOWN_UNITS = (
    *("t", "kg", "m³", "l", "hl", "MWh", "kWh", "GWh", "GJ", "pièce", "palette"),
    *("benne 15 m³", "benne 30 m³", "GRV", "big-bag", "fût 200 l", "camion"),
)
"""The units as a survey may spell them, for messages and drop-down lists."""


class UnknownUnitError(MaillageError, ValueError):
    """A unit that is not in our list; ``known`` is the list."""

    def __init__(self, unit_text: str) -> None:
        self.unit_text = unit_text
        self.known = KNOWN_UNITS
        super().__init__(self.message("en"))

    def message(self, language: Language) -> str:
        """What is wrong and what can be written instead."""
        return say("units.unknown", language, unit=self.unit_text, known=", ".join(self.known))


class UnitMismatchError(MaillageError, ValueError):
    """A known unit that cannot measure this resource, such as MWh of sand.

    ``code`` is the message id under ``units``: ``another-kind``, ``density-missing`` or
    ``piece-weight-missing``.
    """

    def __init__(self, code: str, unit_text: str, to_unit: str) -> None:
        self.code = code
        self.unit_text = unit_text
        self.to_unit = to_unit
        super().__init__(self.message("en"))

    def message(self, language: Language) -> str:
        """What is wrong and what can be written instead."""
        return say(f"units.{self.code}", language, unit=self.unit_text, wanted=self.to_unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One factor of a conversion: a number and the catalogue's name of its unit."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """How a declared amount became the resource's unit, to be shown: 30 × 0.25 = 7.5.

    ``factor`` is resource's units per declared unit, the product of ``parts``. ``assumption`` is
    the message id of what was assumed (``units.bulk-density`` …), ``None`` when exact.
    """

    declared: float
    declared_unit: str
    factor: float
    unit: str
    assumption: str | None = None
    parts: tuple[Part, ...] = ()
    unit_key: str | None = None

    @property
    def value(self) -> float:
        """The amount, in ``unit``."""
        return self.declared * self.factor

    def text(self, language: Language) -> str:
        """The sum in words: ``30 m³ × 0,25 t/m³ = 7,5 t``."""
        key = f"units.name.{self.unit_key}" if self.unit_key else None
        name = self.declared_unit
        if key is not None:
            name = say(f"{key}.{'one' if abs(self.declared) < 2 else 'many'}", language)
        terms = [f"{number(self.declared, language)}\u00a0{name}"]
        terms += [
            f"{number(part.value, language)}\u00a0{say(f'units.part.{part.unit}', language)}"
            for part in self.parts
        ]
        left = " × ".join(terms)
        unit = say(f"units.name.{self.unit}.one", language)
        return f"{left} = {number(self.value, language)}\u00a0{unit}"


def fold_unit(text: str) -> str:
    """A unit's spelling brought to the form it is compared in: ``Bennes de 30 m³`` → same."""
    plain = unicodedata.normalize("NFKD", text).replace("œ", "oe")
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark)).lower()
    plain = re.sub(r"[\s.\-_'’()]+", " ", plain).strip()
    plain = _PER_YEAR.sub("", plain).strip()
    return " ".join(_singular(word) for word in plain.split(" "))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


_BY_ALIAS = {fold_unit(alias): unit for unit in _UNITS for alias in unit.aliases.split(", ")}


def convert(
    value: float,
    unit_text: str,
    *,
    to_unit: str,
    density_t_per_m3: float | None = None,
    kg_per_piece: float | None = None,
) -> Conversion:
    """Bring an amount to the unit of its resource.

    Parameters
    ----------
    value, unit_text
        As the firm wrote them. "par an" after the unit is accepted; "par mois" is not.
    to_unit
        ``t``, ``MWh`` or ``m3``.
    density_t_per_m3, kg_per_piece
        Of the resource; ``None`` where not known.

    Returns
    -------
    Conversion
        Its ``value`` is in ``to_unit``.

    Raises
    ------
    UnknownUnitError
        For a unit that is not in the list.
    UnitMismatchError
        For a unit that cannot measure this resource, or not without a density or weight.
    """
    kind = _find(unit_text)
    if (kind.dimension is _Dimension.ENERGY) is not (to_unit == "MWh"):
        raise UnitMismatchError("another-kind", unit_text, to_unit)
    parts, assumption = _parts(kind, unit_text, to_unit, density_t_per_m3, kg_per_piece)
    factor = 1.0
    for part in parts:
        factor *= part.value
    return Conversion(
        declared=value,
        declared_unit=unit_text,
        factor=factor,
        unit=to_unit,
        assumption=assumption,
        parts=parts,
        unit_key=kind.key,
    )


def _find(unit_text: str) -> _UnitKind:
    folded = fold_unit(unit_text)
    unit = _BY_ALIAS.get(folded)
    if unit is not None:
        return unit
    skip = _SKIP.fullmatch(folded)
    if skip:
        size = int(skip.group(1) or skip.group(2))
        if size in _SKIP_SIZES_M3:
            return _UnitKind(key="skip", dimension=_Dimension.VOLUME, size=float(size))
    raise UnknownUnitError(unit_text)


def unit_name(unit_text: str, language: Language, *, many: bool) -> str:
    """How a declared unit is written in a sentence: ``palettes``, ``palette``.

    A skip keeps the firm's own words, which say its size, and so does a unit that is not known.
    """
    try:
        kind = _find(unit_text)
    except UnknownUnitError:
        return unit_text
    if kind.key == "skip":
        return unit_text
    return say(f"units.name.{kind.key}.{'many' if many else 'one'}", language)


def _parts(
    kind: _UnitKind,
    unit_text: str,
    to_unit: str,
    density: float | None,
    kg_per_piece: float | None,
) -> tuple[tuple[Part, ...], str | None]:
    match kind.dimension:
        case _Dimension.ENERGY:
            return _size(kind, "MWh"), None
        case _Dimension.MASS:
            if to_unit == "t":
                return _size(kind, "t"), None
            per_tonne = 1 / _known(density, "density-missing", unit_text, to_unit)
            return (*_size(kind, "t"), Part(value=per_tonne, unit="m3_per_t")), "units.bulk-density"
        case _Dimension.VOLUME:
            if to_unit == "m3":
                return _size(kind, "m3"), None
            dense = _known(density, "density-missing", unit_text, to_unit)
            return (*_size(kind, "m3"), Part(value=dense, unit="t_per_m3")), "units.bulk-density"
        case _Dimension.LORRY:
            return _lorry(unit_text, to_unit, density)
        case _Dimension.PALLET if kg_per_piece is None:
            pallet = Part(value=PALLET_M3, unit="m3")
            if to_unit == "m3":
                return (pallet,), "units.loaded-pallet"
            dense = _known(density, "density-missing", unit_text, to_unit)
            return (pallet, Part(value=dense, unit="t_per_m3")), "units.loaded-pallet"
        case _:
            weight = _known(kg_per_piece, "piece-weight-missing", unit_text, to_unit) / 1000
            piece = Part(value=weight, unit="t_per_piece")
            if to_unit == "t":
                return (piece,), "units.piece-weight"
            per_tonne = 1 / _known(density, "density-missing", unit_text, to_unit)
            return (piece, Part(value=per_tonne, unit="m3_per_t")), "units.piece-weight"


def _lorry(
    unit_text: str, to_unit: str, density: float | None
) -> tuple[tuple[Part, ...], str | None]:
    """A lorry is full by weight or by volume, whichever comes first."""
    dense = _known(density, "density-missing", unit_text, to_unit)
    if LORRY_M3 * dense >= LORRY_TONNES:
        weight = Part(value=LORRY_TONNES, unit="t")
        if to_unit == "t":
            return (weight,), "units.full-lorry"
        return (weight, Part(value=1 / dense, unit="m3_per_t")), "units.full-lorry"
    volume = Part(value=LORRY_M3, unit="m3")
    if to_unit == "m3":
        return (volume,), "units.full-lorry"
    return (volume, Part(value=dense, unit="t_per_m3")), "units.full-lorry"


def _size(kind: _UnitKind, base: str) -> tuple[Part, ...]:
    """The unit's size in t, m3 or MWh; nothing to show when it is that unit itself."""
    return () if kind.key == base else (Part(value=kind.size, unit=base),)


def _known(value: float | None, code: str, unit_text: str, to_unit: str) -> float:
    if value is None or value <= 0:
        raise UnitMismatchError(code, unit_text, to_unit)
    return value
