"""``build_hiring``: posts that several sites could share, staff to lend, hours to top up.

Posts only: nothing here knows of a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import networkx as nx
import numpy as np

from matcher.candidates.bundles import Bundle, Bundles, Gate, LeftOut
from matcher.catalogue import Catalogue
from matcher.declarations import JobDirection, Survey
from matcher.groups.hiring_card import bundle_of_deal, bundle_of_loan, limits_of
from matcher.groups.hiring_deal import Deal, Trade, loan, shared_posts
from matcher.groups.hiring_gates import names_of, pair_miss, same_trade
from matcher.groups.misses import Miss as Missed
from matcher.groups.misses import Misses
from matcher.groups.neighbours import Neighbours
from matcher.groups.posts import Post, posts
from matcher.optimise.hiring import MISS_WORDS, nearest_misses
from matcher.optimise.hiring_groups import Groups, Miss
from matcher.optimise.hiring_terms import End
from matcher.settings import Settings
from matcher.wording import listed

_GATES: Mapping[Miss, Gate] = {
    Miss.YEAR: Gate.YEARLY_HOURS,
    Miss.MONTH: Gate.MONTHLY_HOURS,
    Miss.DAYS: Gate.MONTHLY_DAYS,
    Miss.LEAVE: Gate.LEAVE,
    Miss.PILOT: Gate.FIRST_EMPLOYER,
    Miss.SHARE: Gate.DOMINANT,
    Miss.LOAD: Gate.LOAD,
    Miss.LOSS: Gate.DOES_NOT_PAY,
}
# Fewest hours a year for which two firms sign anything: a week.
_LEAST_LOAN_H = 35.0


def build_hiring(survey: Survey, catalogue: Catalogue, settings: Settings) -> Bundles:
    """Shared posts, loans of staff and top-ups of groupements; and what refused the others.

    Raises
    ------
    SettingsError
        Without ``as_of``.
    """
    _ = settings.round_day  # refused before anything is read
    near = Neighbours(survey, settings)
    misses = Misses("hiring")
    found, unknown = posts(survey, catalogue, settings)
    for job_id, code in unknown.items():
        words = survey.jobs[job_id].title
        misses.note(job_id, Missed(gate=Gate.NOT_KNOWN, code=code, values={"words": words}))
    bundles: list[Bundle] = []
    left_out: list[LeftOut] = []
    for same in _trades(found):
        pairs = _Pairs(same, near, settings, misses)
        jobs, wider = _jobs(same, pairs, survey, near, catalogue, settings, misses)
        bundles += jobs
        left_out += wider
        bundles += _loans(same, pairs, near, catalogue, settings, misses)
    return misses.closed(
        bundles, limits_of(found), ((post.job_id, _alone(post)) for post in found), left_out
    )


def _alone(post: Post) -> str:
    return "alone-need" if post.job.direction is JobDirection.NEED else "alone-offer"


def _trades(found: Sequence[Post]) -> Iterator[list[Post]]:
    """Posts that nearness of trades joins, directly or through others, in the order of ids."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(found)))
    graph.add_edges_from(
        (i, j) for i, j in combinations(range(len(found)), 2) if same_trade(found[i], found[j])
    )
    for part in sorted(map(sorted, nx.connected_components(graph))):
        yield [found[at] for at in part]


class _Pairs:
    """Every two posts of a trade, asked once: may one person hold both, and how far apart."""

    def __init__(
        self, same: Sequence[Post], near: Neighbours, settings: Settings, misses: Misses
    ) -> None:
        self.km: dict[tuple[str, str], float] = {}
        for one, other in combinations(same, 2):
            if not same_trade(one, other) or not _of_use(one, other):
                continue
            if near.same_firm(one.site.site_id, other.site.site_id):
                continue
            km, miss = pair_miss(one, other, near, settings)
            if miss is None:
                self.km[one.job_id, other.job_id] = self.km[other.job_id, one.job_id] = km
            else:
                misses.note(one.job_id, miss, other.job_id)
                misses.note(other.job_id, miss, one.job_id)

    def passed(self, one: Post, other: Post) -> bool:
        """Whether every gate let the two through."""
        return (one.job_id, other.job_id) in self.km


def _of_use(one: Post, other: Post) -> bool:
    """Two needs share a post; a need takes from a surplus or a top-up; two offers do nothing."""
    return JobDirection.NEED in (one.job.direction, other.job.direction)


def _jobs(
    same: Sequence[Post],
    pairs: _Pairs,
    survey: Survey,
    near: Neighbours,
    catalogue: Catalogue,
    settings: Settings,
    misses: Misses,
) -> tuple[list[Bundle], list[LeftOut]]:
    """Posts shared by the needs of a trade; and those that are not among the best."""
    needs = [post for post in same if post.job.direction is JobDirection.NEED]
    if len(needs) < 2:
        return [], []
    size = len(needs)
    is_near, distance = np.zeros((size, size), np.bool_), np.zeros((size, size))
    for i, j in combinations(range(size), 2):
        if pairs.passed(needs[i], needs[j]):
            is_near[i, j] = is_near[j, i] = True
            distance[i, j] = distance[j, i] = pairs.km[needs[i].job_id, needs[j].job_id]
    trade = Trade(
        posts=tuple(needs),
        near=is_near,
        distance_km=distance,
        catalogue=catalogue,
        settings=settings,
    )
    deals, dropped = shared_posts(trade)
    problem = trade.problem(End.VALUE, None)
    for at, post in enumerate(needs):
        for groups, row, miss in nearest_misses(problem, at):
            if miss in _GATES:
                _note_group(misses, post, needs, (groups, row, miss), settings)
    return [bundle_of_deal(deal, trade, survey, near) for deal in deals], _worse_posts(dropped)


def _worse_posts(dropped: Sequence[Deal]) -> list[LeftOut]:
    """The posts that were not kept among so many, none of which brings more than the best."""
    if not dropped:
        return []
    names = frozenset(post.job_id for deal in dropped for post in deal.posts)
    return [
        LeftOut(
            hub=None,
            worth=dict.fromkeys(names, 0.0),
            beyond=names,
            most=1,
            at_once=len(names) // 2,
            cost=-max(deal.value.value or 0.0 for deal in dropped),
        )
    ]


def _note_group(
    misses: Misses,
    post: Post,
    needs: Sequence[Post],
    missed: tuple[Groups, int, Miss],
    settings: Settings,
) -> None:
    groups, row, miss = missed
    members = [needs[at] for at in groups.members[row] if at >= 0]
    others = [other for other in members if other is not post]
    code, unit = MISS_WORDS[miss]
    gap = float(groups.gap[row, miss])
    values = {
        "others": listed([other.site.name for other in others]),
        "hours": float(groups.month_h[row].sum()),
        "gap": gap,
        "limit": settings.hiring_yearly_hours,
    }
    misses.note(
        post.job_id,
        Missed(
            gate=_GATES[miss],
            code=code,
            gap=gap * 100 if unit == "%" else gap,
            unit=unit,
            values=values,
        ),
        *(other.job_id for other in others),
    )


def _loans(
    same: Sequence[Post],
    pairs: _Pairs,
    near: Neighbours,
    catalogue: Catalogue,
    settings: Settings,
    misses: Misses,
) -> Iterator[Bundle]:
    """What a site has to spare, or a groupement to top up, worked where it is needed."""
    for giver in same:
        if giver.job.direction is JobDirection.NEED:
            continue
        for taker in same:
            if taker.job.direction is not JobDirection.NEED or not pairs.passed(giver, taker):
                continue
            found = loan(
                giver,
                taker,
                pairs.km[giver.job_id, taker.job_id],
                catalogue,
                settings,
                is_top_up=giver.job.direction is JobDirection.TOP_UP,
            )
            miss = _loan_miss(giver, taker, sum(found.served), found.taker_gain.value or 0.0)
            if miss is None:
                yield bundle_of_loan(found, near)
                continue
            misses.note(giver.job_id, miss, taker.job_id)
            misses.note(taker.job_id, miss, giver.job_id)


def _loan_miss(giver: Post, taker: Post, hours: float, gain: float) -> Missed | None:
    names = names_of(giver, taker)
    if hours < _LEAST_LOAN_H:
        gap = _LEAST_LOAN_H - hours
        return Missed(
            gate=Gate.MONTHS_APART,
            code="months-apart",
            gap=gap,
            unit="h",
            values={**names, "gap": gap},
        )
    if gain <= 0:
        return Missed(
            gate=Gate.DOES_NOT_PAY,
            code="loan-does-not-pay",
            gap=-gain,
            unit="EUR/year",
            values={**names, "gap": -gain},
        )
    return None
