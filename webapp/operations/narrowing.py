"""A technician of one communauté: every question to the base is narrowed to what lies in it.

The narrowing is the session's and not the queries': an operation that is written tomorrow finds no
more than those of today. What is seen: the sites of the communauté, their firms, answers, calls,
and the leads between them alone. A lead that reaches beyond is for the agents of the territory.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, false, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from webapp.models import (
    Account,
    Attachment,
    Call,
    Consent,
    Declaration,
    Effort,
    Firm,
    LeadRow,
    MonthlyWord,
    PartyRow,
    Response,
    Result,
    Reveal,
    Run,
    Site,
    Step,
    Synergy,
)
from webapp.policy import Actor, Role

COMMUNITY = "narrowed_to"
UNTOUCHED = ("territory", "place", "charter", "round", "publication", "audit_line", "outgoing_mail")
"""What no narrowing hides: it names no firm, or is read for one that was found already."""
NARROWED = (
    *(Account, Attachment, Call, Consent, Declaration, Effort, Firm, LeadRow, MonthlyWord),
    *(PartyRow, Response, Result, Reveal, Run, Site, Step, Synergy),
)


def narrow(session: Session, actor: Actor) -> None:
    """From now on, what is outside a technician's communauté is not there. Without one: nothing."""
    if actor.role is Role.TECHNICIAN:
        session.info[COMMUNITY] = actor.community or ""


@event.listens_for(Session, "do_orm_execute")
def _narrowed(asked: ORMExecuteState) -> None:
    community = asked.session.info.get(COMMUNITY)
    if community is not None:
        asked.statement = asked.statement.options(*_limits(community))


def _limits(community: str) -> list[Any]:
    # Plain tables below: a class would be narrowed itself, and "none outside" always true.
    site, party = Site.__table__, PartyRow.__table__
    lead, sheet = LeadRow.__table__, Response.__table__
    followed = Synergy.__table__
    sites = select(site.c.id).where(site.c.community == community)
    firms = select(site.c.firm_id).where(site.c.community == community)
    sheets = select(sheet.c.id).where(sheet.c.site_id.in_(sites))
    beyond = select(party.c.lead_id).where(party.c.site_id.not_in(sites))
    leads = select(lead.c.id).where(lead.c.id.not_in(beyond))
    synergies = select(followed.c.id).where(followed.c.lead_id.in_(leads))
    parties = select(party.c.id).where(party.c.lead_id.in_(leads))
    limits: dict[Any, Any] = {
        Site: Site.community == community,
        Firm: Firm.id.in_(firms),
        Consent: Consent.firm_id.in_(firms),
        Call: Call.firm_id.in_(firms) & or_(Call.lead_id.is_(None), Call.lead_id.in_(leads)),
        Account: or_(Account.firm_id.is_(None), Account.firm_id.in_(firms)),
        Response: Response.site_id.in_(sites),
        Declaration: Declaration.response_id.in_(sheets),
        Attachment: Attachment.response_id.in_(sheets),
        LeadRow: LeadRow.id.in_(leads),
        PartyRow: PartyRow.lead_id.in_(leads),
        Reveal: Reveal.lead_id.in_(leads),
        Synergy: Synergy.lead_id.in_(leads),
        MonthlyWord: MonthlyWord.party_id.in_(parties),
        **{kind: kind.synergy_id.in_(synergies) for kind in (Step, Result, Effort)},
        Run: false(),  # its drawing and its figures are the whole territory's
    }
    return [with_loader_criteria(kind, limits[kind], include_aliases=True) for kind in NARROWED]
