"""What former answers prove of a new question.

An answer says that no plan above its floors brings more than its bound, by its weights: a cut in
the space of the aims (73). A further question about plans above the same floors, or higher ones, is
bounded by all of these cuts together, without a solver's search.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from matcher.optimise.problem import Floats


@dataclass(slots=True)
class Proofs:
    """The cuts: ``weights @ values <= bound`` for every plan with ``values >= floors``."""

    weights: list[Floats] = field(default_factory=list)
    floors: list[Floats] = field(default_factory=list)
    bounds: list[float] = field(default_factory=list)

    def add(self, weights: Floats, floors: Floats, bound: float) -> None:
        """Keep one; an infinite bound proves nothing."""
        if np.isfinite(bound):
            self.weights.append(weights)
            self.floors.append(floors)
            self.bounds.append(bound)

    def bound_of(self, weights: Floats, floors: Floats) -> float:
        """The most that ``weights @ values`` can be above the floors; infinite if nothing says."""
        holding = [place for place, floor in enumerate(self.floors) if (floor <= floors).all()]
        if not holding:
            return np.inf
        from scipy.optimize import linprog  # a tenth of a second that most plans never need

        answer = linprog(
            -weights,
            A_ub=np.array([self.weights[place] for place in holding]),
            b_ub=np.array([self.bounds[place] for place in holding]),
            bounds=[(None if np.isneginf(floor) else floor, None) for floor in floors],
        )
        return np.inf if answer.fun is None else -float(answer.fun)
