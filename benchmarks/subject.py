"""Run one subject in this process and print its figures as one line of JSON.

Usage: ``python -m benchmarks.subject MODULE SUBJECT SIZE``. CPU seconds and peak memory are those
of this process and of its children; a subject that says its own ``cpu_s`` leaves start-up, imports
and the making of the instance out of it, and ``process_cpu_s`` keeps the whole.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module
from pathlib import Path


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
    figures["process_cpu_s"] = sum(use.ru_utime + use.ru_stime for use in (mine, children))
    figures.setdefault("cpu_s", figures["process_cpu_s"])
    figures["peak_mb"] = max(_own_peak_kb(), children.ru_maxrss) / 1024
    sys.stdout.write(json.dumps(figures) + "\n")


def _own_peak_kb() -> int:
    """Peak memory since this program began; ``ru_maxrss`` would count the parent's at the fork."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(*sys.argv[1:])
