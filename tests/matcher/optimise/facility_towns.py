"""Tiny facility problems, and their least cost by trying every set of hosts."""

from itertools import product

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from matcher.optimise.facility import FacilityProblem


def a_problem(capacity, fixed_cost, need, unit_cost, use_cost=None):
    """Every user may use every host; ``unit_cost[user][host]``."""
    users, hosts = len(need), len(capacity)
    user, host = np.indices((users, hosts)).reshape(2, -1)
    return FacilityProblem(
        capacity=np.array(capacity, float).reshape(hosts, -1),
        fixed_cost=np.array(fixed_cost, float),
        need=np.array(need, float).reshape(users, -1),
        arc_user=user,
        arc_host=host,
        arc_cost=np.array(unit_cost, float).reshape(-1),
        arc_fixed=np.zeros(users * hosts)
        if use_cost is None
        else np.array(use_cost, float).reshape(-1),
    )


def least_cost(problem):
    """Every choice of hosts and of uses with a cost of their own, each a linear programme of scipy;
    None when no choice meets the needs.
    """
    hosts, periods = problem.capacity.shape
    users, arcs = problem.need.shape[0], problem.arc_cost.size
    costly = np.flatnonzero(problem.arc_fixed > 0)
    met = np.zeros((users * periods, arcs * periods))
    used = np.zeros((hosts * periods, arcs * periods))
    for a, t in product(range(arcs), range(periods)):
        met[problem.arc_user[a] * periods + t, a * periods + t] = 1
        used[problem.arc_host[a] * periods + t, a * periods + t] = 1
    best = None
    for is_open in product((0, 1), repeat=hosts):
        for uses in product((0, 1), repeat=costly.size):
            most = np.full(arcs, np.inf)
            most[costly] = np.where(uses, np.inf, 0.0)
            done = linprog(
                np.repeat(problem.arc_cost, periods),
                A_ub=used,
                b_ub=(problem.capacity * np.array(is_open)[:, None]).reshape(-1),
                A_eq=met,
                b_eq=problem.need.reshape(-1),
                bounds=[(0, bound) for bound in np.repeat(most, periods)],
            )
            if done.status == 0:
                cost = done.fun + problem.fixed_cost @ is_open + problem.arc_fixed[costly] @ uses
                best = cost if best is None else min(best, cost)
    return best


@st.composite
def tiny_problems(draw, most_periods=2, with_use_cost=True):
    """One to three hosts, one to three users, whole numbers; some cannot be met."""
    hosts, users = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    periods = draw(st.integers(1, most_periods))
    whole = st.integers(0, 9)

    def table(rows, columns):
        return draw(
            st.lists(st.lists(whole, min_size=columns, max_size=columns), min_size=rows,
                     max_size=rows)
        )  # fmt: skip

    return a_problem(
        table(hosts, periods),
        [10 * draw(whole) for _ in range(hosts)],
        [[amount / 2 for amount in row] for row in table(users, periods)],
        table(users, hosts),
        table(users, hosts) if with_use_cost and users * hosts <= 4 else None,
    )
