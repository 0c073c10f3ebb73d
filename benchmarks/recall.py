"""How many of the planted links are found as their rivals come nearer, and then overtake them.

A margin below 0 makes the rivals' prices better than those of the planted links. As rivals also
stand farther away, the real margin (worth of a planted link over that of its best rival, less 1)
is wider than the one asked for; its least value over all seeds is printed beside it.

    python -m benchmarks.recall [SEEDS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from functools import partial

from matcher.candidates import Candidates, build_candidates
from matcher.catalogue import load_catalogue
from matcher.matching import match
from matcher.settings import Settings
from tests.planted import AS_OF, PlantedTerritory, plant

MARGINS = (0.2, 0.1, 0.05, 0.0, -0.02, -0.05, -0.1, -0.2)
SIZES = (10,)  # seeds


def measure_recall(seeds: int, margin: float = 0.2) -> dict[str, float]:
    """Share of planted links proposed, and of proposals that were planted, over some seeds."""
    catalogue = load_catalogue()
    settings = Settings(as_of=AS_OF, curve_points=0, workers=1)
    planted = found = proposed = 0
    least = float("inf")
    cpu_s = 0.0
    for seed in range(seeds):
        territory = plant(catalogue, seed, margin)
        candidates = build_candidates(territory.survey, catalogue, settings)
        least = min(least, least_margin(territory, candidates))
        started = time.process_time()
        plan = match(territory.survey, settings, catalogue=catalogue)
        cpu_s += time.process_time() - started
        pairs = {
            frozenset(party.declaration_id for party in proposal.parties)
            for proposal in plan.proposals
        }
        planted += len(territory.planted)
        proposed += len(pairs)
        found += sum(frozenset(pair) in pairs for pair in territory.planted)
    return {
        "margin_percent": 100 * margin,
        "least_real_margin_percent": 100 * least,
        "recall": found / planted,
        "precision": found / proposed,
        "cpu_s": round(cpu_s, 2),
    }


def least_margin(territory: PlantedTerritory, candidates: Candidates) -> float:
    """Least worth of a planted link over that of a rival that shares its offer or need, less 1."""
    arcs, flow_id = candidates.arcs, candidates.flows.flow_id
    worth = (arcs.gain * arcs.most - arcs.opening_cost).tolist()
    links = [
        (flow_id[offer], flow_id[need], value)
        for offer, need, value in zip(arcs.offer.tolist(), arcs.need.tolist(), worth, strict=True)
    ]
    return min(
        value / rival - 1
        for offer, need, value in links
        if (offer, need) in territory.planted
        for giver, taker, rival in links
        if (giver == offer) != (taker == need)
    )


SUBJECTS: Mapping[str, Callable[[int], dict[str, float]]] = {
    f"margin {margin:.0%}": partial(measure_recall, margin=margin) for margin in MARGINS
}


def main() -> None:
    """Print recall and precision for each margin."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[0]
    print("margin asked   least real margin   recall   precision   CPU s")
    for margin in MARGINS:
        figures = measure_recall(seeds, margin)
        print(
            f"{figures['margin_percent']:10.1f} %   {figures['least_real_margin_percent']:15.1f} %"
            f"   {figures['recall']:6.3f}   {figures['precision']:9.3f}   {figures['cpu_s']:5.1f}"
        )


if __name__ == "__main__":
    main()
