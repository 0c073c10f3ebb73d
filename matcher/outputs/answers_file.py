"""``answers.csv``: a row a lead and a site, to be filled as firms answer and given back."""

from __future__ import annotations

import csv
import io

from matcher.outputs.labels import Labels
from matcher.outputs.leads import leads_of
from matcher.plan import Plan
from matcher.wording import Language

# A text that begins like this would be a formula in a spreadsheet.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # spreadsheets then read UTF-8


def answers_file(plan: Plan, language: Language) -> str:
    """The csv text: the columns of the contract, then the lead and the site in words."""
    labels = Labels(plan=plan, language=language)
    text = io.StringIO()
    text.write(_BYTE_ORDER_MARK)
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    words = (labels.say("answers.lead"), labels.say("answers.site"))
    writer.writerow(("proposal_id", "site_id", "answer", "reason_code", *words))
    for lead in leads_of(plan, language):
        parties = dict.fromkeys(party.site_id for party in lead.proposal.parties)
        for site_id in parties:
            told = (f"{lead.number}. {lead.title}", _inert(labels.site(site_id)))
            writer.writerow((lead.proposal.proposal_id, _inert(site_id), "", "", *told))
    return text.getvalue()


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
