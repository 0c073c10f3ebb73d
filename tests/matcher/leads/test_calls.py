"""Leads between the same two sites are one call."""

from __future__ import annotations

import dataclasses

import pytest

from matcher.leads.calls import calls_of, hours_once
from matcher.outputs.report_page import report_page
from tests.matcher.outputs.sample_leads import a_proposal
from tests.matcher.outputs.sample_plan import a_plan


def between(name, *sites, **said):
    """A lead between these sites: the parties of the sample, moved."""
    lead = a_proposal(name, **said)
    first = lead.parties[0]
    return dataclasses.replace(
        lead,
        parties=tuple(
            dataclasses.replace(first, site_id=site, declaration_id=f"{name}-{site}")
            for site in sites
        ),
    )


def test_two_leads_between_two_sites_are_one_call_whoever_gives():
    """S1 to S2 and back are one call; S1 with S3 is its own, and so is a group of three."""
    leads = [
        between("a", "S1", "S2", effort_hours=8.0),
        between("b", "S2", "S1", effort_hours=60.0),
        between("c", "S1", "S3"),
        between("d", "S1", "S2", "S3"),
    ]

    (call,) = calls_of(leads)

    assert call.site_ids == ("S1", "S2")
    assert call.proposal_ids == ("a", "b")
    assert call.effort_hours == 60.0
    assert hours_once(leads) == [60.0, 0.0, leads[2].effort_hours, leads[3].effort_hours]
    assert call.gain_eur_per_year == pytest.approx(
        sum(lead.gain_eur_per_year.value for lead in leads[:2])
    )


def test_what_is_once_is_not_added_to_what_is_yearly():
    leads = [between("a", "S1", "S2"), between("b", "S1", "S2", one_off=True)]

    (call,) = calls_of(leads)

    assert call.gain_eur_per_year == leads[0].gain_eur_per_year.value
    assert call.gain_eur_once == leads[1].gain_eur_per_year.value


def test_the_report_says_on_each_lead_what_else_the_call_is_about():
    plan = a_plan()
    first = plan.proposals[0]
    twin = dataclasses.replace(first, proposal_id="twin")
    sites = {party.site_id for party in first.parties}
    assert len(sites) == 2
    twins = dataclasses.replace(plan, proposals=(first, twin), calls=calls_of((first, twin)))

    assert report_page(twins, "fr").count("Un seul appel") == 2
    assert "Un seul appel" not in report_page(plan, "fr")
