"""What the groups that no builder made could bring: a bound on every plan that has one of them.

At the prices of the relaxation, as for any link that is not in a matrix (20): what is paid for the
attention of its sites and firms, for its place among the proposals and for purchases that are made
once, against the most that it could bring. Other claims are not paid for, which leaves the bound
true.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from matcher.candidates.bundles import LeftOut
from matcher.declarations import PoolDirection, Survey
from matcher.optimise import solver
from matcher.optimise.assembly import Assembly
from matcher.optimise.prices import relax_by_prices
from matcher.optimise.program import build_program
from matcher.optimise.relaxation import relax
from matcher.optimise.row_book import RowKind
from matcher.optimise.seasons import merge_seasons
from matcher.settings import Settings

# Up to so many links the relaxation is solved exactly; its prices are found by search beyond.
_EXACT_LINKS = 1_500


def bound_with_left_out(
    assembly: Assembly, left_out: tuple[LeftOut, ...], survey: Survey, settings: Settings
) -> float:
    """EUR a year that no plan with a group of ``left_out``, one at least, passes."""
    merged, _ = merge_seasons(assembly.problem)
    _, layout = build_program(merged)
    if assembly.problem.counts[3] <= _EXACT_LINKS:
        deadline = solver.Deadline.after(settings.time_limit_s)
        relaxation = relax(merged, settings, deadline)
    else:
        relaxation = relax_by_prices(merged)
    nodes = int((layout.supply_rows >= 0).sum() + (layout.demand_rows >= 0).sum())
    first = nodes + int((layout.row_link >= 0).sum())
    rows = merged.link_rows.upper.size
    of_row = relaxation.prices[first : first + rows].tolist()
    place = 0.0 if merged.max_links is None else float(relaxation.prices[first + rows])
    # A purchase is claimed whole by any group that it is in; all else may be claimed in part.
    bought = {
        key for key, pool in survey.pools.items() if pool.direction is not PoolDirection.HAS_PLACES
    }
    by_kind: dict[RowKind, dict[str, float]] = defaultdict(dict)
    for name, paid in zip(assembly.link_row_names, of_row, strict=True):
        if name.kind is not RowKind.CLAIM or name.of in bought:
            by_kind[name.kind][name.of] = paid
    site_of = _site_of(survey)

    def price(declaration_id: str) -> float:
        site = survey.sites[site_of[declaration_id]]
        asked = by_kind[RowKind.SITE].get(site.site_id, 0.0)
        asked += by_kind[RowKind.FIRM].get(site.firm_id, 0.0)
        return asked + by_kind[RowKind.CLAIM].get(declaration_id, 0.0)

    best = [each.best(price, place) for each in left_out]
    return relaxation.bound + (sum(max(each, 0.0) for each in best) or max(best))


def _site_of(survey: Survey) -> Mapping[str, str]:
    """Declaration -> its site, over all that groups are made of."""
    tables = (survey.equipment, survey.jobs, survey.pools)
    return {key: row.site_id for table in tables for key, row in table.items()}
