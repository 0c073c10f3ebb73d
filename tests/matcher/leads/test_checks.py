"""Points of law on a proposal: those of the case, those of the day, and never a verdict."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from matcher.catalogue import Catalogue, Kind, load_catalogue
from matcher.declarations import Direction, Flow, Hazard, LegalStatus, Site, Survey
from matcher.leads.checks import Deal, checks_for, checks_of
from matcher.plan import CheckSeverity
from tests.conftest import ROOT

LAST_OF_OLD, FIRST_OF_NEW = datetime.date(2026, 5, 20), datetime.date(2026, 5, 21)
NEW_LAW = "Règlement (UE) 2024/1157"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def asked(
    catalogue: Catalogue,
    day=FIRST_OF_NEW,
    status=LegalStatus.WASTE,
    resource="sawdust",
    waste_code=None,
    **taker,
):
    """The checks when a French sawmill gives sawdust to a site; ``taker`` changes that site."""
    giver = Flow(
        flow_id="O",
        site_id="A",
        direction=Direction.OFFER,
        resource=resource,
        declared_resource=resource,
        waste_code=waste_code,
        status=status,
    )
    need = dataclasses.replace(giver, flow_id="N", site_id="B", direction=Direction.NEED)
    survey = Survey(
        sites={
            "A": Site(site_id="A", name="Scierie", commune_code="59350"),
            "B": Site(**{"site_id": "B", "name": "Preneur", "commune_code": "2A004"} | taker),
        },
        flows={"O": giver, "N": need},
    )
    deal = Deal(
        giver=giver,
        taker=need,
        route=catalogue.routes_from(resource)[0],
        given_kind=Kind.MATTER,
        hazard=Hazard.NO,
        as_of=day,
        one_off=False,
    )
    return checks_for(deal, survey, catalogue)


def crossing(checks):
    return {check.article for check in checks if check.code == "cross_border"}


def test_waste_between_two_french_sites_crosses_no_border(catalogue: Catalogue):
    found = asked(catalogue)

    assert not crossing(found)
    assert {"broker_guard", "producer_responsibility"} <= {check.code for check in found}


def test_waste_to_a_site_abroad_is_asked_about_under_the_law_of_the_day(catalogue: Catalogue):
    """Electronic files apply from 21 May 2026: the day before, the former regulation is named."""
    before = crossing(asked(catalogue, LAST_OF_OLD, commune_code="BE8500"))
    after = crossing(asked(catalogue, FIRST_OF_NEW, commune_code="BE8500"))

    assert before == {"Règlement (CE) n° 1013/2006"}
    assert after and all(article.startswith(NEW_LAW) for article in after)


def test_a_product_or_a_site_with_a_siret_crosses_no_border_for_waste(catalogue: Catalogue):
    assert not crossing(asked(catalogue, commune_code="BE8500", status=LegalStatus.PRODUCT))
    assert not crossing(asked(catalogue, commune_code="5935O", siret="99980107900019"))


@pytest.mark.parametrize(
    ("condition", "keys"),
    [
        ("groupement_employer", 1),
        ("groupement_solidarity", 1),
        ("staff_loan_agreement", 1),
        ("landlord_agreement", 2),
        ("competitors_together", 2),
    ],
)
def test_sharing_staff_floors_and_purchases_have_their_points(
    catalogue: Catalogue, condition, keys
):
    found = checks_of(frozenset({condition}), catalogue, FIRST_OF_NEW)

    assert len(found) == keys and {check.code for check in found} == {condition}
    order = [list(CheckSeverity).index(check.severity) for check in found]
    assert order == sorted(order), "blocking ones first"
    for check in found:
        assert check.article and "?" in check.question["fr"] and "?" in check.question["en"]


def test_what_a_producers_scheme_may_collect_already_asks_whether_it_agrees(catalogue: Catalogue):
    def codes(**deal):
        return {check.code for check in asked(catalogue, **deal)}

    assert "extended_producer_scheme" in codes(resource="tyres")
    assert "extended_producer_scheme" not in codes(resource="sawdust")
    assert "extended_producer_scheme" not in codes(resource="tyres", status=LegalStatus.PRODUCT)


def test_a_code_whose_new_wording_was_not_read_is_asked_about_a_year_ahead(catalogue: Catalogue):
    """16 06 is rewritten on 9 December 2026; how, our tables do not know."""

    def is_asked(code: str, day: datetime.date) -> bool:
        found = asked(catalogue, day, resource="batteries_lead", waste_code=code)
        return "waste_code_may_change" in {check.code for check in found}

    assert is_asked("160601", datetime.date(2026, 11, 25))
    assert is_asked("160601", datetime.date(2027, 1, 11))
    assert not is_asked("160601", datetime.date(2025, 11, 25))
    assert not is_asked("200133", datetime.date(2026, 11, 25)), "its end and successors are known"


def test_every_condition_is_raised_somewhere(catalogue: Catalogue):
    """A point of law that no code asks for would never be seen."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "matcher").rglob("*.py"))
    conditions = {row.condition for row in catalogue.legal_checks.values()}
    assert {name for name in conditions if f'"{name}"' not in code} == set()


def test_every_condition_has_a_point_on_every_day_of_the_year_of_the_round(catalogue: Catalogue):
    """A law replaced without its successor would leave a hole that nobody sees."""
    for condition in {row.condition for row in catalogue.legal_checks.values()}:
        for days in range(365):
            day = datetime.date(2026, 1, 1) + datetime.timedelta(days=days)
            assert any(
                row.condition == condition and row.is_in_force(day)
                for row in catalogue.legal_checks.values()
            ), (condition, day)
