"""Territories whose good links are known: all found, none unlawful, every "pourquoi non" right."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from matcher.candidates import Candidates, Refusal, build_candidates
from matcher.catalogue import Catalogue, load_catalogue
from matcher.matching import match
from matcher.plan import Plan
from matcher.settings import Settings
from tests.planted import AS_OF, MOST_PLANTED_A_SITE, PlantedTerritory, plant

# What was planted is the best plan; whether a rival should have a lead all the same is the floor's.
SETTINGS = Settings(as_of=AS_OF, curve_points=0, workers=1, floor_eur=0.0)
WITH_FLOOR = Settings(as_of=AS_OF, curve_points=0, workers=1)
EVERY_DAY = range(5)
ALL = [*EVERY_DAY, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(5, 55))]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def pairs_of(plan: Plan) -> set[tuple[str, str]]:
    """(offer, need) of each proposal, those inside one firm too."""
    return {
        tuple(
            next(p.declaration_id for p in proposal.parties if p.role == role)
            for role in ("giver", "taker")
        )
        for proposal in (*plan.proposals, *plan.internal)
    }


def candidate_pairs(candidates: Candidates) -> dict[tuple[str, str], int]:
    flow_id = candidates.flows.flow_id
    return {
        (flow_id[offer], flow_id[need]): place
        for place, (offer, need) in enumerate(
            zip(candidates.arcs.offer.tolist(), candidates.arcs.need.tolist(), strict=True)
        )
    }


def worth(candidates: Candidates) -> np.ndarray:
    """EUR a year of each candidate link alone, at its largest amount."""
    arcs = candidates.arcs
    return (arcs.gain * arcs.most - arcs.opening_cost).astype(float)


@pytest.mark.parametrize("seed", ALL)
def test_every_planted_link_is_found_and_every_trap_says_why_not(seed, catalogue):
    territory = plant(catalogue, seed)

    plan = match(territory.survey, SETTINGS, catalogue=catalogue)

    found = pairs_of(plan)
    assert territory.planted <= found
    assert found.isdisjoint((trap.offer_id, trap.need_id) for trap in territory.traps)
    assert found == territory.planted  # rivals are worth less: whatever else is proposed is wrong
    unmatched = {item.declaration_id: item for item in plan.unmatched}
    for trap in territory.traps:
        for flow_id in (trap.offer_id, trap.need_id):
            codes = [reason.code for reason in unmatched[flow_id].reasons]
            assert codes == [trap.refusal.name.lower().replace("_", "-")], flow_id
            assert unmatched[flow_id].reopen_on == trap.reopen_on
    for rival in territory.rivals:
        assert unmatched[rival].reasons[0].code in ("partner-better-served", "attention-spent")


@pytest.mark.slow
@pytest.mark.parametrize("seed", EVERY_DAY)
def test_nobody_forgotten_makes_no_trap_a_lead_and_keeps_to_its_price(seed, catalogue):
    territory = plant(catalogue, seed)

    plan = match(territory.survey, WITH_FLOOR, catalogue=catalogue)

    assert pairs_of(plan).isdisjoint((trap.offer_id, trap.need_id) for trap in territory.traps)
    more = plan.floor.served - plan.floor.served_without
    assert 0 <= plan.floor.cost <= WITH_FLOOR.floor_eur * more
    gains = [p.gain_eur_per_year for lead in plan.proposals for p in lead.parties]
    assert min(gains) > 0


@pytest.mark.parametrize("seed", ALL)
def test_an_independent_solve_finds_the_planted_links_best_by_the_margin(seed, catalogue):
    """SciPy's MILP over the candidates, with attention: the optimum is what was planted; and no
    rival is worth more than 1 / 1.2 of the planted link whose offer or need it shares.
    """
    territory = plant(catalogue, seed)
    candidates = build_candidates(territory.survey, catalogue, SETTINGS)
    values, pairs = worth(candidates), candidate_pairs(candidates)

    assert territory.planted <= set(pairs)
    assert best_links(candidates) == territory.planted
    for offer, need in territory.planted:
        planted = values[pairs[offer, need]]
        shared = [
            values[place]
            for pair, place in pairs.items()
            if pair != (offer, need) and (pair[0] == offer or pair[1] == need)
        ]
        assert all(planted >= (1 + territory.margin) * rival for rival in shared)


@pytest.mark.parametrize("seed", EVERY_DAY)
def test_a_trap_fails_one_gate_only_and_would_be_a_candidate_without_its_flaw(seed, catalogue):
    flawed, mended = (plant(catalogue, seed, mended=answer) for answer in (False, True))

    refused = refusals(build_candidates(flawed.survey, catalogue, SETTINGS))
    after = candidate_pairs(build_candidates(mended.survey, catalogue, SETTINGS))

    # What is planted goes straight from one to the other: no machine can be lacking between.
    assert {trap.refusal for trap in flawed.traps} == set(Refusal) - {Refusal.NO_PROCESSOR}
    for trap in flawed.traps:
        assert refused[trap.offer_id, trap.need_id] == [trap.refusal]
        assert (trap.offer_id, trap.need_id) in after, trap


@pytest.mark.parametrize("seed", EVERY_DAY)
def test_no_site_has_more_planted_links_than_it_will_read(seed, catalogue):
    territory = plant(catalogue, seed)

    site_of = {flow.flow_id: flow.site_id for flow in territory.survey.flows.values()}
    ends = [site_of[flow_id] for pair in territory.planted for flow_id in pair]
    assert len(territory.survey.sites) == 30
    assert max(map(ends.count, ends)) <= MOST_PLANTED_A_SITE
    assert len(territory.planted) == 14
    assert len(territory.rivals) >= 6


def refusals(candidates: Candidates) -> dict[tuple[str, str], list[Refusal]]:
    refused, flow_id = candidates.refused, candidates.flows.flow_id
    found: dict[tuple[str, str], list[Refusal]] = {}
    for place in range(len(refused.offer)):
        pair = flow_id[refused.offer[place]], flow_id[refused.need[place]]
        found.setdefault(pair, []).append(Refusal(int(refused.code[place])))
    return found


def best_links(candidates: Candidates) -> set[tuple[str, str]]:
    """Links that SciPy opens: amounts, 0/1 links, supply, demand and attention, by the year."""
    arcs, flows = candidates.arcs, candidates.flows
    count = len(arcs.offer)
    most = arcs.most.astype(float)
    rows, upper = [], []

    def add(amounts: np.ndarray, links: np.ndarray, at_most: float) -> None:
        rows.append(np.concatenate((amounts, links)))
        upper.append(at_most)

    nothing = np.zeros(count)
    for flow in range(len(flows.flow_id)):
        add((arcs.offer == flow) * 1.0, nothing, flows.amount[flow])
        add((arcs.need == flow) * arcs.yield_per_unit, nothing, flows.amount[flow])
    for site in range(len(flows.site_id)):
        touched = (flows.site[arcs.offer] == site) | (flows.site[arcs.need] == site)
        add(nothing, touched * 1.0, SETTINGS.max_proposals_per_site)
    for link in range(count):
        unit = np.eye(1, count, link)[0]
        add(unit, -most[link] * unit, 0.0)
    answer = milp(
        c=-np.concatenate((arcs.gain, -arcs.opening_cost)),
        constraints=LinearConstraint(np.array(rows), ub=np.array(upper)),
        integrality=np.concatenate((np.zeros(count), np.ones(count))),
        bounds=(0, np.concatenate((most, np.ones(count)))),
    )
    assert answer.success
    pairs = {place: pair for pair, place in candidate_pairs(candidates).items()}
    return {pairs[link] for link in np.flatnonzero(answer.x[count:] > 0.5).tolist()}


def recall(catalogue: Catalogue, margin: float, seeds: range) -> float:
    """Share of the planted links that are proposed, at one margin."""
    planted = found = 0
    for seed in seeds:
        territory: PlantedTerritory = plant(catalogue, seed, margin)
        planted += len(territory.planted)
        found += len(
            territory.planted & pairs_of(match(territory.survey, SETTINGS, catalogue=catalogue))
        )
    return found / planted


def test_recall_stays_whole_until_the_margin_is_below_the_gap_of_the_solve(catalogue):
    """At a margin of 5 % the gap of 1 % cannot hide a rival in the place of a planted link."""
    assert recall(catalogue, 0.05, range(2)) == 1.0
