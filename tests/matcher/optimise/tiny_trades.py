"""Trades small enough to try every way of sharing them, made up or drawn."""

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from matcher.optimise.hiring_groups import HiringProblem, JobTerms, judge

ROUND_TERMS = JobTerms(
    year_h=1600.0,
    month_h=150.0,
    tolerance=0.05,
    least_load=0.75,
    part_time_from_h=1600.0,
    longest_day_h=10.0,
    days_per_month=21,
    leave_days=25,
    most_employers=4,
    least_pilot=0.4,
    most_share=0.7,
    paid_eur_per_hour=20.0,
    overflow_eur_per_hour=30.0,
    employer_eur_per_year=100.0,
    travel_eur_per_km=0.5,
)
"""Figures that can be reckoned with by hand."""


def a_trade(hours, today=28.0, at_km=None, radius=25.0, terms=ROUND_TERMS):
    """Needs on a line: hours (F, 12), EUR an hour today, km along the road."""
    hours = np.asarray(hours, np.float64)
    place = np.zeros(len(hours)) if at_km is None else np.asarray(at_km, np.float64)
    distance = np.abs(place[:, np.newaxis] - place)
    return HiringProblem(
        hours=hours,
        worth=hours.sum(axis=1) * today,
        near=(distance <= radius) & ~np.eye(len(hours), dtype=bool),
        distance_km=distance,
        terms=terms,
    )


def every_job(problem):
    """All groups that keep the rules, one by one: ``(members, value)``."""
    found = []
    most = problem.terms.most_employers
    for size in range(2, most + 1):
        for members in combinations(range(len(problem.worth)), size):
            groups = judge(problem, np.array([members + (-1,) * (most - size)]))
            if groups.are_jobs[0]:
                found.append((frozenset(members), float(groups.value[0])))
    return found


def best_by_trying(problem):
    """The most that jobs without a common member are worth, by trying them all."""

    def best(jobs, used):
        most = 0.0
        for at, (members, value) in enumerate(jobs):
            if not members & used:
                most = max(most, value + best(jobs[at + 1 :], used | members))
        return most

    return best(every_job(problem), frozenset())


PROFILES = (
    [1.0] * 12,
    [0.0] * 5 + [1.0, 2.0, 2.0, 2.0, 1.0, 0.0, 0.0],
    [2.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0],
    [1.0] * 7 + [0.5] + [1.0] * 4,
)


@st.composite
def trades(draw, most_sites=7):
    """A few needs, level or seasonal, 0 to 30 km along one road."""
    count = draw(st.integers(2, most_sites))
    year = st.sampled_from([300.0, 384.0, 420.0, 500.0, 560.0, 640.0, 800.0])
    hours = [
        np.array(shape) * (draw(year) / sum(shape))
        for shape in (draw(st.sampled_from(PROFILES)) for _ in range(count))
    ]
    at_km = [draw(st.integers(0, 30)) for _ in range(count)]
    return a_trade(hours, today=draw(st.sampled_from([24.0, 28.0, 35.0])), at_km=at_km)
