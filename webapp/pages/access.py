"""Which action each page needs; a page that is not in the table is not found by anybody."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.operations.second_factor import Standing
from webapp.policy import FIRM_ROLES, Action, Role

OPEN = None
"""Needs no sign-in."""

ACCESS: Mapping[str, Action | None] = {
    "static": OPEN,
    "bootstrap.static": OPEN,
    "public.home": OPEN,
    "public.change_language": OPEN,
    "public.health": OPEN,
    "account.sign_in": OPEN,
    "account.code": OPEN,
    "account.invitation": OPEN,
    "account.sign_out": Action.SIGN_OUT,
    "account.show": Action.SEE_OWN_ACCOUNT,
    "account.end_session": Action.SEE_OWN_ACCOUNT,
    "second.give": Action.HAVE_SECOND_FACTOR,
    "second.ask_passkey": Action.HAVE_SECOND_FACTOR,
    "second.give_passkey": Action.HAVE_SECOND_FACTOR,
    "second.show": Action.HAVE_SECOND_FACTOR,
    "second.begin_application": Action.HAVE_SECOND_FACTOR,
    "second.application": Action.HAVE_SECOND_FACTOR,
    "second.begin_passkey": Action.HAVE_SECOND_FACTOR,
    "second.add_passkey": Action.HAVE_SECOND_FACTOR,
    "second.remove": Action.HAVE_SECOND_FACTOR,
    "firm.home": Action.ANSWER_SURVEY,
    "firm.go_on": Action.ANSWER_SURVEY,
    "firm.charter": Action.ANSWER_SURVEY,
    "firm.sign_charter": Action.SIGN_CHARTER,
    "firm.site": Action.ANSWER_SURVEY,
    "firm.costs": Action.ANSWER_SURVEY,
    "firm.others": Action.ANSWER_SURVEY,
    "firm.limits": Action.ANSWER_SURVEY,
    "firm.cards": Action.ANSWER_SURVEY,
    "firm.known_words": Action.ANSWER_SURVEY,
    "firm.attach": Action.ANSWER_SURVEY,
    "firm.detach": Action.ANSWER_SURVEY,
    "firm.workbook": Action.ANSWER_SURVEY,
    "firm.outcomes": Action.ANSWER_SURVEY,
    "firm.team": Action.MANAGE_TEAM,
    "firm.invite_colleague": Action.MANAGE_TEAM,
    "firm.hand_over": Action.MANAGE_TEAM,
    "firm.remove_colleague": Action.MANAGE_TEAM,
    "firm.erasure": Action.SEE_OWN_DATA,
    "firm.erase_me": Action.SEE_OWN_DATA,
    "firm.erase_firm": Action.WITHDRAW,
    "firm.say_word": Action.DECIDE,
    "from_firms.to_settle": Action.READ_ANSWERS,
    "from_firms.file": Action.READ_ANSWERS,
    "from_firms.typed": Action.READ_ANSWERS,
    "from_firms.settle": Action.READ_ANSWERS,
    "firm.new_card": Action.ANSWER_SURVEY,
    "firm.card": Action.ANSWER_SURVEY,
    "firm.remove_card": Action.ANSWER_SURVEY,
    "firm.check": Action.ANSWER_SURVEY,
    "firm.send": Action.SEND_ANSWERS,
    "firm.receipt": Action.ANSWER_SURVEY,
    "firm.data": Action.SEE_OWN_DATA,
    "firm.correct_me": Action.SEE_OWN_DATA,
    "firm.export": Action.SEE_OWN_DATA,
    "firm.withdraw": Action.WITHDRAW,
    "firm.leads": Action.READ_LEADS,
    "firm.lead": Action.READ_LEADS,
    "firm.decide": Action.DECIDE,
    "firm.ask": Action.DECIDE,
    "territory.home": Action.CALL_FIRMS,
    "territory.note_call": Action.CALL_FIRMS,
    "territory.phone_yes": Action.CALL_FIRMS,
    "territory.gates": Action.SET_UP,
    "territory.rounds": Action.READ_ROUNDS,
    "territory.new_round": Action.RUN_ROUND,
    "territory.one_round": Action.READ_ANSWERS,
    "territory.move_round": Action.RUN_ROUND,
    "territory.leads": Action.REVIEW_LEADS,
    "territory.send": Action.REVIEW_LEADS,
    "territory.lead": Action.REVIEW_LEADS,
    "territory.move_lead": Action.REVIEW_LEADS,
    "territory.edit_lead": Action.REVIEW_LEADS,
    "territory.sign_risk": Action.REVIEW_LEADS,
    "preparing.show": Action.RUN_ROUND,
    "preparing.save": Action.RUN_ROUND,
    "preparing.charter": Action.RUN_ROUND,
    "preparing.test": Action.RUN_ROUND,
    "preparing.leave_out": Action.RUN_ROUND,
    "answers.type_for": Action.READ_ANSWERS,
    "answers.keep_typed": Action.READ_ANSWERS,
    "answers.quality": Action.READ_ANSWERS,
    "answers.search": Action.RUN_ROUND,
    "answers.start_search": Action.RUN_ROUND,
    "synergies.show_board": Action.REVIEW_LEADS,
    "synergies.one": Action.REVIEW_LEADS,
    "synergies.sheet": Action.REVIEW_LEADS,
    "synergies.dates": Action.REVIEW_LEADS,
    "synergies.act": Action.REVIEW_LEADS,
    "findings.why_not": Action.REVIEW_LEADS,
    "findings.since": Action.REVIEW_LEADS,
    "firms.one": Action.CALL_FIRMS,
    "firms.leave_alone": Action.CALL_FIRMS,
    "firms.contact": Action.CALL_FIRMS,
    "compliance.show": Action.READ_AUDIT,
    "compliance.sendings": Action.STOP_SENDINGS,
    "compliance.destroy": Action.ERASE,
    "compliance.purge": Action.ERASE,
    "compliance.policy": Action.READ_POLICY,
    "taking_away.network_file": OPEN,
    "taking_away.network": Action.REVIEW_LEADS,
    "taking_away.survey": Action.READ_ANSWERS,
    "taking_away.after": Action.REVIEW_LEADS,
    "taking_away.start_next": Action.RUN_ROUND,
    "records.log": Action.READ_AUDIT,
    "records.summary": Action.READ_AGGREGATES,
    "records.one_page": Action.READ_AGGREGATES,
    "records.preview": Action.RUN_ROUND,
    "records.publish": Action.RUN_ROUND,
}

_TO_LEAVE = frozenset({"static", "bootstrap.static", "public.change_language", "account.sign_out"})
_TO_GIVE = frozenset({"second.give", "second.ask_passkey", "second.give_passkey"})
_TO_SET_UP = frozenset(
    {
        "second.show",
        "second.begin_application",
        "second.application",
        "second.begin_passkey",
        "second.add_passkey",
    }
)
HALF_WAY: Mapping[Standing, tuple[frozenset[str], str]] = {
    Standing.TO_GIVE: (_TO_LEAVE | _TO_GIVE, "second.give"),
    Standing.TO_SET_UP: (_TO_LEAVE | _TO_SET_UP, "second.show"),
}
"""What opens after the mail's code alone, to whom more is asked, and where they are sent. Who has
a second factor must give it before another can be added: a stolen mailbox is not enough."""

READS_ARE_LOGGED = frozenset(
    {
        "from_firms.to_settle",
        "from_firms.file",
        "territory.home",
        "territory.one_round",
        "territory.leads",
        "territory.lead",
        "firm.export",
        "preparing.show",
        "answers.type_for",
        "answers.quality",
        "synergies.show_board",
        "synergies.one",
        "synergies.sheet",
        "synergies.dates",
        "firms.one",
        "findings.why_not",
        "findings.since",
        "taking_away.network",
        "taking_away.survey",
        "taking_away.after",
    }
)
"""Pages whose reading is itself a line of the log, added after the page is ready."""

HOME: Mapping[Role, str] = {
    **dict.fromkeys(FIRM_ROLES, "firm.home"),
    Role.AGENT: "territory.home",
    Role.TECHNICIAN: "territory.home",
    Role.HR_OPERATOR: "account.show",
    Role.ADMINISTRATOR: "territory.gates",
    Role.DPO: "compliance.show",
    Role.OBSERVER: "records.summary",
    Role.FUNDER: "records.summary",
}

NAVIGATION: Mapping[Role, tuple[tuple[str, str], ...]] = {
    Role.CONTRIBUTOR: (
        ("firm.home", "firm-home"),
        ("firm.outcomes", "firm-outcomes"),
        ("firm.data", "firm-data"),
    ),
    Role.MANAGER: (
        ("firm.home", "firm-home"),
        ("firm.leads", "firm-leads"),
        ("firm.outcomes", "firm-outcomes"),
        ("firm.team", "firm-team"),
        ("firm.data", "firm-data"),
    ),
    Role.AGENT: (
        ("territory.home", "territory-home"),
        ("territory.rounds", "territory-rounds"),
        ("synergies.show_board", "territory-synergies"),
        ("territory.gates", "territory-gates"),
    ),
    Role.TECHNICIAN: (
        ("territory.home", "territory-home"),
        ("territory.rounds", "territory-rounds"),
        ("synergies.show_board", "territory-synergies"),
    ),
    Role.HR_OPERATOR: (),
    Role.ADMINISTRATOR: (("territory.gates", "territory-gates"),),
    Role.DPO: (
        ("compliance.show", "dpo-compliance"),
        ("records.log", "dpo-home"),
        ("compliance.policy", "policy"),
    ),
    Role.OBSERVER: (("records.summary", "observer-home"),),
    Role.FUNDER: (("records.summary", "observer-home"),),
}
