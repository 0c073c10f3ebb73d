"""Aims as rows: the model of the exchange with a row for each figure that a question may name.

To the columns of the program, amounts and links, come the sites served; to its rows, that each
proposal pays for itself (70), that a site is served by an open link (71), and the aims (72).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from matcher.optimise.components import Part, drop_what_cannot_pay
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Ints
from matcher.optimise.program import Layout, Program, build_program
from matcher.optimise.seasons import Seasons, merge_seasons

NO_LIMIT = highspy.kHighsInf
# What an open link that costs nothing brings at least, as a share of the most it could.
_LEAST_SHARE = 1e-3
_LARGEST_ROW, _TINY = 1e3, 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A figure of a plan: a constant, so much a unit on each arc (A,), an open link (L,), a site
    served.
    """

    arc: Floats
    link: Floats
    site: float = 0.0
    constant: float = 0.0


def gain_of(exchange: ExchangeProblem) -> Aim:
    """The objective of a model as an aim."""
    return Aim(arc=exchange.arc_gain, link=-exchange.link_cost)


def count_of_sites(exchange: ExchangeProblem) -> Aim:
    """How many sites are served, as an aim."""
    _, _, arcs, links = exchange.counts
    return Aim(arc=np.zeros(arcs), link=np.zeros(links), site=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touches:
    """Which sites each link touches: pairs of positions, and how many sites there are."""

    link: Ints
    site: Ints
    sites: int

    @classmethod
    def none(cls) -> Touches:
        """No site is counted."""
        return cls(link=np.empty(0, np.int64), site=np.empty(0, np.int64), sites=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AimedProgram:
    """The program with its aims, and the way back to the model that it was made of.

    Columns: amounts, links, sites. ``first_aim`` is the row of the first aim, in units of ``scale``
    (K,); ``serves`` (L,) are the links of the whole model that may serve a site.
    """

    program: Program
    layout: Layout
    part: Part
    merged: ExchangeProblem
    seasons: Seasons
    first_aim: int
    links_at: int
    sites_at: int
    serves: Bools
    scale: Floats

    @property
    def link(self) -> Ints:
        """(Y,) link of the whole model of each 0/1 column."""
        return self.part.links[self.layout.link]

    def column_of_links(self, count: int) -> Ints:
        """(L,) 0/1 column of each link of the whole model; -1 where it is never open."""
        column = np.full(count, -1, np.int64)
        column[self.link] = self.links_at + np.arange(self.layout.link.size)
        return column


def build_aimed(exchange: ExchangeProblem, aims: tuple[Aim, ...], touches: Touches) -> AimedProgram:
    """Lay the model out with its aims; every link that counts as a proposal has a 0/1 column."""
    part = drop_what_cannot_pay(exchange)
    useful = part.problem
    if useful.max_links is None:
        useful = replace(useful, max_links=int(useful.link_weight.sum()) + 1)
    merged, seasons = merge_seasons(useful)
    program, layout = build_program(merged)
    serves = _pays_alone(merged) & (merged.link_weight > 0)
    links_at = layout.arc.size
    sites_at = links_at + layout.link.size
    where = np.full(exchange.counts[3], -1, np.int64)
    where[part.links] = np.arange(part.links.size)
    size = sites_at + touches.sites
    aim_rows, scale = _aim_rows(merged, layout, part, aims, touches.sites, size)
    blocks = [
        _widened(program.matrix, size),
        _pay_rows(merged, layout, serves, size),
        _site_rows(layout, touches, where, serves, links_at, size),
        aim_rows,
    ]
    pays, sites = blocks[1].shape[0], touches.sites
    free = np.full(len(aims), -NO_LIMIT)
    matrix = sparse.csr_matrix(sparse.vstack(blocks))
    served = np.zeros(exchange.counts[3], np.bool_)
    served[part.links] = serves
    return AimedProgram(
        program=Program(
            cost=np.concatenate([program.cost, np.zeros(touches.sites)]),
            upper=np.concatenate([program.upper, np.ones(touches.sites)]),
            is_integer=np.concatenate([program.is_integer, np.zeros(touches.sites, np.bool_)]),
            matrix=matrix,
            row_lower=np.concatenate(
                [program.row_lower, np.zeros(pays), np.full(sites, -NO_LIMIT), free]
            ),
            row_upper=np.concatenate(
                [program.row_upper, np.full(pays, NO_LIMIT), np.zeros(sites), -free]
            ),
        ),
        layout=layout,
        part=part,
        merged=merged,
        seasons=seasons,
        first_aim=matrix.shape[0] - len(aims),
        links_at=links_at,
        sites_at=sites_at,
        serves=served,
        scale=scale,
    )


def _pays_alone(exchange: ExchangeProblem) -> Bools:
    """(L,) links that no row needs: one that loses is opened for the others' sake only."""
    helps = exchange.arc_gain <= 0
    for rows in (exchange.arc_rows, exchange.capacity_rows, exchange.year_rows):
        helps[rows.column[rows.coefficient < 0]] = True
    alone = np.ones(exchange.counts[3], np.bool_)
    alone[exchange.arc_link[helps]] = False
    rows = exchange.link_rows
    alone[rows.column[rows.coefficient < 0]] = False
    return alone


def _widened(matrix: sparse.csr_matrix, size: int) -> sparse.csr_matrix:
    return sparse.csr_matrix(
        (matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], size)
    )


def _pay_rows(
    merged: ExchangeProblem, layout: Layout, serves: Bools, size: int
) -> sparse.csr_matrix:
    """(70): an open link brings its cost at least."""
    links = merged.counts[3]
    best = np.bincount(
        merged.arc_link, merged.arc_gain * merged.most().sum(axis=1), minlength=links
    )
    least = np.maximum(merged.link_cost, _LEAST_SHARE * best)
    chosen = np.flatnonzero(serves[layout.link])
    row_of = np.full(links, -1, np.int64)
    row_of[layout.link[chosen]] = np.arange(chosen.size)
    row = row_of[merged.arc_link[layout.arc]]
    moving = np.flatnonzero(row >= 0)
    arc = layout.arc[moving]
    return sparse.csr_matrix(
        (
            np.concatenate(
                [merged.arc_gain[arc] / least[merged.arc_link[arc]], -np.ones(chosen.size)]
            ),
            (
                np.concatenate([row[moving], np.arange(chosen.size)]),
                np.concatenate([moving, layout.arc.size + chosen]),
            ),
        ),
        shape=(chosen.size, size),
    )


def _site_rows(
    layout: Layout, touches: Touches, where: Ints, serves: Bools, links_at: int, size: int
) -> sparse.csr_matrix:
    """(71): a site is served when a link that touches it is open."""
    column = np.full(serves.size, -1, np.int64)
    column[layout.link] = links_at + np.arange(layout.link.size)
    place = where[touches.link]
    known = place >= 0
    known[known] = serves[place[known]] & (column[place[known]] >= 0)
    own = np.arange(touches.sites)
    return sparse.csr_matrix(
        (
            np.concatenate([np.ones(touches.sites), -np.ones(int(known.sum()))]),
            (
                np.concatenate([own, touches.site[known]]),
                np.concatenate([size - touches.sites + own, column[place[known]]]),
            ),
        ),
        shape=(touches.sites, size),
    )


def _aim_rows(
    merged: ExchangeProblem,
    layout: Layout,
    part: Part,
    aims: tuple[Aim, ...],
    sites: int,
    size: int,
) -> tuple[sparse.csr_matrix, Floats]:
    """(72): a row a figure, in units (K,) small enough for a solver's tolerances to mean nothing.

    A row of euros adds up millions: held to 1e-7 of a euro, it would be beyond a double's digits.
    """
    most = np.concatenate(
        [merged.most()[layout.arc, layout.period], np.ones(layout.link.size + sites)]
    )
    rows, scale = np.zeros((len(aims), size)), np.ones(len(aims))
    for place, aim in enumerate(aims):
        row = np.concatenate(
            [
                aim.arc[part.arcs][layout.arc],
                aim.link[part.links][layout.link],
                np.full(sites, aim.site),
            ]
        )
        scale[place] = max(float(np.abs(row) @ most) / _LARGEST_ROW, _TINY)
        rows[place] = row / scale[place]
    return sparse.csr_matrix(rows), scale
