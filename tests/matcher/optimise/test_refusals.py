"""What has no plan, what was stopped, and what was asked wrongly is said so, never guessed."""

import numpy as np
import pytest

from matcher.errors import NoPlanError
from matcher.optimise import exchange, solve_exchange, solver
from matcher.optimise.reference import build_reference
from matcher.settings import Backend, Settings, Solver
from tests.matcher.optimise.tiny_towns import a_town, rows_of

WAYS = [
    pytest.param(Settings(backend=Backend.ENGINE), id="engine"),
    pytest.param(Settings(backend=Backend.REFERENCE), id="board, HiGHS"),
    pytest.param(Settings(backend=Backend.REFERENCE, solver=Solver.CBC), id="board, CBC"),
]
EXACT = Settings(backend=Backend.ENGINE)
ONE_LINK = {"supply": {"o": 10.0}, "demand": {"n": 8.0}, "gain": {("o", "n"): 5.0}}


CONTRADICTIONS = {
    "a row asks for fewer than no link": {"link_rows": rows_of([(0, 0, 1.0)], [-1.0])},
    "a row asks for two links of one": {"link_rows": rows_of([(0, 0, -1.0)], [-2.0])},
    "a permit is below zero": {"year_rows": rows_of([(0, 0, 1.0)], [-1.0])},
    "a permit asks for more than there is": {"year_rows": rows_of([(0, 0, -1.0)], [-11.0])},
    "a machine has fewer than no hours": {
        "capacity_rows": rows_of([(0, 0, 1.0)], [0.0]),
        "capacity": np.array([[-1.0]]),
    },
    "a link that must open has a lot above what there is": {
        "link_rows": rows_of([(0, 0, -1.0)], [-1.0]),
        "link_lot": np.array([11.0]),
    },
    "a link that must open cannot keep the blend": {
        "link_rows": rows_of([(0, 0, -1.0)], [-1.0]),
        "link_lot": np.array([1.0]),
        "arc_rows": rows_of([(0, 0, 1.0)], [0.0]),
    },
    "a link must open and none may": {
        "link_rows": rows_of([(0, 0, -1.0)], [-1.0]),
        "max_links": 0,
    },
}


@pytest.mark.parametrize("settings", WAYS)
@pytest.mark.parametrize("choices", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_model_that_contradicts_itself_has_no_plan_rather_than_an_empty_one(choices, settings):
    town = a_town([10], [8], [(0, 0, 5, 1)], **choices)

    with pytest.raises(NoPlanError, match=r"exchange.*(infeasible|broken row)"):
        exchange.solve(town, settings)


@pytest.mark.parametrize("solver_behind", Solver)
def test_the_solvers_own_refusal_is_no_plan_either(solver_behind):
    """The model handed to the solver as it is, past our own check of what closing all breaks."""
    town = a_town([10], [8], [(0, 0, 5, 1)], link_rows=rows_of([(0, 0, 1.0)], [-1.0]))

    with pytest.raises(NoPlanError):
        solver.run(build_reference(town).problem, Settings(solver=solver_behind))


@pytest.mark.parametrize("settings", WAYS)
def test_a_link_that_does_not_pay_gives_an_empty_plan_that_is_proved(settings):
    """8 t x 5 EUR = 40 EUR for a link that costs 41."""
    plan = solve_exchange(**ONE_LINK, opening_cost={("o", "n"): 41.0}, settings=settings)

    assert plan.amounts == {}
    assert plan.report.objective == 0 == plan.report.bound
    assert plan.report.proved_optimal


def test_nothing_to_exchange_gives_an_empty_plan():
    plan = solve_exchange({}, {}, {}, {}, EXACT)

    assert plan.amounts == {} and plan.report.proved_optimal


# -- stopped before the proof


@pytest.fixture(scope="module")
def hard_town():
    """A town where each link must be worth its opening: 10 x 10 flows, all links, one season."""
    random = np.random.default_rng(7)
    offers = needs = 10
    offer, need = np.divmod(np.arange(offers * needs), needs)
    gain = random.uniform(5, 30, offers * needs)
    cost = random.uniform(100, 900, offers * needs)
    return a_town(
        random.integers(20, 100, offers),
        random.integers(20, 100, needs),
        list(zip(offer, need, gain, cost, strict=True)),
        link_lot=random.integers(0, 30, offers * needs).astype(float),
        max_links=12,
    )


STOPPED_EARLY = {
    "time": {"time_limit_s": 0.001},
    "work": {"node_limit": 0},
    "both": {"time_limit_s": 0.05, "node_limit": 0},
}


@pytest.mark.parametrize("choices", STOPPED_EARLY.values(), ids=STOPPED_EARLY)
@pytest.mark.parametrize("backend", [Backend.ENGINE, Backend.REFERENCE])
def test_a_solve_that_is_stopped_says_so_and_its_bound_is_not_below_its_plan(
    hard_town, backend, choices
):
    """With hardly any time a solver may hold no plan at all: that, too, is said."""
    settings = Settings(backend=backend, workers=1, **choices)
    try:
        report = exchange.solve(hard_town, settings).report
    except NoPlanError as error:
        if error.status in ("infeasible", "broken row"):
            raise
        return

    assert report.status in {"optimal", "within_gap", "time_limit", "work_limit"}
    assert report.bound >= report.objective >= 0
    assert report.gap == pytest.approx(
        (report.bound - report.objective) / max(report.objective, 1e-9), abs=1e-9
    )
    if report.status in {"time_limit", "work_limit"}:
        assert not report.proved_optimal


def test_the_bound_of_a_stopped_solve_is_not_below_the_proved_optimum(hard_town):
    best = exchange.solve(hard_town, Settings(backend=Backend.ENGINE, workers=1)).report
    stopped = exchange.solve(
        hard_town, Settings(backend=Backend.ENGINE, workers=1, node_limit=1)
    ).report

    assert best.proved_optimal
    assert stopped.objective <= best.objective * (1 + 1e-6)
    assert stopped.bound >= best.objective * (1 - 1e-6)


def test_a_plan_cut_short_on_720_links_says_so_and_is_not_called_proved():
    """Each link costs as much as many of them bring, three at most an offer, a third of a second:
    far from enough to prove anything to the last digit.
    """
    random = np.random.default_rng(7)
    links = [(o, n) for o in range(60) for n in range(60) if (o * 7 + n) % 5 == 0]
    gains, costs = random.uniform(5, 20, len(links)), random.uniform(50, 300, len(links))
    town = a_town(
        random.integers(5, 60, 60),
        random.integers(5, 60, 60),
        [(o, n, gain, cost) for (o, n), gain, cost in zip(links, gains, costs, strict=True)],
        link_rows=rows_of([(o, i, 1.0) for i, (o, _) in enumerate(links)], [3.0] * 60),
    )
    settings = Settings(backend=Backend.ENGINE, workers=1, time_limit_s=0.3)
    report = exchange.solve(town, settings, gap=0).report

    assert report.status in {"time_limit", "work_limit"}
    assert report.bound > report.objective > 0
    assert not report.proved_optimal


def test_a_wider_gap_is_kept_and_said(hard_town):
    report = exchange.solve(hard_town, EXACT, gap=0.05).report

    assert report.gap <= 0.05
    assert report.status in {"optimal", "within_gap"}


# -- asked wrongly

NAN, INFINITE = float("nan"), float("inf")
WRONG = [
    ({"supply": {"o": -1.0}}, r"supply\['o'\] must be finite and not negative, got -1"),
    ({"supply": {"o": NAN}}, r"supply\['o'\] must be finite"),
    ({"demand": {"n": INFINITE}}, r"demand\['n'\] must be finite"),
    ({"opening_cost": {("o", "n"): -5.0}}, "opening_cost.*not negative, got -5"),
    ({"opening_cost": {("o", "x"): 5.0}}, r"opening_cost\['o', 'x'\]: 'x' is not a need"),
    ({"gain": {("o", "n"): NAN}}, r"gain\['o', 'n'\] must be finite, got nan"),
    ({"gain": {("x", "n"): 1.0}}, "'x' is not an offer of supply"),
    ({"gain": {("o", "x"): 1.0}}, "'x' is not a need of demand"),
    ({"gain": {}, "opening_cost": {("o", "n"): 1.0}}, "is for no link"),
    ({"demand": {"n": 8.0, "o": 1.0}}, "'o' is both an offer and a need"),
    ({"min_lot": -1.0}, "min_lot.*not negative"),
    ({"min_lot": {("o", "x"): 1.0}}, "min_lot.*is for no link"),
    ({"max_partners": -1}, "max_partners.*not negative"),
    ({"max_partners": {"x": 1}}, r"max_partners\['x'\] is neither an offer nor a need"),
    ({"max_links": -1}, "max_links must be a whole number of at least 0, got -1"),
    ({"max_links": 1.5}, "max_links must be a whole number of at least 0, got 1.5"),
    ({"quality": {"x": {"ppm": 1.0}}}, r"quality\['x'\] is not an offer"),
    ({"quality": {"o": {"ppm": NAN}}}, "must be finite, got nan"),
    ({"limit": {"x": {"ppm": 1.0}}}, r"limit\['x'\] is not a need"),
    ({"limit": {"n": {"ppm": INFINITE}}}, "must be finite, got inf"),
    ({"limit": {"n": {"ppm": (5.0, 1.0)}}}, "low 5.0 is above high 1.0"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG)
def test_a_wrong_question_is_refused_with_the_place_the_value_and_the_rule(wrong, words):
    question = {**ONE_LINK, "opening_cost": {}, "settings": EXACT, **wrong}

    with pytest.raises(ValueError, match=words):
        solve_exchange(**question)


def test_a_lot_above_what_a_link_can_carry_closes_it():
    """10 t against a need of 8 t: a lot of 8 t is carried, one of 8.5 t is not."""
    for lot, carried in ((8.0, {("o", "n"): 8.0}), (8.5, {})):
        plan = solve_exchange(**ONE_LINK, opening_cost={}, settings=EXACT, min_lot=lot)

        assert plan.amounts == carried


def test_an_offer_whose_quality_is_not_known_is_refused_by_name_and_not_taken_as_zero():
    plan = solve_exchange(
        **ONE_LINK, opening_cost={}, settings=EXACT, limit={"n": {"ppm": (None, 50.0)}}
    )

    assert plan.amounts == {}
    assert plan.refused == ((("o", "n"), "quality-not-known:ppm"),)


def test_a_mix_keeps_its_lower_limit_too():
    """Half of each at least: 4 t at 0 % need 4 t at 100 % to hold 50 % on average."""
    plan = solve_exchange(
        {"dry": 10.0, "wet": 4.0},
        {"n": 20.0},
        {("dry", "n"): 5.0, ("wet", "n"): 1.0},
        {},
        EXACT,
        quality={"dry": {"share": 0.0}, "wet": {"share": 100.0}},
        limit={"n": {"share": (50.0, None)}},
    )

    assert plan.amounts == pytest.approx({("dry", "n"): 4.0, ("wet", "n"): 4.0})


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"arc_yield": np.array([0.0])}, "arc_yield must be finite and above 0"),
        ({"arc_gain": np.array([NAN])}, "arc_gain must be finite"),
        ({"arc_need": np.array([1])}, "arc_need points outside its 1 entries"),
        ({"link_lot": np.array([-1.0])}, "link_lot must be finite and not negative"),
        ({"link_lot": np.zeros(2)}, "link_lot must have 1 entries"),
        ({"arc_rows": rows_of([(0, 0, 1.0)], [1.0])}, "must have 0 on their right-hand side"),
        ({"capacity": np.ones((1, 3))}, "capacity must have as many periods"),
    ],
)
def test_arrays_that_make_no_model_are_refused(choices, words):
    with pytest.raises(ValueError, match=words):
        a_town([10], [8], [(0, 0, 5, 1)], **choices)


def test_offers_and_needs_with_another_number_of_months_are_refused():
    with pytest.raises(ValueError, match="demand must have as many periods as supply"):
        a_town([[10, 10]], [8], [(0, 0, 5, 1)])
