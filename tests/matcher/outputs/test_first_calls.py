"""Whom to call first, and amounts in the giver's own unit."""

from __future__ import annotations

import dataclasses

import pytest

from matcher.outputs.factor_words import factor_name
from matcher.outputs.first_calls import first_calls, shared_before
from matcher.outputs.labels import Labels
from matcher.outputs.leads import leads_of
from matcher.outputs.report_page import report_page
from matcher.plan import Confidence, Plan, Range
from tests.matcher.outputs.sample_leads import a_proposal
from tests.matcher.outputs.sample_plan import a_plan
from tests.matcher.outputs.sample_sites import a_reason


def calls_of(plan: Plan):
    return first_calls(leads_of(plan, "fr"), Labels(plan=plan, language="fr"))


def test_the_three_leads_that_bring_most_for_an_hour_come_first_by_their_low_gain():
    """By hand, low gain for an hour: a 80/8 = 10, b 600/60 = 10.0 but after a, c 20, d 1, e −5."""
    plan = a_plan(
        proposals=(
            a_proposal("a", gain_eur_per_year=Range(value=900, low=80, high=900), effort_hours=8),
            a_proposal("b", gain_eur_per_year=Range(value=700, low=600, high=800), effort_hours=60),
            a_proposal("c", gain_eur_per_year=Range(value=200, low=160, high=200), effort_hours=8),
            a_proposal("d", gain_eur_per_year=Range(value=9000, low=8, high=9999), effort_hours=8),
            a_proposal("e", gain_eur_per_year=Range(value=9000, low=-40, high=9999)),
        )
    )

    assert [call.lead.proposal.proposal_id for call in calls_of(plan)] == ["c", "a", "b"]


def test_a_lead_that_may_lose_money_or_stays_inside_one_firm_is_nobodys_first_call():
    loss = a_proposal("loss", gain_eur_per_year=Range(value=500, low=-1, high=900))

    assert calls_of(a_plan(proposals=(loss,), internal=(a_proposal("inside"),))) == ()


def test_a_call_says_whom_in_which_order_what_to_ask_and_what_is_not_sure():
    plan = a_plan(proposals=(a_proposal("p", confidence=Confidence.MEDIUM),))

    (call,) = calls_of(plan)

    giver, taker = (plan.sites[party.site_id].name for party in plan.proposals[0].parties)
    assert call.names == f"{giver} (donne), puis {taker} (reprend)"
    assert call.question == plan.proposals[0].questions[0].text("fr")
    assert call.doubt == plan.proposals[0].confidence_reasons[0].text("fr")


def test_what_blocks_every_lead_is_said_once():
    plan = a_plan(proposals=(a_proposal("p"), a_proposal("q")))
    both = calls_of(plan)

    assert both[0].before and shared_before(both) == both[0].before
    assert shared_before(both[:1]) == ""
    assert report_page(plan, "fr").count("À régler avant tout envoi, pour toutes") == 1


def test_pallets_are_shown_as_the_firm_counts_them_and_so_is_their_price():
    """66 t are 3 000 pallets of 22 kg; 232,73 €/t x 66 t / 3 000 = 5,12 € a pallet."""
    pallets = a_proposal(
        "p", amount_per_year=66.0, declared_amount=3000.0, declared_unit="palette",
        price_low=100.0, fair_price=232.73, price_high=300.0,
    )  # fmt: skip
    labels = Labels(plan=a_plan(proposals=(pallets,)), language="fr")

    assert labels.given(pallets).replace("\u202f", "\u00a0") == "66 t/an (3 000 palettes)".replace(
        " t", "\u00a0t"
    ).replace("3 000 p", "3\u00a0000\u00a0p")
    assert labels.declared_price(pallets) == "5,12\u00a0€ par palette"
    assert "5,12\u00a0€ par palette" in report_page(labels.plan, "fr")
    assert labels.given(a_proposal("q")).endswith("t/an")


def test_skips_keep_the_words_that_say_their_size():
    skips = a_proposal("p", declared_amount=1.0, declared_unit="bennes de 30 m³")

    assert Labels(plan=a_plan(), language="fr").declared(skips) == "1\u00a0bennes de 30 m³"


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("haulage_per_km", "Transport, au kilomètre"),
        ("disposal_landfill_2027", "Coût d’élimination évité – décharge"),
        ("purchase_pallets", "Prix d’achat évité – Palettes en bois"),
        ("a-factor-of-another-table", "a-factor-of-another-table"),
    ],
)
def test_a_figure_of_ours_has_a_name_and_what_it_is_narrowed_to(key, name):
    assert factor_name(key, "fr") == name


def test_every_kind_of_figure_has_its_name_in_both_languages():
    from matcher.catalogue import load_catalogue

    for key in load_catalogue().factors:
        assert factor_name(key, "fr") != key and factor_name(key, "en") != key


def test_the_curve_says_that_it_counts_what_happens_once():
    once = a_proposal("once", one_off=True)
    words = "ne se comptent qu’une fois"

    assert words in report_page(a_plan(proposals=(a_proposal("p"), once)), "fr")
    assert words not in report_page(a_plan(proposals=(a_proposal("p"),)), "fr")


def test_a_place_that_is_taken_shows_what_the_lead_would_bring_and_not_a_lack():
    taken = a_reason("attention-spent", "Places prises.", "Places taken.", 3028, "EUR/year")
    far = a_reason("too-far", "Trop loin.", "Too far.", 13.6, "km")
    labels = Labels(plan=a_plan(), language="fr")

    assert labels.gap(taken).endswith("en attente")
    assert labels.gap(far) == "13,6\u00a0km"


def test_a_name_that_is_a_script_is_only_a_name():
    plan = a_plan()
    name = "<script>alert(1)</script>" + "x" * 300
    sites = {key: dataclasses.replace(site, name=name) for key, site in plan.sites.items()}

    page = report_page(dataclasses.replace(plan, sites=sites), "fr")

    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
