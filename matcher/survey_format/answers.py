"""The one table that is not a survey's: what firms answered to the proposals of a round."""

from __future__ import annotations

from matcher.rounds.last_round import Answer
from matcher.survey_format.model import ClosedList, Column, Kind, Table
from matcher.terms import ReasonCode

ANSWER = ClosedList(
    name="answer",
    values=tuple(member.value for member in Answer),
    also={"oui": "accepted", "yes": "accepted", "non": "refused", "no": "refused"},
)
REASON_CODE = ClosedList(name="reason_code", values=tuple(member.value for member in ReasonCode))

ANSWERS = Table(
    name="answers",
    columns=(
        Column(name="proposal_id", kind=Kind.TEXT, text_id="answers.proposal_id", is_required=True),
        Column(name="site_id", kind=Kind.TEXT, text_id="answers.site_id", is_required=True),
        Column(
            name="answer",
            kind=Kind.CHOICE,
            text_id="answers.answer",
            choices=ANSWER,
        ),
        Column(
            name="reason_code",
            kind=Kind.CHOICE,
            text_id="answers.reason_code",
            choices=REASON_CODE,
        ),
    ),
)
