"""What foresight found, as sheets of the workbook; a view without rows has no sheet."""

from __future__ import annotations

from matcher.outputs.foresight_view import ForesightView
from matcher.outputs.sheets import ONE_DECIMAL, SHARE, WHOLE, Column, Value

Table = tuple[str, tuple[Column, ...], list[tuple[Value, ...]]]
"""The name of a view, its columns and its rows."""


def foresight_tables(ahead: ForesightView) -> list[Table]:
    """The sheets that have something to show, in the order of the report."""
    makers = (_questions, _steady, _refused, _other_plans, _pareto)
    tables = [make(ahead) for make in makers]
    return [table for table in tables if table[2]]


def _refused(ahead: ForesightView) -> Table:
    unit = ahead.labels.unit(ahead.unit)
    columns = (
        Column(header=ahead.say("table.number"), width=8, format=WHOLE),
        Column(header=ahead.say("refused.lead"), width=60, wrap=True),
        Column(header=ahead.say("table.loss", unit=unit), width=16, format=WHOLE),
        Column(header=ahead.say("refused.instead"), width=60, wrap=True),
        Column(header=ahead.say("table.gain"), width=16, format=WHOLE),
    )
    rows: list[tuple[Value, ...]] = []
    for lead, item in ahead.refusals:
        first: tuple[Value, ...] = (lead.number, lead.title, item.loss)
        if not item.instead:
            rows.append((*first, ahead.say("refused.nobody"), None))
        rows += [(*first, ahead.name(brief), brief.gain_eur_per_year) for brief in item.instead]
    return "refused", columns, rows


def _other_plans(ahead: ForesightView) -> Table:
    unit = ahead.labels.unit(ahead.unit)
    columns = (
        Column(header=ahead.say("table.plan"), width=12, format=WHOLE),
        Column(header=ahead.say("table.plan-gain", unit=unit), width=16, format=WHOLE),
        Column(header=ahead.say("table.difference"), width=20, format=SHARE),
        Column(header=ahead.say("table.change"), width=18),
        Column(header=ahead.say("table.lead"), width=60, wrap=True),
        Column(header=ahead.say("table.gain"), width=16, format=WHOLE),
    )
    rows: list[tuple[Value, ...]] = []
    for number, other in enumerate(ahead.plan.foresight.other_plans, start=1):
        first: tuple[Value, ...] = (number, other.gain, other.difference)
        rows += [
            (*first, ahead.say("other.left"), lead.title, lead.proposal.gain_eur_per_year.value)
            for lead in ahead.known(other.left)
        ]
        rows += [
            (*first, ahead.say("other.added"), ahead.name(brief), brief.gain_eur_per_year)
            for brief in other.added
        ]
    return "other", columns, rows


def _pareto(ahead: ForesightView) -> Table:
    columns = (
        Column(header=ahead.say("pareto.euros"), width=16, format=WHOLE),
        Column(header=ahead.say("pareto.tonnes"), width=16, format=ONE_DECIMAL),
        Column(header=ahead.say("pareto.sites"), width=14, format=WHOLE),
        Column(header=ahead.say("pareto.least"), width=16, format=WHOLE),
        Column(header=ahead.say("pareto.proposals"), width=10, format=WHOLE),
        Column(header=ahead.say("pareto.not-known"), width=20, format=WHOLE),
        Column(header=ahead.say("pareto.bound"), width=20, format=WHOLE),
        Column(header=ahead.say("pareto.gap"), width=12, format=SHARE),
        Column(header=ahead.say("pareto.here"), width=14),
    )
    rows: list[tuple[Value, ...]] = [
        (
            point.euros_per_year,
            point.avoided_tco2e_per_year,
            point.sites,
            point.least_sites or None,
            point.proposals,
            point.not_known,
            point.euros_bound,
            point.gap,
            ahead.labels.say("yes") if point.is_plan else None,
        )
        for point in ahead.plan.foresight.pareto
    ]
    return "pareto", columns, rows


def _steady(ahead: ForesightView) -> Table:
    columns = (
        Column(header=ahead.say("table.number"), width=8, format=WHOLE),
        Column(header=ahead.say("table.lead"), width=60, wrap=True),
        Column(header=ahead.say("steady.pays"), width=16, format=SHARE),
        Column(header=ahead.say("table.low"), width=18, format=WHOLE),
        Column(header=ahead.say("table.high"), width=18, format=WHOLE),
    )
    rows: list[tuple[Value, ...]] = [
        (lead.number, lead.title, item.pays_share, item.low, item.high)
        for lead, item in ahead.steady
    ]
    return "steady", columns, rows


def _questions(ahead: ForesightView) -> Table:
    columns = (
        Column(header=ahead.say("ask.question"), width=80, wrap=True),
        Column(header=ahead.say("table.worth"), width=20, format=WHOLE),
        Column(header=ahead.say("ask.low"), width=50, wrap=True),
        Column(header=ahead.say("ask.high"), width=50, wrap=True),
    )
    rows: list[tuple[Value, ...]] = [
        (
            ahead.question(item),
            item.worth_eur,
            ahead.change(item.if_low),
            ahead.change(item.if_high),
        )
        for item in ahead.plan.foresight.key_questions
    ]
    return "questions", columns, rows
