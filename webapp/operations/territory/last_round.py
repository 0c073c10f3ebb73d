"""What earlier rounds leave to a round: what was proposed, who said what of it, and why not."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.rounds.last_round import Answer, LastProposal, LastRound, SiteAnswer
from matcher.terms import ReasonCode
from webapp.lifecycle import Decision, LeadState
from webapp.mapping.after import last_proposal
from webapp.models import ErasedError, LeadRow, PartyRow, Round, Run, Synergy, vault_of
from webapp.operations import scope
from webapp.operations.stages import SynergyStage

OF_THE_PAIR = frozenset(
    {ReasonCode.TECHNICAL, ReasonCode.QUALITY, ReasonCode.REGULATORY, ReasonCode.TRUST}
)
"""Why a cooperation ended, where it binds both sides alike: the other codes speak of one side, and
nobody says of which."""


def last_round(session: Session, row: Round) -> LastRound | None:
    """The round that a round follows, with the answers to it; None when it follows none.

    What both accepted in rounds before that one, and every refusal of theirs, comes along.
    """
    if row.previous is None:
        return None
    before = session.scalar(
        select(Round).where(Round.public_id == row.previous, Round.territory_id == row.territory_id)
    )
    run = None if before is None else _newest_run(session, before)
    if before is None or run is None:
        return None
    earlier = last_round(session, before)
    proposals = {} if earlier is None else {item.proposal_id: item for item in earlier.accepted}
    accepted_before = frozenset(proposals)
    answers: list[SiteAnswer] = []
    names: dict[str, str] = {} if earlier is None else dict(earlier.site_names)
    for lead in session.scalars(
        select(LeadRow).where(LeadRow.run_id == run.id).order_by(LeadRow.rank)
    ):
        proposal = _proposal(session, lead)
        if proposal is None:
            continue
        proposals[proposal.proposal_id] = proposal
        names |= {party.site.public_id: party.site.name for party in lead.parties}
        answers += _answers(session, lead, proposal.proposal_id)
    return LastRound(
        input_digest=run.input_digest,
        settings=run.settings,
        proposals=proposals,
        answers=tuple(answers),
        accepted_before=accepted_before,
        refused_before=() if earlier is None else earlier.refusals,
        site_names=names,
    )


def running(session: Session, row: Round) -> dict[frozenset[str], str]:
    """What goes on as synergies of earlier rounds: declarations -> the synergy's public id."""
    found: dict[frozenset[str], str] = {}
    for synergy in session.scalars(
        select(Synergy)
        .join(LeadRow, LeadRow.id == Synergy.lead_id)
        .join(Round, Round.id == LeadRow.round_id)
        .where(
            Round.territory_id == row.territory_id,
            Round.id != row.id,
            Synergy.stage != SynergyStage.DROPPED.value,
        )
    ):
        try:
            reckoning = vault_of(session).open(synergy.keys, synergy.lead.reckoning)
        except ErasedError:
            continue
        used = frozenset(party["declaration_id"] for party in reckoning["parties"])
        found[used] = synergy.public_id
    return found


def _newest_run(session: Session, row: Round) -> Run | None:
    return session.scalar(
        select(Run).where(Run.round_id == row.id).order_by(Run.id.desc()).limit(1)
    )


def _proposal(session: Session, lead: LeadRow) -> LastProposal | None:
    """None when one of its firms was destroyed, and what was said with it."""
    try:
        reckoning = vault_of(session).open(lead.keys, lead.reckoning)
        label = scope.opened(session, lead.parties[0].firm, lead.parties[0].card)["label"]
    except ErasedError:
        return None
    return last_proposal(reckoning, label, [party.site.name for party in lead.parties])


def _answers(session: Session, lead: LeadRow, proposal_id: str) -> Iterator[SiteAnswer]:
    if lead.sent_at is None:
        return  # nobody was asked
    ended = session.scalar(select(Synergy).where(Synergy.lead_id == lead.id))
    if ended is not None and ended.stage == SynergyStage.DROPPED:
        code = None if ended.closing_code is None else ReasonCode(str(ended.closing_code))
        if code is not ReasonCode.NO_ANSWER:
            code = code if code in OF_THE_PAIR else None
        yield _said(proposal_id, lead.parties[0], Answer.REFUSED, code)
        return
    for party in lead.parties:
        if party.decision == Decision.DECLINED:
            yield _said(proposal_id, party, Answer.REFUSED, _code(session, party))
        elif party.decision == Decision.ACCEPTED:
            yield _said(proposal_id, party, Answer.ACCEPTED, None)
        elif lead.state != LeadState.SENT or party.withdrew:
            yield _said(proposal_id, party, Answer.NO_ANSWER, None)


def _code(session: Session, party: PartyRow) -> ReasonCode | None:
    said = {} if party.reason is None else scope.opened(session, party.firm, party.reason)
    return ReasonCode(str(said["code"])) if said.get("code") else None


def _said(proposal_id: str, party: PartyRow, answer: Answer, code: ReasonCode | None) -> SiteAnswer:
    return SiteAnswer(
        proposal_id=proposal_id, site_id=party.site.public_id, answer=answer, code=code, row=0
    )
