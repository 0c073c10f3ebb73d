"""The tables. Public ids are random; values above "public" are sealed (:mod:`.sealing`)."""

from webapp.db import Base
from webapp.models.campaign import Attachment, Charter, Consent, Declaration, Response, Round, Run
from webapp.models.follow_up import Effort, Publication, Result, Step, Synergy
from webapp.models.leads import Call, LeadRow, MonthlyWord, PartyRow, Reveal
from webapp.models.people import (
    Account,
    Attempt,
    Firm,
    LoginCode,
    Place,
    SecondFactor,
    Site,
    Territory,
    WebSession,
)
from webapp.models.records import AuditLine, BackgroundJob, OutgoingMail
from webapp.models.sealing import ErasedError, Vault, vault_of

__all__ = [
    "Account",
    "Attachment",
    "Attempt",
    "AuditLine",
    "BackgroundJob",
    "Base",
    "Call",
    "Charter",
    "Consent",
    "Declaration",
    "Effort",
    "ErasedError",
    "Firm",
    "LeadRow",
    "LoginCode",
    "MonthlyWord",
    "OutgoingMail",
    "PartyRow",
    "Place",
    "Publication",
    "Response",
    "Result",
    "Reveal",
    "Round",
    "Run",
    "SecondFactor",
    "Site",
    "Step",
    "Synergy",
    "Territory",
    "Vault",
    "WebSession",
    "vault_of",
]
