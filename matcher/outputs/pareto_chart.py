"""Where the marks of the front between euros and tonnes go: one line a least number of sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.foresight import ParetoPoint
from matcher.outputs.charts import Tick, nice_ticks

LABEL_HEIGHT = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMark:
    """One plan on the drawing."""

    x: float
    y: float
    point: ParetoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontLine:
    """The plans with one least number of sites, from the most euros to the most tonnes."""

    least_sites: int
    style: int  # 0, 1, 2 …: full, dashed, dotted
    label_y: float  # of its name, beside its last mark and clear of the others' names
    marks: tuple[FrontMark, ...]

    @property
    def path(self) -> str:
        """The polyline's points."""
        return " ".join(f"{mark.x},{mark.y}" for mark in self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontChart:
    """The drawing inside its margins; its axes begin where the points do."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[FrontLine, ...]
    here: FrontMark | None


def front_chart(points: Sequence[ParetoPoint], *, width: float, height: float) -> FrontChart | None:
    """Place the points; None where fewer than two plans differ."""
    if len(points) < 2:
        return None
    left, right, top, bottom = 84.0, width - 160.0, 36.0, height - 56.0
    tonnes = [point.avoided_tco2e_per_year for point in points]
    euros = [point.euros_per_year for point in points]
    xs, ys = nice_ticks(min(tonnes), max(tonnes)), nice_ticks(min(euros), max(euros))

    def across(value: float) -> float:
        return round(left + (value - xs[0]) / ((xs[-1] - xs[0]) or 1.0) * (right - left), 1)

    def up(value: float) -> float:
        return round(bottom - (value - ys[0]) / ((ys[-1] - ys[0]) or 1.0) * (bottom - top), 1)

    def mark(point: ParetoPoint) -> FrontMark:
        return FrontMark(
            x=across(point.avoided_tco2e_per_year), y=up(point.euros_per_year), point=point
        )

    levels = sorted({point.least_sites for point in points})
    marks = {
        least: tuple(
            mark(point)
            for point in sorted(points, key=lambda item: item.avoided_tco2e_per_year)
            if point.least_sites == least
        )
        for least in levels
    }
    label_y: dict[int, float] = {}
    lowest = top - LABEL_HEIGHT
    for least in sorted(levels, key=lambda level: marks[level][-1].y):
        lowest = label_y[least] = max(marks[least][-1].y + 5, lowest + LABEL_HEIGHT)
    lines = tuple(
        FrontLine(
            least_sites=least, style=min(style, 2), label_y=label_y[least], marks=marks[least]
        )
        for style, least in enumerate(levels)
    )
    here = next((mark(point) for point in points if point.is_plan), None)
    return FrontChart(
        width=width,
        height=height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        x_ticks=tuple(Tick(at=across(value), value=value) for value in xs),
        y_ticks=tuple(Tick(at=up(value), value=value) for value in ys),
        lines=lines,
        here=here,
    )
