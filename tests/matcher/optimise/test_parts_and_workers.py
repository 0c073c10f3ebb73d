"""A model solved in parts is the model solved whole, wherever the parts are solved."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from matcher import match, read_survey
from matcher.optimise import exchange
from matcher.optimise.components import component_of_links, split
from matcher.plan.as_json import plan_json
from matcher.settings import Backend, Settings
from tests.matcher.optimise.planted_exchange import towns_with_choices
from tests.matcher.optimise.tiny_towns import rows_of, towns
from tests.walks.conftest import AS_OF, DEMO

ENGINE = Settings(backend=Backend.ENGINE, workers=1)


def joined(town):
    """The same model as one part: a row that cannot hold anything back joins all links."""
    arcs = town.counts[2]
    most = float(town.most().sum()) + 1.0
    year = town.year_rows
    row = year.upper.size
    loose = rows_of([(row, a, 1.0) for a in range(arcs)], [most])
    return replace(
        town,
        year_rows=replace(
            year,
            row=np.append(year.row, loose.row),
            column=np.append(year.column, loose.column),
            coefficient=np.append(year.coefficient, loose.coefficient),
            upper=np.append(year.upper, most),
        ),
    )


@given(towns())
def test_parts_add_up_to_the_whole(town):
    whole = joined(town)
    assert len(split(whole)) == 1

    assert exchange.solve(town, ENGINE).report.objective == pytest.approx(
        exchange.solve(whole, ENGINE).report.objective, rel=1e-6, abs=1e-6
    )


@given(towns())
def test_each_link_is_in_one_part_and_each_row_stays_whole(town):
    parts = split(town)

    links = np.concatenate([part.links for part in parts])
    assert sorted(links.tolist()) == list(range(town.counts[3]))
    label = component_of_links(town)
    for row in range(town.link_rows.upper.size):
        inside = town.link_rows.column[town.link_rows.row == row]
        assert len(set(label[inside].tolist())) <= 1


def test_towns_that_share_nothing_are_as_many_parts():
    assert len(split(towns_with_choices(5, seed=1))) == 5


def test_a_limit_on_proposals_joins_all_towns_in_one_part():
    assert len(split(replace(towns_with_choices(5, seed=1), max_links=3))) == 1


def arrays_of(solution):
    return [
        getattr(solution, name).tobytes()
        for name in ("amount", "is_open", "offer_price", "need_price")
    ]


@pytest.mark.slow
def test_two_workers_give_the_arrays_of_one_to_the_byte():
    """60 towns of 25 choices: above the size from which processes are started."""
    problem = towns_with_choices(60, seed=2, nodes=5, months=1)
    one, two = (exchange.solve(problem, replace(ENGINE, workers=n), gap=0.01) for n in (1, 2))

    assert arrays_of(one) == arrays_of(two)
    assert (one.report.objective, one.report.bound) == (two.report.objective, two.report.bound)


@pytest.fixture(scope="module")
def cluster_address():
    """A Dask cluster of two workers on this machine."""
    distributed = pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.slow
def test_a_dask_cluster_gives_the_arrays_of_one_worker_to_the_byte(cluster_address):
    problem = towns_with_choices(6, seed=3, nodes=4)
    here = exchange.solve(problem, ENGINE, gap=0.01)
    there = exchange.solve(problem, ENGINE, gap=0.01, dask_address=cluster_address)

    assert arrays_of(here) == arrays_of(there)


@pytest.mark.slow
def test_the_demonstration_on_a_dask_cluster_is_the_same_file_to_the_byte(cluster_address):
    survey = read_survey(DEMO)
    here = match(survey, Settings(as_of=AS_OF, workers=1))
    there = match(survey, Settings(as_of=AS_OF, workers=1), dask_address=cluster_address)

    assert plan_json(here) == plan_json(there)
