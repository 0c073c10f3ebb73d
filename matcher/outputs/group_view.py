"""What a group should know of itself, in words: who gets how much, who would leave, its figures."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.candidates.bundles import Figure
from matcher.outputs.labels import Labels
from matcher.plan import Proposal

_WORTH_SAYING = 0.01
"""Share of a group's gain below which what somebody would gain by leaving is within its doubt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberShare:
    """One member: EUR a year by the usual rule, by the fair one, and what it brings on average."""

    site_id: str
    usual: float
    fair: float
    shapley: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """The shares of a group with what holds it, and its figures: the group's, then each site's.

    ``site_figures`` has one line a site, under ``headings``.
    """

    members: tuple[MemberShare, ...]
    held: str
    figures: tuple[tuple[str, str], ...]
    headings: tuple[str, ...]
    site_figures: tuple[tuple[str, tuple[str, ...]], ...]


def group_view(proposal: Proposal, labels: Labels) -> GroupView:
    """Both parts; each is empty where the proposal has none."""
    own = [figure for figure in proposal.figures if figure.site_id is not None]
    codes = list(dict.fromkeys(figure.code for figure in own))
    words = {(figure.site_id, figure.code): figure_words(figure, labels) for figure in own}
    sites = dict.fromkeys(figure.site_id or "" for figure in own)
    return GroupView(
        members=member_shares(proposal),
        held=what_holds(proposal, labels),
        figures=tuple(
            (labels.sentence(figure.code), figure_words(figure, labels))
            for figure in proposal.figures
            if figure.site_id is None
        ),
        headings=tuple(labels.sentence(code) for code in codes),
        site_figures=tuple(
            (labels.site(site), tuple(words.get((site, code), "") for code in codes))
            for site in sites
        ),
    )


def member_shares(proposal: Proposal) -> tuple[MemberShare, ...]:
    """In the order of the parties."""
    shares = proposal.shares
    if shares is None:
        return ()
    return tuple(
        MemberShare(
            site_id=party.site_id,
            usual=party.gain_eur_per_year,
            fair=shares.share[party.declaration_id],
            shapley=shares.shapley[party.declaration_id],
        )
        for party in proposal.parties
    )


def what_holds(proposal: Proposal, labels: Labels) -> str:
    """Whether the usual rule holds the group together, or the fair one, or none."""
    shares = proposal.shares
    if shares is None or shares.usual_core is None:
        return ""
    much = _WORTH_SAYING * (proposal.gain_eur_per_year.value or 0.0)
    site_of = {party.declaration_id: party.site_id for party in proposal.parties}
    is_empty = shares.core.excess > much
    core = shares.core if is_empty else shares.usual_core
    names = labels.joined([labels.site(site_of[one]) for one in sorted(core.coalition)])
    excess = labels.money(core.excess, one_off=proposal.one_off)
    if is_empty:
        return labels.say("share.none-holds", names=names, excess=excess)
    if core.excess > much:
        return labels.say("share.fair-holds", names=names, excess=excess)
    return labels.say("share.usual-holds")


def figure_words(figure: Figure, labels: Labels) -> str:
    """``83 %``, ``1 336 h/an``, ``24,60 €/h``."""
    if figure.unit == "share":
        return labels.share(round(figure.value, 2))
    if figure.unit == "EUR/h":
        return labels.say("an-hour", amount=labels.price(round(figure.value, 2)))
    return labels.figure(round(figure.value), figure.unit)
