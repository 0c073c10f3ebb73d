"""The model of a round, kept and asked again: with another aim, floors, links forced or left out.

One matrix serves every question, and little is found out twice:

- the linear relaxation stays in the solver with its basis, so that a question starts where the last
  one ended;
- plans of former answers start the search, and what they prove bounds it (:mod:`.proofs`);
- a large model is searched first among the links that the relaxation or a former plan uses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from matcher.errors import NoPlanError
from matcher.optimise import basis, solver
from matcher.optimise.aims import Aim, Touches, build_aimed
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, relative_gap
from matcher.optimise.proofs import Proofs
from matcher.optimise.settle import check_rows
from matcher.settings import Settings

# Floors are asked a hair lower, so that a plan always keeps its own figures.
_HAIR = 1e-7
_NOTHING = 1e-9
_ROUNDING = 1e-7
# Nodes of one search: what is then not proved is said. Most end at the root.
_NODES = 20
# A plan within so many times the gap is good.
_NEARLY = 4.0
# Part of the gap at which a search among some of the links stops.
_FINE = 0.3
# Part of a link that the relaxation opens, from which the link is among the first to be searched.
_SUPPORT = 0.02
_INFEASIBLE = ("infeasible", "infeasible or unbounded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the kept model.

    Attributes
    ----------
    weights
        (K,) of each aim in what is maximised.
    floors
        (K,) least value of each aim; minus infinity where there is none.
    forced, forbidden
        (L,) links that must be open, or closed.
    """

    weights: Floats
    floors: Floats
    forced: Bools | None = None
    forbidden: Bools | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A plan: amounts (A, T) in the giver's unit, links (L,) and sites (S,) with a proposal.

    ``values`` (K,) are its aims, ``objective`` what was maximised, ``bound`` what nothing exceeds.
    """

    amount: Floats
    is_open: Bools
    is_served: Bools
    values: Floats
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """Relative, 0 when nothing is left to prove."""
        return relative_gap(self.objective, self.bound)


@dataclass(slots=True)
class _Asked:
    """A question as costs, bounds of columns and floors of rows; what is known of it so far."""

    question: Question
    cost: Floats
    lower: Floats
    upper: Floats
    floors: Floats
    constant: float
    best: Floats | None = None
    bound: float = np.inf

    @property
    def reached(self) -> float:
        """What the best plan in hand brings."""
        return -np.inf if self.best is None else self.worth(self.best)

    @property
    def is_free(self) -> bool:
        """Whether every link may be open or closed."""
        return self.question.forced is None and self.question.forbidden is None

    def worth(self, columns: Floats) -> float:
        """What a plan brings."""
        return float(self.cost @ columns) + self.constant

    def take(self, columns: Floats) -> None:
        """Keep a plan that is better than the one in hand."""
        if self.worth(columns) > self.reached:
            self.best = columns


@dataclass(frozen=True, slots=True)
class _Relaxation:
    """The linear relaxation of a question: its objective, columns and reduced costs."""

    objective: float
    columns: Floats
    reduced: Floats


class KeptModel:
    """One exchange model with its aims; :meth:`ask` it as often as needed.

    Parameters
    ----------
    exchange
        The model, (1) to (10).
    aims
        The figures that questions weigh or hold above a floor.
    settings
        Limits and seed; ``portfolio_gap`` at which a search may stop, unless ``gap`` is given.
    touches
        Which sites each link touches, where sites are counted.
    large
        From this many 0/1 columns on, some of the links are searched before all of them.
    """

    def __init__(
        self,
        exchange: ExchangeProblem,
        aims: tuple[Aim, ...],
        settings: Settings,
        touches: Touches | None = None,
        *,
        gap: float | None = None,
        large: int = 50,
    ) -> None:
        self.exchange, self.aims, self.settings = exchange, aims, settings
        self.gap = settings.portfolio_gap if gap is None else gap
        self.large = large
        self.touches = Touches.none() if touches is None else touches
        self.aimed = build_aimed(exchange, aims, self.touches)
        program = self.aimed.program
        self._links = slice(self.aimed.links_at, self.aimed.sites_at)
        self._column = self.aimed.column_of_links(exchange.counts[3])
        scaled = program.matrix[self.aimed.first_aim :]
        self._aim_rows = sparse.csr_matrix(sparse.diags(self.aimed.scale) @ scaled)
        self._relaxed = solver.open_highs(settings, method="simplex")
        program.relaxed().pass_to(self._relaxed)
        self._whole: highspy.Highs | None = None
        self._constants = np.array([aim.constant for aim in aims])
        self._known: list[Floats] = []
        self._proofs = Proofs()

    def ask(self, question: Question) -> Answer | None:
        """The best plan that keeps the floors, within the gap or with the gap that it has left;
        None when there is none, or none was found within :data:`_NODES`.
        """
        asked = self._asked(question)
        relaxation = self._relax(asked)
        if relaxation is None:
            return None
        asked.bound = relaxation.objective
        self._recall(asked)
        if not self._is_proved(asked) and self.is_large:
            self._search(asked, kernel=relaxation.columns, is_light=asked.best is not None)
        if not self._is_proved(asked):
            self._close(asked, relaxation)
            is_light = self._is_nearly_proved(asked)
            self._search(asked, is_light=is_light)
            if is_light and not self._is_proved(asked):
                self._search(asked, is_light=False)
        return None if asked.best is None else self._answer(asked)

    def remember(self, amount: Floats, is_open: Bools) -> None:
        """A plan found elsewhere, (A, T) and (L,), to start from; left aside if it breaks a row."""
        aimed = self.aimed
        merged = aimed.seasons.merged(amount[aimed.part.arcs])
        program, layout = aimed.program, aimed.layout
        opened = is_open[aimed.link].astype(np.float64)
        served = np.zeros(self.touches.sites)
        served[self.touches.site[(is_open & aimed.serves)[self.touches.link]]] = 1.0
        columns = np.concatenate([merged[layout.arc, layout.period], opened, served])
        values = program.matrix @ columns
        room = _ROUNDING * (1.0 + abs(program.matrix) @ columns)
        if (values >= program.row_lower - room).all() and (
            values <= program.row_upper + room
        ).all():
            self._known.append(columns)

    def bound_of(self, question: Question) -> float | None:
        """What nothing exceeds, by the linear relaxation and by former answers, without a search;
        None when no plan is possible.
        """
        bound = self._relaxed_bound(self._asked(question))
        proved = self._proofs.bound_of(question.weights, question.floors)
        return None if bound is None else min(bound, proved)

    @property
    def is_large(self) -> bool:
        """Whether some of the links are searched before all of them."""
        return self.aimed.sites_at - self.aimed.links_at > self.large

    @property
    def has_plans(self) -> bool:
        """Whether any plan is known to start from."""
        return bool(self._known)

    def _is_proved(self, asked: _Asked) -> bool:
        if asked.best is None:
            return False
        return asked.bound - asked.reached <= self.gap * abs(asked.reached) * (1 + _ROUNDING)

    def _is_nearly_proved(self, asked: _Asked) -> bool:
        """Whether a bound is wanted rather than a plan: HiGHS' own search for plans would then
        take most of the time (measured: half of it at 60 sites, in vain in most questions).
        """
        if asked.best is None:
            return False
        return asked.bound - asked.reached <= _NEARLY * self.gap * abs(asked.reached)

    def _asked(self, question: Question) -> _Asked:
        cost = np.asarray(self._aim_rows.T @ question.weights)
        lower, upper = np.zeros(cost.size), self.aimed.program.upper.copy()
        for links, side, value in (
            (question.forced, lower, 1.0),
            (question.forbidden, upper, 0.0),
        ):
            if links is not None:
                column = self._column[links]
                side[column[column >= 0]] = value
        floors = question.floors - _HAIR * np.maximum(np.abs(question.floors), 1.0)
        floors = np.where(np.isneginf(question.floors), -np.inf, floors)
        return _Asked(
            question=question,
            cost=cost,
            lower=lower,
            upper=upper,
            floors=floors - self._constants,
            constant=float(question.weights @ self._constants),
        )

    def _relaxed_bound(self, asked: _Asked) -> float | None:
        """Run the relaxation: its objective; None where nothing keeps the floors."""
        self._pass(self._relaxed, asked, asked.upper)
        try:
            return solver.run_highs(self._relaxed, "kept model").objective
        except NoPlanError as error:
            if error.status not in _INFEASIBLE:
                raise
            return None

    def _relax(self, asked: _Asked) -> _Relaxation | None:
        """The relaxation with its columns and prices."""
        objective = self._relaxed_bound(asked)
        if objective is None:
            return None
        return _Relaxation(
            objective=objective,
            columns=solver.column_values(self._relaxed),
            reduced=solver.reduced_costs(self._relaxed),
        )

    def _pass(self, highs: highspy.Highs, asked: _Asked, upper: Floats) -> None:
        """Gaps are relative to the objective: its constant goes along."""
        floors = asked.floors / self.aimed.scale
        first = self.aimed.first_aim
        solver.ask_anew(highs, asked.cost, asked.constant, asked.lower, upper, first, floors)

    def _recall(self, asked: _Asked) -> None:
        """The best plan of former answers that keeps what is asked, and what they prove."""
        lower, upper = asked.lower[self._links], asked.upper[self._links]
        for columns in self._known:
            links = columns[self._links]
            if (
                (self._aim_rows @ columns >= asked.floors).all()
                and (links >= lower).all()
                and (links <= upper).all()
            ):
                asked.take(columns)
        question = asked.question
        asked.bound = min(asked.bound, self._proofs.bound_of(question.weights, question.floors))

    def _close(self, asked: _Asked, relaxation: _Relaxation) -> None:
        """Links whose other state leads to nothing better, at their prices: left as they are."""
        if asked.best is None:
            return
        lower, upper = asked.lower[self._links], asked.upper[self._links]
        price = relaxation.reduced[self._links]
        worth = asked.reached + self.gap * abs(asked.reached)
        settled = (relaxation.objective - np.abs(price) < worth) & (lower < upper)
        upper[settled & (price < 0)] = 0.0
        lower[settled & (price > 0)] = 1.0

    def _search(self, asked: _Asked, kernel: Floats | None = None, *, is_light: bool) -> None:
        """Branch and bound: among all links left open, or among those that were used before."""
        upper, gap = asked.upper, self.gap
        if kernel is not None:
            used = kernel[self._links] > _SUPPORT
            for columns in self._known:
                used |= columns[self._links] > 0.5
            upper, gap = upper.copy(), _FINE * self.gap
            upper[self._links][~used] = asked.lower[self._links][~used]
        if self._whole is None:
            self._whole = solver.open_highs(self.settings, node_limit=_NODES)
            self.aimed.program.pass_to(self._whole)
        whole = self._whole
        solver.set_gap(whole, gap)
        solver.search_lightly(whole, is_light=is_light)
        self._pass(whole, asked, upper)
        if asked.best is not None:
            solver.start_from_values(whole, asked.best)
        try:
            bound = solver.run_highs(whole, "kept model").bound
            columns = self._settled(asked, solver.column_values(whole))
            self._known.append(columns)
            asked.take(columns)
        except NoPlanError as error:
            # Stopped with nothing in hand proves nothing; the plan known, if any, is what there is.
            bound = -np.inf if error.status in _INFEASIBLE else np.inf
        if kernel is None and asked.best is not None:
            # What was closed leads to nothing beyond the gap.
            worth = asked.reached + self.gap * abs(asked.reached)
            asked.bound = min(asked.bound, max(bound, worth))
            if asked.is_free:
                self._proofs.add(asked.question.weights, asked.question.floors, asked.bound)

    def _settled(self, asked: _Asked, columns: Floats) -> Floats:
        """Clean amounts: the relaxation again, with the links as chosen."""
        held = basis.read(self._relaxed)
        chosen = np.round(columns[self._links])
        fixed = replace(asked, lower=asked.lower.copy(), upper=asked.upper.copy())
        fixed.lower[self._links] = fixed.upper[self._links] = chosen
        relaxation = self._relax(fixed)
        basis.start_from(self._relaxed, *held)
        clean = columns.copy() if relaxation is None else relaxation.columns
        clean[self._links] = chosen
        return clean

    def _answer(self, asked: _Asked) -> Answer:
        aimed, exchange = self.aimed, self.exchange
        part, layout = aimed.part, aimed.layout
        columns = asked.best
        assert columns is not None
        merged = layout.amounts(columns, aimed.merged)
        merged[merged < _NOTHING * np.maximum(aimed.merged.most(), 1e-300)] = 0.0
        amount = np.zeros((exchange.counts[2], exchange.supply.shape[1]))
        amount[part.arcs] = aimed.seasons.amounts(merged)
        carried = np.bincount(exchange.arc_link, amount.sum(axis=1), minlength=exchange.counts[3])
        is_open = np.zeros(exchange.counts[3], np.bool_)
        is_open[part.links] = layout.opened(columns[: aimed.sites_at], aimed.merged)
        is_open &= (carried > 0) | (exchange.link_weight > 0)
        check_rows(exchange, amount, is_open)
        served = np.zeros(self.touches.sites, np.bool_)
        served[self.touches.site[(is_open & aimed.serves)[self.touches.link]]] = True
        return Answer(
            amount=amount,
            is_open=is_open,
            is_served=served,
            values=np.asarray(self._aim_rows @ columns) + self._constants,
            objective=asked.reached,
            bound=max(asked.bound, asked.reached),
        )
