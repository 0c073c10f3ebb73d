"""What a shared post, a loan of staff or a top-up brings to each, with low and high ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.catalogue import Catalogue, JobLevel
from matcher.declarations import Months
from matcher.groups.posts import Post
from matcher.optimise.hiring import covered_hours, leave_days
from matcher.optimise.hiring_groups import (
    LEAVE_DAY_HOURS,
    WEEKLY_HOURS,
    Groups,
    HiringProblem,
    grow,
    judge,
    take,
)
from matcher.optimise.hiring_terms import End, JobPrices, factor_of, job_terms
from matcher.optimise.problem import Bools, Floats, Ints
from matcher.settings import Settings
from matcher.terms import Range

# Groups of one trade that the plan may choose from: the best, and some for each declaration.
_KEPT, _KEPT_EACH = 1_000, 20
_OTHER_END = {End.LOW: End.HIGH, End.VALUE: End.VALUE, End.HIGH: End.LOW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """Needs of one trade, and of those near it: who may share with whom, how far apart."""

    posts: tuple[Post, ...]
    near: Bools
    distance_km: Floats
    catalogue: Catalogue
    settings: Settings

    @property
    def level(self) -> JobLevel:
        """How the trade is paid: near trades are of one level."""
        return self.posts[0].trade.level

    def prices(self, end: End, gross: float | None) -> JobPrices:
        """Prices at one end of the gain: at the low one, costs are high and today's are low."""
        return JobPrices.of(
            self.catalogue,
            self.settings,
            self.level,
            gross=gross,
            cost_end=_OTHER_END[end],
            today_end=end,
        )

    def problem(self, end: End, gross: float | None) -> HiringProblem:
        """The needs as arrays, part time allowed."""
        hours = np.array([post.hours for post in self.posts])
        return HiringProblem(
            hours=hours,
            worth=np.array([post.today[end] for post in self.posts]) * hours.sum(axis=1),
            near=self.near,
            distance_km=self.distance_km,
            terms=job_terms(self.settings, self.prices(end, gross), part_time=True),
        )

    def lowest_gross(self) -> float:
        """The least that anybody pays: no group that pays is lost with it, EUR an hour."""
        standard = self.prices(End.VALUE, None).gross_eur_per_hour
        said = [post.likely_gross for post in self.posts if post.likely_gross is not None]
        return min([standard, *said])

    def gross_of(self, members: Sequence[int]) -> float | None:
        """What the post is paid: as the best paying of its users pays, where one said it."""
        said = [gross for at in members if (gross := self.posts[at].likely_gross) is not None]
        return max(said, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One post that several sites share, the first employer first.

    ``hours`` covered, twelve a member; ``gains`` in proportion to what each pays today, so that
    nobody loses; ``rate`` EUR an hour covered, as invoiced; ``today`` EUR an hour on average;
    ``exposure_eur`` what the members answer for together should the groupement fail.
    """

    posts: tuple[Post, ...]
    hours: tuple[Months, ...]
    distance_km: float
    paid_h: float
    weekly_h: float
    load: float
    load_without: tuple[float, ...]
    overflow_h: float
    leave_days: tuple[int, ...]
    is_full_time: bool
    value: Range
    gains: tuple[Range, ...]
    rate: Range
    today: float
    exposure_eur: float


def shared_posts(trade: Trade) -> tuple[list[Deal], list[Deal]]:
    """Jobs of a trade that bring something, the best first; and those beyond so many."""
    loose = trade.problem(End.VALUE, trade.lowest_gross())
    leaders = np.arange(len(trade.posts), dtype=np.int64)
    by_gross: dict[float | None, list[tuple[int, ...]]] = {}
    most = loose.terms.most_employers
    for groups in grow(loose, leaders, np.zeros(len(trade.posts))):
        for row in groups.members.tolist():
            members = tuple(row) + (-1,) * (most - len(row))
            by_gross.setdefault(trade.gross_of([at for at in row if at >= 0]), []).append(members)
    deals = []
    for gross in sorted(by_gross, key=lambda paid: paid or 0.0):
        deals += _reckoned(trade, gross, np.array(sorted(by_gross[gross]), np.int64))
    return _best_of(deals)


def gain_of_part(trade: Trade, job_ids: frozenset[str]) -> float:
    """EUR a year of one post shared by these sites alone; 0 where it is no post."""
    members = [at for at, post in enumerate(trade.posts) if post.job_id in job_ids]
    if len(members) < 2:
        return 0.0
    problem = trade.problem(End.VALUE, trade.gross_of(members))
    unused = (-1,) * (problem.terms.most_employers - len(members))
    groups = judge(problem, np.array([(*members, *unused)], np.int64))
    return float(groups.value[0]) if groups.are_jobs[0] else 0.0


def _reckoned(trade: Trade, gross: float | None, members: Ints) -> list[Deal]:
    problem = trade.problem(End.VALUE, gross)
    groups = judge(problem, members)
    kept = np.flatnonzero(groups.are_jobs & (groups.value > 0))
    groups = take(groups, kept)
    ends = {
        end: judge(trade.problem(end, gross), members[kept]).value for end in (End.LOW, End.HIGH)
    }
    return [
        _deal(trade, problem, groups, at, gross, {end: float(v[at]) for end, v in ends.items()})
        for at in range(len(kept))
    ]


def _deal(
    trade: Trade,
    problem: HiringProblem,
    groups: Groups,
    at: int,
    gross: float | None,
    ends: Mapping[End, float],
) -> Deal:
    covered = covered_hours(problem, groups, at)
    pilot = int(groups.pilot[at])
    order = [pilot, *(f for f in covered if f != pilot)]
    total = np.array([covered[f].sum() for f in order])
    paid, all_h = float(groups.paid_h[at]), float(groups.covered_h[at])
    share = problem.worth[order] / problem.worth[order].sum()
    value = float(groups.value[at])
    return Deal(
        posts=tuple(trade.posts[f] for f in order),
        hours=tuple(tuple(covered[f].tolist()) for f in order),
        distance_km=float(trade.distance_km[np.ix_(order, order)].max()),
        paid_h=paid,
        weekly_h=paid / problem.terms.year_h * WEEKLY_HOURS,
        load=all_h / paid,
        load_without=tuple(((all_h - total) / paid).tolist()),
        overflow_h=float(groups.overflow_h[at]),
        leave_days=leave_days(groups, at, problem.terms.leave_days),
        is_full_time=paid >= problem.terms.year_h - 1e-6,
        value=Range(value=value, low=ends[End.LOW], high=ends[End.HIGH]),
        gains=tuple(
            Range(value=value * part, low=ends[End.LOW] * part, high=ends[End.HIGH] * part)
            for part in share.tolist()
        ),
        rate=_rate(trade, [trade.posts[f] for f in order], gross, paid, all_h),
        today=float(problem.worth[order].sum() / problem.hours[order].sum()),
        exposure_eur=_exposure(trade, gross, paid),
    )


def _rate(
    trade: Trade, members: Sequence[Post], gross: float | None, paid_h: float, covered_h: float
) -> Range:
    """EUR an hour covered: pay at its ends as declared, else as usual; charges and fee too."""
    usual = factor_of(trade.catalogue, trade.settings, f"gross_hour_{trade.level}")
    lows = [low for low, _ in (post.gross for post in members) if low is not None]
    highs = [high for _, high in (post.gross for post in members) if high is not None]
    pay = {
        End.LOW: max(lows, default=usual.low if gross is None else gross),
        End.VALUE: gross,
        End.HIGH: max(highs, default=usual.high if gross is None else gross),
    }
    rate = {
        end: trade.prices(_OTHER_END[end], pay[end]).paid_eur_per_hour * paid_h / covered_h
        for end in End
    }
    return Range(value=rate[End.VALUE], low=rate[End.LOW], high=rate[End.HIGH])


def _exposure(trade: Trade, gross: float | None, paid_h: float) -> float:
    months = factor_of(trade.catalogue, trade.settings, "groupement_exposure")
    return trade.prices(End.VALUE, gross).cost_eur_per_hour * paid_h * months.value / 12


def _best_of(deals: list[Deal]) -> tuple[list[Deal], list[Deal]]:
    """The best of all, and the best of each declaration, in a steady order; and the others."""
    ranked = sorted(deals, key=lambda d: (-(d.value.value or 0.0), [p.job_id for p in d.posts]))
    count: dict[str, int] = {}
    kept: list[Deal] = []
    others: list[Deal] = []
    for place, deal in enumerate(ranked):
        ids = [post.job_id for post in deal.posts]
        if place < _KEPT or any(count.get(job_id, 0) < _KEPT_EACH for job_id in ids):
            kept.append(deal)
        else:
            others.append(deal)
        for job_id in ids:
            count[job_id] = count.get(job_id, 0) + 1
    return kept, others


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """Hours that one employer has to spare, worked at another's; ``rate`` EUR an hour re-billed.

    ``is_top_up``: the giver is a groupement that completes the hours of somebody it employs.
    """

    giver: Post
    taker: Post
    served: Months
    distance_km: float
    rate: Range
    giver_gain: Range
    taker_gain: Range
    is_top_up: bool

    @property
    def value(self) -> Range:
        """EUR a year."""
        return _added(self.giver_gain, self.taker_gain)


def loan(
    giver: Post,
    taker: Post,
    distance_km: float,
    catalogue: Catalogue,
    settings: Settings,
    *,
    is_top_up: bool,
) -> Loan:
    """Reckon a loan of staff, or a top-up: what the months have in common, at cost.

    Re-billed is what the hour costs its employer and nothing more; a groupement adds its fee, which
    pays for its running. The taker still has the follow-up to do, and the way to be paid for.
    """
    served = tuple(min(pair) for pair in zip(giver.all_hours, taker.all_hours, strict=True))
    hours = sum(served)
    rate, gave, took = {}, {}, {}
    for end in End:
        prices = JobPrices.of(
            catalogue,
            settings,
            giver.trade.level,
            gross=giver.likely_gross,
            cost_end=_OTHER_END[end],
            today_end=end,
        )
        said = giver.job.today_eur_per_hour
        cost = prices.cost_eur_per_hour if said is None else said
        fee = cost * (prices.paid_eur_per_hour / prices.cost_eur_per_hour - 1) * is_top_up
        days = hours / LEAVE_DAY_HOURS
        way = 2 * distance_km * days * prices.travel_eur_per_km
        rate[end] = cost + fee
        gave[end] = (fee if is_top_up else cost) * hours
        took[end] = (taker.today[end] - rate[end]) * hours - way - prices.employer_eur_per_year
    return Loan(
        giver=giver,
        taker=taker,
        served=served,
        distance_km=distance_km,
        rate=Range(value=rate[End.VALUE], low=rate[End.HIGH], high=rate[End.LOW]),
        giver_gain=_range(gave),
        taker_gain=_range(took),
        is_top_up=is_top_up,
    )


def _range(ends: Mapping[End, float]) -> Range:
    low, high = sorted((ends[End.LOW], ends[End.HIGH]))
    return Range(value=ends[End.VALUE], low=low, high=high)


def _added(one: Range, other: Range) -> Range:
    def end(name: str) -> float:
        return float(getattr(one, name)) + float(getattr(other, name))

    return Range(value=end("value"), low=end("low"), high=end("high"))
