"""Where the marks of our drawings go; the templates write them as SVG. Lengths are in px."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.optimise.problem import CurvePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A range as a bar with its value as a tick; ``zero`` None when 0 is off the scale."""

    left: float
    right: float
    value: float
    zero: float | None


def interval(
    low: float, value: float, high: float, *, scale: tuple[float, float], width: float
) -> Interval:
    """Place a range on a scale (its two ends) of the given width."""
    start, end = scale
    size = (end - start) or 1.0

    def at(number: float) -> float:
        return round(min(max((number - start) / size, 0.0), 1.0) * width, 1)

    return Interval(
        left=at(low),
        right=at(high),
        value=at(value),
        zero=at(0.0) if start <= 0 <= end else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One upright bar; y counts downwards."""

    x: float
    y: float
    width: float
    height: float


def month_bars(amounts: Sequence[float], *, width: float, height: float) -> tuple[Bar, ...]:
    """Twelve bars; the largest month takes the whole height, an empty month none."""
    most = max((abs(amount) for amount in amounts), default=0.0)
    step = width / 12
    bars = []
    for index, amount in enumerate(amounts):
        tall = 0.0 if most == 0 else round(height * abs(amount) / most, 1)
        bars.append(
            Bar(
                x=round(index * step + 1, 1),
                y=round(height - tall, 1),
                width=round(step - 2, 1),
                height=tall,
            )
        )
    return tuple(bars)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on an axis."""

    at: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One point of the curve, with the top of its whisker (the bound)."""

    x: float
    y: float
    bound_y: float
    point: CurvePoint

    @property
    def has_whisker(self) -> bool:
        """Whether the bound can be told from the value."""
        return self.y - self.bound_y >= 6.0  # below that it is inside the point


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveChart:
    """The curve of gain against number of proposals, inside margins."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    here: Mark | None

    @property
    def path(self) -> str:
        """The polyline's points."""
        return " ".join(f"{mark.x},{mark.y}" for mark in self.marks)


def curve_chart(
    points: Sequence[CurvePoint], here: CurvePoint | None, *, width: float, height: float
) -> CurveChart | None:
    """Place the curve; None when there is nothing to draw (fewer than two points)."""
    if len(points) < 2:
        return None
    left, right, top, bottom = 76.0, width - 24.0, 36.0, height - 56.0
    shown = [*points, here] if here is not None else list(points)
    most_x = max(point.proposals for point in shown) or 1
    least = min(0.0, *(point.gain for point in shown))
    y_values = nice_ticks(least, max(max(point.bound, point.gain) for point in shown))
    low, high = y_values[0], y_values[-1]

    def mark(point: CurvePoint) -> Mark:
        def y(value: float) -> float:
            return round(bottom - (value - low) / ((high - low) or 1.0) * (bottom - top), 1)

        return Mark(
            x=round(left + point.proposals / most_x * (right - left), 1),
            y=y(point.gain),
            bound_y=y(max(point.bound, point.gain)),
            point=point,
        )

    step = max(1, math.ceil(most_x / 10))
    return CurveChart(
        width=width,
        height=height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        x_ticks=tuple(
            Tick(at=round(left + count / most_x * (right - left), 1), value=count)
            for count in range(0, most_x + 1, step)
        ),
        y_ticks=tuple(
            Tick(
                at=round(bottom - (value - low) / ((high - low) or 1.0) * (bottom - top), 1),
                value=value,
            )
            for value in y_values
        ),
        marks=tuple(mark(point) for point in sorted(points, key=lambda item: item.proposals)),
        here=None if here is None else mark(here),
    )


def nice_ticks(low: float, high: float, *, most: int = 6) -> tuple[float, ...]:
    """Round values (1, 2 or 5 times a power of ten) that cover low to high."""
    size = high - low
    if size <= 0:
        return (low, low + 1.0)
    rough = size / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough - 1e-12)
    first, last = math.floor(low / step), math.ceil(high / step - 1e-9)
    return tuple(round(index * step, 10) for index in range(first, last + 1))
