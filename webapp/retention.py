"""The register of processings, from the tables themselves: why each is kept, and for how long.

The page of the data protection officer and the sweep of the night read the same rows; a table that
is in no processing fails a test.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from webapp.policy import PERMISSIONS, Action, FieldClass, Role


class Processing(StrEnum):
    ROUNDS = "rounds"  # who is asked, what was answered
    LEADS = "leads"  # what was proposed, decided, followed
    PEOPLE = "people"  # who signs in
    MAILS = "mails"
    LOG = "log"
    FIGURES = "figures"  # what was published, and what runs the installation


CLASSES: Mapping[Processing, tuple[FieldClass, ...]] = {
    Processing.ROUNDS: (FieldClass.PUBLIC, FieldClass.TRUSTED, FieldClass.NAMED_AGENTS),
    Processing.LEADS: (FieldClass.PARTNER, FieldClass.TRUSTED),
    Processing.PEOPLE: (FieldClass.PERSONAL,),
    Processing.MAILS: (FieldClass.PERSONAL,),
    Processing.LOG: (FieldClass.PUBLIC,),
    Processing.FIGURES: (FieldClass.PUBLIC,),
}

TABLES: Mapping[str, Processing] = {
    **dict.fromkeys(
        ("place", "firm", "site", "charter", "round", "consent", "response", "declaration"),
        Processing.ROUNDS,
    ),
    **dict.fromkeys(("attachment", "run"), Processing.ROUNDS),
    **dict.fromkeys(
        ("lead", "party", "reveal", "call", "monthly_word", "synergy", "synergy_step"),
        Processing.LEADS,
    ),
    **dict.fromkeys(("result", "effort"), Processing.LEADS),
    **dict.fromkeys(("account", "web_session", "login_code", "attempt"), Processing.PEOPLE),
    "second_factor": Processing.PEOPLE,
    "outgoing_mail": Processing.MAILS,
    "audit_line": Processing.LOG,
    **dict.fromkeys(("publication", "territory", "background_job"), Processing.FIGURES),
}


ACTIONS: Mapping[Processing, frozenset[Action]] = {
    Processing.ROUNDS: frozenset({Action.ANSWER_SURVEY, Action.RUN_ROUND, Action.READ_ANSWERS}),
    Processing.LEADS: frozenset({Action.READ_LEADS, Action.REVIEW_LEADS}),
    Processing.PEOPLE: frozenset({Action.MANAGE_TEAM, Action.CALL_FIRMS}),
    Processing.MAILS: frozenset({Action.CALL_FIRMS}),
    Processing.LOG: frozenset({Action.READ_AUDIT, Action.SEE_OWN_DATA}),
    Processing.FIGURES: frozenset({Action.READ_AGGREGATES, Action.SET_UP}),
}
"""What lets somebody read of a processing, besides what everybody reads of themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is forgotten, and after how many days: by the night, or by the officer with a visa."""

    name: str
    days: int
    needs_visa: bool = False


RULES = (
    Rule(name="codes", days=1),  # codes and tries: of use for ten minutes and an hour
    Rule(name="links", days=183),  # links of invitations
    Rule(name="mails", days=183),  # what was written in a mail that went out
    Rule(name="sessions", days=365),  # who was signed in: a security log
    Rule(name="rounds", days=3 * 365 + 1, needs_visa=True),  # whole, after its last day
)
"""Durations are the installation's promise (engineering judgement, to be confirmed by the officer).

All else is a public archive of the EPCI: it goes when its archivist's visa is entered.
"""


def days_of(name: str) -> datetime.timedelta:
    """How long one kind is kept."""
    return datetime.timedelta(days=next(rule.days for rule in RULES if rule.name == name))


def readers(processing: Processing) -> tuple[Role, ...]:
    """The roles that the policy gives an action on the processing; firms: of their own only."""
    return tuple(role for role in Role if ACTIONS[processing] & set(PERMISSIONS[role]))
