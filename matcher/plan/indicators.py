"""Figures over a set of outcomes: one function for what is expected and for what is measured.

Yearly amounts and one-off ones are never added. A value that could not be reckoned for some outcome
is left out of the sum and counted in ``not_known``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matcher.plan import Indicator, Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One proposal (expected) or one synergy (measured)."""

    site_ids: tuple[str, ...]
    one_off: bool
    gain_eur: Range
    avoided_tco2e: Range
    diverted_t: Range
    energy_mwh: Range
    water_m3: Range
    capex_eur: float
    effort_hours: float


def indicators(outcomes: Sequence[Outcome]) -> tuple[Indicator, ...]:
    """Add outcomes up: counts, euros, tCO2e, tonnes diverted, MWh, m3, capital, hours.

    Units are in each :class:`~matcher.plan.Indicator`; yearly unless the name ends in ``_once``.
    """
    yearly = [outcome for outcome in outcomes if not outcome.one_off]
    once = [outcome for outcome in outcomes if outcome.one_off]
    sites = {site_id for outcome in outcomes for site_id in outcome.site_ids}
    return (
        _exact("proposals", float(len(outcomes)), "proposals"),
        _exact("sites_with_a_proposal", float(len(sites)), "sites"),
        _sum("gain_eur_per_year", yearly, lambda o: o.gain_eur, "EUR/year"),
        _sum("gain_eur_once", once, lambda o: o.gain_eur, "EUR"),
        _sum("avoided_tco2e_per_year", yearly, lambda o: o.avoided_tco2e, "tCO2e/year"),
        _sum("avoided_tco2e_once", once, lambda o: o.avoided_tco2e, "tCO2e"),
        _sum("diverted_t_per_year", yearly, lambda o: o.diverted_t, "t/year"),
        _sum("diverted_t_once", once, lambda o: o.diverted_t, "t"),
        _sum("energy_recovered_mwh_per_year", yearly, lambda o: o.energy_mwh, "MWh/year"),
        _sum("water_reused_m3_per_year", yearly, lambda o: o.water_m3, "m3/year"),
        _exact("capex_eur", sum(outcome.capex_eur for outcome in outcomes), "EUR"),
        _exact("effort_hours", sum(outcome.effort_hours for outcome in outcomes), "h"),
    )


def _exact(name: str, value: float, unit: str) -> Indicator:
    return Indicator(indicator=name, value=value, low=value, high=value, unit=unit)


def _sum(
    name: str, outcomes: Sequence[Outcome], of: Callable[[Outcome], Range], unit: str
) -> Indicator:
    ranges = [of(outcome) for outcome in outcomes]
    known = [item for item in ranges if item.value is not None]
    return Indicator(
        indicator=name,
        value=sum(item.value or 0.0 for item in known),
        low=sum(item.value or 0.0 if item.low is None else item.low for item in known),
        high=sum(item.value or 0.0 if item.high is None else item.high for item in known),
        unit=unit,
        not_known=len(ranges) - len(known),
    )
