"""What foresight found, in the words of a page: leads by their numbers, other proposals by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from matcher.foresight import BriefProposal, Change, IfRefused, KeyQuestion, Steadiness
from matcher.outputs.labels import Labels
from matcher.outputs.leads import Lead
from matcher.outputs.page import spaced
from matcher.outputs.pareto_chart import FrontChart, front_chart
from matcher.plan import Plan, ProposalKind
from matcher.settings import Objective
from matcher.wording import say

STEADY = 0.95
"""Share of the draws from which a lead counts as steady."""


@dataclass(frozen=True, kw_only=True)
class ForesightView:
    """Holds what the report and the workbook look up."""

    plan: Plan
    labels: Labels
    leads: tuple[Lead, ...]

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue ``foresight``."""
        language = self.labels.language
        return spaced(say(f"foresight.{key}", language, **values), language)

    @cached_property
    def by_id(self) -> dict[str, Lead]:
        """The plan's leads by proposal id."""
        return {lead.proposal.proposal_id: lead for lead in self.leads}

    @cached_property
    def refusals(self) -> list[tuple[Lead, IfRefused]]:
        """Each lead with what is left if it is refused, the dearest loss first."""
        found = [
            (self.by_id[item.proposal_id], item)
            for item in self.plan.foresight.if_refused
            if item.proposal_id in self.by_id
        ]
        return sorted(found, key=lambda pair: (-pair[1].loss, pair[0].number))

    @property
    def has_any(self) -> bool:
        """Whether there is anything to show."""
        found = self.plan.foresight
        return bool(self.refusals or found.other_plans or found.pareto or found.steady)

    @cached_property
    def steady(self) -> list[tuple[Lead, Steadiness]]:
        """Each lead with how often it pays, the least steady first."""
        steady = self.plan.foresight.steady
        found = [
            (self.by_id[item.proposal_id], item)
            for item in (() if steady is None else steady.proposals)
            if item.proposal_id in self.by_id
        ]
        return sorted(found, key=lambda pair: (pair[1].pays_share, pair[0].number))

    @property
    def shaky(self) -> list[tuple[Lead, Steadiness]]:
        """The leads that pay in less than :data:`STEADY` of the draws."""
        return [(lead, item) for lead, item in self.steady if item.pays_share < STEADY]

    def question(self, item: KeyQuestion) -> str:
        """What to ask, in words."""
        view = self.plan.declarations[item.declaration_id]
        message = item.question(view.label, self.labels.site(item.site_id))
        return spaced(message.text(self.labels.language), self.labels.language)

    def change(self, change: Change) -> str:
        """How the plan would change by an answer: leads left and added, in a sentence."""
        if not change.left and not change.added:
            return self.say("ask.same")
        gone = self.known(change.left)
        left = self.labels.joined([str(lead.number) for lead in gone])
        added = self.labels.joined([self.name(brief) for brief in change.added])
        key = "both" if left and added else "left" if left else "added" if added else "same"
        return self.say(f"ask.{key}", left=left, added=added, count=len(gone))

    @cached_property
    def front(self) -> FrontChart | None:
        """The drawing of the plans between euros and tonnes."""
        return front_chart(self.plan.foresight.pareto, width=760.0, height=380.0)

    @property
    def unit(self) -> str:
        """The unit of the plan's objective, as it is keyed in the catalogues."""
        in_euros = self.plan.settings.objective is Objective.EUR
        return "EUR/year" if in_euros else "tCO2e/year"

    def name(self, item: BriefProposal) -> str:
        """A proposal of another plan: ``Sciure : Scierie Morin → Haras du Gué``."""
        names = [self.labels.site(site_id) for site_id in item.site_ids]
        route = self.labels.joined(names)
        if item.kind is ProposalKind.EXCHANGE and len(names) > 1:
            route = self.labels.say(
                "route-processor" if len(names) > 2 else "route-pair",
                givers=names[0],
                takers=names[1],
                processors=self.labels.joined(names[2:]),
            )
        what = self.labels.declaration(item.declaration_ids[0])
        return self.labels.say("lead-title", object=what, route=route)

    def names(self, items: Iterable[BriefProposal]) -> list[tuple[str, str]]:
        """Proposals of another plan with what each brings."""
        return [
            (self.name(item), self.labels.figure(item.gain_eur_per_year, "EUR/year"))
            for item in items
        ]

    def known(self, proposal_ids: Iterable[str]) -> list[Lead]:
        """Leads of the plan, by their numbers."""
        found = [self.by_id[name] for name in proposal_ids if name in self.by_id]
        return sorted(found, key=lambda lead: lead.number)
