"""``report.html``: the agent's page (with names), and the public one (aggregates only)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matcher.optimise.problem import CurvePoint
from matcher.outputs.charts import Bar, CurveChart, Interval, curve_chart, interval, month_bars
from matcher.outputs.first_calls import first_calls, shared_before
from matcher.outputs.foresight_view import ForesightView
from matcher.outputs.group_view import GroupView, group_view
from matcher.outputs.labels import Labels
from matcher.outputs.leads import INTERNAL, PROJECT, QUICK, Lead, leads_of
from matcher.outputs.outlook_view import missing_rows, network_view
from matcher.outputs.page import render
from matcher.outputs.secrecy import public_figures
from matcher.outputs.shared_points import SharedPoints
from matcher.plan import FactorUsed, Indicator, Plan, Range, Unmatched
from matcher.settings import Objective
from matcher.wording import Language

MOST_CARDS = 200
"""Leads shown in full; beyond, a page is no longer read and the workbook serves better."""

MOST_NAMES = 12
"""Sites named in one sentence; a longer list is in the plan."""

MOST_ROWS = 60
"""Declarations shown under one reason; the workbook has them all."""

MOST_REFUSALS = 15
"""Leads whose refusal would cost most; the cards and the workbook have the others."""

SPARK_WIDTH, MONTHS_WIDTH, MONTHS_HEIGHT = 150.0, 228.0, 44.0
PRICE_WIDTH = MONTHS_WIDTH

# In the order of what an agent can do about it: money and dates, questions, papers, nature.
REASON_ORDER = (
    "does-not-pay", "does-not-pay-works", "attention-spent", "partner-better-served",
    "not-kept", "machine-full", "permit-full", "blend-full", "lot-left", "no-processor",
    "adds-emissions", "avoids-nothing", "permit-not-declared",
    "contract-running", "amount-not-known", "resource-not-known", "position-not-known",
    "temperature-not-known", "quality-not-known", "hazard", "permit", "animal-origin",
    "waste-code-ended", "quality", "hours-apart", "temperature", "lot", "months-apart",
    "period-apart", "too-far", "sold-well", "hierarchy", "refused-before",
    "closed-before", "excluded",
)  # fmt: skip
LAST_REASONS = ("not-available", "amount-zero", "kind-comes-later")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCard:
    """One lead with its drawings."""

    lead: Lead
    gain_bar: Interval | None
    price_bar: Interval | None
    months: tuple[Bar, ...]
    largest_month: float
    group: GroupView


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonGroup:
    """Declarations left alone for one reason; ``hidden`` more are in the workbook only."""

    heading: str
    items: tuple[Unmatched, ...]
    hidden: int

    @property
    def count(self) -> int:
        """How many declarations there are, shown or not."""
        return len(self.items) + self.hidden


def report_page(plan: Plan, language: Language) -> str:
    """The agent's page, as one HTML text that asks nothing of any host. It holds names."""
    leads = leads_of(plan, language)
    labels = Labels(plan=plan, language=language)
    scale = _gain_scale(leads)
    cards = [_card(lead, scale, labels) for lead in leads]
    by_section = {
        section: [card for card in cards if card.lead.section == section]
        for section in (QUICK, PROJECT, INTERNAL)
    }
    calls = first_calls(leads, labels)
    return render(
        "report.html",
        language,
        {
            "plan": plan,
            "labels": labels,
            "cards": by_section,
            "calls": calls,
            "same_call": same_call(plan, leads),
            "floor_left": labels.joined([labels.site(s) for s in left_out(plan)[:MOST_NAMES]]),
            "shared_before": shared_before(calls),
            "points": SharedPoints(leads),
            "most_cards": MOST_CARDS,
            "total": {item.indicator: item for item in plan.indicators},
            "tiles": _tiles(plan.indicators),
            "curve": _curve(plan),
            "counted": len(plan.proposals),
            "once": _gain(plan, one_off=True),
            "yearly": _gain(plan, one_off=False),
            "in_euros": plan.settings.objective is Objective.EUR,
            "groups": _groups(plan.unmatched, labels),
            "network": network_view(plan, labels),
            "missing": missing_rows(plan, labels),
            "factors": _factors(leads),
            "status": _status(plan),
            "ahead": ForesightView(plan=plan, labels=labels, leads=leads),
            "most_refusals": MOST_REFUSALS,
            "months": labels.say("month.short").split(),
            "month_names": labels.say("month.long").split(),
            "numbers": {lead.proposal.proposal_id: lead.number for lead in leads},
        },
    )


def public_report_page(plan: Plan, language: Language) -> str:
    """The public page: bands over at least three firms, and no name, position or single lead."""
    return render(
        "public_report.html",
        language,
        {
            "plan": plan,
            "labels": Labels(plan=plan, language=language),
            "figures": public_figures(plan),
            "status": _status(plan),
        },
    )


def same_call(plan: Plan, leads: Iterable[Lead]) -> dict[str, list[int]]:
    """By proposal, the numbers of the others that the same call is about."""
    numbers = {lead.proposal.proposal_id: lead.number for lead in leads}
    return {
        name: sorted(numbers[other] for other in call.proposal_ids if other != name)
        for call in plan.calls
        for name in call.proposal_ids
    }


def left_out(plan: Plan) -> tuple[str, ...]:
    """Sites that could have a credible lead and have none."""
    return () if plan.floor is None else plan.floor.left


def _gain(plan: Plan, *, one_off: bool) -> float:
    return sum(
        item.gain_eur_per_year.value or 0.0 for item in plan.proposals if item.one_off is one_off
    )


def _status(plan: Plan) -> str:
    solve = plan.report.solve
    return "optimal" if solve.proved_optimal else solve.status


TILES = (
    "gain_eur_per_year", "gain_eur_once", "diverted_t_per_year", "avoided_tco2e_per_year",
    "energy_recovered_mwh_per_year", "water_reused_m3_per_year", "capex_eur", "effort_hours",
)  # fmt: skip


def _tiles(indicators: Iterable[Indicator]) -> list[Indicator]:
    """The figures worth a tile: known, and not nought."""
    found = {item.indicator: item for item in indicators}
    return [found[name] for name in TILES if name in found and found[name].value]


def _ends(value: Range) -> tuple[float, float, float] | None:
    if value.value is None:
        return None
    low = value.value if value.low is None else value.low
    high = value.value if value.high is None else value.high
    return low, value.value, high


def _gain_scale(leads: Iterable[Lead]) -> tuple[float, float]:
    """One scale for the gains of all leads, 0 included, so that bars compare."""
    ends = [ends for lead in leads if (ends := _ends(lead.proposal.gain_eur_per_year)) is not None]
    return (
        min([0.0, *(low for low, _, _ in ends)]),
        max([0.0, *(high for _, _, high in ends)]),
    )


def _card(lead: Lead, scale: tuple[float, float], labels: Labels) -> LeadCard:
    proposal = lead.proposal
    ends = _ends(proposal.gain_eur_per_year)
    months = max(
        (party.amount_by_month for party in proposal.parties),
        key=lambda amounts: sum(map(abs, amounts)),
    )
    return LeadCard(
        lead=lead,
        gain_bar=None if ends is None else interval(*ends, scale=scale, width=SPARK_WIDTH),
        price_bar=_price_bar(lead),
        months=month_bars(months, width=MONTHS_WIDTH, height=MONTHS_HEIGHT),
        largest_month=max(months),
        group=group_view(proposal, labels),
    )


def _price_bar(lead: Lead) -> Interval | None:
    low, fair, high = (
        lead.proposal.price_low,
        lead.proposal.fair_price,
        lead.proposal.price_high,
    )
    if low is None or fair is None or high is None:
        return None
    ends = min(low, high, 0.0), max(low, high, 0.0)
    return interval(low, fair, high, scale=ends, width=PRICE_WIDTH)


def _curve(plan: Plan) -> CurveChart | None:
    solve = plan.report.solve
    here = CurvePoint(proposals=len(plan.proposals), gain=solve.objective, bound=solve.bound)
    same = next((point for point in plan.curve if point.proposals == here.proposals), None)
    return curve_chart(plan.curve, same or here, width=720.0, height=340.0)


def _groups(unmatched: Iterable[Unmatched], labels: Labels) -> list[ReasonGroup]:
    """Declarations by their first reason, what can be mended first at the top."""
    ranks = {code: rank for rank, code in enumerate(REASON_ORDER)}
    ranks |= {code: 1000 + rank for rank, code in enumerate(LAST_REASONS)}
    found: dict[str, list[Unmatched]] = {}
    rank_of: dict[str, int] = {}
    for item in unmatched:
        code = item.reasons[0].code if item.reasons else "other"
        heading = labels.word("reason", code)
        found.setdefault(heading, []).append(item)
        rank_of[heading] = min(rank_of.get(heading, 2000), ranks.get(code, 500))
    return [
        ReasonGroup(
            heading=heading,
            items=tuple(found[heading][:MOST_ROWS]),
            hidden=max(len(found[heading]) - MOST_ROWS, 0),
        )
        for heading in sorted(found, key=lambda heading: (rank_of[heading], heading))
    ]


def _factors(leads: Iterable[Lead]) -> list[FactorUsed]:
    """Every figure of ours that a lead stands on, once, by name."""
    used = {factor.factor: factor for lead in leads for factor in lead.proposal.factors}
    return [used[name] for name in sorted(used)]
