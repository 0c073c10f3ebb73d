"""What is proved of a plan, and on how much it stands."""

from __future__ import annotations

from matcher.candidates import Candidates
from matcher.candidates.bundles import Bundles
from matcher.declarations import Basis, Survey
from matcher.optimise.assembly import Assembly
from matcher.optimise.left_out import bound_with_left_out
from matcher.optimise.portfolio import Portfolio
from matcher.optimise.problem import ProofLimit
from matcher.plan import PlanReport, Proposal
from matcher.settings import Objective, Settings

_ROUNDING = 1e-9


def plan_report(
    survey: Survey,
    candidates: Candidates,
    assembly: Assembly,
    portfolio: Portfolio,
    proposals: tuple[Proposal, ...],
    found: Bundles,
    told: Survey,
    settings: Settings,
) -> PlanReport:
    """What is proved, and what share of the gain stands on estimates and suppositions.

    ``told`` is the survey without what earlier rounds closed, of which ``found`` was made.
    """
    total = sum(proposal.gain_eur_per_year.value or 0.0 for proposal in proposals)

    def share(bases: frozenset[Basis]) -> float:
        part = sum(
            proposal.gain_eur_per_year.value or 0.0
            for proposal in proposals
            if any(
                survey.flows[party.declaration_id].basis in bases
                if party.declaration_id in survey.flows
                else party.inferred and Basis.INFERRED in bases
                for party in proposal.parties
            )
        )
        return part / total if total > 0 else 0.0

    is_beyond, more = _beyond_the_bound(assembly, portfolio, found, told, settings)
    return PlanReport(
        solve=portfolio.solution.report,
        share_on_estimates=share(frozenset({Basis.ESTIMATE})),
        share_on_suppositions=share(frozenset({Basis.INFERRED})),
        sites=len(survey.sites),
        declarations=len(survey.flows)
        + len(survey.equipment)
        + len(survey.jobs)
        + len(survey.pools),
        candidate_links=len(assembly.arc_of_link) + len(assembly.bundles),
        refused_links=len(candidates.refused.offer) + len(found.refusals),
        components=portfolio.components,
        proof_limits=(*portfolio.proof_limits, *([ProofLimit.GROUPS_MADE] if is_beyond else [])),
        more_with_left_out=more,
    )


def _beyond_the_bound(
    assembly: Assembly,
    portfolio: Portfolio,
    found: Bundles,
    told: Survey,
    settings: Settings,
) -> tuple[bool, float | None]:
    """Whether groups that were not made could pass the bound, and by how much the plan's gain."""
    if not found.left_out:
        return False, None
    if settings.objective is not Objective.EUR:
        return True, None
    report = portfolio.solution.report
    bound = bound_with_left_out(assembly, found.left_out, told, settings)
    if bound <= report.bound + _ROUNDING * abs(report.bound):
        return False, None
    return True, bound - report.objective
