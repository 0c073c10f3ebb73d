"""Sheets of the workbook for who takes part in what: each party with its months, each group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matcher.outputs.group_view import figure_words
from matcher.outputs.labels import Labels
from matcher.outputs.leads import Lead
from matcher.outputs.sheets import ANY, ONE_DECIMAL, TEXT, WHOLE, Column, Value
from matcher.wording import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table for the workbook; ``view`` names it in the catalogue."""

    view: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


def columns_of(
    view: str, names: Sequence[tuple[str, float, str]], labels: Labels
) -> tuple[Column, ...]:
    """Name in the catalogue, width in characters, number format."""
    return tuple(
        Column(
            header=say(f"workbook.{view}.{name}", labels.language),
            width=width,
            format=form,
            wrap=width >= 24,
        )
        for name, width, form in names
    )


def group_sheets(leads: Sequence[Lead], labels: Labels) -> Iterator[Sheet]:
    """Who takes part in each lead, then the figures of groups."""
    months = labels.say("month.long").split()
    names: tuple[tuple[str, float, str], ...]
    names = (("number", 8, WHOLE), ("object", 26, TEXT), ("site", 32, TEXT), ("role", 12, TEXT),
             ("declaration", 30, TEXT), ("gain", 13, WHOLE), ("gain_low", 13, WHOLE),
             ("gain_high", 13, WHOLE), ("fair", 15, WHOLE), ("shapley", 15, WHOLE),
             ("capex", 15, WHOLE), ("inferred", 9, TEXT))  # fmt: skip
    yield Sheet(
        view="parties",
        columns=(
            *columns_of("parties", names, labels),
            *(Column(header=month, width=10, format=ONE_DECIMAL) for month in months),
        ),
        rows=tuple(_parties(leads, labels)),
    )
    names = (("number", 8, WHOLE), ("object", 26, TEXT), ("site", 32, TEXT),
             ("figure", 40, TEXT), ("value", 14, ANY), ("words", 18, TEXT))  # fmt: skip
    yield Sheet(
        view="figures",
        columns=columns_of("figures", names, labels),
        rows=tuple(_figures(leads, labels)),
    )


def _parties(leads: Sequence[Lead], labels: Labels) -> Iterator[tuple[Value, ...]]:
    for lead in leads:
        shares = lead.proposal.shares
        for party in lead.proposal.parties:
            yield (
                lead.number,
                lead.object,
                labels.site(party.site_id),
                labels.word("role", party.role),
                labels.declaration(party.declaration_id),
                party.gain_eur_per_year,
                party.gain_low,
                party.gain_high,
                None if shares is None else shares.share[party.declaration_id],
                None if shares is None else shares.shapley[party.declaration_id],
                party.capex_eur,
                labels.say("yes" if party.inferred else "no"),
                *party.amount_by_month,
            )


def _figures(leads: Sequence[Lead], labels: Labels) -> Iterator[tuple[Value, ...]]:
    for lead in leads:
        for figure in lead.proposal.figures:
            yield (
                lead.number,
                lead.object,
                None if figure.site_id is None else labels.site(figure.site_id),
                labels.sentence(figure.code),
                figure.value,
                figure_words(figure, labels),
            )
