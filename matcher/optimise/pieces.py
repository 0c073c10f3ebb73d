"""The model taken apart at prices: rows that join its pieces are paid for, each piece is solved.

Any prices not below 0 on the rows left out make the pieces' bounds and the rows' worth a true bound
of the whole (Lagrange, equation 20): tighter than the linear one, because what is inside a piece
is decided in whole links.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from matcher.optimise import solver
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Ints
from matcher.optimise.program import Layout, Program, build_program
from matcher.settings import Settings

# A piece of more decisions is cut again. Larger pieces prove more, and cost more than in proportion
# (at 500 sites: a bound 0.83 % above the plan in 6.8 CPU s for 400, 0.73 % in 11.8 for 600; twenty
# nodes a piece take twice the time for 0.02 %).
_PIECE_LINKS = 500
_PIECE_NODES = 1
# A node is cut for the links it frees an euro at stake: what its price leaves open is lost to the
# bound. Cut by links alone, the same time proves 0.1 % less. This share of the middle stake is
# added to each, as most have none.
_STAKE_OF_ALL = 0.02
# Nodes with this share of a piece's most rewarding cut are cut with it.
_NEARLY_BEST = 0.9


def take_apart(exchange: ExchangeProblem, prices: Floats) -> tuple[list[Program], float]:
    """Pieces with decisions, and what all else is worth.

    ``prices`` are EUR a unit of each row of the programme; only rows that links share have one.
    What has no decision of its own is worth what it earns at the prices.
    """
    program, layout = build_program(exchange)
    # Finite limits of amounts, so that what stands in no row any more stays bounded.
    upper = program.upper.copy()
    upper[: layout.arc.size] = exchange.most()[layout.arc, layout.period]
    price = np.maximum(prices, 0.0)
    stake = np.multiply(price, program.row_upper, out=np.zeros_like(price), where=price > 0)
    paid = _rows_to_pay(program, layout, stake)
    price = np.where(paid, price, 0.0)
    cost = program.cost - program.matrix.T @ price
    worth = float(price[paid] @ program.row_upper[paid])
    label, _ = _labels(program.matrix, ~paid)
    whole = np.flatnonzero(program.is_integer)
    decides = np.zeros(int(label.max()) + 1 if label.size else 0, np.bool_)
    decides[label[whole]] = True
    # Amounts that no decision governs: at their best one by one, which bounds them.
    loose = ~decides[label]
    worth += float(np.maximum(cost[loose], 0.0) @ upper[loose])
    kept = ~paid
    order = np.argsort(label, kind="stable")
    bounds = np.searchsorted(label[order], np.arange(decides.size + 1))
    rows_by_column = program.matrix.tocsc()
    pieces = []
    for piece in np.flatnonzero(decides).tolist():
        columns = order[bounds[piece] : bounds[piece + 1]]
        inside = rows_by_column[:, columns]
        rows = np.unique(inside.indices)
        rows = rows[kept[rows]]
        small = Program(
            cost=cost[columns],
            upper=upper[columns],
            is_integer=program.is_integer[columns],
            matrix=inside.tocsr()[rows],
            row_lower=program.row_lower[rows],
            row_upper=program.row_upper[rows],
        )
        pieces.append(small)
    return pieces, worth


def bound_of_piece(
    piece: Program, settings: Settings, gap: float, deadline: solver.Deadline
) -> float:
    """What a piece can bring at most: the root of the tree makes nearly all of its bound."""
    highs = solver.open_highs(
        replace(settings, node_limit=min(_PIECE_NODES, settings.node_limit)),
        gap=gap,
        time_limit_s=deadline.remaining_s(),
    )
    solver.prove_only(highs)
    piece.pass_to(highs)
    alone = float(np.maximum(piece.cost, 0.0) @ piece.upper)
    return min(solver.run_for_bound(highs, "piece"), alone)


def _rows_to_pay(program: Program, layout: Layout, stake: Floats) -> Bools:
    """Rows over links that join pieces, and those of the nodes at which large pieces are cut.

    ``stake`` (R,) is what each row's limit is worth at its price.
    """
    rows = program.matrix.shape[0]
    node = _node_of_rows(layout, rows)
    cut = (layout.row_link < 0) & (node < 0) & _only_links(program)
    reward = _links_by_node(program, layout, node) / _stake_by_node(stake, layout, node)
    while True:
        label, row_label = _labels(program.matrix, ~cut)
        size = np.bincount(label[program.is_integer], minlength=rows + label.size)
        here = (node >= 0) & ~cut & (size[np.maximum(row_label, 0)] > _PIECE_LINKS)
        if not here.any():
            break
        most = np.zeros(size.size)
        np.maximum.at(most, row_label[here], reward[node[here]])
        cut |= here & (reward[np.maximum(node, 0)] >= _NEARLY_BEST * most[row_label])
    # A row over links that lies within one piece after all is kept in it.
    over_links = (layout.row_link < 0) & (node < 0) & cut
    entry = program.matrix.tocoo()
    lowest, highest = np.full(rows, label.size), np.full(rows, -1)
    np.minimum.at(lowest, entry.row, label[entry.col])
    np.maximum.at(highest, entry.row, label[entry.col])
    return np.asarray(cut & ~(over_links & (lowest >= highest)))


def _only_links(program: Program) -> Bools:
    """Rows without amounts: attention, partners, the number of proposals."""
    amounts = program.matrix @ sparse.csr_matrix((~program.is_integer).astype(float)).T
    return np.asarray(amounts.toarray().ravel() == 0)


def _node_of_rows(layout: Layout, rows: int) -> Ints:
    """(R,) the offer (0 …) or need (O …) whose supply or demand a row is, else -1."""
    node = np.full(rows, -1, np.int64)
    offers = layout.supply_rows.shape[0]
    for first, table in ((0, layout.supply_rows), (offers, layout.demand_rows)):
        at, period = np.nonzero(table >= 0)
        node[table[at, period]] = first + at
    return node


def _links_by_node(program: Program, layout: Layout, node: Ints) -> Ints:
    """How many amounts stand in a node's busiest row."""
    entries = np.diff(program.matrix.indptr)
    most = np.zeros(layout.supply_rows.shape[0] + layout.demand_rows.shape[0], np.int64)
    some = node >= 0
    np.maximum.at(most, node[some], entries[some])
    return most


def _stake_by_node(stake: Floats, layout: Layout, node: Ints) -> Floats:
    """What a node's rows are worth, in middle stakes."""
    worth = np.zeros(layout.supply_rows.shape[0] + layout.demand_rows.shape[0])
    some = node >= 0
    np.add.at(worth, node[some], stake[some])
    middle = np.median(worth[worth > 0]) if worth.any() else 1.0
    return np.asarray(worth / middle + _STAKE_OF_ALL)


def _labels(matrix: sparse.csr_matrix, kept: Bools) -> tuple[Ints, Ints]:
    """Component of each column and of each kept row (-1 for others), by the rows kept."""
    rows, columns = matrix.shape
    entry = matrix.tocoo()
    some = kept[entry.row]
    size = rows + columns
    graph = sparse.coo_matrix(
        (np.ones(int(some.sum()), np.int8), (entry.row[some], rows + entry.col[some])),
        shape=(size, size),
    )
    _, component = connected_components(graph, directed=False)
    _, number = np.unique(component[rows:], return_inverse=True)
    label = number.astype(np.int64)
    row_label = np.full(rows, -1, np.int64)
    row_label[entry.row[some]] = label[entry.col[some]]
    return label, row_label
