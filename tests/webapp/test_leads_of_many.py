"""A lead of four firms (a training bought together) goes the whole way by the same rules."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.webapp.test_leads_in_the_base import NEUTRAL, say
from tests.webapp.test_routes import without_marks
from tests.webapp.world import World, address_of
from webapp.jobs import night
from webapp.lifecycle import Decision, View
from webapp.models import LeadRow, Reveal, Synergy

AGENT = "agent@alisiers.example"


def sent_to_four(world: World) -> LeadRow:
    """Reviewed, approved and sent from the agent's pages."""
    lead = next(lead for lead in world.leads("draft") if len(lead.parties) == 4)
    agent = world.signed_in(AGENT)
    page = agent.get(f"/territoire/propositions/{lead.public_id}").text
    for party in lead.parties:
        assert party.site.name in page
    for place in range(4):
        agent.post(f"/territoire/propositions/{lead.public_id}/risque/{place}")
    agent.post(f"/territoire/propositions/{lead.public_id}/approuver")
    path = f"/territoire/campagnes/{lead.round.public_id}/envoi"
    agent.post(path, lead=lead.public_id, until="2027-02-01")
    return next(found for found in world.leads("sent") if found.id == lead.id)


def test_three_yeses_of_four_tell_nobody_anything_and_the_fourth_tells_all(world):
    lead = sent_to_four(world)
    names = [party.site.name for party in lead.parties]
    path = f"/entreprise/propositions/{lead.public_id}"
    firms = [world.signed_in(address_of(world, lead, place)) for place in range(4)]
    before = firms[3].get(path).text

    for place in range(3):
        assert say(world, lead, place) is View.WAITING

    after = firms[3].get(path).text
    assert without_marks(before) == without_marks(after), "who has not answered sees no change"
    for place, firm in enumerate(firms):
        page = firm.get(path).text
        assert [name for at, name in enumerate(names) if at != place and name in page] == []

    assert say(world, lead, 3) is View.REVEALED
    for place, firm in enumerate(firms):
        page = firm.get(path).text
        assert [name for at, name in enumerate(names) if at != place and name not in page] == []
    session = world.rows()
    assert len(session.scalars(select(Reveal).where(Reveal.lead_id == lead.id)).all()) == 1
    assert session.scalar(select(Synergy).where(Synergy.lead_id == lead.id)).axis == "simplifier"
    session.close()


@pytest.mark.slow
def test_one_no_of_four_ends_it_for_all_in_the_same_words(world):
    """Two said yes, one no, one nothing: after the deadline all read the neutral sentence."""
    lead = sent_to_four(world)
    for place, word in ((0, Decision.ACCEPTED), (1, Decision.ACCEPTED), (2, Decision.DECLINED)):
        say(world, lead, place, word)
    world.clock.forward(days=40)
    night(world.engine, world.info, world.clock)

    for place in (0, 1, 3):
        firm = world.signed_in(address_of(world, lead, place))
        page = firm.get(f"/entreprise/propositions/{lead.public_id}").text
        assert NEUTRAL in page.replace("\xa0", " ")
