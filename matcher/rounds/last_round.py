"""What the last round leaves to the next: what it proposed, who said what, and what was refused.

A refusal is kept by itself (:class:`~matcher.terms.Refused`): it stands in the plans of all later
rounds, so that a round needs only the plan before it. Ids are those of ``plan.json``; no name is
needed to reckon with, only to tell the agent what became of a lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from matcher.terms import ProposalKind, ReasonCode, Refused


class Answer(StrEnum):
    """What one site said of one proposal."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAnswer:
    """One row of the answers; ``row`` as the spreadsheet counts it."""

    proposal_id: str
    site_id: str
    answer: Answer
    code: ReasonCode | None
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastParty:
    """One site's part in a proposal of the last plan, with what it was told to gain (EUR)."""

    site_id: str
    declaration_id: str
    gain_eur_per_year: float


@dataclass(frozen=True, kw_only=True)
class LastProposal:
    """A proposal of the last plan, with what the next one needs of it.

    ``amount_per_year`` and ``distance_km`` as in ``plan.json``; ``title`` is for the agent.
    """

    proposal_id: str
    kind: ProposalKind
    process: tuple[str, ...]
    parties: tuple[LastParty, ...]
    amount_per_year: float
    distance_km: float
    title: Mapping[str, str]

    @cached_property
    def declaration_ids(self) -> frozenset[str]:
        """The declarations that it uses."""
        return frozenset(party.declaration_id for party in self.parties)

    @cached_property
    def site_ids(self) -> frozenset[str]:
        """The sites that it touches."""
        return frozenset(party.site_id for party in self.parties)


@dataclass(frozen=True, kw_only=True)
class LastRound:
    """The last plan with the answers to it.

    ``accepted_before`` and ``refused_before`` are what the last plan itself had kept of earlier
    rounds; ``file`` names the answers in messages.
    """

    input_digest: str
    settings: Mapping[str, Any]
    proposals: Mapping[str, LastProposal]
    answers: tuple[SiteAnswer, ...] = ()
    accepted_before: frozenset[str] = frozenset()
    refused_before: tuple[Refused, ...] = ()
    file: str = ""
    site_names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def accepted(self) -> tuple[LastProposal, ...]:
        """Proposals that every party accepted, now or before, and nobody refuses; by id."""
        yes: dict[str, set[str]] = {}
        refused = {each.proposal_id for each in self.new_refusals}
        for each in self.answers:
            if each.answer is Answer.ACCEPTED:
                yes.setdefault(each.proposal_id, set()).add(each.site_id)
        return tuple(
            proposal
            for proposal_id, proposal in sorted(self.proposals.items())
            if proposal_id not in refused
            and (
                proposal_id in self.accepted_before
                or yes.get(proposal_id, set()) >= proposal.site_ids
            )
        )

    @cached_property
    def new_refusals(self) -> tuple[Refused, ...]:
        """The refusals of this round's answers, in the order of proposals and sites."""
        rows = sorted(self.answers, key=lambda each: (each.proposal_id, each.site_id))
        return tuple(
            self._refused(each)
            for each in rows
            if each.answer is Answer.REFUSED and each.code is not ReasonCode.NO_ANSWER
        )

    @cached_property
    def refusals(self) -> tuple[Refused, ...]:
        """All refusals that hold: those of earlier rounds, then those of this one."""
        return tuple(dict.fromkeys((*self.refused_before, *self.new_refusals)))

    @cached_property
    def silent(self) -> frozenset[str]:
        """Proposals that somebody left without an answer (99): nothing speaks for them any more."""
        return frozenset(
            each.proposal_id
            for each in self.answers
            if each.answer is Answer.NO_ANSWER or each.code is ReasonCode.NO_ANSWER
        )

    def says_nothing(self, input_digest: str, settings: Mapping[str, Any]) -> bool:
        """Whether asking again is asking the same: nobody answered, and the survey and the
        settings (as ``plan.json`` writes them) are those of the last plan.
        """
        has_past = bool(self.answers or self.accepted_before or self.refused_before)
        is_same = self.input_digest == input_digest and self.settings == settings
        return is_same and not has_past

    def row_of(self, proposal_id: str) -> int | None:
        """The first row of the answers that speaks of a proposal."""
        rows = [each.row for each in self.answers if each.proposal_id == proposal_id]
        return min(rows, default=None)

    def _refused(self, answer: SiteAnswer) -> Refused:
        proposal = self.proposals[answer.proposal_id]
        own = [party for party in proposal.parties if party.site_id == answer.site_id]
        others = [party for party in proposal.parties if party.site_id != answer.site_id]
        return Refused(
            proposal_id=proposal.proposal_id,
            kind=proposal.kind,
            code=answer.code,
            site_id=answer.site_id,
            declaration_ids=tuple(party.declaration_id for party in own),
            other_declaration_ids=tuple(party.declaration_id for party in others),
            other_site_ids=tuple(dict.fromkeys(party.site_id for party in others)),
            gain_eur_per_year=sum(party.gain_eur_per_year for party in own),
            distance_km=proposal.distance_km,
            title=proposal.title,
        )
