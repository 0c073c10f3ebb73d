"""Cut an exchange model into parts that share no row, and make it smaller without loss."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from matcher.errors import NoPlanError
from matcher.optimise.problem import Bools, ExchangeProblem, Ints, Rows

# Arcs of linear components that are solved in one call.
_BATCH_ARCS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A smaller model, and where its offers, needs, arcs and links stand in the larger one."""

    problem: ExchangeProblem
    offers: Ints
    needs: Ints
    arcs: Ints
    links: Ints


def split(exchange: ExchangeProblem) -> list[Part]:
    """One part a connected component, in the order of their first link.

    Offers, needs, links and rows are the nodes; a ``max_links`` that can bind joins all the links
    it counts. Where nothing is to be decided, small components make a part together: a solver's
    call costs more than they do. Offers and needs without a link belong to no part.
    """
    label = component_of_links(exchange)
    if not exchange.has_choice().any():
        label = _batched(label, np.bincount(label[exchange.arc_link]))
    count = int(label.max()) + 1 if label.size else 0
    return [_all_of(exchange)] if count == 1 else partition(exchange, label, count)


def _batched(label: Ints, arcs: Ints) -> Ints:
    """Components joined, in their order, to batches that are worth a solver's call."""
    batch, size = np.zeros(arcs.size, np.int64), 0
    for i in range(arcs.size):
        is_full = size > 0 and size + int(arcs[i]) > _BATCH_ARCS
        batch[i] = batch[i - 1] + is_full if i else 0
        size = int(arcs[i]) + (0 if is_full else size)
    return np.asarray(batch[label], dtype=np.int64)


def _all_of(exchange: ExchangeProblem) -> Part:
    """The model itself as its only part."""
    offers, needs, arcs = (np.arange(count) for count in exchange.counts[:3])
    links = arcs if exchange.counts[3] == arcs.size else np.arange(exchange.counts[3])
    return Part(problem=exchange, offers=offers, needs=needs, arcs=arcs, links=links)


def component_of_links(exchange: ExchangeProblem) -> Ints:
    """(L,) number of each link's component, counted in the order of their first link."""
    offers, needs, _, links = exchange.counts
    if not links:
        return np.empty(0, np.int64)
    blend, capacity, year = exchange.arc_rows, exchange.capacity_rows, exchange.year_rows
    rows = exchange.link_rows
    # A link stands where its first arc's offer does; its other arcs are tied to that offer.
    home = np.zeros(links, np.int64)
    home[exchange.arc_link[::-1]] = exchange.arc_offer[::-1]
    away = np.flatnonzero(home[exchange.arc_link] != exchange.arc_offer)
    starts = np.cumsum(
        [
            offers,
            needs,
            rows.upper.size,
            blend.upper.size,
            exchange.capacity.shape[0],
            year.upper.size,
        ]
    )
    ends = [
        (exchange.arc_offer, starts[0] + exchange.arc_need),
        (exchange.arc_offer[away], home[exchange.arc_link[away]]),
        (home[rows.column], starts[1] + rows.row),
        (exchange.arc_offer[blend.column], starts[2] + blend.row),
        (exchange.arc_offer[capacity.column], starts[3] + capacity.row),
        (exchange.arc_offer[year.column], starts[4] + year.row),
    ]
    size = int(starts[5])
    if exchange.max_links is not None:
        counted = home[exchange.link_weight > 0]
        ends.append((counted, np.full(counted.size, size)))
        size += 1
    tail, head = (
        np.concatenate([pair[side] for pair in ends], dtype=np.int32, casting="same_kind")
        for side in (0, 1)
    )
    graph = sparse.coo_matrix((np.ones(tail.size, np.int8), (tail, head)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    label = label[home]
    _, position, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(position.size, np.int64)
    rank[np.argsort(position, kind="stable")] = np.arange(position.size)
    return np.asarray(rank[inverse], dtype=np.int64)


def partition(exchange: ExchangeProblem, group: Ints, count: int) -> list[Part]:
    """Cut along the links' group numbers (0 … count - 1; -1 leaves a link out).

    A row goes to the group of its links; groups must not share a node or a row.
    """
    arc_group = group[exchange.arc_link]
    arcs_of = _members(arc_group, count)
    links_of = _members(group, count)
    cut_rows = [
        _cut(exchange.link_rows, exchange.link_rows.upper.size, group, count),
        _cut(exchange.arc_rows, exchange.arc_rows.upper.size, arc_group, count),
        _cut(exchange.capacity_rows, exchange.capacity.shape[0], arc_group, count),
        _cut(exchange.year_rows, exchange.year_rows.upper.size, arc_group, count),
    ]
    place = np.full(max(*exchange.counts, 1), -1, np.int64)
    parts = []
    for g in range(count):
        arcs, links = arcs_of[g], links_of[g]
        arcs_at, links_at = _run(arcs), _run(links)
        offers, arc_offer = np.unique(exchange.arc_offer[arcs_at], return_inverse=True)
        needs, arc_need = np.unique(exchange.arc_need[arcs_at], return_inverse=True)
        place[links] = np.arange(links.size)
        arc_link = place[exchange.arc_link[arcs]]
        link_rows, _ = _taken(exchange.link_rows, *cut_rows[0], g, place)
        place[arcs] = np.arange(arcs.size)
        arc_rows, _ = _taken(exchange.arc_rows, *cut_rows[1], g, place)
        capacity_rows, capacities = _taken(exchange.capacity_rows, *cut_rows[2], g, place)
        year_rows, _ = _taken(exchange.year_rows, *cut_rows[3], g, place)
        small = ExchangeProblem(
            supply=exchange.supply[offers],
            demand=exchange.demand[needs],
            arc_offer=arc_offer.astype(np.int64),
            arc_need=arc_need.astype(np.int64),
            arc_link=arc_link,
            arc_yield=exchange.arc_yield[arcs_at],
            arc_gain=exchange.arc_gain[arcs_at],
            link_cost=exchange.link_cost[links_at],
            link_lot=exchange.link_lot[links_at],
            link_weight=exchange.link_weight[links_at],
            link_rows=link_rows,
            arc_rows=arc_rows,
            capacity_rows=capacity_rows,
            capacity=exchange.capacity[capacities],
            year_rows=year_rows,
            max_links=exchange.max_links,
        )
        parts.append(Part(problem=small, offers=offers, needs=needs, arcs=arcs, links=links))
    return parts


def take_links(exchange: ExchangeProblem, kept: Bools) -> Part:
    """The model with some links only; the others are closed."""
    return partition(exchange, np.where(kept, 0, -1).astype(np.int64), 1)[0]


def drop_what_cannot_pay(exchange: ExchangeProblem) -> Part:
    """Leave out links that no best plan opens, and limits that cannot bind.

    A link is left out when its lot is more than it can carry, or when even its best case brings
    nothing, unless a row needs it (a purer flow in a blend).

    Raises
    ------
    NoPlanError
        When a row is broken by closing everything and nothing could mend it.
    """
    links = exchange.counts[3]
    most = exchange.most().sum(axis=1)
    helps = np.zeros(exchange.counts[2], np.bool_)
    for rows in (exchange.arc_rows, exchange.capacity_rows, exchange.year_rows):
        helps[rows.column[rows.coefficient < 0]] = True
    helps &= most > 0
    best = np.bincount(
        exchange.arc_link, np.maximum(exchange.arc_gain, 0.0) * most, minlength=links
    )
    room = np.bincount(exchange.arc_link, most, minlength=links)
    asked_for = np.bincount(exchange.arc_link, helps, minlength=links) > 0
    asked_for[exchange.link_rows.column[exchange.link_rows.coefficient < 0]] = True
    kept = (best > exchange.link_cost) & (room > 0) | asked_for
    kept &= room >= exchange.link_lot * (1 - 1e-12)
    _check_closed(exchange)
    part = _all_of(exchange) if kept.all() else take_links(exchange, kept)
    return replace(part, problem=_without_loose_limits(part.problem))


def _check_closed(exchange: ExchangeProblem) -> None:
    """Every row must hold, or be within reach, when the rows' helpers are all open."""
    rows = exchange.link_rows
    least = np.bincount(rows.row, np.minimum(rows.coefficient, 0.0), minlength=rows.upper.size)
    if np.any(least > rows.upper):
        raise NoPlanError("infeasible", "exchange, equation (6)")
    year = exchange.year_rows
    helped = np.zeros(year.upper.size, np.bool_)
    helped[year.row[year.coefficient < 0]] = True
    if np.any(year.upper[~helped] < 0):
        raise NoPlanError("infeasible", "exchange, equation (10)")
    if exchange.max_links is not None and exchange.max_links < 0:
        raise NoPlanError("infeasible", "exchange, equation (9)")
    if exchange.capacity.size and exchange.capacity.min() < 0:
        rows = exchange.capacity_rows
        helped = np.zeros(exchange.capacity.shape[0], np.bool_)
        helped[rows.row[rows.coefficient < 0]] = True
        if np.any(exchange.capacity[~helped] < 0):
            raise NoPlanError("infeasible", "exchange, equation (8)")


def _without_loose_limits(exchange: ExchangeProblem) -> ExchangeProblem:
    """Leave out the rows (6) and the limit (9) that hold whatever is opened."""
    rows = exchange.link_rows
    largest = np.bincount(rows.row, np.maximum(rows.coefficient, 0.0), minlength=rows.upper.size)
    binds = largest > rows.upper
    place = np.cumsum(binds) - 1
    some = binds[rows.row]
    tight = Rows(
        row=place[rows.row[some]],
        column=rows.column[some],
        coefficient=rows.coefficient[some],
        upper=rows.upper[binds],
    )
    limit = exchange.max_links
    if limit is not None and exchange.link_weight.sum() <= limit:
        limit = None
    return replace(exchange, link_rows=tight, max_links=limit)


def _run(positions: Ints) -> Ints | slice:
    """Neighbouring positions as a slice, which copies nothing; others as they are."""
    if positions.size and positions[-1] - positions[0] == positions.size - 1:
        return slice(int(positions[0]), int(positions[-1]) + 1)
    return positions


def _members(group: Ints, count: int) -> list[Ints]:
    """The positions in each group, in order."""
    order = np.argsort(group, kind="stable").astype(np.int64)
    bounds = np.searchsorted(group[order], np.arange(count + 1))
    return [order[bounds[g] : bounds[g + 1]] for g in range(count)]


def _cut(rows: Rows, row_count: int, group: Ints, count: int) -> tuple[list[Ints], list[Ints]]:
    """The entries and the rows of each group."""
    entry_group = group[rows.column]
    row_group = np.full(row_count, -1, np.int64)
    some = entry_group >= 0
    row_group[rows.row[some]] = entry_group[some]
    return _members(entry_group, count), _members(row_group, count)


def _taken(
    rows: Rows, entries_of: list[Ints], rows_of: list[Ints], g: int, place: Ints
) -> tuple[Rows, Ints]:
    entries, kept = entries_of[g], rows_of[g]
    taken = Rows(
        row=np.searchsorted(kept, rows.row[entries]).astype(np.int64),
        column=place[rows.column[entries]],
        coefficient=rows.coefficient[entries],
        upper=rows.upper[kept] if rows.upper.size else np.zeros(kept.size),
    )
    return taken, kept
