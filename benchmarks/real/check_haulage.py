"""Haulage of the Scottish returns: the exchange model beside an independent min-cost-flow.

Everything sent out may go to any other site that takes the same material in; as much as possible
is moved, over as few tonne-kilometres as possible. For the exchange model that is a gain of
:data:`PRIZE_KM` less the distance for each tonne, no fixed cost and no limit of attention; for the
flow it is a cost of the distance, and of the prize for each tonne that stays. Amounts are whole
units of 10 kg and distances whole metres in both, so that they solve the same problem exactly.

    python -m benchmarks.real.check_haulage [MATERIAL …]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.real.scotland import NoDataError, Returns, read_returns
from matcher.optimise import exchange
from matcher.optimise.problem import ExchangeProblem
from matcher.settings import Backend, Settings

PRIZE_KM = 2_000.0
"""More than the longest haul between two Scottish sites and back, so that moving comes first;
that nothing movable stays is checked against the largest flow."""
ROOT = Path(__file__).resolve().parents[2]
LOTS_A_TONNE = 100
METRES_A_KM = 1_000
DETOUR = 1.3
_EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True, slots=True, kw_only=True)
class Haulage:
    """Who may send to whom: amounts in lots of 10 kg, distances in metres by road."""

    supply: NDArray[np.int64]
    demand: NDArray[np.int64]
    offer: NDArray[np.int64]
    need: NDArray[np.int64]
    metres: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One way to solve it: what moved, over how many tonne-kilometres, in how long."""

    objective: float
    moved_t: float
    haulage_tkm: float
    cpu_s: float


def build_haulage(returns: Returns, materials: Collection[str] | None = None) -> Haulage:
    """All pairs of two sites with the same material on either side; every material when None."""
    taken = sorted(k for k in returns.taken_t if materials is None or k[1] in materials)
    sent = sorted(k for k in returns.sent_t if materials is None or k[1] in materials)
    takers: dict[str, list[int]] = {}
    for place, (_, material) in enumerate(taken):
        takers.setdefault(material, []).append(place)
    offers, needs = [], []
    for place, (permit, material) in enumerate(sent):
        others = [at for at in takers.get(material, ()) if taken[at][0] != permit]
        offers.append(np.full(len(others), place))
        needs.append(np.array(others, dtype=np.int64))
    offer, need = np.concatenate(offers), np.concatenate(needs)
    return Haulage(
        supply=_lots([returns.sent_t[key] for key in sent]),
        demand=_lots([returns.taken_t[key] for key in taken]),
        offer=offer,
        need=need,
        metres=_road_metres(_places(returns, sent)[offer], _places(returns, taken)[need]),
    )


def solve_as_exchange(haulage: Haulage) -> Outcome:
    """The exchange model on arrays, no fixed cost and no limit of attention."""
    arcs = len(haulage.offer)
    gain = PRIZE_KM - haulage.metres / METRES_A_KM
    problem = ExchangeProblem(
        supply=(haulage.supply / LOTS_A_TONNE)[:, np.newaxis],
        demand=(haulage.demand / LOTS_A_TONNE)[:, np.newaxis],
        arc_offer=haulage.offer,
        arc_need=haulage.need,
        arc_link=np.arange(arcs),
        arc_yield=np.ones(arcs),
        arc_gain=gain,
        link_cost=np.zeros(arcs),
        link_lot=np.zeros(arcs),
        link_weight=np.ones(arcs),
    )
    started = time.process_time()
    solution = exchange.solve(problem, Settings(backend=Backend.ENGINE, workers=1))
    cpu_s = time.process_time() - started
    amount = solution.amount[:, 0]
    return Outcome(
        objective=solution.report.objective,
        moved_t=float(amount.sum()),
        haulage_tkm=float(amount @ haulage.metres) / METRES_A_KM,
        cpu_s=cpu_s,
    )


def solve_as_flow(haulage: Haulage) -> tuple[Outcome, float]:
    """OR-tools' min-cost-flow, in whole numbers; and the most that can move at all, t.

    In a process of its own: OR-tools and highspy carry two versions of one library, and only one
    of them can be loaded.
    """
    with tempfile.TemporaryDirectory() as folder:
        problem = Path(folder) / "problem.npz"
        np.savez(
            problem,
            supply=haulage.supply,
            demand=haulage.demand,
            offer=haulage.offer,
            need=haulage.need,
            cost=haulage.metres,
            prize=round(PRIZE_KM * METRES_A_KM),
        )
        command = [sys.executable, "-m", "benchmarks.real.flow_oracle", str(problem)]
        answer = json.loads(
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
        )
    moved_t = answer["moved"] / LOTS_A_TONNE
    haulage_tkm = answer["cost"] / LOTS_A_TONNE / METRES_A_KM
    outcome = Outcome(
        objective=PRIZE_KM * moved_t - haulage_tkm,
        moved_t=moved_t,
        haulage_tkm=haulage_tkm,
        cpu_s=answer["cpu_s"],
    )
    return outcome, answer["most"] / LOTS_A_TONNE


def _lots(tonnes: list[float]) -> NDArray[np.int64]:
    return np.rint(np.array(tonnes) * LOTS_A_TONNE).astype(np.int64)


def _places(returns: Returns, keys: list[tuple[str, str]]) -> NDArray[np.float64]:
    sites = [returns.sites[permit] for permit, _ in keys]
    return np.radians([(site.latitude, site.longitude) for site in sites])


def _road_metres(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.int64]:
    """Great circle (haversine) times the detour, to the metre."""
    half = (
        np.sin((other[:, 0] - one[:, 0]) / 2) ** 2
        + np.cos(one[:, 0]) * np.cos(other[:, 0]) * np.sin((other[:, 1] - one[:, 1]) / 2) ** 2
    )
    km = 2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(half)) * DETOUR
    return np.rint(km * METRES_A_KM).astype(np.int64)


def main() -> None:
    """Solve it both ways and print what they say."""
    try:
        returns = read_returns()
    except NoDataError as error:
        print(error)
        return
    haulage = build_haulage(returns, sys.argv[1:] or None)
    ours = solve_as_exchange(haulage)
    theirs, most_t = solve_as_flow(haulage)
    print(
        f"{len(haulage.supply)} offers, {len(haulage.demand)} needs, {len(haulage.offer)} arcs;"
        f" at most {most_t:,.2f} t can move"
    )
    for name, outcome in (("exchange model", ours), ("min-cost-flow", theirs)):
        print(
            f"{name:15} objective {outcome.objective:,.2f}  moved {outcome.moved_t:,.2f} t"
            f"  haulage {outcome.haulage_tkm:,.2f} t.km  CPU {outcome.cpu_s:.1f} s"
        )
    print(f"relative difference {abs(ours.objective / theirs.objective - 1):.1e}")


if __name__ == "__main__":
    main()
