"""How many of the planted links are found as their rivals come nearer.

python -m benchmarks.recall [SEEDS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping

from matcher.catalogue import load_catalogue
from matcher.matching import match
from matcher.settings import Settings
from tests.planted import AS_OF, plant

MARGINS = (0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.0)
SEEDS = 10


def measure_recall(seeds: int, margin: float = 0.2) -> dict[str, float]:
    """Share of planted links proposed, and of proposals that were planted, over some seeds."""
    catalogue = load_catalogue()
    settings = Settings(as_of=AS_OF, curve_points=0, workers=1)
    planted = found = proposed = 0
    started = time.process_time()
    for seed in range(seeds):
        territory = plant(catalogue, seed, margin)
        plan = match(territory.survey, settings, catalogue=catalogue)
        pairs = {
            tuple(sorted(party.declaration_id for party in proposal.parties))
            for proposal in plan.proposals
        }
        planted += len(territory.planted)
        proposed += len(pairs)
        found += sum(tuple(sorted(pair)) in pairs for pair in territory.planted)
    return {
        "margin_percent": 100 * margin,
        "recall": found / planted,
        "precision": found / proposed,
        "cpu_s": round(time.process_time() - started, 2),
    }


SUBJECTS: Mapping[str, Callable[[int], dict[str, float]]] = {"planted links": measure_recall}


def main() -> None:
    """Print recall and precision for each margin."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    print("margin   recall   precision   CPU s")
    for margin in MARGINS:
        figures = measure_recall(seeds, margin)
        print(
            f"{figures['margin_percent']:5.1f} %  {figures['recall']:6.3f}"
            f"   {figures['precision']:9.3f}   {figures['cpu_s']:5.1f}"
        )


if __name__ == "__main__":
    main()
