"""Jobs give the same results in the same order wherever they run."""

import math

from matcher.optimise.executor import run_all


def test_results_come_in_the_order_of_the_jobs_whatever_starts_first():
    assert run_all(math.sqrt, [1, 4, 9], workers=1, sizes=[1, 3, 2]) == [1, 2, 3]


def test_processes_give_what_one_process_gives():
    assert run_all(math.sqrt, [1, 4, 9], workers=2, sizes=[1, 3, 2]) == [1, 2, 3]


def test_no_job_is_no_result():
    assert run_all(math.sqrt, [], workers=2) == []
