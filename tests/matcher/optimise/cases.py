"""Builders and known cases of the exchange tests."""

import itertools

import numpy as np
from scipy.optimize import linprog

from matcher.optimise.problem import ExchangeProblem, Rows


def an_exchange(
    supply, demand, links, gain, *, cost=0.0, lot=0.0, weight=1.0, rows=(), max_links=None, **more
):
    """A model with one arc a link; amounts by node, or by node and period; rows as
    ``[(links, upper), …]`` with coefficients of 1.
    """
    count = len(links)
    as_table = [np.atleast_2d(np.asarray(v, float)) for v in (supply, demand)]
    as_table = [
        t.T if np.ndim(v) == 1 else t for t, v in zip(as_table, (supply, demand), strict=True)
    ]
    entries = [(i, link) for i, (columns, _) in enumerate(rows) for link in columns]
    return ExchangeProblem(
        supply=as_table[0],
        demand=as_table[1],
        arc_offer=np.array([o for o, _ in links], np.int64),
        arc_need=np.array([n for _, n in links], np.int64),
        arc_link=np.arange(count, dtype=np.int64),
        arc_yield=np.broadcast_to(np.asarray(more.pop("arc_yield", 1.0), float), count).copy(),
        arc_gain=np.broadcast_to(np.asarray(gain, float), count).copy(),
        link_cost=np.broadcast_to(np.asarray(cost, float), count).copy(),
        link_lot=np.broadcast_to(np.asarray(lot, float), count).copy(),
        link_weight=np.broadcast_to(np.asarray(weight, float), count).copy(),
        link_rows=Rows(
            row=np.array([i for i, _ in entries], np.int64),
            column=np.array([link for _, link in entries], np.int64),
            coefficient=np.ones(len(entries)),
            upper=np.array([upper for _, upper in rows], float),
        ),
        max_links=max_links,
        **more,
    )


def best_by_enumeration(exchange):
    """The optimum by trying every set of open links, each with a linear programme of scipy's."""
    best = 0.0
    links = exchange.counts[3]
    for opened in itertools.product((0, 1), repeat=links):
        is_open = np.array(opened)
        if not _allowed(exchange, is_open):
            continue
        value = _best_amounts(exchange, is_open)
        if value is not None:
            best = max(best, value - float(exchange.link_cost @ is_open))
    return best


def _allowed(exchange, is_open):
    rows = exchange.link_rows
    used = np.bincount(rows.row, rows.coefficient * is_open[rows.column], minlength=rows.upper.size)
    limit = exchange.max_links
    return np.all(used <= rows.upper) and (limit is None or exchange.link_weight @ is_open <= limit)


def _best_amounts(exchange, is_open):
    arcs, periods = len(exchange.arc_link), exchange.supply.shape[1]
    matrix, upper = [], []
    for t in range(periods):
        for node, limit, weight in (
            (exchange.arc_offer, exchange.supply, np.ones(arcs)),
            (exchange.arc_need, exchange.demand, exchange.arc_yield),
        ):
            for i in range(limit.shape[0]):
                row = np.zeros((arcs, periods))
                row[node == i, t] = weight[node == i]
                matrix.append(row.ravel())
                upper.append(limit[i, t])
    for link in np.flatnonzero(is_open & (exchange.link_lot > 0)):
        row = np.zeros((arcs, periods))
        row[exchange.arc_link == link] = -1
        matrix.append(row.ravel())
        upper.append(-exchange.link_lot[link])
    bounds = [
        (0, None if is_open[link] else 0) for link in exchange.arc_link for _ in range(periods)
    ]
    found = linprog(
        -np.repeat(exchange.arc_gain, periods), A_ub=np.array(matrix), b_ub=upper, bounds=bounds
    )
    return -found.fun if found.status == 0 else None
