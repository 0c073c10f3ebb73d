"""From a survey file to the written plan, as a user runs it: one process, everything included.

python -m benchmarks.end_to_end [SITES …]
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from benchmarks.synthetic_surveys import Variety, write_survey

SIZES = (60, 500, 5_000)
TARGETS = {60: "at most 3 s", 500: "at most 15 s at a gap of at most 1 %"}
SEED = 1
LONGEST_S = 1_800.0
AS_OF = "2027-01-15"
ROOT = Path(__file__).resolve().parents[1]


def time_match(variety: Variety, sites: int, floor: bool = True) -> dict[str, float | str]:
    """Figures of one ``maillage match``: wall and CPU seconds, peak MB, gap, proposals.

    Without ``floor`` nobody is served for being left out: the plan is the best found, no more.

    CPU and memory are those of the command and of the processes it starts; the peak is that of
    the largest one.
    """
    with tempfile.TemporaryDirectory() as folder:
        survey, out = Path(folder) / "survey", Path(folder) / "plan"
        _, flows = write_survey(survey, sites, SEED, variety)
        command = [sys.executable, "-m", "matcher", "match", str(survey)]
        command += ["--out", str(out), "--as-of", AS_OF]
        if not floor:
            settings = Path(folder) / "settings.toml"
            settings.write_text("floor_eur = 0\n", encoding="utf-8")
            command += ["--settings", str(settings)]
        # As on a user's machine, where Python keeps what it compiled in the first run.
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
        loaded = "import matcher.cli.commands, matcher.matching, matcher.outputs"
        subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, env=environment, check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        finished = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LONGEST_S
        )
        wall_s = time.perf_counter() - started
        if finished.returncode:
            raise RuntimeError(f"maillage match failed:\n{finished.stderr[-2000:]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
        report = plan["report"]
        return {
            "flows": flows,
            "candidate_links": report["candidate_links"],
            "wall_s": round(wall_s, 2),
            "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
            # the largest child so far: sizes run from small to large, so it is this one's
            "peak_mb": round(after.ru_maxrss / 1024),
            "cores": len(os.sched_getaffinity(0)),
            "gap_percent": round(100 * report["gap"], 3),
            "status": report["status"],
            "proposals": len(plan["proposals"]),
            "target": TARGETS.get(sites, "-"),
        }


SUBJECTS: Mapping[str, Callable[[int], dict[str, float | str]]] = {
    f"file to plan, {variety.value}": partial(time_match, variety) for variety in Variety
} | {"file to plan, usual, no floor": partial(time_match, Variety.USUAL, floor=False)}
LIMITS = {f"file to plan, {Variety.CROWDED.value}": 500}


def main() -> None:
    """Time the sizes that the command line names, or all of them."""
    for sites in [int(word) for word in sys.argv[1:]] or SIZES:
        figures = time_match(Variety.USUAL, sites)
        print(f"{sites} sites: " + ", ".join(f"{name} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
