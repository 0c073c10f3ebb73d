"""``solve_exchange``: the exchange model asked in words (ids), answered in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.optimise import exchange
from matcher.optimise.problem import ExchangeProblem, Floats, Rows, SolveReport
from matcher.settings import Settings

Link = tuple[str, str]
Limit = float | tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangePlan:
    """Open links that carry something, their yearly amounts, and what is proved.

    ``refused``: links left out because the offer has no value for a parameter that the need
    limits, each with the reason ``quality-not-known:<parameter>``.
    """

    amounts: Mapping[Link, float]
    report: SolveReport
    refused: tuple[tuple[Link, str], ...] = ()


def solve_exchange(
    supply: Mapping[str, float],
    demand: Mapping[str, float],
    gain: Mapping[Link, float],
    opening_cost: Mapping[Link, float],
    settings: Settings,
    *,
    min_lot: float | Mapping[Link, float] | None = None,
    max_partners: int | Mapping[str, int] | None = None,
    quality: Mapping[str, Mapping[str, float]] | None = None,
    limit: Mapping[str, Mapping[str, Limit]] | None = None,
    site_of: Mapping[str, str] | None = None,
    max_links: int | None = None,
) -> ExchangePlan:
    r"""Choose the exchanges with the greatest yearly net gain.

    .. math::

       \max \sum_{(o,n) \in L} (g_{on} x_{on} - c_{on} y_{on})               & (1) \\
       \sum_{n} x_{on} \le s_o                            \quad \forall o    & (2) \\
       \sum_{o} x_{on} \le d_n                            \quad \forall n    & (3) \\
       0 \le x_{on} \le \min(s_o, d_n)\, y_{on}, \; y_{on} \in \{0, 1\}      & (4)

    with, where given, the lot (5), the partners (6), the mix (7) and the number of links (9) of
    ``docs/model.md``.

    Parameters
    ----------
    supply, demand
        Yearly amounts :math:`s_o`, :math:`d_n` by id, in the unit of the resource.
    gain, opening_cost
        :math:`g_{on}`, EUR per unit moved, haulage deducted; :math:`c_{on}`, EUR per year to keep
        a link open (missing: 0). The keys of ``gain`` are the links L.
    settings
        Gap, limits, backend, seed.
    min_lot
        Least yearly amount of an open link: one number, or by link.
    max_partners
        Most open links of an offer or need: one number, or by id (of an offer or of a need).
    quality, limit
        ``quality[offer][parameter]``; ``limit[need][parameter]`` an upper number or a pair
        (low, high), ``None`` for open, on the mix the need receives. An offer without a value for
        a limited parameter is refused, and said so in ``plan.refused``.
    site_of
        Site of each offer and need. A link inside one site is free and is not counted.
    max_links
        Most links that are counted.

    Returns
    -------
    ExchangePlan
        Open links only. An empty plan means that no link pays for itself.

    Raises
    ------
    ValueError
        For a negative or missing number, or an id that is not known.
    NoPlanError
        When the solver hands back no plan.

    Notes
    -----
    M. L. Balinski, "Fixed-cost transportation problems", Naval Research Logistics 8(1), 1961.
    """
    _check_amounts("supply", supply)
    _check_amounts("demand", demand)
    _check_amounts("opening_cost", opening_cost)
    shared = sorted(set(supply) & set(demand))
    if shared:
        raise ValueError(f"{shared[0]!r} is both an offer and a need: ids are unique.")
    for name, table in (("gain", gain), ("opening_cost", opening_cost)):
        for link in table:
            _check_link(name, link, supply, demand)
    for link, value in gain.items():
        if not math.isfinite(value):
            raise ValueError(f"gain{list(link)} must be finite, got {value}.")
    unknown = sorted(set(opening_cost) - set(gain))
    if unknown:
        raise ValueError(f"opening_cost{list(unknown[0])} is for no link: gain has no such key.")
    refused = _refused(gain, quality or {}, limit or {}, supply, demand)
    gone = {link for link, _ in refused}
    links = sorted(link for link in gain if link not in gone)
    offers, needs = sorted(supply), sorted(demand)
    offer_at = {name: i for i, name in enumerate(offers)}
    need_at = {name: i for i, name in enumerate(needs)}
    inside = np.array([_is_inside(link, site_of) for link in links], dtype=np.bool_)
    cost = np.array([float(opening_cost.get(link, 0.0)) for link in links])
    arc_offer = np.array([offer_at[o] for o, _ in links], dtype=np.int64)
    arc_need = np.array([need_at[n] for _, n in links], dtype=np.int64)
    if max_links is not None and (max_links < 0 or max_links != int(max_links)):
        raise ValueError(f"max_links must be a whole number of at least 0, got {max_links}.")
    problem = ExchangeProblem(
        supply=np.array([[float(supply[o])] for o in offers]).reshape(-1, 1),
        demand=np.array([[float(demand[n])] for n in needs]).reshape(-1, 1),
        arc_offer=arc_offer,
        arc_need=arc_need,
        arc_link=np.arange(len(links), dtype=np.int64),
        arc_yield=np.ones(len(links)),
        arc_gain=np.array([float(gain[link]) for link in links]),
        link_cost=np.where(inside, 0.0, cost),
        link_lot=_lots(links, min_lot, gain),
        link_weight=np.where(inside, 0.0, 1.0),
        link_rows=_partner_rows(links, max_partners, supply, demand),
        arc_rows=_blend_rows(links, quality or {}, limit or {}),
        max_links=max_links,
    )
    solution = exchange.solve(problem, settings)
    total = solution.amount[:, 0]
    amounts = {link: float(total[i]) for i, link in enumerate(links) if total[i] > 0}
    return ExchangePlan(amounts=amounts, report=solution.report, refused=refused)


def _check_amounts(name: str, table: Mapping[Any, float]) -> None:
    for key, value in table.items():
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name}[{key!r}] must be finite and not negative, got {value}.")


def _check_link(
    name: str, link: Link, supply: Mapping[str, float], demand: Mapping[str, float]
) -> None:
    offer, need = link
    if offer not in supply:
        raise ValueError(f"{name}[{offer!r}, {need!r}]: {offer!r} is not an offer of supply.")
    if need not in demand:
        raise ValueError(f"{name}[{offer!r}, {need!r}]: {need!r} is not a need of demand.")


def _is_inside(link: Link, site_of: Mapping[str, str] | None) -> bool:
    if site_of is None:
        return False
    sites = [site_of.get(end) for end in link]
    return sites[0] is not None and sites[0] == sites[1]


def _lots(
    links: list[Link], min_lot: float | Mapping[Link, float] | None, gain: Mapping[Link, float]
) -> Floats:
    if min_lot is None:
        return np.zeros(len(links))
    by_link = min_lot if isinstance(min_lot, Mapping) else dict.fromkeys(links, float(min_lot))
    _check_amounts("min_lot", by_link)
    unknown = sorted(set(by_link) - set(gain))
    if unknown:
        raise ValueError(f"min_lot{list(unknown[0])} is for no link: gain has no such key.")
    return np.array([float(by_link.get(link, 0.0)) for link in links])


def _partner_rows(
    links: list[Link],
    max_partners: int | Mapping[str, int] | None,
    supply: Mapping[str, float],
    demand: Mapping[str, float],
) -> Rows:
    if max_partners is None:
        return Rows.none()
    if isinstance(max_partners, Mapping):
        by_id = dict(max_partners)
        unknown = sorted(set(by_id) - set(supply) - set(demand))
        if unknown:
            raise ValueError(f"max_partners[{unknown[0]!r}] is neither an offer nor a need.")
    else:
        by_id = dict.fromkeys([*supply, *demand], max_partners)
    _check_amounts("max_partners", by_id)
    row_of = {name: i for i, name in enumerate(sorted(by_id))}
    entries = [
        (row_of[end], column) for column, link in enumerate(links) for end in link if end in row_of
    ]
    return Rows(
        row=np.array([row for row, _ in entries], dtype=np.int64),
        column=np.array([column for _, column in entries], dtype=np.int64),
        coefficient=np.ones(len(entries)),
        upper=np.array([float(by_id[name]) for name in row_of]),
    )


def _bounds(limit: Limit) -> tuple[float | None, float | None]:
    return limit if isinstance(limit, tuple) else (None, limit)


def _refused(
    gain: Mapping[Link, float],
    quality: Mapping[str, Mapping[str, float]],
    limit: Mapping[str, Mapping[str, Limit]],
    supply: Mapping[str, float],
    demand: Mapping[str, float],
) -> tuple[tuple[Link, str], ...]:
    for name, table, known, rule in (
        ("quality", quality, supply, "an offer of supply"),
        ("limit", limit, demand, "a need of demand"),
    ):
        unknown = sorted(set(table) - set(known))
        if unknown:
            raise ValueError(f"{name}[{unknown[0]!r}] is not {rule}.")
    for offer, values in quality.items():
        for parameter, value in values.items():
            if not math.isfinite(value):
                raise ValueError(f"quality[{offer!r}][{parameter!r}] must be finite, got {value}.")
    for need, limits in limit.items():
        for parameter, pair in limits.items():
            low, high = _bounds(pair)
            given = [value for value in (low, high) if value is not None]
            if not all(math.isfinite(value) for value in given):
                raise ValueError(f"limit[{need!r}][{parameter!r}] must be finite, got {pair}.")
            if low is not None and high is not None and low > high:
                raise ValueError(f"limit[{need!r}][{parameter!r}]: low {low} is above high {high}.")
    return tuple(
        ((offer, need), f"quality-not-known:{missing[0]}")
        for offer, need in sorted(gain)
        if (
            missing := [
                parameter
                for parameter in sorted(limit.get(need, {}))
                if parameter not in quality.get(offer, {})
            ]
        )
    )


def _blend_rows(
    links: list[Link],
    quality: Mapping[str, Mapping[str, float]],
    limit: Mapping[str, Mapping[str, Limit]],
) -> Rows:
    """(7): sum of amount x (quality - high) <= 0, and of amount x (low - quality) <= 0."""
    arriving: dict[str, list[int]] = {}
    for column, (_, need) in enumerate(links):
        arriving.setdefault(need, []).append(column)
    row: list[int] = []
    columns: list[int] = []
    coefficients: list[float] = []
    count = 0
    for need in sorted(arriving):
        for parameter in sorted(limit.get(need, {})):
            for sign, bound in zip((-1.0, 1.0), _bounds(limit[need][parameter]), strict=True):
                if bound is None:
                    continue
                for column in arriving[need]:
                    excess = sign * (quality[links[column][0]][parameter] - bound)
                    row.append(count)
                    columns.append(column)
                    coefficients.append(excess)
                count += 1
    return Rows(
        row=np.array(row, dtype=np.int64),
        column=np.array(columns, dtype=np.int64),
        coefficient=np.array(coefficients),
        upper=np.zeros(count),
    )
