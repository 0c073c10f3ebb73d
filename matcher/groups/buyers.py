"""Purchases as they can be pooled: category, amount in its unit, what is paid, from which day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from matcher.candidates.bundles import Gate
from matcher.catalogue import Named, ServiceCategory
from matcher.declarations import Pool, PoolDirection, Survey
from matcher.groups.misses import Miss
from matcher.settings import Settings

_MONTH_DAYS = 365 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """One declaration that can be reckoned with.

    ``amount`` in the category's unit (None where nothing goes by it), ``eur`` a year; ``notice_by``
    the last day to give notice of today's contract; ``free_from`` the day after it.
    """

    pool: Pool
    category: ServiceCategory
    amount: float | None
    eur: float | None
    free_from: datetime.date | None
    notice_by: datetime.date | None

    @property
    def pool_id(self) -> str:
        """Id of the declaration."""
        return self.pool.pool_id

    @property
    def site_id(self) -> str:
        """The site that declared it."""
        return self.pool.site_id

    @property
    def has_places(self) -> bool:
        """Whether it has places for others, rather than buying."""
        return self.pool.direction is PoolDirection.HAS_PLACES

    @property
    def unit_eur(self) -> float:
        """EUR a unit: paid today by a buyer, asked by whoever has places."""
        assert self.eur is not None and self.amount is not None
        return self.eur / self.amount


def buyers(
    survey: Survey, categories: Named[ServiceCategory], settings: Settings
) -> Iterator[Buyer | tuple[str, Miss]]:
    """Every purchase by id: one to reckon with, or what stands in its own way."""
    for pool_id in sorted(survey.pools):
        pool = survey.pools[pool_id]
        category = categories.of(pool.category)
        if category is None:
            miss = Miss(
                gate=Gate.NOT_KNOWN, code="category-not-known", values={"words": pool.category}
            )
            yield pool_id, miss
            continue
        answer = _buyer(pool, category, settings)
        yield answer if isinstance(answer, Buyer) else (pool_id, answer)


def _buyer(pool: Pool, category: ServiceCategory, settings: Settings) -> Buyer | Miss:
    assert settings.as_of is not None
    if pool.decided_here is False:
        return Miss(gate=Gate.NOT_DECIDED_HERE, code="not-decided-here")
    if pool.available_until is not None and pool.available_until < settings.as_of:
        days = (settings.as_of - pool.available_until).days
        return Miss(gate=Gate.MONTHS_APART, code="past", gap=days, unit="day", values={"gap": days})
    amount = _amount(pool, category)
    is_asked = pool.direction is PoolDirection.HAS_PLACES or category.goes_by_amount
    if is_asked and isinstance(amount, Miss):
        return amount
    if not pool.eur_per_year:
        return Miss(gate=Gate.NOT_KNOWN, code="spending-not-known")
    notice_by = None
    if pool.contract_end is not None:
        notice_by = pool.contract_end - datetime.timedelta(
            days=round((pool.notice_months or 0.0) * _MONTH_DAYS)
        )
        days = (pool.contract_end - settings.as_of).days
        if days > settings.contract_horizon_days:
            return Miss(
                gate=Gate.CONTRACT_RUNNING, code="contract-running", gap=days, unit="day",
                values={"date": pool.contract_end, "notice": notice_by}, reopen_on=notice_by,
            )  # fmt: skip
    return Buyer(
        pool=pool,
        category=category,
        amount=None if isinstance(amount, Miss) else amount,
        eur=pool.eur_per_year,
        free_from=pool.contract_end,
        notice_by=notice_by,
    )


def _amount(pool: Pool, category: ServiceCategory) -> float | Miss:
    """The amount in the category's unit; heads are places where nobody said otherwise."""
    amount, unit = pool.amount, pool.unit
    if amount is None and category.unit == "places" and pool.participants is not None:
        amount, unit = float(pool.participants), None
    if not amount:
        return Miss(gate=Gate.NOT_KNOWN, code="amount-not-known", values={"unit": category.units})
    times = 1.0 if unit is None else category.times_of(unit)
    if times is None:
        return Miss(
            gate=Gate.NOT_KNOWN, code="unit-not-known",
            values={"unit": unit, "wanted": category.units},
        )  # fmt: skip
    return amount * times
