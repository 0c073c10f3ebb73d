"""Who may do what, on which class of field: two tables. What is not in them is refused.

Scope (own firm, own territory) is not decided here but in the queries of the operations: a foreign
object is not found, and a page says 404 for it as for one that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    CONTRIBUTOR = "contributor"  # firm: types answers
    MANAGER = "manager"  # firm: charter, sending, decisions
    AGENT = "agent"  # the EPCI's, by name
    TECHNICIAN = "technician"  # an agent of one communauté: its firms, and the leads between them
    HR_OPERATOR = "hr_operator"  # a groupement d'employeurs
    ADMINISTRATOR = "administrator"
    DPO = "dpo"
    OBSERVER = "observer"
    FUNDER = "funder"


class FieldClass(StrEnum):
    PUBLIC = "public"
    PARTNER = "partner"  # to the other party, after the reveal
    TRUSTED = "trusted"  # to the trusted third party: the default
    NAMED_AGENTS = "named_agents"
    PERSONAL = "personal"


class Action(StrEnum):
    SIGN_OUT = "sign_out"
    SEE_OWN_ACCOUNT = "see_own_account"
    HAVE_SECOND_FACTOR = "have_second_factor"
    ANSWER_SURVEY = "answer_survey"
    SIGN_CHARTER = "sign_charter"
    MANAGE_TEAM = "manage_team"
    SEND_ANSWERS = "send_answers"
    READ_LEADS = "read_leads"
    DECIDE = "decide"
    SEE_OWN_DATA = "see_own_data"
    WITHDRAW = "withdraw"
    READ_ROUNDS = "read_rounds"
    RUN_ROUND = "run_round"
    READ_ANSWERS = "read_answers"
    REVIEW_LEADS = "review_leads"
    CALL_FIRMS = "call_firms"
    SET_UP = "set_up"
    READ_AUDIT = "read_audit"
    STOP_SENDINGS = "stop_sendings"
    ERASE = "erase"
    READ_POLICY = "read_policy"
    READ_AGGREGATES = "read_aggregates"


_PUBLIC = frozenset({FieldClass.PUBLIC})
_OWN = frozenset(FieldClass)  # of one's own firm: the scope is the query's
_SECRETS = frozenset(
    {FieldClass.PUBLIC, FieldClass.PARTNER, FieldClass.TRUSTED, FieldClass.PERSONAL}
)
_EVERYONE = {
    Action.SIGN_OUT: _PUBLIC,
    Action.SEE_OWN_ACCOUNT: _OWN,
    Action.READ_POLICY: _PUBLIC,
}
_ONESELF = frozenset({FieldClass.PUBLIC, FieldClass.PERSONAL})
_NOT_OF_A_FIRM = {**_EVERYONE, Action.HAVE_SECOND_FACTOR: _ONESELF}
"""A firm needs nothing but the mail's code."""

PERMISSIONS: Mapping[Role, Mapping[Action, frozenset[FieldClass]]] = {
    Role.CONTRIBUTOR: {
        **_EVERYONE,
        Action.ANSWER_SURVEY: _OWN,
        Action.SEE_OWN_DATA: _OWN,
    },
    Role.MANAGER: {
        **_EVERYONE,
        Action.ANSWER_SURVEY: _OWN,
        Action.SIGN_CHARTER: _OWN,
        Action.MANAGE_TEAM: _OWN,
        Action.SEND_ANSWERS: _OWN,
        Action.READ_LEADS: frozenset({FieldClass.PUBLIC, FieldClass.PARTNER}),
        Action.DECIDE: _OWN,
        Action.SEE_OWN_DATA: _OWN,
        Action.WITHDRAW: _OWN,
    },
    Role.AGENT: {
        **_NOT_OF_A_FIRM,
        Action.READ_ROUNDS: _PUBLIC,
        Action.RUN_ROUND: _SECRETS,
        Action.READ_ANSWERS: _SECRETS | {FieldClass.NAMED_AGENTS},
        Action.REVIEW_LEADS: _SECRETS | {FieldClass.NAMED_AGENTS},
        Action.CALL_FIRMS: _SECRETS,
        Action.SET_UP: _PUBLIC,
        Action.READ_AGGREGATES: _PUBLIC,
    },
    Role.TECHNICIAN: {  # the scope is the session's (operations.narrowing); no round is theirs
        **_NOT_OF_A_FIRM,
        Action.READ_ROUNDS: _PUBLIC,
        Action.READ_ANSWERS: _SECRETS,
        Action.REVIEW_LEADS: _SECRETS,
        Action.CALL_FIRMS: _SECRETS,
        Action.READ_AGGREGATES: _PUBLIC,
    },
    Role.HR_OPERATOR: {**_NOT_OF_A_FIRM},
    Role.ADMINISTRATOR: {**_NOT_OF_A_FIRM, Action.SET_UP: _PUBLIC},
    Role.DPO: {
        **_NOT_OF_A_FIRM,
        Action.READ_AUDIT: _PUBLIC,
        Action.STOP_SENDINGS: _PUBLIC,
        Action.ERASE: _PUBLIC,
    },
    Role.OBSERVER: {**_NOT_OF_A_FIRM, Action.READ_AGGREGATES: _PUBLIC},
    Role.FUNDER: {**_NOT_OF_A_FIRM, Action.READ_AGGREGATES: _PUBLIC},
}

FIRM_ROLES = frozenset({Role.CONTRIBUTOR, Role.MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks. ``firm_id`` is None outside firms; ``theme``: the one table a colleague sees;
    ``community``: the one communauté that a technician sees.
    """

    account_id: int
    public_id: str
    role: Role
    territory_id: int
    firm_id: int | None = None
    theme: str | None = None
    community: str | None = None


class RefusedError(Exception):
    """The tables do not allow it."""


def is_allowed(role: Role, action: Action, field_class: FieldClass = FieldClass.PUBLIC) -> bool:
    """Whether the tables say so in as many words."""
    return field_class in PERMISSIONS.get(role, {}).get(action, frozenset())


def ensure(actor: Actor, action: Action, field_class: FieldClass = FieldClass.PUBLIC) -> None:
    """Go on only when allowed.

    Raises
    ------
    RefusedError
        Otherwise.
    """
    if not is_allowed(actor.role, action, field_class):
        raise RefusedError(f"{actor.role} may not {action} on {field_class}")
