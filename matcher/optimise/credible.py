"""Which links would be credible proposals, and so could serve a site (66), (67)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matcher.candidates import Candidates
from matcher.candidates.bundles import Bundle
from matcher.declarations import Survey
from matcher.optimise.floor import Floor
from matcher.optimise.problem import Bools, Floats, Ints, Rows
from matcher.settings import Objective, Settings

# A link that carries its fixed cost to the last cent brings nobody anything yet; and of what the
# months allow no more is asked than the solver's own rounding leaves.
_MORE_THAN_NOTHING = 1e-6


def floor_of(
    candidates: Candidates,
    survey: Survey,
    settings: Settings,
    kept: Ints,
    bundles: Sequence[Bundle],
    touched: Sequence[tuple[str, ...]],
    internal: Bools,
    blends: tuple[Rows, Ints],
) -> Floor:
    """The sites that could have a credible proposal, by the links of the model.

    Parameters
    ----------
    kept, bundles, touched, internal
        The candidate arcs and bundles that are links, the sites of each, and what is inside a firm.
    blends
        Rows (7) and the link of each arc: a link that a mix needs may lose money for it, so it is
        no credible proposal by itself.
    """
    credible = np.concatenate(
        [_is_credible(candidates, kept), [bundle.is_credible for bundle in bundles]]
    ).astype(np.bool_)
    credible &= ~internal
    rows, arc_link = blends
    credible[arc_link[rows.column[rows.coefficient < 0]]] = False
    sites = sorted(
        {
            site_id
            for link in np.flatnonzero(credible).tolist()
            for site_id in touched[link]
            if _reads_some(survey, site_id, settings)
        }
    )
    place = {site_id: at for at, site_id in enumerate(sites)}
    pairs = [
        (place[site_id], link)
        for link in np.flatnonzero(credible).tolist()
        for site_id in touched[link]
        if site_id in place
    ]
    site, link = np.array(pairs, np.int64).reshape(-1, 2).T
    least = np.zeros(credible.size)
    least[: len(kept)] = np.where(
        credible[: len(kept)], _least_amount(candidates, kept, settings), 0.0
    )
    is_euros = settings.objective is Objective.EUR
    return Floor(
        sites=tuple(sites),
        site=site,
        link=link,
        least=least,
        price=settings.floor_eur if is_euros else settings.floor_tco2e,
    )


def _reads_some(survey: Survey, site_id: str, settings: Settings) -> bool:
    declared = survey.sites[site_id].max_proposals
    most = settings.max_proposals_per_site if declared is None else declared
    return most > 0 and settings.max_proposals_per_firm > 0


def _is_credible(candidates: Candidates, kept: Ints) -> Bools:
    """(E,) links that pay, between flows that were said, at prices that are known."""
    flows, arcs = candidates.flows, candidates.arcs
    is_sure = ~flows.inferred & ~np.isnan(flows.cost)
    pays = arcs.gain[kept] * arcs.most[kept] > arcs.opening_cost[kept] * (1 + _MORE_THAN_NOTHING)
    return np.asarray(pays & is_sure[arcs.offer[kept]] & is_sure[arcs.need[kept]])


def _least_amount(candidates: Candidates, kept: Ints, settings: Settings) -> Floats:
    """(E,) what a link must carry to be worth a call to each side, or all it can (67)."""
    arcs = candidates.arcs
    gain, most = arcs.gain[kept], np.asarray(arcs.most[kept], dtype=np.float64)
    sides = np.where(arcs.processor[kept] >= 0, 3, 2)
    wanted = sides * settings.floor_least_gain_eur + arcs.opening_cost[kept]
    least = np.zeros(len(kept))
    np.divide(wanted, gain, out=least, where=gain > 0)
    return np.minimum(least, most * (1 - _MORE_THAN_NOTHING))
