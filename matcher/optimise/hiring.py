"""``solve_hiring``: whole jobs out of hours that no site could hire for alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from matcher.optimise.hiring_groups import ROUNDING, Groups, HiringProblem, Miss, grow, judge
from matcher.optimise.hiring_terms import MONTHS, JobPrices, job_terms
from matcher.optimise.packing import ENOUGH_COLUMNS, pack
from matcher.optimise.problem import Floats, Ints, SolveReport
from matcher.settings import Settings

Hours = Mapping[str, Sequence[float]]
Pair = tuple[str, str]

MISS_WORDS: Mapping[Miss, tuple[str, str]] = {
    Miss.YEAR: ("over-legal-hours", "h"),
    Miss.MONTH: ("month-too-full", "h"),
    Miss.DAYS: ("days-too-many", "day"),
    Miss.LEAVE: ("leave-does-not-fit", "day"),
    Miss.APART: ("too-far", "pair"),
    Miss.PILOT: ("no-first-employer", "%"),
    Miss.SHARE: ("one-uses-too-much", "%"),
    Miss.LOAD: ("not-enough-hours", "h"),
    Miss.LOSS: ("does-not-pay", "EUR/year"),
}
"""Code and unit of each miss."""

# May to October: when the main leave is taken (Code du travail, L. 3141-13).
_LEAVE_SEASON = frozenset(range(4, 10))
# A site that is left without a job is tried with this many others.
_OTHERS_TRIED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedJob:
    """One post shared by sites.

    ``hours[site]`` twelve hours of presence, what is covered only; ``load`` covered / paid hours
    of presence; ``overflow_h`` hours a year above a month's limit, for an agency; ``leave_days``
    twelve whole days of work on leave; ``value`` EUR a year against today.
    """

    sites: tuple[str, ...]
    pilot: str
    hours: Mapping[str, tuple[float, ...]]
    load: float
    paid_h: float
    overflow_h: float
    leave_days: tuple[int, ...]
    value: float

    @property
    def covered_h(self) -> float:
        """Hours of presence a year, over all sites."""
        return sum(sum(hours) for hours in self.hours.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedJob:
    """A group that is no job: the first rule that it breaks, and by how much."""

    sites: tuple[str, ...]
    code: str
    gap: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HiringPlan:
    """Jobs, best first; ``refused`` the nearest misses of the sites that have none, one a rule."""

    jobs: tuple[SharedJob, ...]
    report: SolveReport
    refused: tuple[RefusedJob, ...] = ()


def solve_hiring(
    need_hours: Hours,
    settings: Settings,
    *,
    distance_km: Mapping[Pair, float] | None = None,
    today_eur_per_hour: float | Mapping[str, float] | None = None,
    prices: JobPrices | None = None,
) -> HiringPlan:
    r"""Compose the jobs that bring most, each need in one job at most.

    .. math::

       \max \sum_{S} v_S \lambda_S                                                     & (30) \\
       \sum_{S \ni f} \lambda_S \le 1, \; \lambda_S \in \{0, 1\} \quad \forall f       & (31) \\
       \sum_{f,m} p_{fm} \le A, \quad \sum_{f} p_{fm} \le (1 + \epsilon) H             & (32) \\
       \sum_{f} \lceil p_{fm} / b \rceil + l_m \le D, \quad
       \sum_{f} p_{fm} + 7\, l_m \le (1 + \epsilon) H, \quad \sum_m l_m \ge L          & (33) \\
       \alpha \le \max_f p_f / p_S, \quad p_f / p_S \le \beta                          & (34) \\
       2 \le |S| \le k, \quad d_{fg} \le R                                             & (35) \\
       p_S - o_S \ge \rho A, \quad o_S = \sum_m (\sum_f p_{fm} - H)^+                  & (36) \\
       v_S = \sum_f c_f p_f - \bar c\, o_S - w A_S - \kappa |S| - t_S \ge 0            & (37)

    over the groups :math:`S` of sites for which (32) to (37) hold. The letters are those of
    ``docs/model.md``; the bound is its (38).

    Parameters
    ----------
    need_hours
        ``need_hours[site]``: twelve hours, January first.
    settings
        Hours of a year, a month and a day, leave, load, shares, employers, radius; gap and limits.
    distance_km
        Road distance of pairs of sites, in either order. A pair that is not in it is taken to be
        too far. ``None``: all are near, and travel costs nothing.
    today_eur_per_hour
        What an hour costs today, one number or by site; the agency's price of ``prices`` where
        nothing is said.
    prices
        What an hour of a post costs; those of an operator when ``None``.

    Returns
    -------
    HiringPlan
        An empty plan means that no group is a job; ``refused`` says what is in the way.

    Raises
    ------
    ValueError
        For a site without twelve finite hours of at least 0, a price or distance below 0, or a
        distance of an unknown site.
    NoPlanError
        When the solver hands back nothing.
    """
    prices = JobPrices.standard(settings) if prices is None else prices
    names = sorted(need_hours)
    problem = _problem(names, need_hours, settings, distance_km, today_eur_per_hour, prices)
    jobs, report = solve(problem, settings)
    plan = [_shared_job(names, problem, jobs, at) for at in np.argsort(-jobs.value, kind="stable")]
    served = {site for job in plan for site in job.sites}
    chosen = [set(np.flatnonzero(np.isin(names, job.sites)).tolist()) for job in plan]
    refused: dict[tuple[str, ...], RefusedJob] = {}
    for at, name in enumerate(names):
        if name not in served and problem.hours[at].any():
            for groups, row, miss in nearest_misses(problem, at, chosen):
                told = _refused(names, groups, row, miss)
                refused.setdefault(told.sites, told)
    return HiringPlan(jobs=tuple(plan), report=report, refused=tuple(refused.values()))


def check_job(
    sites: Sequence[str],
    need_hours: Hours,
    settings: Settings,
    *,
    distance_km: Mapping[Pair, float] | None = None,
    today_eur_per_hour: float | Mapping[str, float] | None = None,
    prices: JobPrices | None = None,
) -> SharedJob | RefusedJob:
    """What one group would be: a job, or the first rule that it breaks and by how much."""
    prices = JobPrices.standard(settings) if prices is None else prices
    names = sorted(set(sites))
    hours = {name: need_hours[name] for name in names}
    if distance_km is not None:
        distance_km = {pair: km for pair, km in distance_km.items() if set(pair) <= set(names)}
    if isinstance(today_eur_per_hour, Mapping):
        today_eur_per_hour = {
            name: today_eur_per_hour[name] for name in names if name in today_eur_per_hour
        }
    problem = _problem(names, hours, settings, distance_km, today_eur_per_hour, prices)
    if not 2 <= len(names) <= problem.terms.most_employers:
        raise ValueError(f"A job has 2 to {problem.terms.most_employers} sites, got {len(names)}.")
    groups = judge(problem, np.arange(len(names))[np.newaxis])
    if groups.are_jobs[0]:
        return _shared_job(names, problem, groups, 0)
    miss = first_miss(groups, 0)
    return _refused(names, groups, 0, miss)


def solve(
    problem: HiringProblem, settings: Settings, *, enough: int = ENOUGH_COLUMNS
) -> tuple[Groups, SolveReport]:
    """Solve (30) to (37) on arrays: the jobs chosen, and what is proved."""
    size = len(problem.worth)
    leaders = np.arange(size, dtype=np.int64)

    def priced(price: Floats, above: float) -> Iterator[tuple[Ints, Floats]]:
        for groups in grow(problem, leaders, price, above):
            yield groups.members, groups.value

    packing = pack(size, problem.terms.most_employers, priced, settings, enough)
    return judge(problem, packing.members), packing.report


def first_miss(groups: Groups, at: int) -> Miss:
    """The first rule that one group breaks."""
    return Miss(int(np.flatnonzero(groups.gap[at] > ROUNDING)[0]))


def leave_days(groups: Groups, at: int, wanted: int) -> tuple[int, ...]:
    """Twelve whole days of leave: the emptiest months first, then those of the leave season."""
    room = groups.leave_room[at]
    left, placed = wanted, [0] * MONTHS
    hours = groups.month_h[at]
    for month in sorted(range(MONTHS), key=lambda m: (hours[m], m not in _LEAVE_SEASON, m)):
        placed[month] = min(int(room[month]), left)
        left -= placed[month]
    return tuple(placed)


def covered_hours(problem: HiringProblem, groups: Groups, at: int) -> dict[int, Floats]:
    """By position, twelve hours covered; each loses its share of what a month has too much."""
    month = groups.month_h[at]
    share = np.minimum(1.0, problem.terms.month_h / np.maximum(month, problem.terms.month_h))
    members = groups.members[at]
    return {int(f): problem.hours[f] * share for f in members[members >= 0]}


def nearest_misses(
    problem: HiringProblem, site: int, chosen: Sequence[set[int]] = ()
) -> list[tuple[Groups, int, Miss]]:
    """Of the groups of a site that are no job, the nearest to being one for each first miss.

    Tried: the site with every few of the sites around it, and beside each group of ``chosen``.
    Nearest is: fewest rules broken, then the smallest share by which the first is; in that order.
    """
    groups = groups_around(problem, site, chosen)
    if groups is None:
        return []
    broken = groups.gap > ROUNDING
    count = broken.sum(axis=1)
    first = broken.argmax(axis=1)
    relative = groups.gap[np.arange(len(first)), first] / scales(problem)[first]
    nearest: dict[Miss, tuple[Groups, int, Miss]] = {}
    for at in np.lexsort((relative, count)):
        if count[at]:
            miss = Miss(int(first[at]))
            nearest.setdefault(miss, (groups, int(at), miss))
    return list(nearest.values())


def scales(problem: HiringProblem) -> Floats:
    """What each gap is a share of, so that hours and days compare."""
    terms = problem.terms
    return np.array(
        [
            terms.year_h,
            terms.month_h,
            terms.days_per_month,
            max(terms.leave_days, 1),
            1.0,
            1.0,
            1.0,
            terms.year_h,
            terms.year_h * terms.paid_eur_per_hour,
        ]
    )


def groups_around(
    problem: HiringProblem, site: int, chosen: Sequence[set[int]] = ()
) -> Groups | None:
    """A site with every few of those around it, and beside each group already chosen."""
    others = [f for f in range(len(problem.worth)) if f != site and problem.hours[f].any()]
    others.sort(key=lambda f: (not problem.near[site, f], problem.distance_km[site, f], f))
    most = problem.terms.most_employers
    tried = {
        frozenset({site, *some})
        for size in range(1, most)
        for some in combinations(others[:_OTHERS_TRIED], size)
    }
    tried |= {frozenset({site, *group}) for group in chosen if len(group) < most}
    if not tried:
        return None
    members = np.full((len(tried), most), -1, np.int64)
    for row, group in enumerate(sorted(map(sorted, tried))):
        members[row, : len(group)] = group
    return judge(problem, members)


def _shared_job(names: Sequence[str], problem: HiringProblem, groups: Groups, at: int) -> SharedJob:
    covered = covered_hours(problem, groups, at)
    return SharedJob(
        sites=tuple(names[f] for f in covered),
        pilot=names[int(groups.pilot[at])],
        hours={names[f]: tuple(hours.tolist()) for f, hours in covered.items()},
        load=float(groups.covered_h[at] / groups.paid_h[at]),
        paid_h=float(groups.paid_h[at]),
        overflow_h=float(groups.overflow_h[at]),
        leave_days=leave_days(groups, at, problem.terms.leave_days),
        value=float(groups.value[at]),
    )


def _refused(names: Sequence[str], groups: Groups, at: int, miss: Miss) -> RefusedJob:
    members = groups.members[at]
    code, unit = MISS_WORDS[miss]
    gap = float(groups.gap[at, miss])
    return RefusedJob(
        sites=tuple(names[f] for f in members[members >= 0]),
        code=code,
        gap=gap * 100 if unit == "%" else gap,
        unit=unit,
    )


def _problem(
    names: list[str],
    need_hours: Hours,
    settings: Settings,
    distance_km: Mapping[Pair, float] | None,
    today_eur_per_hour: float | Mapping[str, float] | None,
    prices: JobPrices,
) -> HiringProblem:
    size = len(names)
    hours = np.zeros((size, MONTHS))
    for at, name in enumerate(names):
        row = np.asarray(need_hours[name], np.float64)
        if row.shape != (MONTHS,) or not np.isfinite(row).all() or (row < 0).any():
            raise ValueError(
                f"need_hours[{name!r}] must be twelve finite hours of at least 0, "
                f"got {list(need_hours[name])}."
            )
        hours[at] = row
    distance, near = _distances(names, distance_km, settings.hiring_radius_km)
    today = _today(names, today_eur_per_hour, prices.agency_eur_per_hour)
    asks = hours.any(axis=1)
    return HiringProblem(
        hours=hours,
        worth=today * hours.sum(axis=1),
        near=near & asks & asks[:, np.newaxis],
        distance_km=distance,
        terms=job_terms(settings, prices),
    )


def _distances(
    names: list[str], distance_km: Mapping[Pair, float] | None, radius: float
) -> tuple[Floats, np.ndarray]:
    size = len(names)
    if distance_km is None:
        return np.zeros((size, size)), ~np.eye(size, dtype=np.bool_)
    position = {name: at for at, name in enumerate(names)}
    distance = np.full((size, size), np.inf)
    for (left, right), km in distance_km.items():
        unknown = [name for name in (left, right) if name not in position]
        if unknown:
            raise ValueError(f"distance_km[{left!r}, {right!r}]: {unknown[0]!r} has no hours.")
        if not (math.isfinite(km) and km >= 0):
            raise ValueError(
                f"distance_km[{left!r}, {right!r}] must be finite and not negative, got {km}."
            )
        i, j = position[left], position[right]
        if left != right and math.isfinite(distance[i, j]) and distance[i, j] != km:
            raise ValueError(f"distance_km of {left!r} and {right!r} is given twice, and differs.")
        distance[i, j] = distance[j, i] = km
    np.fill_diagonal(distance, 0.0)
    near = (distance <= radius) & ~np.eye(size, dtype=np.bool_)
    return np.where(np.isfinite(distance), distance, 0.0), near


def _today(
    names: list[str], today_eur_per_hour: float | Mapping[str, float] | None, agency: float
) -> Floats:
    if isinstance(today_eur_per_hour, Mapping):
        unknown = sorted(set(today_eur_per_hour) - set(names))
        if unknown:
            raise ValueError(f"today_eur_per_hour[{unknown[0]!r}] is for no site of need_hours.")
        today = np.array([float(today_eur_per_hour.get(name, agency)) for name in names])
    else:
        price = agency if today_eur_per_hour is None else float(today_eur_per_hour)
        today = np.full(len(names), price)
    if not np.isfinite(today).all() or (today < 0).any():
        raise ValueError("today_eur_per_hour must be finite and not negative.")
    return today
