"""From the chosen bundles to proposals: the builder's reckoning, with factors,
checks and fair shares.
"""

from __future__ import annotations

from matcher.candidates.brackets import SPREAD
from matcher.candidates.bundles import Bundle, Member
from matcher.catalogue import Catalogue
from matcher.declarations import Basis
from matcher.leads.checks import checks_of
from matcher.plan import (
    Audience,
    FactorUsed,
    Message,
    Party,
    Proposal,
    ProposalKind,
    Range,
    Reason,
)
from matcher.settings import Settings
from matcher.shares import GroupShares, best_split, share_gain
from matcher.terms import proposal_id

AXES = {
    ProposalKind.SHARING: "simplifier",
    ProposalKind.HIRING: "recruter",
    ProposalKind.POOLING: "simplifier",
}
"""The axis of the *Territoires d'industrie* programme under which a kind is told."""


def group_lead(bundle: Bundle, catalogue: Catalogue, settings: Settings) -> Proposal:
    """The proposal of one bundle; nothing is reckoned anew.

    Raises
    ------
    ValueError
        For a condition that ``legal_checks.csv`` does not know: none is dropped silently.
    """
    unknown = set(bundle.conditions) - {row.condition for row in catalogue.legal_checks.values()}
    if unknown:
        raise ValueError(f"legal_checks.csv has no row for the condition {min(unknown)!r}.")
    day = settings.round_day
    nothing = Range(value=0.0, low=0.0, high=0.0)
    is_supposed = any(member.inferred for member in bundle.members)
    return Proposal(
        proposal_id=proposal_id(bundle.kind, bundle.declaration_ids),
        kind=bundle.kind,
        object=bundle.object,
        delivered_object=bundle.object,
        process=(),
        parties=tuple(_party(member, is_supposed) for member in bundle.members),
        amount_per_year=bundle.amount_per_year,
        unit=bundle.unit,
        delivered_per_year=bundle.amount_per_year,
        delivered_unit=bundle.unit,
        one_off=bundle.one_off,
        distance_km=bundle.distance_km,
        price_low=bundle.price_low,
        fair_price=bundle.fair_price,
        price_high=bundle.price_high,
        gain_eur_per_year=_supposed_range(bundle.value) if is_supposed else bundle.value,
        avoided_tco2e_per_year=bundle.avoided_tco2e_per_year,
        diverted_t_per_year=nothing,
        axis=AXES[bundle.kind],
        form=bundle.form,
        instrument=bundle.instrument,
        effort_hours=bundle.effort_hours,
        delay=bundle.delay,
        capex_eur=sum(member.capex_eur for member in bundle.members),
        first_step=bundle.first_step,
        questions=bundle.questions,
        factors=_factors(bundle, catalogue, settings),
        reasons=(*bundle.facts, *_apart(bundle)),
        checks=checks_of(frozenset(bundle.conditions), catalogue, day),
        confidence=bundle.confidence,
        confidence_reasons=bundle.confidence_reasons,
        inferred=is_supposed,
        figures=bundle.figures,
        shares=_shares(bundle, settings),
    )


def _shares(bundle: Bundle, settings: Settings) -> GroupShares | None:
    """What each should get of the gain; None where it is no group, or would gain more apart."""
    if bundle.gain_of_part is None:
        return None
    if _gain_alone(bundle) > bundle.worth:
        return None
    apart = best_split(bundle.declaration_ids, bundle.gain_of_part)
    everybody = frozenset(bundle.declaration_ids)
    return share_gain(
        everybody,
        lambda members: bundle.worth if members == everybody else apart(members),
        settings,
        usual={member.declaration_id: member.gain.value or 0.0 for member in bundle.members},
    )


def _gain_alone(bundle: Bundle) -> float:
    """EUR a year that the members would gain if each did it for itself, in all."""
    if bundle.gain_of_part is None:
        return 0.0
    return sum(max(bundle.gain_of_part(frozenset({one})), 0.0) for one in bundle.declaration_ids)


def _apart(bundle: Bundle) -> tuple[Reason, ...]:
    """Said where there is no fair share: nothing keeps those who gain more each for itself."""
    more = _gain_alone(bundle) - bundle.worth
    if more <= 0:
        return ()
    message = Message(code="reasons.more-apart", values={"more": more})
    return (Reason(message=message, audience=Audience.AGENT, gap=more, unit="EUR/year"),)


def _party(member: Member, is_supposed: bool) -> Party:
    gain = _supposed_range(member.gain) if is_supposed else member.gain
    value = gain.value or 0.0
    return Party(
        site_id=member.site_id,
        declaration_id=member.declaration_id,
        role=member.role,
        gain_eur_per_year=value,
        gain_low=value if gain.low is None else gain.low,
        gain_high=value if gain.high is None else gain.high,
        amount_by_month=member.amount_by_month,
        inferred=member.inferred,
        capex_eur=member.capex_eur,
    )


def _supposed_range(gain: Range) -> Range:
    """As wide as any supposed amount without a range of its own, or wider."""
    low, high = SPREAD[Basis.INFERRED]
    value = gain.value or 0.0
    ends = [low * value, high * value]
    known = [end for end in (gain.low, gain.high) if end is not None]
    return Range(value=gain.value, low=min(ends + known), high=max(ends + known))


def _factors(bundle: Bundle, catalogue: Catalogue, settings: Settings) -> tuple[FactorUsed, ...]:
    found = []
    for key in sorted(set(bundle.factors)):
        factor, override = catalogue.factors[key], settings.factor_overrides.get(key)
        found.append(
            FactorUsed(
                factor=key,
                value=factor.value if override is None else override,
                unit=factor.unit,
                year=factor.year,
                source=factor.source,
                overridden=override is not None,
            )
        )
    return tuple(found)
