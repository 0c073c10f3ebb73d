"""A firm's leads: what it may read of each, and its own decision."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.lifecycle import Decision, View
from webapp.operations.errors import OperationError
from webapp.operations.firm import leads as firm_leads
from webapp.operations.firm import news
from webapp.operations.firm import outcomes as firm_outcomes
from webapp.operations.stages import ClosingCode
from webapp.pages.asking import actor, complain, field, language, now, rows, tell
from webapp.pages.cards_in_words import card_in_words, gain_in_words, sentence
from webapp.pages.firm.blueprint import pages

REASONS = {str(int(code)): code for code in ClosingCode if code is not ClosingCode.NO_ANSWER}
"""Why a firm says no, as the follow-up counts it: what the next round does depends on it."""


@pages.get("/propositions")
def leads() -> str:
    """Every lead that was sent to the firm."""
    found = firm_leads.own_leads(rows(), actor())
    sentences = [sentence(lead.direction, lead.label, lead.cards[0]) for lead in found]
    return render_template(
        "firm/leads.html",
        leads=list(zip(found, sentences, strict=True)),
        said={
            lead.public_id: news.last_word(rows(), actor(), lead.public_id)
            for lead in found
            if lead.view is View.REVEALED
        },
        words=news.Word,
    )


@pages.get("/propositions/<lead_id>")
def lead(lead_id: str) -> str:
    """One of them."""
    found = firm_leads.own_lead(rows(), actor(), lead_id)
    return render_template(
        "firm/lead.html",
        lead=found,
        sentence=sentence(found.direction, found.label, found.cards[0]),
        gain=gain_in_words(found.gain),
        cards=[card_in_words(item) for item in found.cards],
        mirror=card_in_words(found.mirror),
        word=news.last_word(rows(), actor(), lead_id) if found.view is View.REVEALED else None,
        words=news.Word,
        reasons=REASONS,
    )


@pages.post("/propositions/<lead_id>/decision")
def decide(lead_id: str) -> Response:
    """Yes, no, or taken back."""
    decisions = {item.value: item for item in Decision}
    decision, version = decisions.get(field("decision")), field("version")
    if decision not in {Decision.ACCEPTED, Decision.DECLINED, Decision.PENDING}:
        raise OperationError("not-sent")
    firm_leads.decide(
        rows(),
        actor(),
        lead_id,
        decision,
        version=int(version) if version.isdecimal() and len(version) < 9 else 0,
        reason=field("reason"),
        code=REASONS.get(field("code")),
        now=now(),
    )
    tell("firm.lead.answered")
    return redirect(url_for("firm.lead", lead_id=lead_id))


@pages.post("/propositions/<lead_id>/question")
def ask(lead_id: str) -> Response:
    """Ask the EPCI."""
    firm_leads.ask(rows(), actor(), lead_id, field("question"), now=now())
    tell("firm.lead.asked")
    return redirect(url_for("firm.lead", lead_id=lead_id))


@pages.post("/propositions/<lead_id>/nouvelles")
def say_word(lead_id: str) -> Response:
    """How it goes, in one click."""
    try:
        news.say_word(rows(), actor(), lead_id, field("word"), now=now())
    except OperationError as error:
        complain(error)
    else:
        tell("news.thanks")
    return redirect(url_for("firm.lead", lead_id=lead_id))


@pages.get("/suites")
def outcomes() -> str:
    """What became of the answers, also without a lead."""
    return render_template(
        "firm/outcomes.html",
        outcomes=firm_outcomes.outcomes(rows(), actor(), language(), now=now()),
    )
