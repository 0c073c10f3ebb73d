"""What an hour of a shared post costs, and what it costs today: factors made into terms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matcher.catalogue import Catalogue, Factor, JobLevel, load_catalogue
from matcher.optimise.hiring_groups import WEEKLY_HOURS, JobTerms
from matcher.settings import Settings

MONTHS = 12
# 365 days less 104 of week-ends and 8 bank holidays are 253, a twelfth of which is 21.
_WORKING_DAYS_PER_MONTH = 21
PRESENCE_OF_A_YEAR = 1607.0
"""Hours of presence that a year of full pay stands for (Code du travail, L. 3121-41)."""

HOURS_PAID_PER_HOUR_PRESENT = 151.67 * MONTHS / PRESENCE_OF_A_YEAR
"""Leave and bank holidays are paid too: 1.13 h for each hour of presence."""


class End(StrEnum):
    """Which end of a figure's range is meant."""

    LOW = "low"
    VALUE = "value"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPrices:
    """EUR without VAT.

    ``gross_eur_per_hour`` of pay; ``cost_eur_per_hour`` of presence for the employer, charges,
    leave and bank holidays paid; ``paid_eur_per_hour`` the same with the groupement's fee;
    ``agency_eur_per_hour``, ``fixed_term_eur_per_hour`` and ``consultant_eur_per_hour`` of the
    ways of today; ``employer_eur_per_year`` for each further employer of a post to deal with.
    """

    gross_eur_per_hour: float
    cost_eur_per_hour: float
    paid_eur_per_hour: float
    agency_eur_per_hour: float
    fixed_term_eur_per_hour: float
    consultant_eur_per_hour: float
    employer_eur_per_year: float
    travel_eur_per_km: float

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        settings: Settings,
        level: JobLevel = JobLevel.OPERATOR,
        *,
        gross: float | None = None,
        cost_end: End = End.VALUE,
        today_end: End = End.VALUE,
    ) -> JobPrices:
        """Prices of a trade, from the factors; ``gross`` EUR an hour when somebody said it.

        ``cost_end`` and ``today_end`` move charges, fee and coefficients; pay is the same on both
        sides of the comparison.
        """

        def figure(kind: str, end: End) -> float:
            return float(getattr(factor_of(catalogue, settings, kind), end))

        if gross is None:
            gross = figure(f"gross_hour_{level}", End.VALUE)
        charges = figure(f"employer_charges_{level}", cost_end)
        cost = gross * (1 + charges) * HOURS_PAID_PER_HOUR_PRESENT
        return cls(
            gross_eur_per_hour=gross,
            cost_eur_per_hour=cost,
            paid_eur_per_hour=cost * (1 + figure("groupement_fee", cost_end)),
            agency_eur_per_hour=gross * figure("agency_coefficient", today_end),
            fixed_term_eur_per_hour=gross * figure("fixed_term_coefficient", today_end),
            consultant_eur_per_hour=figure("consultant_hour", today_end),
            employer_eur_per_year=figure("shared_post_follow_up", cost_end),
            travel_eur_per_km=figure("shared_post_travel", cost_end),
        )

    @classmethod
    def standard(cls, settings: Settings) -> JobPrices:
        """Prices of an operator: what :func:`solve_hiring` takes when it is told nothing."""
        return cls.of(load_catalogue(), settings)


def factor_names(level: JobLevel) -> tuple[str, ...]:
    """The factors that :meth:`JobPrices.of` stands on."""
    return (
        "agency_coefficient",
        "consultant_hour",
        f"employer_charges_{level}",
        "fixed_term_coefficient",
        f"gross_hour_{level}",
        "groupement_fee",
        "shared_post_follow_up",
        "shared_post_travel",
    )


def factor_of(catalogue: Catalogue, settings: Settings, kind: str) -> Factor:
    """A figure that must be there."""
    factor = catalogue.factor(kind, as_of=settings.as_of, overrides=settings.factor_overrides)
    if factor is None:
        raise ValueError(f"factors.csv has no figure of kind {kind}.")
    return factor


def job_terms(settings: Settings, prices: JobPrices, *, part_time: bool = False) -> JobTerms:
    """What one post may be, by the settings, and what it costs."""
    year = settings.hiring_yearly_hours
    return JobTerms(
        year_h=year,
        month_h=settings.hiring_monthly_hours,
        tolerance=settings.hiring_month_tolerance,
        least_load=settings.hiring_least_load,
        part_time_from_h=(
            year * settings.hiring_least_weekly_hours / WEEKLY_HOURS if part_time else year
        ),
        longest_day_h=settings.hiring_daily_hours,
        days_per_month=_WORKING_DAYS_PER_MONTH,
        leave_days=settings.hiring_leave_days,
        most_employers=settings.hiring_most_employers,
        least_pilot=settings.hiring_least_pilot,
        most_share=settings.hiring_most_share,
        paid_eur_per_hour=prices.paid_eur_per_hour,
        overflow_eur_per_hour=prices.agency_eur_per_hour,
        employer_eur_per_year=prices.employer_eur_per_year,
        travel_eur_per_km=prices.travel_eur_per_km,
    )
