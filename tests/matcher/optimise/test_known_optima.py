"""Published and hand-made cases with a known optimum, through the entry by ids."""

import json
import math
from itertools import product

import pytest

from matcher.optimise import heat_cascade, solve_exchange
from matcher.settings import Backend, Settings, Solver

WAYS = [
    pytest.param(Settings(backend=Backend.ENGINE), id="engine"),
    pytest.param(Settings(backend=Backend.REFERENCE), id="board, HiGHS"),
    pytest.param(Settings(backend=Backend.REFERENCE, solver=Solver.CBC), id="board, CBC"),
]
EXACT = Settings(backend=Backend.ENGINE)

# Textbook transportation problems: (cost table, supply, demand, least cost).
TRANSPORT = {
    # F. S. Hillier and G. J. Lieberman, Introduction to Operations Research: P & T Company
    "P&T": (
        [[464, 513, 654, 867], [352, 416, 690, 791], [995, 682, 388, 685]],
        [75, 125, 100],
        [80, 65, 70, 85],
        152_535,
    ),
    # W. L. Winston, Operations Research: Powerco
    "Powerco": (
        [[8, 6, 10, 9], [9, 12, 13, 7], [14, 9, 16, 5]],
        [35, 50, 40],
        [45, 20, 30, 30],
        1_020,
    ),
    # H. A. Taha, Operations Research: SunRay
    "SunRay": (
        [[10, 2, 20, 11], [12, 7, 9, 20], [4, 14, 16, 18]],
        [15, 25, 10],
        [5, 15, 15, 15],
        435,
    ),
    # G. B. Dantzig, Linear Programming and Extensions, as GAMS' first model: 90 $ a 1000 miles
    "trnsport": (
        [[0.225, 0.153, 0.162], [0.225, 0.162, 0.126]],
        [350, 600],
        [325, 300, 275],
        153.675,
    ),
    # PuLP's first tutorial: two breweries, five bars
    "beer": (
        [[2, 4, 5, 2, 1], [3, 1, 3, 2, 3]],
        [1000, 4000],
        [500, 900, 1800, 200, 700],
        8_600,
    ),
}


@pytest.mark.parametrize("settings", WAYS)
@pytest.mark.parametrize("name", TRANSPORT)
def test_a_textbook_transport_costs_what_the_textbook_says(name, settings):
    """Each unit delivered is worth more than any road costs, so every demand is met and the gain
    is that worth less the least cost.
    """
    costs, supply, demand, least_cost = TRANSPORT[name]
    worth = 2 * max(cost for row in costs for cost in row)
    pairs = list(product(range(len(supply)), range(len(demand))))
    plan = solve_exchange(
        {f"from {i}": amount for i, amount in enumerate(supply)},
        {f"to {j}": amount for j, amount in enumerate(demand)},
        {(f"from {i}", f"to {j}"): worth - costs[i][j] for i, j in pairs},
        {},
        settings,
    )

    assert sum(plan.amounts.values()) == pytest.approx(sum(demand))
    assert worth * sum(demand) - plan.report.objective == pytest.approx(least_cost)
    assert plan.report.proved_optimal


# Water: (load g/h, most ppm in, most ppm out) of each process; load / (out - in) is its flow, t/h.
WANG_SMITH = {"": [(2000, 0, 100), (5000, 50, 100), (30000, 50, 800), (4000, 400, 800)]}
"""Y. P. Wang and R. Smith, "Wastewater minimisation", Chem. Eng. Science 49(7), 1994."""
THREE_PLANTS = {
    "A": [(2000, 0, 100), (2000, 50, 80), (5000, 50, 100), (30000, 80, 800), (4000, 400, 800)],
    "B": [(2000, 0, 100), (2000, 50, 80), (5000, 80, 400), (30000, 100, 800), (4000, 400, 1000)],
    "C": [(2000, 0, 100), (2000, 25, 50), (5000, 25, 125), (30000, 50, 800), (15000, 100, 150)],
}
"""Five processes each, after S. G. Olesen and G. T. Polley (1996), as three plants of one park."""
ALONE_T_PER_H = {"A": 98.335, "B": 54.649, "C": 186.667}


def flow_t_per_h(load, most_in, most_out):
    """The flow that carries the load between the two limits, to 0.01 t/h as it was published."""
    return math.floor(100 * load / (most_out - most_in) + 0.5) / 100


def fresh_water_t_per_h(plants, settings=EXACT, **choices):
    """Water of the network that the plan leaves to buy, and the plan.

    Each plant may thin what it reuses with fresh water, which is worth nothing: the gain is what
    is reused. A link inside one plant is free and not counted.
    """
    supply, demand, quality, limit, site_of = {}, {}, {}, {}, {}
    for plant, processes in plants.items():
        for i, (load, most_in, most_out) in enumerate(processes):
            flow = flow_t_per_h(load, most_in, most_out)
            source, sink = f"out {plant}{i}", f"in {plant}{i}"
            supply[source], demand[sink] = flow, flow
            quality[source], limit[sink] = {"ppm": most_out}, {"ppm": most_in}
            site_of[source] = site_of[sink] = plant
    gain = dict.fromkeys(product(supply, demand), 1.0)
    needed = sum(demand.values())
    for plant in plants:
        fresh = f"fresh {plant}"
        supply[fresh], quality[fresh], site_of[fresh] = needed, {"ppm": 0}, plant
        gain |= {(fresh, sink): 0.0 for sink in demand if site_of[sink] == plant}
    plan = solve_exchange(
        supply, demand, gain, {}, settings, quality=quality, limit=limit, site_of=site_of, **choices
    )
    return needed - plan.report.objective, plan


@pytest.mark.parametrize("settings", WAYS)
def test_four_processes_of_wang_and_smith_need_90_t_of_fresh_water_an_hour(settings):
    """Below the pinch at 100 ppm: 20 t at 0 ppm, 100 t and 40 t at 50 ppm made of half fresh,
    half 100 ppm water: 20 + 50 + 20 = 90 t/h. Above it nothing fresh is needed.
    """
    fresh, plan = fresh_water_t_per_h(WANG_SMITH, settings)

    assert fresh == pytest.approx(90)
    assert plan.report.proved_optimal


@pytest.mark.parametrize("plant", sorted(THREE_PLANTS))
def test_a_plant_of_olesen_and_polley_alone_needs_what_was_published(plant):
    fresh, _ = fresh_water_t_per_h({plant: THREE_PLANTS[plant]})

    assert fresh == pytest.approx(ALONE_T_PER_H[plant], abs=1e-3)


def test_three_plants_without_a_link_between_them_need_the_sum_of_each_alone():
    """98.335 + 54.649 + 186.667 = 339.651 t/h, in one model whose counted links are none."""
    fresh, _ = fresh_water_t_per_h(THREE_PLANTS, max_links=0)

    assert fresh == pytest.approx(339.651, abs=1e-3)


def test_three_plants_together_need_314_t_of_fresh_water_an_hour():
    fresh, plan = fresh_water_t_per_h(THREE_PLANTS)

    assert fresh == pytest.approx(314.361, abs=1e-3)
    assert plan.report.proved_optimal


def test_one_pipe_between_plants_brings_two_thirds_of_the_water_and_three_bring_all():
    """From 339.651 to 314.361 t/h: 25.29 t/h to gain, two thirds of it by the first pipe."""
    one, three = (fresh_water_t_per_h(THREE_PLANTS, max_links=k)[0] for k in (1, 3))

    assert 339.651 - one >= 0.67 * (339.651 - 314.361)
    assert three == pytest.approx(314.361, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("settings", WAYS[1:])
def test_both_solvers_on_the_board_agree_on_one_pipe_between_plants(settings):
    theirs, _ = fresh_water_t_per_h(THREE_PLANTS, settings, max_links=1)
    ours, _ = fresh_water_t_per_h(THREE_PLANTS, max_links=1)

    assert theirs == pytest.approx(ours, rel=1e-6)


def test_the_typed_figures_are_those_of_the_shared_cases(shared):
    """Waste with a cost a link, water, heat: the file beside the repository, when it is there."""
    cases = json.loads((shared / "cases" / "small_cases.json").read_text(encoding="utf-8"))
    water = cases["W2_olesen_polley_1996_3plants"]

    for plant, processes in THREE_PLANTS.items():
        flows = [flow_t_per_h(*process) for process in processes]
        assert water["sinks"][plant] == [
            pytest.approx([flow, c_in]) for flow, (_, c_in, _) in zip(flows, processes, strict=True)
        ]
        assert water["sources"][plant] == [
            pytest.approx([flow, c_out])
            for flow, (_, _, c_out) in zip(flows, processes, strict=True)
        ]
    assert {plant: water["expected"][plant] for plant in "ABC"} == ALONE_T_PER_H
    assert cases["W1_wang_smith_1994"]["ops"] == [
        [load / 1000, c_in, c_out] for load, c_in, c_out in WANG_SMITH[""]
    ]


def test_waste_of_the_shared_file_gains_what_it_says(shared):
    cases = json.loads((shared / "cases" / "small_cases.json").read_text(encoding="utf-8"))
    waste = cases["M1_waste_fixed_link_cost"]
    gain = {(key[0], key[1]): value for key, value in waste["gain_eur_t"].items()}
    plans = [
        solve_exchange(waste["supply_t"], waste["demand_t"], gain, dict.fromkeys(gain, cost), EXACT)
        for cost in (0, waste["fixed_eur_per_link"])
    ]

    assert plans[0].report.objective == pytest.approx(waste["expected"]["no_fixed"])
    assert plans[1].report.objective == pytest.approx(waste["expected"]["with_fixed"])
    assert sorted("".join(link) for link in plans[1].amounts) == waste["expected"]["links"]


def test_the_heat_cascade_of_the_shared_file_and_its_split_between_two_firms(shared):
    cases = json.loads((shared / "cases" / "small_cases.json").read_text(encoding="utf-8"))
    case = cases["H1_kemp_4stream"]
    streams = [tuple(stream) for stream in case["streams_Tin_Tout_CPkWK"]]
    whole = heat_cascade(streams, case["dTmin_K"])

    assert whole.hot_kw == pytest.approx(case["expected"]["QH_kW"])
    assert whole.cold_kw == pytest.approx(case["expected"]["QC_kW"])
    assert whole.pinch_shifted_c == pytest.approx(case["expected"]["pinch_shifted_C"])
    alone_hot_kw = 0.0
    for firm in "AB":
        cascade = heat_cascade([streams[i] for i in case["split"][firm]], case["dTmin_K"])
        assert (cascade.hot_kw, cascade.cold_kw) == pytest.approx(
            tuple(case["split"]["expected"][firm])
        )
        alone_hot_kw += cascade.hot_kw
    assert alone_hot_kw - whole.hot_kw == pytest.approx(case["split"]["expected"]["saved_QH_kW"])
