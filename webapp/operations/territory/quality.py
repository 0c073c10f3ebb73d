"""Before the freeze: what cannot be read, what is doubtful, what is there twice, who is silent."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from matcher.errors import CellProblem, Severity
from webapp.lifecycle import ResponseState, RoundState
from webapp.mapping.firm_list import same_name
from webapp.mapping.recognised import label_of
from webapp.mapping.survey import OWN_ID
from webapp.models import Response, Round
from webapp.operations import journal, scope
from webapp.operations.territory.matching import read_answers, survey_tables
from webapp.policy import Action, Actor, FieldClass, ensure
from webapp.texts import Language

STARTED = frozenset({ResponseState.OPENED, ResponseState.CHARTER_OK, ResponseState.DRAFT})
_NAMES = {"flows": "resource", "equipment": "equipment", "jobs": "title", "pools": "category"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One thing to mend or to ask: of which site, what it said, what is wrong, what to do."""

    response_id: str | None
    site: str
    what: str
    value: str
    rule: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Declarations that may be one and the same. ``where``: the sites that made them."""

    what: str
    where: tuple[tuple[str, str], ...]  # response id, site


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityPage:
    """How good the answers are. ``bases``: rows by where their amount comes from."""

    round_id: str
    round_name: str
    is_open: bool
    asked: int
    sent: int
    started: tuple[tuple[str, str], ...]
    rows: int
    bases: Mapping[str, int]
    refused: tuple[Doubt, ...]
    doubtful: tuple[Doubt, ...]
    twins: tuple[Twins, ...]
    unplaced: tuple[tuple[str, str], ...]


def quality(
    session: Session, actor: Actor, round_id: str, language: Language, *, now: datetime.datetime
) -> QualityPage:
    """Read the answers as the matching will, and say what it will find; the look is logged."""
    ensure(actor, Action.READ_ANSWERS, FieldClass.TRUSTED)
    row = scope.round_in(session, actor, round_id)
    journal.record(session, actor, "quality_read", row.public_id, now=now)
    survey, problems = read_answers(session, row)
    tables = survey_tables(session, row)
    by_site = {item.site.public_id: item for item in row.responses}
    told = (*problems, *survey.warnings)
    refused = [item for item in told if item.severity is Severity.ERROR]
    doubtful = [item for item in told if item.severity is Severity.WARNING]
    return QualityPage(
        round_id=row.public_id,
        round_name=row.name,
        is_open=row.state == RoundState.OPEN,
        asked=len(row.responses),
        sent=sum(item.state == ResponseState.SUBMITTED for item in row.responses),
        started=tuple(_links(item for item in row.responses if item.state in STARTED)),
        rows=sum(len(tables.get(name, ())) for name in OWN_ID),
        bases=_bases(tables),
        refused=_doubts(refused, tables, by_site, language),
        doubtful=_doubts(doubtful, tables, by_site, language),
        twins=(*_same_sites(row), *_same_rows(tables, by_site, language)),
        unplaced=tuple(
            _links(
                by_site[site_id]
                for site_id, site in survey.sites.items()
                if site.latitude is None and (site.commune_code or "") not in survey.places
            )
        ),
    )


def _doubts(
    problems: Sequence[CellProblem],
    tables: Mapping[str, list[dict[str, Any]]],
    by_site: Mapping[str, Response],
    language: Language,
) -> tuple[Doubt, ...]:
    """Rows of the file that was read, told as rows of a firm: a sheet's second row is the first."""
    found = []
    for problem in problems:
        table = problem.file.removesuffix(".csv")
        rows = tables.get(table, [])
        line = rows[problem.row - 2] if problem.row and problem.row - 2 < len(rows) else {}
        response = by_site.get(str(line.get("site_id", "")))
        found.append(
            Doubt(
                response_id=None if response is None else response.public_id,
                site="" if response is None else response.site.name,
                what=_what(table, line, language) or problem.column or "",
                value=problem.value or "",
                rule=problem.rule_in(language),
                remedy=problem.remedy_in(language),
            )
        )
    return tuple(found)


def _what(table: str, line: Mapping[str, Any], language: Language) -> str:
    """What a row is about, in words; the firm's own where the catalogue has none."""
    said = str(line.get(_NAMES.get(table, ""), "") or "")
    return label_of(table, said, language) if table in _NAMES and table != "jobs" else said


def _bases(tables: Mapping[str, list[dict[str, Any]]]) -> dict[str, int]:
    """Flows by where their amount comes from; ``none``: no amount was given."""
    counts = Counter(
        "none" if not row.get("amount") else str(row.get("basis") or "not-said")
        for row in tables.get("flows", ())
    )
    return dict(sorted(counts.items()))


def _same_sites(row: Round) -> list[Twins]:
    by_name: dict[str, list[Response]] = defaultdict(list)
    for item in row.responses:
        by_name[same_name(item.site.name)].append(item)
    return [
        Twins(what=group[0].site.name, where=tuple(_links(group)))
        for group in by_name.values()
        if len(group) > 1
    ]


def _same_rows(
    tables: Mapping[str, list[dict[str, Any]]],
    by_site: Mapping[str, Response],
    language: Language,
) -> list[Twins]:
    """The same thing said twice by one firm, in the same direction."""
    found: dict[tuple[int, str, str, str], list[Response]] = defaultdict(list)
    words: dict[str, str] = {}
    for table, name in _NAMES.items():
        for row in tables.get(table, ()):
            response = by_site[row["site_id"]]
            said = same_name(str(row.get(name) or ""))
            if said:
                key = (response.firm.id, table, str(row.get("direction", "")), said)
                found[key].append(response)
                words[said] = _what(table, row, language)
    return [
        Twins(what=words[said], where=tuple(_links(group)))
        for (_, _, _, said), group in found.items()
        if len(group) > 1
    ]


def _links(responses: Iterable[Response]) -> list[tuple[str, str]]:
    return [(item.public_id, item.site.name) for item in responses]
