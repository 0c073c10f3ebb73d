"""Where jobs run: here, on the machine's cores, or on a Dask cluster. Nothing else knows which."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from loky import ProcessPoolExecutor

from matcher.errors import ClusterError

_ANSWER_WITHIN = "5s"


def run_all[Job, Result](
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    dask_address: str | None = None,
    sizes: Sequence[float] | None = None,
) -> list[Result]:
    """Apply a function to every job; results in the order of the jobs.

    Parameters
    ----------
    function
        A module's function whose result depends on its job only, so that where it runs changes
        nothing.
    jobs
        What can be pickled.
    workers
        Processes; ``None`` for the machine's cores. With one worker, or one job, all runs here.
    dask_address
        Address of a Dask scheduler (extra ``dask``); takes the place of ``workers``.
    sizes
        How long each job is likely to take, in any unit: the largest start first.
    """
    order = sorted(range(len(jobs)), key=lambda i: -sizes[i]) if sizes else range(len(jobs))
    ordered = [jobs[i] for i in order]
    workers = min(workers or os.cpu_count() or 1, len(jobs))
    if not jobs:
        return []
    if dask_address is not None:
        results = _on_dask(function, ordered, dask_address)
    elif workers <= 1:
        results = [function(job) for job in ordered]
    else:
        # loky starts fresh processes, as "spawn" does, but never runs the caller's script again in
        # them: a firm's ten-line script needs no ``if __name__ == "__main__"`` to call match().
        with ProcessPoolExecutor(workers) as pool:
            results = list(pool.map(function, ordered))
    back: list[Any] = [None] * len(jobs)
    for position, result in zip(order, results, strict=True):
        back[position] = result
    return back


def fair_shares(sizes: Sequence[float], workers: int | None) -> list[float]:
    """Share of the time then left that each job may take, the largest starting first.

    What a job leaves unused goes to those after it, because the share is of what is left.
    """
    order = sorted(range(len(sizes)), key=lambda i: -sizes[i])
    hands = min(workers or os.cpu_count() or 1, max(len(sizes), 1))
    shares = [1.0] * len(sizes)
    remaining = sum(sizes)
    for i in order:
        shares[i] = min(1.0, hands * sizes[i] / remaining) if remaining > 0 else 1.0
        remaining -= sizes[i]
    return shares


def _on_dask[Job, Result](
    function: Callable[[Job], Result], jobs: Sequence[Job], address: str
) -> list[Result]:
    try:
        client_class = import_module("distributed").Client
    except ImportError as error:
        raise ClusterError("missing", address) from error
    try:
        client = client_class(address, set_as_default=False, timeout=_ANSWER_WITHIN)
    except (OSError, ValueError) as error:
        raise ClusterError("silent", address) from error
    with client:
        futures = client.map(function, jobs, pure=False)
        results: list[Result] = client.gather(futures)
        return results
