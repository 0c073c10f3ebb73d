"""Low and high ends of what is declared: amounts, prices, tonnes diverted."""

from __future__ import annotations

import numpy as np

from matcher.candidates.flows import amount_of
from matcher.catalogue import Resource
from matcher.declarations import Basis, Flow, Outlet
from matcher.terms import Range

SPREAD: dict[Basis, tuple[float, float]] = {
    Basis.MEASURED: (0.95, 1.05),
    Basis.INVOICE: (0.90, 1.10),
    Basis.ESTIMATE: (0.70, 1.30),
    Basis.INFERRED: (0.40, 2.00),
}
"""What an amount may be where no range is declared, as shares of it (engineering judgement)."""

DISPOSAL = frozenset({Outlet.LANDFILL, Outlet.INCINERATION})
"""Outlets whose tonnes count as diverted (GLOSSARY: landfill or incineration only)."""


def in_declared_unit(flow: Flow, amount: float) -> tuple[float | None, str | None]:
    """An amount of a flow in the unit that its firm wrote, where the conversion was assumed."""
    conversion = flow.conversion
    if conversion is None or conversion.assumption is None or not conversion.factor > 0:
        return None, None
    return amount / conversion.factor, conversion.declared_unit


def amount_scale(flow: Flow) -> tuple[float, float]:
    """Low and high amount as shares of the amount: declared, else by what it stands on."""
    low, high = SPREAD[flow.basis]
    amount = amount_of(flow)
    if amount is None or amount <= 0:
        return low, high
    if flow.amount_low is not None:
        low = min(flow.amount_low / amount, 1.0)
    if flow.amount_high is not None:
        high = max(flow.amount_high / amount, 1.0)
    return low, high


def price_spread(
    cost: np.ndarray, low: np.ndarray, high: np.ndarray, index: int
) -> tuple[float, float]:
    """How far the price may be below and above, EUR a unit; 0 when the firm gave it."""
    if np.isnan(cost[index]) or np.isnan(low[index]) or np.isnan(high[index]):
        return 0.0, 0.0
    return float(cost[index] - low[index]), float(high[index] - cost[index])


def diverted(giver: Flow, given: Resource, amount: float) -> Range:
    """Tonnes kept from landfill or incineration; 0 when they go elsewhere, None when not known."""
    if given.unit != "t":
        return Range(value=0.0, low=0.0, high=0.0)
    if giver.today_outlet is Outlet.UNKNOWN:
        return Range(value=None)
    if giver.today_outlet not in DISPOSAL:
        return Range(value=0.0, low=0.0, high=0.0)
    low, high = amount_scale(giver)
    return Range(value=amount, low=amount * low, high=amount * high)
