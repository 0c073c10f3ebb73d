"""500 m of pipe: a link that the trench makes too dear, with half a kilometre of it paid for.

Nothing else changes: the link is reckoned anew at a price of trench that takes off 500 m, and put
among the candidates in the place of what it was, or back among them if a gate had refused it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from matcher.candidates import ArcTable, Candidates, Refusal, build_candidates
from matcher.candidates.figures import TRENCH, annuity_factor
from matcher.catalogue import Carriage, Catalogue, Factor
from matcher.declarations import Survey
from matcher.settings import Settings

PIPE_M = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipe:
    """A refused link by its place in the refusals, what 500 m cost, and what they would bring."""

    refused: int
    offer_id: str
    need_id: str
    trench: Factor
    cost_eur: float
    estimate: float


def pipes(candidates: Candidates, catalogue: Catalogue, settings: Settings) -> tuple[Pipe, ...]:
    """Links by pipe that miss paying by less than the annuity of 500 m; the best first."""
    table, flows = candidates.refused, candidates.flows
    annuity = annuity_factor(settings.interest_rate, settings.pipe_life_years)
    found = []
    for place in np.flatnonzero(table.code == Refusal.DOES_NOT_PAY).tolist():
        resource = candidates.routes[table.route[place]].steps[0].from_resource
        if catalogue.resources[resource].carriage is not Carriage.PIPE:
            continue
        trench = catalogue.factor(
            TRENCH, resource, as_of=candidates.as_of, overrides=settings.factor_overrides
        )
        if trench is None:
            continue
        metres = min(PIPE_M, 1000 * float(table.distance_km[place]))
        saved = annuity * (1 - settings.subsidy_share) * metres * trench.value
        estimate = saved - float(table.gap[place])
        if estimate > 0:
            found.append(
                Pipe(
                    refused=place,
                    offer_id=flows.flow_id[table.offer[place]],
                    need_id=flows.flow_id[table.need[place]],
                    trench=trench,
                    cost_eur=metres * trench.value,
                    estimate=estimate,
                )
            )
    return tuple(sorted(found, key=lambda pipe: (-pipe.estimate, pipe.offer_id, pipe.need_id)))


def with_pipe(
    pipe: Pipe, candidates: Candidates, survey: Survey, catalogue: Catalogue, settings: Settings
) -> Candidates:
    """The candidates with this one link at its price with 500 m less of trench."""
    refused = candidates.refused
    metres = 1000 * float(refused.distance_km[pipe.refused])
    price = pipe.trench.value * max(1 - PIPE_M / metres, 0.0) if metres > 0 else 0.0
    cheaper = replace(
        settings, factor_overrides={**settings.factor_overrides, pipe.trench.key: price}
    )
    arcs = build_candidates(survey, catalogue, cheaper).arcs
    wanted = (
        (arcs.offer == refused.offer[pipe.refused])
        & (arcs.need == refused.need[pipe.refused])
        & (arcs.route == refused.route[pipe.refused])
        & (arcs.processor == refused.processor[pipe.refused])
    )
    return replace(candidates, arcs=_joined(candidates.arcs, arcs, np.flatnonzero(wanted)))


def _joined(arcs: ArcTable, others: ArcTable, places: Any) -> ArcTable:
    """The arcs with some of the others, in the order of a table."""
    columns = {
        item.name: np.concatenate([getattr(arcs, item.name), getattr(others, item.name)[places]])
        for item in fields(ArcTable)
    }
    order = np.lexsort((columns["processor"], columns["route"], columns["need"], columns["offer"]))
    return ArcTable(**{name: column[order] for name, column in columns.items()})
