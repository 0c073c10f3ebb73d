"""The few questions that a firm is asked of each thing, from the one definition of a survey."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from matcher.errors import CellProblem
from matcher.survey_format import TABLE_BY_NAME
from matcher.survey_format.model import Column, Kind
from matcher.wording import Language
from webapp.mapping.survey import OWN_ID, read_tables
from webapp.texts import texts

TABLES = ("flows", "equipment", "jobs", "pools")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One field of a card. ``kind``: choice, number or text; ``choices``: value and words."""

    name: str
    label: str
    help: str
    kind: str
    is_required: bool
    unit: str | None
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is wrong with one answer (``name`` None: with the card), and what to write instead."""

    name: str | None
    value: str
    rule: str
    remedy: str


def questions(table: str, language: Language) -> tuple[Question, ...]:
    """What is asked on a card, in the order of the survey's columns."""
    return tuple(
        _question(column, language)
        for column in TABLE_BY_NAME[table].columns
        if column.is_asked_of_firms
    )


def complaints(table: str, answers: Mapping[str, Any], language: Language) -> tuple[Complaint, ...]:
    """What the reader of surveys finds wrong in one card; doubts are the agent's to clear."""
    row = {**answers, "site_id": "s", OWN_ID[table]: "d"}
    mark = hashlib.sha256(json.dumps([table, row], sort_keys=True).encode()).digest()
    if mark in _FINE:
        return ()
    tables = {"sites": [{"site_id": "s", "name": "s"}], table: [row]}
    _, problems = read_tables(tables, None)
    if not problems:
        if len(_FINE) >= MOST_FINE:
            _FINE.clear()
        _FINE.add(mark)
    by_label = _column_of(table)
    return tuple(
        Complaint(
            name=None if problem.column is None else by_label.get(problem.column),
            value=problem.value or "",
            rule=spoken_rule(problem, language),
            remedy=_remedy(problem, language),
        )
        for problem in problems
    )


_FINE: set[bytes] = set()
"""Digests of the cards last found right: pages ask again and again of cards that stand as they
were. A digest and no row, so that nothing of a firm outlives its key in memory."""
MOST_FINE = 20_000


def spoken_rule(problem: CellProblem, language: Language) -> str:
    """What is wrong, after the value: « 12t » n’est pas un nombre; a whole sentence, set apart."""
    rule = problem.rule_in(language)
    return f": {rule}" if rule[:1].isupper() else rule


def _remedy(problem: CellProblem, language: Language) -> str:
    """What to do on a card, where that is not what one would do in a spreadsheet."""
    here = texts(language).get(f"firm.card.remedy.{problem.code}")
    return problem.remedy_in(language) if here is None else here


@cache
def _column_of(table: str) -> Mapping[str, str]:
    """The column that a header means, however it is written."""
    return {
        label: column.name
        for column in TABLE_BY_NAME[table].columns
        for label in (column.name, column.both_names, column.label("fr"), column.label("en"))
    }


def _question(column: Column, language: Language) -> Question:
    choices = (
        ()
        if column.choices is None
        else tuple(
            (value, column.choices.label(value, language)) for value in column.choices.values
        )
    )
    kind = "choice" if choices else "number" if column.kind is Kind.NUMBER else "text"
    return Question(
        name=column.name,
        label=column.label(language),
        help=column.help(language),
        kind=kind,
        is_required=column.is_required,
        unit=column.unit,
        choices=choices,
    )
