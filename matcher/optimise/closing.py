"""What a plan loses when some of its links can no longer be: planned again, from where it stood.

Nothing far away changes when a site closes, so the plan is not chosen anew: the relaxation, kept,
says which links are touched; those are chosen again beside the others, which stay; and its bound
says how much better a plan made anew could be (77)-(79).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np

from matcher.optimise import solver
from matcher.optimise.components import Part, drop_what_cannot_pay, split
from matcher.optimise.kept_relaxation import Chosen, KeptRelaxation, Relaxed
from matcher.optimise.needed_links import brings_nothing, helpers_of, without_useless
from matcher.optimise.problem import Bools, ExchangeProblem, ExchangeSolution, Floats, Ints, Rows
from matcher.optimise.seasons import merge_seasons
from matcher.settings import Settings

# A link is touched when the relaxation opens it this much more, or less, than before.
_TOUCHED = 0.02
# Links chosen again at once, those that the relaxation moves most first, and nodes of that choice.
_MOST_FREE = 200
_NODES = 200
# Besides them, the links that would earn most at the new prices.
_BUCKET = 20
# A loss is sought to this share of what falls, and proved to it where that is quick: in parts of up
# to so many decisions. In others the relaxation's bound stands.
_EXACT = 0.01
_HALF = 0.5
_WHOLE_LINKS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """In the objective's unit: what the closed links brought, what the plan loses once made again,
    and what any plan would lose at least (proved).
    """

    falling: float
    lost: float
    lost_at_least: float


def losses(
    exchange: ExchangeProblem,
    solution: ExchangeSolution,
    closings: Sequence[Ints],
    settings: Settings,
) -> tuple[Loss, ...]:
    """Close each set of links (their positions) in turn."""
    useful = drop_what_cannot_pay(exchange)
    parts = [_Part(part, useful, solution, settings) for part in split(useful.problem)]
    part_of = np.full(exchange.counts[3], -1, np.int64)
    for place, part in enumerate(parts):
        part_of[part.links] = place
    worth, helps = worth_of_links(exchange, solution), brings_nothing(exchange)
    found = []
    for links in closings:
        open_links = links[solution.is_open[links]]
        falling = float(worth[open_links].sum())
        if helps.any():  # what two leads paid together is paid no more when both have gone
            left = solution.is_open.copy()
            left[links] = False
            needed = without_useless(exchange, left, np.flatnonzero(left & helps).tolist())
            falling += float(worth[left & ~needed].sum())
        lost = at_least = 0.0
        for place in np.unique(part_of[open_links]).tolist():
            if place >= 0:
                of_part = parts[place].loss(links, falling)
                lost, at_least = lost + of_part[0], at_least + of_part[1]
        found.append(Loss(falling=falling, lost=lost, lost_at_least=min(at_least, lost)))
    return tuple(found)


def worth_of_links(exchange: ExchangeProblem, solution: ExchangeSolution) -> Floats:
    """(L,) what each link brings in a plan, its cost paid."""
    earned = np.bincount(
        exchange.arc_link,
        exchange.arc_gain * solution.amount.sum(axis=1),
        minlength=exchange.counts[3],
    )
    return np.asarray(earned - np.where(solution.is_open, exchange.link_cost, 0.0))


class _Part:
    """One part of the model with its share of the plan; the relaxation waits for a question."""

    def __init__(
        self, part: Part, useful: Part, solution: ExchangeSolution, settings: Settings
    ) -> None:
        self.links = useful.links[part.links]
        self._settings = settings
        self._is_open = solution.is_open[self.links]
        problem, asked = _without_asking(part.problem)
        self._held = asked & self._is_open
        self._problem, _ = merge_seasons(problem)
        self._kept: KeptRelaxation | None = None
        self._before: Chosen | None = None
        self._whole: highspy.Highs | None = None

    def loss(self, links: Ints, falling: float) -> tuple[float, float]:
        """What closing these links of the whole model costs this part, and costs it at least."""
        if self._kept is None:
            self._kept = KeptRelaxation(self._problem, self._settings, self._held)
            self._before = self._kept.settled(self._is_open)
        kept, before = self._kept, self._before
        assert before is not None
        closed = np.isin(self.links, links)
        relaxed = kept.without(closed)
        after = kept.settled(before.is_open & ~closed)
        exact = max(_EXACT * falling, self._settings.gap * abs(before.objective))
        bound, room = relaxed.bound, relaxed.bound - after.objective
        if room > exact and self._problem.has_choice().sum() <= _WHOLE_LINKS:
            # Opening a link that loses more at the prices than the bound is above the plan cannot
            # end above the plan: what is left out needs no further look.
            free = ~closed & ~self._held & (after.is_open | (relaxed.link_value >= -room))
            after, proved = self._chosen(after, free, exact)
            bound = min(bound, max(proved, after.objective))
        elif room > exact:
            free = _moved(kept.whole, relaxed, after.is_open) & ~closed & ~self._held
            after, _ = self._chosen(after, free, exact)
        lost = before.objective - after.objective
        return max(lost, 0.0), max(before.objective - bound, 0.0)

    def _chosen(self, start: Chosen, free: Bools, exact: float) -> tuple[Chosen, float]:
        """The best plan found among the free links, those that stay being open, and its bound."""
        kept = self._kept
        assert kept is not None
        free = free | helpers_of(self._problem, free | start.is_open)
        layout, upper = kept.layout, kept.program.upper.copy()
        if self._whole is None:
            nodes = min(_NODES, self._settings.node_limit)
            self._whole = solver.open_highs(self._settings, node_limit=nodes)
            kept.program.pass_to(self._whole)
            solver.search_lightly(self._whole, is_light=True)
        stays = start.is_open & ~free
        lower, first = np.zeros(upper.size), layout.arc.size
        lower[first:] = stays[layout.link]
        upper[first:] = (stays | free)[layout.link]
        upper[:first][~(stays | free)[kept.link_of_column[:first]]] = 0.0
        solver.set_gap(self._whole, exact / max(abs(start.objective), exact))
        solver.limit_columns(self._whole, np.arange(upper.size), lower, upper)
        solver.start_from_values(self._whole, start.columns)
        report = solver.run_highs(self._whole, "exchange, chosen again")
        found = ~self._problem.has_choice() & (stays | free)
        found[layout.link] = solver.column_values(self._whole)[first:] > _HALF
        settled = kept.settled(found)
        return (settled if settled.objective > start.objective else start), report.bound


def _without_asking(exchange: ExchangeProblem) -> tuple[ExchangeProblem, Bools]:
    """The model without the rows that ask for links to be open (63), and the links that they ask.

    A site that closes breaks what was accepted with it; what others accepted is held open instead.
    """
    rows = exchange.link_rows
    asks = rows.upper < 0
    asked = np.zeros(exchange.counts[3], np.bool_)
    asked[rows.column[asks[rows.row]]] = True
    some = ~asks[rows.row]
    place = np.cumsum(~asks) - 1
    kept = Rows(
        row=place[rows.row[some]].astype(np.int64),
        column=rows.column[some],
        coefficient=rows.coefficient[some],
        upper=rows.upper[~asks],
    )
    return replace(exchange, link_rows=kept), asked


def _moved(whole: Relaxed, relaxed: Relaxed, is_open: Bools) -> Bools:
    """Links that the relaxation opens otherwise than before, or that only it opens."""
    moved = np.abs(relaxed.open_share - whole.open_share)
    moved = np.maximum(moved, np.where(is_open, 0.0, relaxed.open_share))
    ranked = np.argsort(-moved, kind="stable")[:_MOST_FREE]
    free = np.zeros(is_open.size, np.bool_)
    free[ranked[moved[ranked] > _TOUCHED]] = True
    free[np.argsort(-relaxed.link_value, kind="stable")[:_BUCKET]] = True
    return free
