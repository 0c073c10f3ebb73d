"""Foresight: what helps to decide, once a plan is chosen. Each idea asks the kept model anew."""

from __future__ import annotations

from matcher.foresight.findings import (
    BriefProposal,
    Change,
    Foresight,
    IfRefused,
    KeyQuestion,
    OtherPlan,
    ParetoPoint,
    Steadiness,
    SteadyPlan,
)
from matcher.foresight.key_questions import key_questions
from matcher.foresight.other_plans import other_plans
from matcher.foresight.pareto import pareto_front
from matcher.foresight.refusals import if_refused
from matcher.foresight.round import Round
from matcher.foresight.steadiness import steadiness

__all__ = [
    "BriefProposal",
    "Change",
    "Foresight",
    "IfRefused",
    "KeyQuestion",
    "OtherPlan",
    "ParetoPoint",
    "Round",
    "Steadiness",
    "SteadyPlan",
    "foresee",
]


# With more proposals than this, asking "if one says no" of each takes as long as the plan itself
# (13 CPU s at 469 of them): they are asked when other decisions are asked for too.
_ASK_EACH_UP_TO = 100


def foresee(round_: Round) -> Foresight:
    """What the settings ask for, found for one round.

    Raises
    ------
    NoPlanError
        When a solver stops without an answer.
    """
    settings = round_.settings
    asks_each = settings.other_plans > 0 or round_.is_proposal.sum() <= _ASK_EACH_UP_TO
    return Foresight(
        if_refused=if_refused(round_) if asks_each else (),
        other_plans=other_plans(round_, settings.other_plans),
        pareto=pareto_front(round_, settings.pareto_points),
        steady=steadiness(round_, settings.robustness_draws),
        key_questions=key_questions(round_, settings.key_questions),
    )
