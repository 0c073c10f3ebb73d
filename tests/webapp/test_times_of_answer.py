"""Row 5 of the matrix, its last part: how long an answer takes tells nothing either.

The bytes of two worlds are compared in ``test_confidences.py`` and ``test_leads_in_the_base.py``.
"""

from __future__ import annotations

import statistics
import time

import pytest
from sqlalchemy import select

from tests.webapp.bases import drop_base
from tests.webapp.test_leads_in_the_base import fresh, manager, say
from tests.webapp.world import address_of, copy_of
from webapp.db import transaction
from webapp.lifecycle import Decision
from webapp.models import LeadRow, PartyRow
from webapp.operations import scope
from webapp.operations.firm import leads as firm_leads

PAIRS = 500


@pytest.mark.slow
@pytest.mark.parametrize("what", ["yes", "no with a long reason", "withdrawal"])
def test_what_the_other_side_did_is_not_to_be_read_from_the_time_of_answer(
    template_base, tmp_path, what
):
    """Five hundred pairs, asked in turn of two worlds: medians less than 5 ms apart.

    In the second world the other firm has said yes, said no in a thousand signs, or withdrawn.
    """
    visitors, paths, worlds = [], [], []
    for number in (0, 1):
        world = copy_of(template_base, tmp_path / f"{number}.db")
        lead = fresh(world)
        if number:
            act(world, lead, what)
        visitor = world.signed_in(address_of(world, lead, 0))
        visitors.append(visitor)
        paths.append(f"/entreprise/propositions/{lead.public_id}")
        worlds.append(world)
    spans: list[list[float]] = [[], []]
    for pair in range(PAIRS):
        for number in (0, 1) if pair % 2 else (1, 0):
            begun = time.perf_counter()
            answer = visitors[number].get(paths[number])
            spans[number].append(time.perf_counter() - begun)
            assert answer.status_code == 200
    medians = [1000 * statistics.median(times) for times in spans]
    print(f"{what}: medians {medians[0]:.2f} and {medians[1]:.2f} ms")
    for number, world in enumerate(worlds):
        world.engine.dispose()
        drop_base(tmp_path / f"{number}.db")

    assert abs(medians[0] - medians[1]) < 5


def act(world, lead, what: str) -> None:
    if what == "yes":
        say(world, lead, 1)
        return
    with transaction(world.engine, world.info) as session:
        who = manager(session, lead.parties[1].firm_id)
        if what == "withdrawal":
            sheet = next(
                item.public_id
                for item in session.get(LeadRow, lead.id).round.responses
                if item.site_id == lead.parties[1].site_id
            )
            firm_leads.withdraw(session, who, sheet, now=world.clock())
        else:
            firm_leads.decide(
                session, who, lead.public_id, Decision.DECLINED, version=1, reason="x" * 1000,
                now=world.clock(),
            )  # fmt: skip
            party = session.scalar(
                select(PartyRow).where(PartyRow.lead_id == lead.id, PartyRow.place == 1)
            )
            assert len(scope.opened(session, party.firm, party.reason)["text"]) == 1000
