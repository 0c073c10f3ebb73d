"""Jobs give the same results in the same order wherever they run."""

import math

import pytest

from matcher.errors import ClusterError
from matcher.optimise.executor import run_all


def test_results_come_in_the_order_of_the_jobs_whatever_starts_first():
    assert run_all(math.sqrt, [1, 4, 9], workers=1, sizes=[1, 3, 2]) == [1, 2, 3]


def test_processes_give_what_one_process_gives():
    assert run_all(math.sqrt, [1, 4, 9], workers=2, sizes=[1, 3, 2]) == [1, 2, 3]


def test_no_job_is_no_result():
    assert run_all(math.sqrt, [], workers=2) == []


def test_a_cluster_that_does_not_answer_is_said_in_words_with_its_address():
    pytest.importorskip("distributed", reason="the extra 'dask' is not installed")

    with pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:9") as caught:
        run_all(math.sqrt, [1.0, 4.0], dask_address="tcp://127.0.0.1:9")

    assert "ne répond" in caught.value.message("fr")
