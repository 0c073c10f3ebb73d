"""What is given up for what: plans between euros, tonnes of CO2e avoided and sites served.

Every point is a plan that can be carried out, found with floors under the other figures, so that
points inside the hull, which no weighting finds, are found too. For some least numbers of sites the
front between euros and tonnes is cut into boxes, the largest first: above its middle, the most
euros; below, the most tonnes for more euros than that; what lies between the two is empty (after
N. Boland, H. Charkhgard and M. Savelsbergh's balanced box method, 2015; recalled, not read for
this project). With points enough, that is every plan which no other beats in all three.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matcher.foresight.findings import ParetoPoint
from matcher.foresight.round import Round
from matcher.optimise.aims import count_of_sites
from matcher.optimise.kept import Answer, KeptModel, Question
from matcher.optimise.problem import Floats
from matcher.optimise.solver import Deadline

EUROS, CARBON, SITES = 0, 1, 2

# What the other figures weigh, so that they decide between plans alike in the first: where euros
# are asked for next to nothing; elsewhere enough for euros not to be lost for a hair of carbon.
_TIE = {EUROS: 1e-4, CARBON: 5e-3, SITES: 5e-3}
# Closer than this, as a share of the front, two plans are told as one.
_APART = 2e-3
# Figures closer than this, as a share of the most there can be, count as equal.
_HAIR = 1e-4
# A small model is solved to a part of the gap: where all is within a per cent, the front is too.
_FINE = 0.1


def pareto_front(round_: Round, points: int) -> tuple[ParetoPoint, ...]:
    """So many points at most, the one with the most euros first; none for a round without plan."""
    if not points or not round_.is_proposal.any():
        return ()
    exchange = round_.exchange
    aims = (round_.euros, round_.carbon, count_of_sites(exchange))
    kept = KeptModel(exchange, aims, round_.settings, round_.touches)
    if not kept.is_large:
        kept.gap *= _FINE
    kept.remember(round_.solution.amount, round_.solution.is_open)
    front = _Front(kept, Deadline.after(round_.settings.time_limit_s))
    front.search(points)
    return _told(round_, front)


@dataclass(frozen=True, slots=True, eq=False)
class _Box:
    """Two points next to each other: the first has the more euros, the second the more tonnes."""

    first: Answer
    second: Answer


class _Front:
    """The search; ``found`` are points with the least number of sites that was asked of them.

    Past the emergency stop nothing more is asked: what was found is told, with its bounds.
    """

    def __init__(self, kept: KeptModel, deadline: Deadline) -> None:
        self.kept, self.deadline = kept, deadline
        free = np.full(3, -np.inf)
        self.scale = np.array(
            [max(kept.bound_of(Question(weights=w, floors=free)) or 0.0, 1e-9) for w in np.eye(3)]
        )
        self.found: list[tuple[int, Answer]] = []

    def search(self, points: int) -> None:
        """Fill ``found`` with so many points, spread over some least numbers of sites."""
        levels = max(1, round(math.sqrt(points) / 1.5))
        self._level(0, math.ceil(points / levels))
        most = self._ask(SITES, np.full(3, -np.inf))
        if most is None:
            return
        low = min((_sites(answer) for _, answer in self.found), default=0)
        high = _sites(most)
        asked = np.unique(np.round(np.linspace(low, high, min(levels, high - low + 1)))[1:])
        for place, least in enumerate(asked.astype(int).tolist()):
            if self.deadline.is_over():
                break
            left = points - len(self.found)
            self._level(least, left // (len(asked) - place))

    def _level(self, least: int, points: int) -> None:
        """The front between euros and tonnes for one least number of sites."""
        floors = np.array([-np.inf, -np.inf, float(least)])
        ends = [answer for aim in (EUROS, CARBON) if (answer := self._ask(aim, floors))]
        here = _unlike(ends, self.scale)[:points]
        boxes = [_Box(*here)] if len(here) == 2 else []
        asked = len(here)
        while boxes and len(here) < points and asked < 2 * points and not self.deadline.is_over():
            box = max(boxes, key=self._size)
            boxes.remove(box)
            asked += 2
            for answer, part in self._split(box, floors):
                here.append(answer)
                boxes.append(part)
        self.found += [(least, answer) for answer in here]

    def _split(self, box: _Box, floors: Floats) -> list[tuple[Answer, _Box]]:
        """The points found above and below the middle of a box, each with the box beside it."""
        above, below = floors.copy(), floors.copy()
        above[CARBON] = (box.first.values[CARBON] + box.second.values[CARBON]) / 2
        found = []
        upper = self._ask(EUROS, above) or box.second
        if self._is_between(upper, box):
            found.append((upper, _Box(upper, box.second)))
        else:
            upper = box.second
        below[EUROS] = upper.values[EUROS] + _APART * self._height(box)
        lower = self._ask(CARBON, below)
        if lower is not None and self._is_between(lower, _Box(box.first, upper)):
            found.append((lower, _Box(box.first, lower)))
        return found

    def _ask(self, aim: int, floors: Floats) -> Answer | None:
        weights = np.full(3, _TIE[aim]) / self.scale
        weights[aim] = 1.0 / self.scale[aim]
        return self.kept.ask(Question(weights=weights, floors=floors))

    def _height(self, box: _Box) -> float:
        return float(box.first.values[EUROS] - box.second.values[EUROS])

    def _size(self, box: _Box) -> float:
        apart = np.abs(box.first.values - box.second.values) / self.scale
        return float(apart[EUROS] * apart[CARBON])

    def _is_between(self, answer: Answer, box: _Box) -> bool:
        room = _APART * np.abs(box.first.values - box.second.values)
        return bool(
            box.second.values[EUROS] + room[EUROS] < answer.values[EUROS]
            and answer.values[EUROS] < box.first.values[EUROS] - room[EUROS]
            and box.first.values[CARBON] + room[CARBON] < answer.values[CARBON]
            and answer.values[CARBON] < box.second.values[CARBON] - room[CARBON]
        )

    def bound_of(self, answer: Answer) -> float:
        """The most euros that a plan with its tonnes and its sites at least could bring."""
        floors = np.array([-np.inf, answer.values[CARBON], float(_sites(answer))])
        bound = self.kept.bound_of(Question(weights=np.eye(3)[EUROS], floors=floors))
        return float(answer.values[EUROS]) if bound is None else bound


def _sites(answer: Answer) -> int:
    return int(answer.is_served.sum())


def _unlike(answers: list[Answer], scale: Floats) -> list[Answer]:
    """Two answers, or one where they are the same plan."""
    if len(answers) == 2:
        apart = np.abs(answers[0].values - answers[1].values) / scale
        if apart[EUROS] < _HAIR or apart[CARBON] < _APART:
            return answers[:1]
    return answers


def _told(round_: Round, front: _Front) -> tuple[ParetoPoint, ...]:
    """The points that no other beats, each with its bound."""
    figures = [(float(a.values[EUROS]), float(a.values[CARBON]), _sites(a)) for _, a in front.found]
    told = []
    for place, ((least, answer), own) in enumerate(zip(front.found, figures, strict=True)):
        if any(
            _beats(other, own, front.scale)
            or (before < place and _is_same(other, own, front.scale))
            for before, other in enumerate(figures)
        ):
            continue
        opened = round_.opened(answer.amount, answer.is_open)
        told.append(
            ParetoPoint(
                euros_per_year=own[EUROS],
                avoided_tco2e_per_year=own[CARBON],
                sites=_sites(answer),
                least_sites=least,
                proposals=int(opened.sum()),
                not_known=int((opened & ~round_.knows_carbon).sum()),
                euros_bound=max(front.bound_of(answer), own[EUROS]),
                is_plan=bool((opened == round_.is_proposal).all()),
            )
        )
    return tuple(sorted(told, key=lambda point: (-point.euros_per_year, point.sites)))


def _beats(other: tuple[float, ...], own: tuple[float, ...], scale: Floats) -> bool:
    """Whether the other has no less of anything, and more of something."""
    apart = (np.array(other) - np.array(own)) / scale
    return bool((apart >= -_HAIR).all() and (apart > _HAIR).any())


def _is_same(other: tuple[float, ...], own: tuple[float, ...], scale: Floats) -> bool:
    return bool((np.abs(np.array(other) - np.array(own)) <= _HAIR * scale).all())
