"""What was accepted stays: the candidates that carry it on, and the error when there are none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from matcher.candidates import Candidates
from matcher.candidates.bundles import Bundle, Bundles
from matcher.catalogue import Catalogue
from matcher.declarations import TABLES, Survey
from matcher.errors import CellProblem, SurveyError
from matcher.groups import build_bundles
from matcher.optimise.assembly import Assembly
from matcher.optimise.problem import Floats
from matcher.optimise.row_book import RowKind
from matcher.optimise.standing import Standing, most_held
from matcher.rounds.last_round import LastProposal
from matcher.rounds.next_round import DIGITS, NextRound, arc_declarations
from matcher.settings import Objective, Settings
from matcher.terms import ProposalKind


def with_held(
    following: NextRound, found: Bundles, catalogue: Catalogue, settings: Settings
) -> Bundles:
    """The bundles of the round, with the accepted ones that builders passed over for better."""
    bundles, limits = list(found.bundles), dict(found.limits)
    for held in following.held:
        if held.kind is ProposalKind.EXCHANGE or any(_is(held, each) for each in bundles):
            continue
        alone = build_bundles(_only(held, following.survey), catalogue, settings)
        bundles += [each for each in alone.bundles if _is(held, each)]
        limits = {**alone.limits, **limits}
    return replace(found, bundles=tuple(bundles), limits=limits)


def _only(held: LastProposal, survey: Survey) -> Survey:
    """The survey without any declaration but those of one proposal."""
    tables: dict[str, Any] = {
        table: {
            name: row
            for name, row in getattr(survey, table).items()
            if name in held.declaration_ids
        }
        for table in TABLES
    }
    return replace(survey, **tables, qualities=())


def _is(held: LastProposal, bundle: Bundle) -> bool:
    return held.kind is bundle.kind and held.declaration_ids == frozenset(bundle.declaration_ids)


def standing_of(
    following: NextRound,
    candidates: Candidates,
    found: Bundles,
    least: Floats,
    settings: Settings,
) -> Standing:
    """What the model is told of earlier rounds.

    ``least`` (A,) is what each arc must carry for other reasons.

    Raises
    ------
    SurveyError
        Naming every accepted proposal that no candidate carries on.
    """
    names = [frozenset(each) for each in arc_declarations(candidates)]
    places: dict[frozenset[str], list[int]] = defaultdict(list)
    for arc, ids in enumerate(names):
        places[ids].append(arc)
    held: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    agreed: list[tuple[list[int], float]] = []
    lost: list[LastProposal] = []
    for proposal in following.held:
        arcs: list[int] = []
        bundles: list[int] = []
        if proposal.kind is ProposalKind.EXCHANGE:
            arcs = _same_process(proposal, places[proposal.declaration_ids], candidates)
        else:
            bundles = _as_much(proposal, found.bundles)
        if arcs:
            agreed.append((arcs, proposal.amount_per_year))
        if not arcs and not bundles:
            lost.append(proposal)
        held.append((tuple(arcs), tuple(bundles)))
    if lost:
        raise cannot_stay(following, lost, "accepted-not-possible")
    least = least.copy()
    for arc, amount in _still_there(agreed, candidates):
        least[arc] = max(least[arc], amount)
    is_euros = settings.objective is Objective.EUR
    is_new = [not following.was_proposed(ProposalKind.EXCHANGE, ids) for ids in names]
    is_new_bundle = [
        not following.was_proposed(each.kind, frozenset(each.declaration_ids))
        for each in found.bundles
    ]
    return Standing(
        held=tuple(held),
        held_ids=tuple(proposal.proposal_id for proposal in following.held),
        least_amount=least,
        new_arcs=np.array(is_new, np.bool_),
        new_bundles=np.array(is_new_bundle, np.bool_),
        malus=settings.new_lead_malus_eur if is_euros else settings.new_lead_malus_tco2e,
    )


def _as_much(held: LastProposal, bundles: Sequence[Bundle]) -> list[int]:
    """Bundles of the accepted group, those that share as much as agreed if there are any."""
    same = [place for place, each in enumerate(bundles) if _is(held, each)]
    enough = held.amount_per_year * (1 - DIGITS)
    return [place for place in same if bundles[place].amount_per_year >= enough] or same


def _same_process(held: LastProposal, arcs: Sequence[int], candidates: Candidates) -> list[int]:
    """The arcs of the accepted pair, those by the same process if there are any."""
    routes, route = candidates.routes, candidates.arcs.route
    same = [
        arc
        for arc in arcs
        if tuple(step.process for step in routes[route[arc]].steps) == held.process
    ]
    return same or list(arcs)


def _still_there(
    agreed: Sequence[tuple[Sequence[int], float]], candidates: Candidates
) -> list[tuple[int, float]]:
    """What of the agreed amounts the declarations still hold, a giver's unit a year.

    Where a declaration has shrunk, all that was agreed on it shrinks alike.
    """
    flows, arcs = candidates.flows, candidates.arcs
    asked = np.zeros(len(flows.flow_id))
    for (arc, *_), amount in agreed:
        asked[arcs.offer[arc]] += amount
        asked[arcs.need[arc]] += amount * float(arcs.yield_per_unit[arc])
    share = np.minimum(1.0, flows.amount / np.maximum(asked, 1e-12))
    found = []
    for choices, amount in agreed:
        for arc in choices:
            left = amount * float(min(share[arcs.offer[arc]], share[arcs.need[arc]]))
            found.append((arc, min(left, float(arcs.most[arc])) * (1 - DIGITS)))
    return found


def not_together(following: NextRound, assembly: Assembly, settings: Settings) -> SurveyError:
    """Which accepted proposals have to go for the others to stay: as few as can be."""
    budget = assembly.budget(settings.animation_hours)
    assembly = assembly if budget is None else assembly.limited_by(budget)
    holds = most_held(assembly.problem, settings)
    lost = {
        name.of
        for name, stays in zip(assembly.link_row_names, holds, strict=True)
        if name.kind is RowKind.HELD and not stays
    }
    proposals = [each for each in following.held if each.proposal_id in lost]
    return cannot_stay(following, proposals or following.held, "accepted-not-together")


def cannot_stay(following: NextRound, lost: Sequence[LastProposal], code: str) -> SurveyError:
    """The error that names accepted proposals which no plan can keep."""
    problems = []
    for proposal in lost:
        missing = sorted(proposal.declaration_ids - following.declared.keys())
        problems.append(
            CellProblem(
                code="accepted-without-declaration" if missing else code,
                file=following.last.file,
                row=following.last.row_of(proposal.proposal_id),
                column="proposal_id",
                value=proposal.proposal_id,
                details={"title": proposal.title, "missing": ", ".join(missing)},
            )
        )
    return SurveyError(problems)
