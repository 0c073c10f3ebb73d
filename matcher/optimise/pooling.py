"""``solve_pooling``: who should buy together, with a discount by steps or by the lot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matcher.optimise import solver
from matcher.optimise.problem import SolveReport
from matcher.settings import Settings

if TYPE_CHECKING:
    import pulp

Lot = tuple[float, float]
"""Units that one lot holds, and EUR for it."""

Step = tuple[float, float]
"""From so much together on, such a discount (share of what is paid today)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolingPlan:
    """Who buys together and how much; units that do not fit a lot stay as they are today.

    ``report.objective`` is the gain in EUR against today; an empty plan: nobody gains.
    """

    amounts: Mapping[str, float]
    lots: int
    discount: float
    report: SolveReport


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolingModel:
    """The PuLP model and its variables, by member and by step."""

    problem: pulp.LpProblem
    joins: Mapping[str, pulp.LpVariable]
    pooled: Mapping[str, pulp.LpVariable]
    lots: pulp.LpVariable | None
    reached: Sequence[pulp.LpVariable]


def solve_pooling(
    amount: Mapping[str, float],
    today_eur: Mapping[str, float],
    settings: Settings,
    *,
    lot: Lot | None = None,
    steps: Sequence[Step] = (),
    counts: Mapping[str, float] | None = None,
    member_cost: float = 0.0,
    apart: Iterable[tuple[str, str]] = (),
    most_members: int | None = None,
    with_member: str | None = None,
) -> PoolingPlan:
    r"""Choose the members that gain most together, EUR.

    .. math::

       \max \sum_i p_i x_i - P L + \sum_k d_k V_k - w \sum_i j_i                   & (50) \\
       0 \le x_i \le a_i\, j_i, \quad \sum_i x_i \le Q\, L                         & (51) \\
       \sum_k V_k \le \sum_i c_i\, j_i, \quad 0 \le V_k \le z_k \sum_i c_i         & (52) \\
       \sum_k z_k \le 1, \quad \sum_i b_i\, j_i \ge s_k\, z_k     \quad \forall k  & (53) \\
       j_i + j_{i'} \le 1                      \quad \forall (i, i') \text{ apart} & (54) \\
       2 e \le \sum_i j_i \le K e, \quad j_i \le e                                 & (55) \\
       j_i, z_k, e \in \{0, 1\}, \quad L \in \mathbb{N}

    Parameters
    ----------
    amount, today_eur
        :math:`a_i`, units a year; :math:`c_i = p_i a_i`, EUR that they cost today.
    settings
        Gap, limits, solver, seed.
    lot
        :math:`Q` units for :math:`P` EUR; without steps.
    steps, counts
        :math:`(s_k, d_k)`, on the sum of ``counts`` (:math:`b_i`; one each when not given).
    member_cost
        :math:`w`, EUR a year that being a member costs each.
    apart
        Pairs that may not be in one group.
    most_members
        :math:`K`.
    with_member
        One that has to be in the group.

    Raises
    ------
    ValueError
        For a number that cannot be, an id that is not known, or neither lot nor steps.
    NoPlanError
        When the solver hands back no plan.
    """
    _check(amount, today_eur, lot, steps, counts or {})
    model = build_pooling_model(
        amount,
        today_eur,
        lot=lot,
        steps=steps,
        counts=counts,
        member_cost=member_cost,
        apart=apart,
        most_members=most_members,
        with_member=with_member,
    )
    report = solver.run(model.problem, settings)
    joined = [name for name in model.joins if solver.value_of(model.joins[name]) > 0.5]
    amounts = {
        name: amount[name] if lot is None else solver.value_of(model.pooled[name])
        for name in joined
    }
    reached = [solver.value_of(step) > 0.5 for step in model.reached]
    return PoolingPlan(
        amounts=amounts,
        lots=0 if model.lots is None else round(solver.value_of(model.lots)),
        discount=max((steps[at][1] for at, on in enumerate(reached) if on), default=0.0),
        report=report,
    )


def build_pooling_model(
    amount: Mapping[str, float],
    today_eur: Mapping[str, float],
    *,
    lot: Lot | None = None,
    steps: Sequence[Step] = (),
    counts: Mapping[str, float] | None = None,
    member_cost: float = 0.0,
    apart: Iterable[tuple[str, str]] = (),
    most_members: int | None = None,
    with_member: str | None = None,
) -> PoolingModel:
    """Write (50) to (55) in PuLP; parameters as in :func:`solve_pooling`."""
    names = sorted(amount)
    place = {name: at for at, name in enumerate(names)}
    import pulp  # loads pandas: half a second that a round without purchases does not pay

    problem = pulp.LpProblem("pooling", pulp.LpMaximize)
    exists = problem.add_variable("exists", cat="Binary")
    joins = {name: problem.add_variable(f"joins_{place[name]}", cat="Binary") for name in names}
    pooled: dict[str, pulp.LpVariable] = {}
    reached: list[pulp.LpVariable] = []
    lots = None
    gain = -member_cost * pulp.lpSum(joins.values())
    if lot is not None:
        size, price = lot
        most_lots = math.ceil(sum(amount.values()) / size)
        lots = problem.add_variable("lots", lowBound=0, upBound=most_lots, cat="Integer")
        for name in names:
            pooled[name] = problem.add_variable(
                f"pooled_{place[name]}", lowBound=0, upBound=amount[name]
            )
            problem += (
                pooled[name] <= amount[name] * joins[name],
                f"member_51_{place[name]}",
            )
        problem += pulp.lpSum(pooled.values()) <= size * lots, "lots_51"
        gain += pulp.lpSum(
            today_eur[name] / amount[name] * pooled[name] for name in names if amount[name] > 0
        )
        gain += -price * lots
    spent = pulp.lpSum(today_eur[name] * joins[name] for name in names)
    counted = pulp.lpSum((1.0 if counts is None else counts[name]) * joins[name] for name in names)
    paid: list[pulp.LpVariable] = []
    for at, (start, discount) in enumerate(steps):
        reached.append(problem.add_variable(f"reached_{at}", cat="Binary"))
        paid.append(problem.add_variable(f"paid_{at}", lowBound=0))
        total = sum(today_eur.values())
        problem += paid[at] <= total * reached[at], f"step_52_{at}"
        problem += counted >= start * reached[at], f"step_53_{at}"
        gain += discount * paid[at]
    if steps:
        problem += pulp.lpSum(paid) <= spent, "paid_52"
        problem += pulp.lpSum(reached) <= 1, "one_step_53"
    problem += gain, "gain_50"
    for one, other in sorted({tuple(sorted((place[a], place[b]))) for a, b in apart}):
        problem += joins[names[one]] + joins[names[other]] <= 1, f"apart_54_{one}_{other}"
    members = pulp.lpSum(joins.values())
    problem += members >= 2 * exists, "two_at_least_55"
    problem += members <= (most_members or len(names)) * exists, "members_55"
    for name in names:
        problem += joins[name] <= exists, f"exists_55_{place[name]}"
    if with_member is not None:
        problem += joins[with_member] == 1, "with_55"
    return PoolingModel(problem=problem, joins=joins, pooled=pooled, lots=lots, reached=reached)


def _check(
    amount: Mapping[str, float],
    today_eur: Mapping[str, float],
    lot: Lot | None,
    steps: Sequence[Step],
    counts: Mapping[str, float],
) -> None:
    if (lot is None) == (not steps):
        raise ValueError("give a lot, or steps of discount.")
    for name, table in (("amount", amount), ("today_eur", today_eur), ("counts", counts)):
        for key, value in table.items():
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name}[{key!r}] must be finite and not negative, got {value}.")
        if table is not counts or counts:
            unlike = sorted(set(table) ^ set(amount))
            if unlike:
                raise ValueError(
                    f"{name}[{unlike[0]!r}]: amount and {name} must have the same ids."
                )
    if lot is not None and not (lot[0] > 0 and lot[1] >= 0):
        raise ValueError(f"lot must hold something and cost no less than nothing, got {lot}.")
    if any(not (0 <= discount < 1 and start >= 0) for start, discount in steps):
        raise ValueError("a discount is a share from 0 to 1, from an amount on.")
