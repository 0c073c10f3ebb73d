"""What a run hands over: the :class:`Plan` of contract 3.4, as dataclasses.

Money is EUR a year without VAT unless a name says otherwise; low and high bracket the value with
the declared amounts and the factors at their ends. Texts are message ids with values
(:class:`Message`), rendered in both languages when written: none is frozen in one language.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matcher.candidates.bundles import Figure
from matcher.foresight.findings import Foresight
from matcher.optimise.animation import AnimationUse
from matcher.optimise.problem import CurvePoint, ProofLimit, SolveReport
from matcher.optimise.serving import FloorAccount
from matcher.settings import Settings
from matcher.shares import GroupShares
from matcher.terms import (
    Confidence,
    Delay,
    Message,
    ProposalKind,
    Range,
    Reason,
    Refused,
    Role,
)

SCHEMA_VERSION = "1.1"


class CheckSeverity(StrEnum):
    BLOCKING = "blocking"
    TO_CLEAR = "to_clear"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A legal or practical point to confirm: a question, never a decision."""

    code: str
    question: Mapping[str, str]  # language -> sentence, from legal_checks.csv
    article: str
    article_date: str
    severity: CheckSeverity
    who: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorUsed:
    """A figure of ours that a proposal stands on."""

    factor: str
    value: float
    unit: str
    year: int | None
    source: str
    overridden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One site's part in a proposal."""

    site_id: str
    declaration_id: str
    role: Role
    gain_eur_per_year: float
    gain_low: float
    gain_high: float
    amount_by_month: tuple[float, ...]
    inferred: bool
    capex_eur: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A link or a chain that the optimiser chose, with its numbers and its reasons.

    ``amount_per_year`` leaves the giver in ``unit``; ``delivered_per_year`` reaches the taker in
    ``delivered_unit``. Prices are EUR a giver's unit, paid by the taker to the giver (negative:
    the giver pays), haulage apart. ``one_off``: amounts and gains are in all, not yearly.
    ``declared_amount`` is ``amount_per_year`` in the giver's own words (pallets, skips), where a
    density or the weight of a piece was assumed to convert it; None where nothing was assumed.
    ``figures`` are what a reader of this kind of lead looks for (the load of a job, what each
    answers for); ``shares`` what each of a group should get, by declaration id, where there is
    something to share out.
    """

    proposal_id: str
    kind: ProposalKind
    object: str
    delivered_object: str
    process: tuple[str, ...]
    parties: tuple[Party, ...]
    amount_per_year: float
    unit: str
    delivered_per_year: float
    delivered_unit: str
    one_off: bool
    distance_km: float
    price_low: float | None
    fair_price: float | None
    price_high: float | None
    gain_eur_per_year: Range
    avoided_tco2e_per_year: Range
    diverted_t_per_year: Range
    axis: str
    form: str
    instrument: str
    effort_hours: float
    delay: Delay
    capex_eur: float
    first_step: Message
    questions: tuple[Message, ...]
    factors: tuple[FactorUsed, ...]
    reasons: tuple[Reason, ...]
    checks: tuple[Check, ...]
    confidence: Confidence
    confidence_reasons: tuple[Message, ...]
    inferred: bool
    depends_on: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    declared_amount: float | None = None
    declared_unit: str | None = None
    figures: tuple[Figure, ...] = ()
    shares: GroupShares | None = None

    @property
    def is_credible(self) -> bool:
        """Whether each party gains and the confidence is at least medium (no gate refused it)."""
        gains = [party.gain_eur_per_year for party in self.parties]
        return min(gains) > 0 and self.confidence is not Confidence.LOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A declaration left alone, and its "pourquoi non": the nearest miss first."""

    declaration_id: str
    site_id: str
    reasons: tuple[Reason, ...]
    reopen_on: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideSite:
    """A known site that is not in the round; ``distance_km`` by road, None without a position."""

    name: str
    siret: str | None
    activity_code: str
    distance_km: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideTrade:
    """A trade (NACE group) that takes a resource, its use of it, and its known sites within reach.

    ``evidence`` is the row it stands on; ``more_sites`` counts those that are not listed.
    """

    activity: str
    label: Mapping[str, str]  # language -> words
    use: Mapping[str, str]
    evidence: str
    sites: tuple[OutsideSite, ...]
    more_sites: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadOutside:
    """An offer without a taker in the round, and who outside could be asked: never a proposal."""

    declaration_id: str
    site_id: str
    resource: str
    trades: tuple[OutsideTrade, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One figure over a plan, with its unit and what it leaves out."""

    indicator: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    not_known: int = 0  # proposals for which it could not be reckoned


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """What is proved of the plan, and on how much it stands."""

    solve: SolveReport
    share_on_estimates: float  # of the gain, that stands on estimated amounts
    share_on_suppositions: float  # of the gain, that stands on inferred flows
    sites: int
    declarations: int
    candidate_links: int
    refused_links: int
    components: int
    proof_limits: tuple[ProofLimit, ...] = ()  # what the bound is a bound of; none: of every choice
    # More than the plan, in its objective's unit a year, that no plan passes which has a group that
    # was not made; None where there is none, or none that could bring more than the bound says.
    more_with_left_out: float | None = None

    @property
    def proof_messages(self) -> tuple[tuple[ProofLimit, Message], ...]:
        """Each limit with its sentence."""
        told = []
        for limit in self.proof_limits:
            is_unknown = limit is ProofLimit.GROUPS_MADE and self.more_with_left_out is None
            code = f"outputs.proof-limit.{limit}{'-unknown' if is_unknown else ''}"
            told.append((limit, Message(code=code, values={"more": self.more_with_left_out})))
        return tuple(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What a site's closing costs, in the objective's unit a year: the leads that fall with it,
    what is lost once the others are matched anew, and what is lost at least (proved).
    """

    falling: float
    lost: float
    lost_at_least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStanding:
    """Where a site stands in the network of leads.

    ``gain_eur`` is the gain of the leads that it takes part in, and ``share`` what part of the
    plan's that is; ``betweenness`` the share of the shortest ways between two others on which it
    lies; ``pieces`` into how many its cluster falls without it (1: it does not).
    """

    site_id: str
    leads: int
    gain_eur: float
    share: float
    betweenness: float
    pieces: int
    is_anchor: bool
    closing: Closing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingLink:
    """Something that is not there and would unlock leads: a newcomer, a unit, a pipe, half a job,
    a floor. ``gain`` is what the plan made again with it brings more, in the objective's unit a
    year; no plan with it brings more than ``at_most`` more (proved). ``estimate`` is what the
    prices of the plan said before; ``site_ids`` would have a lead with it.
    """

    key: str
    kind: str
    message: Message
    estimate: float | None
    gain: float
    at_most: float
    site_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """What the outputs need to know of a site."""

    site_id: str
    name: str
    firm_id: str
    kind: str
    latitude: float | None
    longitude: float | None
    commune_code: str | None
    park: str | None
    activity_code: str | None
    cluster: int | None  # sites held together by chosen links
    flow_t_per_year: float | None  # matter declared, offers and needs
    flow_mwh_per_year: float | None
    flow_m3_per_year: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationView:
    """What the outputs need to know of a declaration."""

    declaration_id: str
    site_id: str
    table: str  # flows, equipment, jobs, pools
    direction: str
    label: Mapping[str, str]  # language -> words
    family: str  # matter, energy, water, equipment, jobs, services
    amount: float | None
    unit: str | None
    basis: str | None
    secrecy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Several proposals between the same two sites: one call. Hours are those of all of them."""

    site_ids: tuple[str, ...]
    proposal_ids: tuple[str, ...]
    gain_eur_per_year: float
    gain_eur_once: float
    effort_hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A proposal of the last plan that is not in this one, and why."""

    proposal_id: str
    title: Mapping[str, str]
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundAccount:
    """What became of the last plan: ids of proposals, and the refusals that go on standing.

    ``malus`` is what each of ``new`` costs in the objective, in its unit a year.
    """

    accepted: tuple[str, ...]  # accepted by all, kept whatever else there is
    again: tuple[str, ...]  # proposed once more
    new: tuple[str, ...]
    gone: tuple[Gone, ...]
    refused: tuple[Refused, ...]
    answers: int
    malus: float
    new_counted: int = 0  # of ``new``, those that pay the malus: not inside one firm
    is_same: bool = False  # nothing was answered, nothing has changed: the same plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The outcome of one run; see contract 3.4 and ``datasets/schemas/plan.schema.json``."""

    input_digest: str
    settings: Settings
    report: PlanReport
    sites: Mapping[str, SiteView]
    declarations: Mapping[str, DeclarationView]
    proposals: tuple[Proposal, ...]
    internal: tuple[Proposal, ...]  # inside one firm: free, shown apart, not counted
    unmatched: tuple[Unmatched, ...]
    curve: tuple[CurvePoint, ...]
    indicators: tuple[Indicator, ...]
    warnings: tuple[Mapping[str, str], ...] = ()
    calls: tuple[Call, ...] = ()  # of several proposals; the others are a call each
    floor: FloorAccount | None = None  # of the sites that could have a credible proposal
    animation: AnimationUse | None = None  # of the hours, where there is a budget
    resilience: tuple[SiteStanding, ...] = ()
    missing_links: tuple[MissingLink, ...] = ()
    foresight: Foresight = field(default_factory=Foresight)
    next_round: RoundAccount | None = None  # after an earlier plan
    leads_outside: tuple[LeadOutside, ...] = ()
