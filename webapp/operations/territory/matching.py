"""A round's answers as a survey, and a plan as the round's leads."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.declarations import Survey
from matcher.errors import CellProblem
from matcher.plan import Plan
from matcher.plan.as_json import plan_to_dict
from webapp.lifecycle import (
    ROUND,
    LeadState,
    ResponseState,
    RoundState,
    RoundStep,
    next_state,
)
from webapp.mapping.leads import LeadDraft, leads_of
from webapp.mapping.survey import OWN_ID, read_tables
from webapp.models import (
    Declaration,
    LeadRow,
    PartyRow,
    Place,
    Response,
    Round,
    Run,
    Site,
    vault_of,
)
from webapp.operations import journal, scope
from webapp.operations.territory.last_round import running
from webapp.operations.territory.next_round import hold_refused


def survey_tables(session: Session, row: Round) -> dict[str, list[dict[str, Any]]]:
    """The answers that were sent, as the tables of contract 3.1."""
    tables: dict[str, list[dict[str, Any]]] = {"sites": [], "places": []}
    for place in session.scalars(
        select(Place).where(Place.territory_id == row.territory_id).order_by(Place.commune_code)
    ):
        tables["places"].append(
            {
                "commune_code": place.commune_code,
                "name": place.name,
                "latitude": place.latitude,
                "longitude": place.longitude,
            }
        )
    for response in sorted(row.responses, key=lambda item: item.id):
        if response.state != ResponseState.SUBMITTED:
            continue
        _add(session, response, tables)
    return tables


def read_answers(session: Session, row: Round) -> tuple[Survey, Sequence[CellProblem]]:
    """The survey of a round, and the rows that the reader had to leave out."""
    return read_tables(survey_tables(session, row), row.matched_as_of)


def store_run(
    session: Session,
    row: Round,
    plan: Plan,
    survey: Survey,
    *,
    least_hiding: int,
    drawing: Mapping[str, str],
    told: Mapping[str, Any],
    now: datetime.datetime,
) -> int:
    """Keep a plan as the round's leads, all in draft. Returns how many.

    What goes on as a synergy of an earlier round is in the plan, and is no lead a second time.
    """
    row.state = next_state(ROUND, RoundState(row.state), RoundStep.STORE_RUN).value
    row.snapshot_digest = plan.input_digest
    going_on = running(session, row)
    for item in (told["since"] or {}).get("accepted", ()):
        item["synergy"] = going_on.get(frozenset(item["declarations"]))
    plain = plan_to_dict(plan)
    run = Run(
        public_id=vault_of(session).new_token(),
        round_id=row.id,
        stored_at=now,
        input_digest=plan.input_digest,
        settings=plain["settings"],
        report={
            **{name: plain[name] for name in ("report", "indicators", "curve")},
            "unmatched": len(plan.unmatched),
        },
        drawing=vault_of(session).seal_jointly(keys_behind(row), dict(drawing)),
        told=vault_of(session).seal_jointly(keys_behind(row), dict(told)),
    )
    session.add(run)
    session.flush()
    sites, declarations = _by_public_id(session, row)
    drafts = [
        draft
        for draft in leads_of(plan, survey, least_hiding)
        if frozenset(party.declaration_id for party in draft.parties) not in going_on
    ]
    for rank, draft in enumerate(drafts, start=1):
        _store_lead(session, row, run, rank, draft, sites, declarations)
    session.flush()
    hold_refused(session, row)
    journal.record(
        session,
        None,
        "run_stored",
        row.public_id,
        now=now,
        territory_id=row.territory_id,
        leads=len(drafts),
        input=plan.input_digest,
    )
    return len(drafts)


def keys_behind(row: Round) -> list[bytes | None]:
    """The keys of every firm that was asked, in one order: each of them can take a drawing away."""
    firms = {item.firm.id: item.firm for item in row.responses}
    return [firms[number].sealing_key for number in sorted(firms)]


def matching_failed(session: Session, row: Round, code: str, *, now: datetime.datetime) -> None:
    """Back to closed: the agent may start again."""
    row.state = next_state(ROUND, RoundState(row.state), RoundStep.MATCH_FAILED).value
    journal.record(
        session,
        None,
        "match_failed",
        row.public_id,
        now=now,
        territory_id=row.territory_id,
        code=code,
    )


def _store_lead(
    session: Session,
    row: Round,
    run: Run,
    rank: int,
    draft: LeadDraft,
    sites: Mapping[str, Site],
    declarations: Mapping[str, Declaration],
) -> None:
    vault = vault_of(session)
    parties = [
        PartyRow(
            place=place,
            site=sites[party.site_id],
            firm=sites[party.site_id].firm,
            declaration=declarations[party.declaration_id],
            role=party.role,
            secrecy=party.secrecy,
            card=scope.sealed(session, sites[party.site_id].firm, party.card),
            behind=party.behind,
            decision="pending",
        )
        for place, party in enumerate(draft.parties)
    ]
    lead = LeadRow(
        public_id=vault.new_token(),
        round_id=row.id,
        run_id=run.id,
        kind=draft.kind,
        state=LeadState.DRAFT.value,
        version=1,
        rank=rank,
        is_waste=draft.is_waste,
        reckoning=vault.seal([party.firm.sealing_key for party in parties], draft.reckoning),
        parties=parties,
    )
    session.add(lead)


def _add(session: Session, response: Response, tables: dict[str, list[dict[str, Any]]]) -> None:
    site, firm = response.site, response.firm
    tables["sites"].append(
        {
            "site_id": site.public_id,
            "name": site.name,
            "siret": site.siret,
            **site.register,
            **scope.opened(session, firm, site.private),
        }
    )
    for item in response.declarations:
        row = {**scope.opened(session, firm, item.row), "site_id": site.public_id}
        own_id = OWN_ID.get(item.table)
        if own_id is not None:
            row[own_id] = item.lasting_id
        for quality_row in row.pop("qualities", []):
            tables.setdefault("qualities", []).append({**quality_row, "flow_id": item.lasting_id})
        tables.setdefault(item.table, []).append(row)


def _by_public_id(session: Session, row: Round) -> tuple[dict[str, Site], dict[str, Declaration]]:
    declarations = session.scalars(
        select(Declaration).join(Response).where(Response.round_id == row.id)
    )
    return (
        {response.site.public_id: response.site for response in row.responses},
        {item.lasting_id: item for item in declarations},
    )
