"""Run one subject in this process and print its figures as one line of JSON.

Usage: ``python -m benchmarks.subject MODULE SUBJECT SIZE``. CPU seconds and peak memory are those
of this process and of its children, start-up and imports of libraries included.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module


def main(module: str, subject: str, size: str) -> None:
    """Measure one call."""
    run = import_module(module).SUBJECTS[subject]
    started = time.perf_counter()
    figures = dict(run(int(size)))
    wall_s = time.perf_counter() - started
    mine, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    figures["wall_s"] = wall_s
    figures["cpu_s"] = sum(use.ru_utime + use.ru_stime for use in (mine, children))
    figures["peak_mb"] = max(mine.ru_maxrss, children.ru_maxrss) / 1024
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
