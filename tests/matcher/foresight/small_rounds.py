"""Rounds of a few sites: sawdust, and straw makers' bedding, all within a few kilometres."""

from __future__ import annotations

import datetime
from itertools import product

import numpy as np
from scipy.optimize import linprog

from matcher.candidates import build_candidates
from matcher.catalogue import load_catalogue
from matcher.foresight import Round
from matcher.groups import build_bundles
from matcher.optimise.assembly import assemble
from matcher.optimise.portfolio import solve_portfolio
from matcher.reading import read_survey
from matcher.settings import Settings

AS_OF = datetime.date(2027, 1, 11)
EXACT = Settings(as_of=AS_OF, workers=1, portfolio_gap=1e-6, max_proposals_per_site=1)
SITES = "site_id;name;latitude;longitude\n"
FLOWS = (
    "flow_id;site_id;direction;resource;amount;amount_low;amount_high;unit;basis;today_outlet;"
    "today_way;today_eur_per_unit\n"
)


def written(folder, offers, needs):
    """A survey of sawmills and stables in a row, 2 km apart; each (tonnes, EUR a tonne, range)."""
    sites, flows = [], []
    for place, (kind, flow) in enumerate(
        [("offer", o) for o in offers] + [("need", n) for n in needs]
    ):
        tonnes, eur, low, high = (*flow, None, None)[:4]
        name = f"{'S' if kind == 'offer' else 'H'}{place:02}"
        sites.append(f"{name};{name};46,9;{-0.9 + place * 0.026:.4f}".replace(".", ","))
        outlet = "landfill;pays" if kind == "offer" else ";pays"
        cells = [f"{name}-f", name, kind, "sawdust", tonnes, low or "", high or "", "t", "estimate"]
        flows.append(";".join(map(str, cells)) + f";{outlet};{eur}")
    folder.mkdir(exist_ok=True)
    (folder / "sites.csv").write_text(SITES + "\n".join(sites) + "\n", encoding="utf-8")
    (folder / "flows.csv").write_text(FLOWS + "\n".join(flows) + "\n", encoding="utf-8")
    return read_survey(folder, as_of=AS_OF)


def a_round(survey, settings=EXACT):
    """The round of a survey, solved."""
    catalogue = load_catalogue()
    candidates = build_candidates(survey, catalogue, settings)
    found = build_bundles(survey, catalogue, settings)
    assembly = assemble(candidates, survey, settings, found)
    solution = solve_portfolio(assembly.problem, settings).solution
    return Round(
        candidates=candidates,
        survey=survey,
        settings=settings,
        assembly=assembly,
        solution=solution,
        units=tuple(resource.unit.value for resource in catalogue.resources.values()),
    )


def every_plan(exchange):
    """Every set of open links that the rows of attention allow, with the gain of its best amounts.

    Written out again, without the optimiser: one period, no blending, no machine, no permit.
    """
    year = exchange.supply.sum(axis=1), exchange.demand.sum(axis=1)
    rows = exchange.link_rows
    for chosen in product((0.0, 1.0), repeat=exchange.counts[3]):
        is_open = np.array(chosen)
        over = np.zeros(rows.upper.size)
        np.add.at(over, rows.row, rows.coefficient * is_open[rows.column])
        if (over > rows.upper + 1e-9).any():
            continue
        sent = np.array([exchange.arc_offer == o for o in range(year[0].size)], float)
        received = np.array([exchange.arc_need == n for n in range(year[1].size)], float)
        pays = -np.diag(exchange.arc_gain) * is_open[:, None]
        answer = linprog(
            -exchange.arc_gain,
            A_ub=np.vstack([sent, received * exchange.arc_yield, pays]),
            b_ub=np.concatenate([*year, -exchange.link_cost * is_open]),
            bounds=[(0, None if y else 0) for y in is_open],
        )
        if answer.status == 0:
            yield is_open.astype(bool), -answer.fun - exchange.link_cost @ is_open, answer.x
