"""Which sites could share one post, and what each such group is worth.

A group becomes a job when it keeps every rule (32) to (37) of ``docs/model.md``. Groups are rows
of whole arrays: they are grown site by site, in the order of positions, and a branch is cut as
soon as its hours, its days or its leave no longer fit, because one more site never mends those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from matcher.optimise.problem import Bools, Floats, Ints

WEEKLY_HOURS = 35.0
"""Legal week, h (Code du travail, L. 3121-27)."""

LEAVE_DAY_HOURS = WEEKLY_HOURS / 5
"""A day of paid leave counts as a fifth of the week, h."""

# Groups are grown this many (group, site) pairs at a time: 2 MB of flags.
_CHUNK = 2_000_000
ROUNDING = 1e-6
"""Hours, days, shares and EUR below this are rounding."""


class Miss(IntEnum):
    """The rules that a group can break, in the order in which they are told; unit of the gap."""

    YEAR = 0  # h beyond a year of presence
    MONTH = 1  # h beyond, in the fullest month
    DAYS = 2  # days beyond, in the fullest month, each spent whole at one site
    LEAVE = 3  # days of leave that fit nowhere
    APART = 4  # pairs that may not share
    PILOT = 5  # share (0 to 1) that the first employer lacks
    SHARE = 6  # share (0 to 1) that one employer has too much
    LOAD = 7  # h short of a job worth hiring for
    LOSS = 8  # EUR a year


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTerms:
    """What one post may be, and what it costs; ``docs/model.md`` has the letters.

    Hours are of presence. ``part_time_from_h``: fewest hours a year of a part-time post; at
    ``year_h`` there is none. ``paid_eur_per_hour`` covers pay, charges, leave, bank holidays and
    the fee of the groupement, spread over the hours of presence that are paid, used or not.
    """

    year_h: float
    month_h: float
    tolerance: float
    least_load: float
    part_time_from_h: float
    longest_day_h: float
    days_per_month: int
    leave_days: int
    most_employers: int
    least_pilot: float
    most_share: float
    paid_eur_per_hour: float
    overflow_eur_per_hour: float
    employer_eur_per_year: float
    travel_eur_per_km: float

    @property
    def month_most_h(self) -> float:
        """Hours that a month may ask, tolerance included."""
        return self.month_h * (1 + self.tolerance)

    @property
    def least_paid_h(self) -> float:
        """Hours of the smallest contract there is."""
        return min(self.part_time_from_h, self.year_h)


@dataclass(frozen=True, slots=True, kw_only=True)
class HiringProblem:
    """Needs of one trade. Shapes: F needs.

    ``hours`` (F, 12), h; ``worth`` (F,) EUR a year that its hours cost today; ``near`` (F, F) who
    may share with whom, symmetric, never with itself; ``distance_km`` (F, F) by road.
    """

    hours: Floats
    worth: Floats
    near: Bools
    distance_km: Floats
    terms: JobTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Groups judged. Shapes: G groups of at most 4 members, -1 where there are fewer.

    ``gap`` (G, rules) above 0 where a rule of :class:`Miss` is broken; ``value`` EUR a year;
    ``paid_h`` hours of presence under contract; ``pilot`` position of the first employer (-1 when
    none has its share); ``leave_room`` (G, 12) days of leave that fit in each month.
    """

    members: Ints
    month_h: Floats
    overflow_h: Floats
    covered_h: Floats
    paid_h: Floats
    pilot: Ints
    leave_room: Ints
    value: Floats
    gap: Floats

    @property
    def are_jobs(self) -> Bools:
        """(G,) groups that keep every rule and bring something."""
        return np.asarray((self.gap <= ROUNDING).all(axis=1))


def judge(problem: HiringProblem, members: Ints) -> Groups:
    """Measure every rule on groups (G, k), -1 padded, positions ascending in each row."""
    terms = problem.terms
    taken = members >= 0
    hours = problem.hours[members] * taken[:, :, np.newaxis]
    total = hours.sum(axis=2)
    month = hours.sum(axis=1)
    asked = month.sum(axis=1)
    overflow = np.maximum(month - terms.month_h, 0.0).sum(axis=1)
    covered = asked - overflow
    days = _whole_days(problem, hours).sum(axis=1)
    room = _leave_room(terms, month, days)
    share = total / np.maximum(asked, ROUNDING)[:, np.newaxis]
    pilot, travel = _first_employer(problem, members, taken, total, share)
    paid = _paid_hours(terms, covered)
    worth = (problem.worth[members] * taken).sum(axis=1)
    size = taken.sum(axis=1)
    value = (
        worth
        - overflow * terms.overflow_eur_per_hour
        - paid * terms.paid_eur_per_hour
        - size * terms.employer_eur_per_year
        - travel
    )
    apart = ~problem.near[members[:, :, np.newaxis], members[:, np.newaxis, :]]
    apart &= taken[:, :, np.newaxis] & taken[:, np.newaxis, :]
    apart &= members[:, :, np.newaxis] < members[:, np.newaxis, :]
    least = min(terms.least_load * terms.year_h, terms.part_time_from_h)
    gap = np.column_stack(
        [
            asked - terms.year_h,
            month.max(axis=1) - terms.month_most_h,
            days.max(axis=1) - terms.days_per_month,
            terms.leave_days - room.sum(axis=1),
            apart.sum(axis=(1, 2)),
            terms.least_pilot - share.max(axis=1),
            share.max(axis=1) - terms.most_share,
            least - covered,
            -value,
        ]
    )
    return Groups(
        members=members,
        month_h=month,
        overflow_h=overflow,
        covered_h=covered,
        paid_h=paid,
        pilot=pilot,
        leave_room=room,
        value=value,
        gap=gap,
    )


def _whole_days(problem: HiringProblem, hours: Floats) -> Floats:
    """(G, k, 12) fewest days spent whole at each site, none longer than the longest day."""
    return np.ceil(hours / problem.terms.longest_day_h - ROUNDING)


def _leave_room(terms: JobTerms, month: Floats, days: Floats) -> Ints:
    """(G, 12) days of leave that each month has room for, in days and in hours."""
    by_hours = np.floor((terms.month_most_h - month) / LEAVE_DAY_HOURS + ROUNDING)
    return np.maximum(np.minimum(terms.days_per_month - days, by_hours), 0.0).astype(np.int64)


def _paid_hours(terms: JobTerms, covered: Floats) -> Floats:
    """(G,) a full year; or, below the load of one, part time in whole hours a week."""
    weekly = np.ceil(covered / terms.year_h * WEEKLY_HOURS - ROUNDING)
    part_time = np.maximum(weekly / WEEKLY_HOURS * terms.year_h, terms.least_paid_h)
    is_full = covered >= terms.least_load * terms.year_h - ROUNDING
    return np.where(is_full | (terms.part_time_from_h >= terms.year_h), terms.year_h, part_time)


def _first_employer(
    problem: HiringProblem, members: Ints, taken: Bools, total: Floats, share: Floats
) -> tuple[Ints, Floats]:
    """(G,) the pilot, and what the trips from it cost, EUR a year.

    Among those with its share, the one from which the others are reached at least cost; then the
    one with most hours; then the first.
    """
    per_km = problem.terms.travel_eur_per_km * 2 / LEAVE_DAY_HOURS
    far = problem.distance_km[members[:, :, np.newaxis], members[:, np.newaxis, :]]
    trips = np.where(taken, total, 0.0)[:, np.newaxis, :] * far
    cost = trips.sum(axis=2) * per_km
    may = taken & (share >= problem.terms.least_pilot - ROUNDING)
    fallback = np.where(may.any(axis=1)[:, np.newaxis], may, taken)
    cost = np.where(fallback, cost, np.inf)
    least = cost.min(axis=1)
    tied = cost <= least[:, np.newaxis] + ROUNDING
    at = np.where(tied, total, -1.0).argmax(axis=1)
    pilot = members[np.arange(len(members)), at]
    return np.where(may.any(axis=1), pilot, -1), least


def grow(
    problem: HiringProblem, leaders: Ints, price: Floats, above: float = 0.0
) -> Iterator[Groups]:
    """Every job whose first member is one of ``leaders`` and that is worth more than its price.

    Parameters
    ----------
    leaders
        Positions; groups are grown from each towards higher positions.
    price
        (F,) EUR a year asked for each need; a job counts when value - sum of prices > ``above``.
    """
    terms = problem.terms
    net = problem.worth - terms.employer_eur_per_year - price
    least_cost = terms.least_paid_h * terms.paid_eur_per_hour
    if terms.part_time_from_h >= terms.year_h:
        least_cost = terms.year_h * terms.paid_eur_per_hour
    days = np.ceil(problem.hours / terms.longest_day_h - ROUNDING)
    best_rest = _best_rest(problem, net)
    prefix = leaders[:, np.newaxis].astype(np.int64)
    for size in range(2, terms.most_employers + 1):
        hopeful = net[prefix].sum(axis=1) + best_rest[prefix[:, 0], terms.most_employers - size + 1]
        prefix = prefix[hopeful - least_cost > above]
        grown: list[Ints] = []
        for part in _chunks(prefix, len(net)):
            longer = _one_more(problem, part)
            fits = _still_fits(terms, problem.hours, days, longer)
            grown.append(longer[fits])
        prefix = np.concatenate(grown) if grown else np.empty((0, size), np.int64)
        for part in _chunks(prefix, 256):
            groups = judge(problem, part)
            worth_more = groups.value - price[part].sum(axis=1) > above
            kept = np.flatnonzero(groups.are_jobs & worth_more)
            if kept.size:
                yield take(groups, kept)


def _chunks(prefix: Ints, width: int) -> Iterator[Ints]:
    step = max(_CHUNK // max(width, 1), 1)
    for start in range(0, len(prefix), step):
        yield prefix[start : start + step]


def _one_more(problem: HiringProblem, prefix: Ints) -> Ints:
    """Each group with each later site that may share with all of its members."""
    common = problem.near[prefix[:, 0]].copy()
    for column in range(1, prefix.shape[1]):
        common &= problem.near[prefix[:, column]]
    common &= np.arange(problem.near.shape[1]) > prefix[:, -1:]
    group, site = np.nonzero(common)
    return np.column_stack([prefix[group], site])


def _still_fits(terms: JobTerms, hours: Floats, days: Floats, members: Ints) -> Bools:
    """The rules that one more member can only break further: year, months, days, leave."""
    fits = np.zeros(len(members), np.bool_)
    year = hours.sum(axis=1)[members].sum(axis=1) <= terms.year_h + ROUNDING
    at = np.flatnonzero(year)
    month = hours[members[at]].sum(axis=1)
    spent = days[members[at]].sum(axis=1)
    room = _leave_room(terms, month, spent).sum(axis=1)
    fits[at] = (
        (month <= terms.month_most_h + ROUNDING).all(axis=1)
        & (spent <= terms.days_per_month + ROUNDING).all(axis=1)
        & (room >= terms.leave_days)
    )
    return fits


def _best_rest(problem: HiringProblem, net: Floats) -> Floats:
    """(F, most + 1) the most that so many further members near a leader could add, EUR."""
    most = problem.terms.most_employers
    later = problem.near & (np.arange(len(net)) > np.arange(len(net))[:, np.newaxis])
    gains = np.where(later, np.maximum(net, 0.0), 0.0)
    count = min(most, len(net))
    best = -np.sort(-gains, axis=1)[:, :count]
    rest = np.zeros((len(net), most + 1))
    rest[:, 1 : count + 1] = np.cumsum(best, axis=1)
    if count < most:
        rest[:, count + 1 :] = rest[:, count : count + 1]
    return rest


def take(groups: Groups, at: Ints) -> Groups:
    """Some of the groups, in the order asked for."""
    return Groups(**{name: getattr(groups, name)[at] for name in Groups.__dataclass_fields__})
