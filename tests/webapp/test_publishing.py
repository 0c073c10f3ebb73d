"""What elected people read: rounded, nothing under three firms, nothing that can be undone."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.webapp.world import World
from webapp.models import LeadRow, Publication, Site, Synergy
from webapp.operations.publishing import (
    LEAST_FIRMS,
    Cell,
    Tally,
    counted,
    divided,
    not_undone,
    summed,
    two_digits,
)

AGENT, ELECTED = "agent@alisiers.example", "elu@alisiers.example"


def tally(*shares: tuple[float, tuple[int, ...]]) -> Tally:
    made = Tally()
    for lead, (amount, firms) in enumerate(shares):
        made.add(amount, firms, lead)
    return made


def cell(value: float | None, *firms: int) -> Cell:
    return Cell(value=value, firms=frozenset(firms))


def test_a_sum_needs_three_firms_two_leads_and_nobody_behind_nearly_all():
    """1 200 + 1 340 t of four firms: 2 500. One firm in both leads is behind all of it."""
    assert summed(tally((1200, (1, 2)), (1340, (3, 4)))).value == 2500
    assert summed(tally((1200, (1, 2)))).value is None
    assert summed(tally((1200, (1, 2, 3)))).value is None, "one lead alone"
    assert summed(tally((1200, (1, 2)), (1340, (1, 3)))).value is None, "firm 1 is in all of it"
    assert summed(tally((9000, (1, 2)), (1000, (3, 4)))).value is None, "90 % with two firms"


def test_counts_are_to_the_nearest_five():
    assert counted(tally((1, (1, 2)))).value is None
    assert counted(tally((1, (1, 2, 3)))).value == 5
    assert counted(tally(*((1, (firm,)) for firm in range(12)))).value == 10
    assert two_digits(0) == 0.0
    assert two_digits(-1234) == -1200


def test_a_hidden_part_is_never_the_whole_less_the_others():
    """A is hidden: the smallest of the open ones goes with it."""
    parts = {"A": cell(None, 1), "B": cell(5, 2, 3, 4), "C": cell(10, *range(5, 15))}

    found = divided(parts)

    assert [found[name].value for name in "ABC"] == [None, None, 10]
    assert divided({"A": cell(None), "B": cell(5, 2, 3, 4)})["B"].value == 5, "nobody is in A"


@given(st.dictionaries(st.sampled_from("ABCDE"), st.sets(st.integers(0, 30)), min_size=2))
def test_no_division_leaves_one_hidden_part_beside_open_ones(parts):
    """Whoever subtracts the open parts from the whole gets two hidden parts at least."""
    found = divided({name: counted(tally((1, tuple(firms)))) for name, firms in parts.items()})
    hidden = [item for item in found.values() if item.value is None and item.firms]
    shown = [item for item in found.values() if item.value is not None]

    assert not shown or len(hidden) != 1


@given(st.lists(st.sets(st.integers(0, 12)), min_size=2, max_size=6))
def test_two_publications_never_differ_by_one_or_two_firms(courses):
    """Round after round, whatever happens in between: as a set of firms behind each figure."""
    said: list[Cell] = []
    for firms in courses:
        new = {"agreed": counted(tally((1, tuple(firms))))}
        for old in said:
            new = not_undone(new, {"agreed": old})
        said.append(new["agreed"])

    for one, other in itertools.pairwise(said):
        apart = len(one.firms ^ other.firms)
        assert apart == 0 or apart >= LEAST_FIRMS


@pytest.fixture
def agent(world: World):
    return world.signed_in(AGENT)


@pytest.mark.slow
def test_an_elected_person_reads_what_was_published_and_nothing_before(world, agent):
    round_id = world.round("Campagne de printemps").public_id
    elected = world.signed_in(ELECTED)
    assert "Rien n’a encore été publié" in elected.get("/synthese").text
    assert elected.get(f"/synthese/{round_id}").status_code == 404

    words = {"decide-1": "Financer la pesée", "not-yet": "Le nom des lauréats"}
    agent = world.signed_in(AGENT)
    agent.post(f"/territoire/campagnes/{round_id}/publication", **words)

    elected = world.signed_in(ELECTED)
    page = elected.get(f"/synthese/{round_id}").text
    for said in ("Financer la pesée", "Le nom des lauréats", "ont répondu", "secret"):
        assert said in page
    assert elected.get(f"/territoire/campagnes/{round_id}/publication").status_code == 404


def test_an_agreement_of_two_firms_is_a_secret(world, agent):
    """The demonstration has one agreement, of two firms; no name is on the page."""
    round_id = world.round("Campagne de printemps").public_id
    agent.post(f"/territoire/campagnes/{round_id}/publication")

    session = world.rows()
    values = session.scalar(select(Publication)).figures["values"]
    names = set(session.scalars(select(Site.name)))
    synergy = session.scalar(select(Synergy))
    assert len({party.firm_id for party in session.get(LeadRow, synergy.lead_id).parties}) == 2
    session.close()
    assert (values["agreed"], values["proposed"]) == (None, 15)
    page = world.signed_in(ELECTED).get(f"/synthese/{round_id}").text
    assert [name for name in names if name in page] == []


def test_words_that_name_a_firm_are_asked_about_before_they_are_published(world, agent):
    """« Tessonnet » is one firm alone, « fonderie » a trade: only the first is asked about."""
    round_id = world.round("Campagne de printemps").public_id
    path, page = f"/territoire/campagnes/{round_id}/publication", f"/synthese/{round_id}"

    asked = agent.post(path, **{"decide-1": "Recevoir M. TESSONNET", "decide-2": "La fonderie"})

    assert asked.status_code == 200
    assert "Moulages Tessonnet" in asked.text and "Recevoir M. TESSONNET" in asked.text
    assert "Fonderie Maurel-Sorin" not in asked.text
    assert agent.get(page).status_code == 404  # nothing was published

    agent.post(path, **{"decide-1": "Recevoir M. TESSONNET", "agreed": "yes"})

    assert "TESSONNET" in agent.get(page).text
    line = "nommée dans la page des élus"
    assert line in world.signed_in("contact@f10.example").get("/entreprise/donnees").text
