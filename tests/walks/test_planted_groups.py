"""Shared machines, jobs and purchases that we put there: all found, every trap says why not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from matcher.catalogue import Catalogue, load_catalogue
from matcher.groups import build_bundles
from matcher.matching import match
from matcher.plan import Plan
from matcher.settings import Settings
from tests.planted import plant
from tests.planted_groups import AS_OF, PlantedGroups, plant_groups

# What was planted is the best plan; whether a rival should have a lead all the same is the floor's.
SETTINGS = Settings(as_of=AS_OF, curve_points=0, workers=1, floor_eur=0.0)
ALL = [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 50))]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def groups_of(plan: Plan) -> set[frozenset[str]]:
    return {frozenset(p.declaration_id for p in lead.parties) for lead in plan.proposals}


@pytest.mark.parametrize("seed", ALL)
def test_every_planted_group_is_found_and_every_trap_says_why_not(seed, catalogue):
    territory = plant_groups(catalogue, seed)

    plan = match(territory.survey, SETTINGS, catalogue=catalogue)

    assert groups_of(plan) == territory.planted
    assert plan.report.solve.proved_optimal
    told = {item.declaration_id: item.reasons[0].code for item in plan.unmatched}
    for trap in territory.traps:
        assert {declaration: told[declaration] for declaration in trap.codes} == trap.codes
    assert {told[rival] for rival in territory.rivals} == {"group-room-taken"}


@pytest.mark.parametrize("seed", ALL)
def test_an_independent_solve_over_the_bundles_finds_what_was_planted(seed, catalogue):
    """SciPy's MILP: take bundles whole, within every room claimed and within attention; and no
    bundle with a rival is worth more than 1 / 1.2 of the planted one that it competes with.
    """
    territory = plant_groups(catalogue, seed)
    found = build_bundles(territory.survey, catalogue, SETTINGS)
    members = [frozenset(bundle.declaration_ids) for bundle in found.bundles]
    worth = np.array([bundle.worth for bundle in found.bundles])

    rooms = sorted(found.limits)
    sites = sorted(territory.survey.sites)
    uses = np.array([[b.claims.get(room, 0.0) for b in found.bundles] for room in rooms])
    calls = np.array([[float(site in b.site_ids) for b in found.bundles] for site in sites])
    attention = [territory.survey.sites[site].max_proposals for site in sites]
    best = milp(
        -worth,
        integrality=np.ones(worth.size),
        bounds=(0, 1),
        constraints=[
            LinearConstraint(uses, ub=[found.limits[room] for room in rooms]),
            LinearConstraint(calls, ub=attention),
        ],
    )

    chosen = {members[place] for place in np.flatnonzero(best.x > 0.5)}
    assert chosen == territory.planted
    for planted in territory.planted:
        value = worth[members.index(planted)]
        others = [
            worth[place]
            for place, group in enumerate(members)
            if group != planted and group & planted
        ]
        assert all(value >= 1.2 * other for other in others)


@pytest.mark.parametrize("seed", ALL)
def test_a_trap_would_be_proposed_without_its_flaw(seed, catalogue):
    mended = plant_groups(catalogue, seed, mended=True)

    plan = match(mended.survey, SETTINGS, catalogue=catalogue)

    assert {trap.declaration_ids for trap in mended.traps} <= groups_of(plan)


@pytest.mark.parametrize("seed", ALL)
def test_links_and_groups_planted_in_one_territory_are_all_found(seed, catalogue):
    groups = plant_groups(catalogue, seed)
    links = plant(catalogue, seed)

    plan = match(_together(groups, links.survey), SETTINGS, catalogue=catalogue)

    expected = groups.planted | {frozenset(pair) for pair in links.planted}
    # What is inside one firm is told apart from the proposals.
    inside = {frozenset(p.declaration_id for p in lead.parties) for lead in plan.internal}
    assert groups_of(plan) | inside == expected


def _together(groups: PlantedGroups, links):
    return replace(
        links,
        sites=links.sites | groups.survey.sites,
        equipment=groups.survey.equipment,
        jobs=groups.survey.jobs,
        pools=groups.survey.pools,
    )
