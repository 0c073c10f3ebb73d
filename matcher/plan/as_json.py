"""``plan.json``: a plan as plain values, then as bytes that are equal when the plans are equal.

Numbers keep ten significant digits (more than any declared amount is known to, fewer than the last
bits on which two machines may differ); seconds and machine are in ``run.json``, not here. The names
are those of contract 3.4; ``datasets/schemas/plan.schema.json`` describes them one by one.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from matcher.foresight.plain import foresight_to_dict, pareto_to_list, robustness_to_list
from matcher.plan import (
    SCHEMA_VERSION,
    Check,
    DeclarationView,
    FactorUsed,
    Indicator,
    LeadOutside,
    Message,
    Party,
    Plan,
    PlanReport,
    Proposal,
    Range,
    Reason,
    RoundAccount,
    SiteView,
    Unmatched,
)
from matcher.plan.outlook_as_json import (
    figure_to_dict,
    missing_to_dict,
    shares_to_dict,
    standing_to_dict,
)

SIGNIFICANT_DIGITS = 10


def plan_json(plan: Plan) -> bytes:
    """The plan as UTF-8 JSON, one value a line, ending in a line break."""
    text = json.dumps(plan_to_dict(plan), ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode()


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """The plan as dicts, lists, texts and numbers, in the order of contract 3.4.

    Sentences stand in every language, under ``text``. Lists that later versions fill are there and
    empty. Units are in the names, or in a ``unit`` beside the number.

    Raises
    ------
    ValueError
        For a number that is not finite: a plan never says "infinite".
    """
    plain: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "input_digest": plan.input_digest,
        "settings": plan.settings.to_dict(),
        "report": _report(plan.report),
        "indicators": [_indicator(item) for item in plan.indicators],
        "curve": [
            {"proposals": point.proposals, "gain_eur_per_year": point.gain, "bound": point.bound}
            for point in plan.curve
        ],
        "proposals": [_proposal(item) for item in plan.proposals],
        "internal": [_proposal(item) for item in plan.internal],
        "unmatched": [_unmatched(item) for item in plan.unmatched],
        "missing_links": [missing_to_dict(item) for item in plan.missing_links],
        "resilience": [standing_to_dict(item) for item in plan.resilience],
        "pareto": pareto_to_list(plan.foresight),
        "robustness": robustness_to_list(plan.foresight),
        "calls": [dataclasses.asdict(call) for call in plan.calls],
        "floor": None if plan.floor is None else dataclasses.asdict(plan.floor),
        "animation": None if plan.animation is None else dataclasses.asdict(plan.animation),
        "foresight": foresight_to_dict(
            plan.foresight,
            {key: item.label for key, item in plan.declarations.items()},
            {key: item.name for key, item in plan.sites.items()},
        ),
        "next_round": None if plan.next_round is None else _next_round(plan.next_round),
        "warnings": [dict(sorted(item.items())) for item in plan.warnings],
        "sites": {key: _site(plan.sites[key]) for key in sorted(plan.sites)},
        "declarations": {
            key: _declaration(plan.declarations[key]) for key in sorted(plan.declarations)
        },
    }
    if plan.leads_outside:
        plain["leads_outside"] = [_outside(item) for item in plan.leads_outside]
    exact: dict[str, Any] = rounded(plain)
    return exact


def rounded(value: Any) -> Any:
    """The same value with its numbers rounded; 3 and 3.0 are equal, so both are written 3."""
    if isinstance(value, Mapping):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    number = float(value)  # NumPy's numbers too
    if not math.isfinite(number):
        raise ValueError(f"A plan holds finite numbers only, got {number}.")
    short = float(f"{number:.{SIGNIFICANT_DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short


def _report(report: PlanReport) -> dict[str, Any]:
    return {
        "status": report.solve.status,
        "objective": report.solve.objective,
        "bound": report.solve.bound,
        "gap": report.solve.gap,
        "proved_optimal": report.solve.proved_optimal,
        "share_on_estimates": report.share_on_estimates,
        "share_on_suppositions": report.share_on_suppositions,
        "sites": report.sites,
        "declarations": report.declarations,
        "candidate_links": report.candidate_links,
        "refused_links": report.refused_links,
        "components": report.components,
        "proof_limits": [
            {"code": limit.value, "text": message.texts()}
            for limit, message in report.proof_messages
        ],
        "more_with_left_out": report.more_with_left_out,
    }


def _indicator(item: Indicator) -> dict[str, Any]:
    return {
        "indicator": item.indicator,
        "value": item.value,
        "low": item.low,
        "high": item.high,
        "unit": item.unit,
        "not_known": item.not_known,
    }


def _proposal(item: Proposal) -> dict[str, Any]:
    return {
        "proposal_id": item.proposal_id,
        "kind": item.kind.value,
        "object": item.object,
        "delivered_object": item.delivered_object,
        "process": list(item.process),
        "parties": [_party(party) for party in item.parties],
        "amount_per_year": item.amount_per_year,
        "unit": item.unit,
        "delivered_per_year": item.delivered_per_year,
        "delivered_unit": item.delivered_unit,
        "declared_amount": item.declared_amount,
        "declared_unit": item.declared_unit,
        "one_off": item.one_off,
        "distance_km": item.distance_km,
        "price_low": item.price_low,
        "fair_price": item.fair_price,
        "price_high": item.price_high,
        **_range("gain_eur_per_year", "gain", item.gain_eur_per_year),
        **_range("avoided_tco2e_per_year", "avoided_tco2e", item.avoided_tco2e_per_year),
        **_range("diverted_t_per_year", "diverted_t", item.diverted_t_per_year),
        "axis": item.axis,
        "form": item.form,
        "instrument": item.instrument,
        "effort_hours": item.effort_hours,
        "delay": item.delay.value,
        "capex_eur": item.capex_eur,
        "first_step": _message(item.first_step),
        "questions": _messages(item.questions),
        "factors": [_factor(factor) for factor in item.factors],
        "reasons": [_reason(reason) for reason in item.reasons],
        "checks": [_check(check) for check in item.checks],
        "confidence": item.confidence.value,
        "confidence_reasons": _messages(item.confidence_reasons),
        "inferred": item.inferred,
        "depends_on": list(item.depends_on),
        "alternatives": list(item.alternatives),
        "figures": [figure_to_dict(figure) for figure in item.figures],
        "shares": None if item.shares is None else shares_to_dict(item, item.shares),
    }


def _range(name: str, prefix: str, value: Range) -> dict[str, float | None]:
    return {name: value.value, f"{prefix}_low": value.low, f"{prefix}_high": value.high}


def _party(party: Party) -> dict[str, Any]:
    return {
        "site_id": party.site_id,
        "declaration_id": party.declaration_id,
        "role": party.role.value,
        "gain_low": party.gain_low,
        "gain_eur_per_year": party.gain_eur_per_year,
        "gain_high": party.gain_high,
        "amount_by_month": list(party.amount_by_month),
        "inferred": party.inferred,
        "capex_eur": party.capex_eur,
    }


def _message(message: Message) -> dict[str, Any]:
    return {"code": message.code, "text": message.texts()}


def _messages(messages: Iterable[Message]) -> list[dict[str, Any]]:
    return [_message(message) for message in messages]


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "audience": reason.audience.value,
        "gap": reason.gap,
        "unit": reason.unit,
        "text": reason.message.texts(),
    }


def _outside(item: LeadOutside) -> dict[str, Any]:
    return {
        "declaration_id": item.declaration_id,
        "site_id": item.site_id,
        "resource": item.resource,
        "trades": [
            {
                "activity": trade.activity,
                "label": dict(sorted(trade.label.items())),
                "use": dict(sorted(trade.use.items())),
                "evidence": trade.evidence,
                "sites": [dataclasses.asdict(site) for site in trade.sites],
                "more_sites": trade.more_sites,
            }
            for trade in item.trades
        ],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "code": check.code,
        "question": dict(sorted(check.question.items())),
        "article": check.article,
        "article_date": check.article_date,
        "severity": check.severity.value,
        "who": check.who,
        "before": check.before,
    }


def _factor(factor: FactorUsed) -> dict[str, Any]:
    return {
        "factor": factor.factor,
        "value": factor.value,
        "unit": factor.unit,
        "year": factor.year,
        "source": factor.source,
        "overridden": factor.overridden,
    }


def _unmatched(item: Unmatched) -> dict[str, Any]:
    return {
        "declaration_id": item.declaration_id,
        "site_id": item.site_id,
        "reasons": [_reason(reason) for reason in item.reasons],
        "reopen_on": None if item.reopen_on is None else item.reopen_on.isoformat(),
    }


def _next_round(account: RoundAccount) -> dict[str, Any]:
    return {
        "answers": account.answers,
        "is_same": account.is_same,
        "malus": account.malus,
        "new_counted": account.new_counted,
        "accepted": list(account.accepted),
        "again": list(account.again),
        "new": list(account.new),
        "gone": [
            {
                "proposal_id": item.proposal_id,
                "title": dict(sorted(item.title.items())),
                "why": _message(item.why),
            }
            for item in account.gone
        ],
        "refused": [
            {
                "proposal_id": item.proposal_id,
                "kind": item.kind.value,
                "reason_code": None if item.code is None else item.code.value,
                "site_id": item.site_id,
                "declaration_ids": list(item.declaration_ids),
                "other_declaration_ids": list(item.other_declaration_ids),
                "other_site_ids": list(item.other_site_ids),
                "gain_eur_per_year": item.gain_eur_per_year,
                "distance_km": item.distance_km,
                "title": dict(sorted(item.title.items())),
            }
            for item in account.refused
        ],
    }


def _site(site: SiteView) -> dict[str, Any]:
    return {
        "name": site.name,
        "firm_id": site.firm_id,
        "kind": site.kind,
        "latitude": site.latitude,
        "longitude": site.longitude,
        "commune_code": site.commune_code,
        "park": site.park,
        "activity_code": site.activity_code,
        "cluster": site.cluster,
        "flow_t_per_year": site.flow_t_per_year,
        "flow_mwh_per_year": site.flow_mwh_per_year,
        "flow_m3_per_year": site.flow_m3_per_year,
    }


def _declaration(item: DeclarationView) -> dict[str, Any]:
    return {
        "site_id": item.site_id,
        "table": item.table,
        "direction": item.direction,
        "label": dict(sorted(item.label.items())),
        "family": item.family,
        "amount": item.amount,
        "unit": item.unit,
        "basis": item.basis,
        "secrecy": item.secrecy,
    }
