"""What became of the last plan, told for the agent: what stayed, what went and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from matcher.plan import Audience, Gone, Message, Proposal, Reason, RoundAccount, Unmatched
from matcher.rounds.last_round import LastProposal, LastRound
from matcher.rounds.next_round import NextRound
from matcher.terms import ProposalKind, Refused

# Said of a declaration for want of anything better: a refusal is better.
_SAYS_NOTHING = frozenset(("no-partner", "kind-comes-later", "refused-before"))


def account_of(
    following: NextRound,
    proposals: Sequence[Proposal],
    internal: Sequence[Proposal],
    candidates: Collection[tuple[ProposalKind, frozenset[str]]],
    malus: float,
) -> RoundAccount:
    """What stayed, what came, what went and why.

    ``candidates`` are the kinds and declarations of all that could have been proposed.
    """
    last = following.last
    keys = {_key(each): each.proposal_id for each in (*proposals, *internal)}
    counted = {_key(each) for each in proposals}
    before = {(each.kind, each.declaration_ids): each for each in last.proposals.values()}
    held = {(each.kind, each.declaration_ids) for each in following.held}
    return RoundAccount(
        accepted=_ids(keys, held),
        again=_ids(keys, before.keys() - held),
        new=_ids(keys, keys.keys() - before.keys()),
        gone=tuple(
            Gone(
                proposal_id=each.proposal_id,
                title=each.title,
                why=_why_gone(each, following, candidates),
            )
            for key, each in sorted(before.items(), key=lambda pair: pair[1].proposal_id)
            if key not in keys
        ),
        refused=last.refusals,
        answers=len(last.answers),
        malus=malus,
        new_counted=sum(not following.was_proposed(*key) for key in counted),
    )


def same_again(last: LastRound) -> RoundAccount:
    """The account of a round in which nothing was answered and nothing has changed."""
    return RoundAccount(
        accepted=(),
        again=tuple(sorted(last.proposals)),
        new=(),
        gone=(),
        refused=(),
        answers=0,
        malus=0.0,
        is_same=True,
    )


def _key(proposal: Proposal) -> tuple[ProposalKind, frozenset[str]]:
    return proposal.kind, frozenset(party.declaration_id for party in proposal.parties)


def _ids(
    keys: Mapping[tuple[ProposalKind, frozenset[str]], str],
    wanted: set[tuple[ProposalKind, frozenset[str]]],
) -> tuple[str, ...]:
    return tuple(sorted(name for key, name in keys.items() if key in wanted))


def _why_gone(
    gone: LastProposal,
    following: NextRound,
    candidates: Collection[tuple[ProposalKind, frozenset[str]]],
) -> Message:
    refusals = [each for each in following.last.refusals if each.proposal_id == gone.proposal_id]
    if refusals:
        return Message(code="round.gone.refused", values=_told(refusals[0], following.last))
    if gone.declaration_ids - following.declared.keys():
        return Message(code="round.gone.withdrawn")
    if (gone.kind, gone.declaration_ids) in candidates:
        return Message(code="round.gone.better")
    for refused in following.last.refusals:
        if following.bears_on(refused, gone.declaration_ids):
            return Message(code="round.gone.closed", values=_told(refused, following.last))
    return Message(code="round.gone.not-possible")


def _told(refused: Refused, last: LastRound) -> dict[str, object]:
    code = "none" if refused.code is None else refused.code.value
    return {
        "site": last.site_names.get(refused.site_id, refused.site_id),
        "reason": Message(code=f"round.reason.{code}"),
        "title": dict(refused.title),
    }


def with_refusals(unmatched: Sequence[Unmatched], following: NextRound) -> tuple[Unmatched, ...]:
    """The "pourquoi non" with what earlier rounds refused first, closed declarations included."""
    told: dict[str, Reason] = {}
    for refused in following.last.refusals:
        closes = following.closed.issuperset(refused.declaration_ids)
        for name in (*refused.declaration_ids, *refused.other_declaration_ids):
            is_own = name in refused.declaration_ids
            code = "closed-before" if closes and is_own else "refused-before"
            told.setdefault(
                name,
                Reason(
                    message=Message(code=f"why-not.{code}", values=_told(refused, following.last)),
                    audience=Audience.AGENT,
                ),
            )
    found = []
    for item in unmatched:
        if item.declaration_id in told:
            rest = [each for each in item.reasons if each.code not in _SAYS_NOTHING]
            reasons = (told[item.declaration_id], *rest)
            item = Unmatched(
                declaration_id=item.declaration_id,
                site_id=item.site_id,
                reasons=reasons,
                reopen_on=item.reopen_on,
            )
        found.append(item)
    listed = {item.declaration_id for item in found}
    for name, site_id in following.closed_here.items():
        if name not in listed:
            found.append(Unmatched(declaration_id=name, site_id=site_id, reasons=(told[name],)))
    return tuple(found)
