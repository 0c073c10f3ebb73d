"""What heat recovery can do at best: the heat cascade of pinch analysis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Stream = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCascade:
    """Least heat to add and to take away, kW, and where the pinch is, shifted °C.

    ``pinch_shifted_c`` is ``None`` when there is no pinch: all heat passes from the hottest
    stream down, so that nothing must be added, or nothing taken away (a threshold problem).
    """

    hot_kw: float
    cold_kw: float
    pinch_shifted_c: float | None


def heat_cascade(streams: Sequence[Stream], delta_t_min: float) -> HeatCascade:
    r"""Find the least hot and cold utility of a set of streams.

    .. math::

       R_i = R_{i-1} + \Big(\sum_{hot} CP - \sum_{cold} CP\Big) (T_{i-1} - T_i)        & (11) \\
       Q_{hot} = \max(0, -\min_i R_i), \quad Q_{cold} = Q_{hot} + R_{last}             & (12)

    over the shifted temperatures :math:`T` (hot streams down, cold streams up by half of
    ``delta_t_min``), from the hottest down, with :math:`R_0 = 0`.

    Parameters
    ----------
    streams
        (inlet °C, outlet °C, kW/K) of each stream. One that cools down is hot, one that warms up
        is cold.
    delta_t_min
        Least difference of temperature across an exchanger, K.

    Returns
    -------
    HeatCascade
        ``hot_kw``, ``cold_kw`` and the shifted temperature at which no heat passes.

    Raises
    ------
    ValueError
        For a figure that is not finite, a negative kW/K or a negative ``delta_t_min``.

    Notes
    -----
    The problem table of pinch analysis, after B. Linnhoff; the four-stream case in the tests is
    the one of I. C. Kemp's textbook.
    """
    if not (math.isfinite(delta_t_min) and delta_t_min >= 0):
        raise ValueError(f"delta_t_min must be finite and not negative, got {delta_t_min}.")
    for stream in streams:
        if not all(math.isfinite(value) for value in stream) or stream[2] < 0:
            raise ValueError(f"Stream {stream}: give finite inlet °C, outlet °C and kW/K above 0.")
    shifted = [_shift(stream, delta_t_min / 2) for stream in streams]
    levels = sorted({level for top, bottom, _ in shifted for level in (top, bottom)}, reverse=True)
    passed = [0.0]
    for upper, lower in pairwise(levels):
        surplus = sum(cp for top, bottom, cp in shifted if top >= upper and bottom <= lower)
        passed.append(passed[-1] + surplus * (upper - lower))
    scale = max((abs(value) for value in passed), default=0.0)
    hot_kw = max(0.0, -min(passed))
    cold_kw = max(0.0, hot_kw + passed[-1])
    return HeatCascade(
        hot_kw=hot_kw,
        cold_kw=cold_kw,
        pinch_shifted_c=_pinch(levels, [hot_kw + value for value in passed], 1e-9 * scale),
    )


def _shift(stream: Stream, half: float) -> Stream:
    """(top, bottom, signed kW/K) in shifted temperatures; below 0 for a cold stream."""
    inlet, outlet, cp = stream
    if inlet >= outlet:
        return inlet - half, outlet - half, cp
    return outlet + half, inlet + half, -cp


def _pinch(levels: list[float], passed: list[float], tolerance: float) -> float | None:
    """The hottest level inside the range that no heat crosses."""
    for level, heat in zip(levels[1:-1], passed[1:-1], strict=True):
        if heat <= tolerance:
            return level
    return None
