"""Declarations of jobs as posts to reckon with: trade, hours, what an hour costs today."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from matcher.catalogue import Catalogue, Occupation
from matcher.catalogue.naming import fold
from matcher.catalogue.trades import trade_of
from matcher.declarations import Job, JobDirection, Months, Site, Survey
from matcher.groups.shifts import Window, windows_of
from matcher.optimise.hiring_terms import End, JobPrices
from matcher.settings import Settings

# Premium of the first eight hours of overtime (Code du travail, L. 3121-36).
_OVERTIME = 1.25
# What people write of today's solution, as ``fold`` leaves it; the first that is found counts.
_AGENCY = r"\b(interim|agence|temporary|agency)"
_ADVISER = r"\b(consult|prestat|conseil|expert|cabinet|sous? trait|contractor|adviser)"
_FIXED_TERM = r"\b(saison|cdd|fixed term|season)"
_OWN_STAFF = r"\b(heures? sup|overtime|cdi|interne|salarie|own staff|employee)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One declaration of a job.

    ``hours`` of one person, twelve; ``persons`` when a month asks more than one can work.
    ``today`` EUR an hour at each end; ``is_today_declared``: said by the firm, not reckoned from
    its solution of today; ``is_solution_known``: at least that was said. ``is_trade_read``: the
    trade was read from the title.
    """

    job: Job
    site: Site
    trade: Occupation
    hours: Months
    persons: int
    windows: frozenset[Window] | None
    today: Mapping[End, float]
    is_today_declared: bool
    is_solution_known: bool
    is_trade_read: bool

    @property
    def job_id(self) -> str:
        """Id of the declaration."""
        return self.job.job_id

    @property
    def all_hours(self) -> Months:
        """Twelve hours, of all persons."""
        return tuple(hours * self.persons for hours in self.hours)

    @property
    def gross(self) -> tuple[float | None, float | None]:
        """EUR an hour, low and high, as declared."""
        return self.job.gross_eur_per_hour_low, self.job.gross_eur_per_hour_high

    @property
    def likely_gross(self) -> float | None:
        """The middle of what was declared, EUR an hour."""
        return _middle(self.job)


def posts(
    survey: Survey, catalogue: Catalogue, settings: Settings
) -> tuple[list[Post], dict[str, str]]:
    """Posts by id, and for the declarations that are none the code of what is not known."""
    found, unknown = [], {}
    for job_id in sorted(survey.jobs):
        job = survey.jobs[job_id]
        trade = trade_of(job.occupation, job.title, catalogue.occupations)
        if trade is None:
            unknown[job_id] = "trade-not-known"
        elif job.hours_by_month is None:
            unknown[job_id] = "hours-not-known"
        elif not any(job.hours_by_month):
            unknown[job_id] = "hours-nought"
        else:
            found.append(_post(job, survey.sites[job.site_id], trade, catalogue, settings))
    return found, unknown


def _post(
    job: Job,
    site: Site,
    trade: Occupation,
    catalogue: Catalogue,
    settings: Settings,
) -> Post:
    hours = job.hours_by_month
    assert hours is not None
    gross = _middle(job)
    most = settings.hiring_monthly_hours * (1 + settings.hiring_month_tolerance)
    persons = math.ceil(max(hours) / most - 1e-9)
    today, is_known = {}, False
    for end in End:
        prices = JobPrices.of(catalogue, settings, trade.level, gross=gross, today_end=end)
        today[end], is_known = _today(job, prices)
    return Post(
        job=job,
        site=site,
        trade=trade,
        hours=tuple(each / persons for each in hours),
        persons=persons,
        windows=windows_of(job, site),
        today=today,
        is_today_declared=job.today_eur_per_hour is not None,
        is_solution_known=is_known,
        is_trade_read=job.occupation is None,
    )


def _middle(job: Job) -> float | None:
    said = [v for v in (job.gross_eur_per_hour_low, job.gross_eur_per_hour_high) if v is not None]
    return sum(said) / len(said) if said else None


def _today(job: Job, prices: JobPrices) -> tuple[float, bool]:
    """What an hour costs today, EUR, and whether the way of today is known.

    Nothing said: an agency's price, what the hours would cost without the lead. Of a surplus or a
    top-up: what its employer pays.
    """
    if job.today_eur_per_hour is not None:
        return job.today_eur_per_hour, True
    if job.direction is not JobDirection.NEED:
        return prices.cost_eur_per_hour, True
    words = fold(job.today_solution or "")
    for pattern, price in (
        (_AGENCY, prices.agency_eur_per_hour),
        (_ADVISER, prices.consultant_eur_per_hour),
        (_FIXED_TERM, prices.fixed_term_eur_per_hour),
        (_OWN_STAFF, prices.cost_eur_per_hour * _OVERTIME),
    ):
        if re.search(pattern, words):
            return price, True
    return prices.agency_eur_per_hour, False
