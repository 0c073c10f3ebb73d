"""Contract 3.1: two columns and a way become one figure, positive when the site pays."""

import pytest


def cost_of(read_flow, **cells):
    return read_flow(**cells).survey.flows["F1"].today_cost_eur_per_unit


@pytest.mark.parametrize(
    ("way", "price", "cost"),
    [
        ("pays", "98", 98),
        ("is_paid", "20", -20),
        ("", "98", 98),
        ("", "-20", -20),
        ("pays", "-28", 28),
    ],
)
def test_the_way_gives_the_sign_and_without_it_the_sign_gives_the_way(read_flow, way, price, cost):
    found = cost_of(read_flow, unit="t", amount="10", today_way=way, today_eur_per_unit=price)

    assert found == pytest.approx(cost)


def test_a_price_per_kilogram_becomes_a_price_per_tonne(read_flow):
    """0.12 EUR/kg / 0.001 t/kg = 120 EUR/t."""
    found = cost_of(read_flow, unit="kg", amount="500", today_way="pays", today_eur_per_unit="0,12")

    assert found == pytest.approx(120)


def test_a_price_per_skip_becomes_a_price_per_tonne_by_the_density_shown(read_flow):
    """A 15 m3 skip of sawdust holds 15 x 0.2 = 3 t: 150 EUR a skip are 50 EUR/t."""
    read = read_flow(unit="benne 15 m³", amount="40", today_way="pays", today_eur_per_unit="150")

    assert read.survey.flows["F1"].today_cost_eur_per_unit == pytest.approx(50)
    assert read.survey.flows["F1"].amount == pytest.approx(120)
    assert "40 benne 15 m³ × 3 = 120 t" in read.problem("unit-assumed").message("fr")


def test_the_years_invoice_is_shared_over_the_amount(read_flow):
    """4 900 EUR / 50 t = 98 EUR/t."""
    found = cost_of(read_flow, unit="t", amount="50", today_way="pays", today_eur_per_year="4 900")

    assert found == pytest.approx(98)


def test_two_prices_that_disagree_are_said_and_the_one_per_unit_is_taken(read_flow):
    read = read_flow(
        unit="t", amount="50", today_way="pays", today_eur_per_unit="98", today_eur_per_year="9 000"
    )

    assert read.warnings == ["prices-disagree"]
    assert read.survey.flows["F1"].today_cost_eur_per_unit == pytest.approx(98)


def test_two_prices_that_agree_but_for_rounding_say_nothing(read_flow):
    read = read_flow(
        unit="t", amount="50", today_way="pays", today_eur_per_unit="98", today_eur_per_year="4 950"
    )

    assert read.problems == ()


def test_free_costs_nothing_and_silence_is_not_known(read_flow):
    assert cost_of(read_flow, today_way="gratuit") == 0
    assert cost_of(read_flow, today_way="pays") is None
    assert cost_of(read_flow) is None
