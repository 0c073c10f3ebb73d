"""Other plans nearly as good, as far as can be from those known (modelling to generate
alternatives, after E. D. Brill, 1979; recalled, not read for this project).

The distance of a plan from one that is known is the part of the known one's gain that stands on
proposals it does without (74); it is made as large as the margin on the gain allows. Counted in
gain, not in proposals: to leave out ten small ones is no other plan. It keeps to what the plan was
chosen by: as much of the gain stands on declared flows, and as many sites have a lead.
"""

from __future__ import annotations

import numpy as np

from matcher.foresight.findings import OtherPlan
from matcher.foresight.round import Round
from matcher.optimise.aims import Aim, Touches, count_of_sites, gain_of
from matcher.optimise.kept import Answer, KeptModel, Question
from matcher.optimise.problem import Bools, Floats

MARGIN = 0.02
"""Share of the plan's gain that another plan may lack: less than the amounts are known to."""

# Among plans equally far, that which brings more: so much of a distance for the whole gain.
_TIE = 1e-3
# A plan that is nearer than this to one that is known is the same plan.
_OTHER = 0.01


def other_plans(round_: Round, count: int) -> tuple[OtherPlan, ...]:
    """So many plans within :data:`MARGIN` of the plan's gain, each as far from all before it as
    can be; fewer where there are no others.
    """
    exchange, solution = round_.exchange, round_.solution
    gain = gain_of(exchange)
    best = solution.report.objective
    if not round_.is_proposal.any() or best <= 0:
        return ()
    shares = [_shares(round_, gain, solution.amount, solution.is_open)]
    declared = _on_declared(round_, gain)
    on_declared = float(
        declared.arc @ solution.amount.sum(axis=1) + declared.link @ solution.is_open
    )
    floor = round_.assembly.floor
    touches = round_.touches if floor is not None and floor.price > 0 else Touches.none()
    answers: list[Answer] = []
    found = []
    for _ in range(count):
        aims = (gain, _distance(round_, shares), declared, count_of_sites(exchange))
        kept = KeptModel(exchange, aims, round_.settings, touches)
        kept.remember(solution.amount, solution.is_open)
        for known in answers:
            kept.remember(known.amount, known.is_open)
        answer = kept.ask(
            Question(
                weights=np.array([_TIE / best, 1.0, 0.0, 0.0]),
                floors=np.array(
                    [
                        (1 - MARGIN) * best,
                        -np.inf,
                        on_declared - MARGIN * abs(on_declared),
                        _served(kept, touches, solution.is_open),
                    ]
                ),
            )
        )
        if answer is None:
            break
        each = [_far(round_, share, answer) for share in shares]
        if min(each) < _OTHER:
            break
        answers.append(answer)
        found.append(_told(round_, answer, each, best))
        shares.append(_shares(round_, gain, answer.amount, answer.is_open))
    return tuple(found)


def _on_declared(round_: Round, gain: Aim) -> Aim:
    """What a plan brings without the leads that stand on suppositions."""
    counted = ~round_.later
    return Aim(arc=gain.arc * counted[round_.exchange.arc_link], link=gain.link * counted)


def _served(kept: KeptModel, touches: Touches, is_open: Bools) -> float:
    """How many sites have a lead of their own in a plan."""
    serving = (is_open & kept.aimed.serves)[touches.link]
    return float(np.unique(touches.site[serving]).size)


def _shares(round_: Round, gain: Aim, amount: Floats, is_open: Bools) -> dict[str, float]:
    """What each proposal of a plan brings, as a share of all that its proposals bring."""
    brings = np.maximum(round_.by_link(gain, amount, is_open), 0.0)
    links = np.flatnonzero(round_.opened(amount, is_open))
    total = float(brings[links].sum())
    shares: dict[str, float] = {}
    for link in links.tolist():
        name = round_.proposal_ids[link]
        shares[name] = shares.get(name, 0.0) + float(brings[link]) / total
    return shares


def _distance(round_: Round, shares: list[dict[str, float]]) -> Aim:
    """(74), summed over the plans that are known."""
    held = np.array([sum(share.get(name, 0.0) for share in shares) for name in round_.proposal_ids])
    counted = round_.exchange.link_weight > 0
    return Aim(
        arc=np.zeros(round_.exchange.counts[2]),
        link=np.where(counted, -held, 0.0),
        constant=float(len(shares)),
    )


def _far(round_: Round, share: dict[str, float], answer: Answer) -> float:
    opened = round_.opened(answer.amount, answer.is_open)
    names = {round_.proposal_ids[link] for link in np.flatnonzero(opened).tolist()}
    return sum(part for name, part in share.items() if name not in names)


def _told(round_: Round, answer: Answer, each: list[float], best: float) -> OtherPlan:
    ids = round_.proposal_ids
    chosen = {ids[link] for link in np.flatnonzero(round_.is_proposal).tolist()}
    opened = round_.opened(answer.amount, answer.is_open)
    names = {ids[link] for link in np.flatnonzero(opened).tolist()}
    new = ~round_.links_of(frozenset(chosen))
    tie = _TIE * float(answer.values[0]) / best
    return OtherPlan(
        gain=float(answer.values[0]),
        gain_share=float(answer.values[0]) / best,
        difference=each[0],
        distance=sum(each),
        distance_bound=max(answer.bound - tie, sum(each)),
        kept=tuple(sorted(chosen & names)),
        left=tuple(sorted(chosen - names)),
        added=round_.brief(new, answer.amount, answer.is_open),
    )
