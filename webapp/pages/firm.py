"""A firm's pages: its answers, its leads, its data. Nothing here can reach another firm's rows."""

from __future__ import annotations

import json

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.lifecycle import Decision, View
from webapp.operations.errors import OperationError
from webapp.operations.firm import answering, own_data
from webapp.operations.firm import leads as firm_leads
from webapp.pages.asking import actor, complain, field, language, now, rows, tell
from webapp.pages.cards_in_words import card_in_words, gain_in_words, sentence
from webapp.policy import Action, is_allowed

pages = Blueprint("firm", __name__, url_prefix="/entreprise")

NAME_FIELDS = ("description", "resource", "equipment", "title", "category")
TABLES = ("flows", "equipment", "jobs", "pools")


@pages.get("/")
def home() -> str:
    """What there is to do."""
    waiting = 0
    if is_allowed(actor().role, Action.READ_LEADS):
        waiting = sum(
            lead.view in {View.TO_ANSWER, View.TO_CONFIRM}
            for lead in firm_leads.own_leads(rows(), actor())
        )
    return render_template(
        "firm/home.html", sheets=answering.sheets(rows(), actor()), waiting=waiting
    )


@pages.get("/enquetes/<sheet_id>/charte")
def charter(sheet_id: str) -> str:
    """The charter, in brief and in full."""
    text = answering.charter(rows(), actor(), sheet_id)
    return render_template(
        "firm/charter.html",
        sheet=answering.sheet(rows(), actor(), sheet_id),
        charter=text,
        text=text.text_fr if language() == "fr" else text.text_en,
        may_sign=is_allowed(actor().role, Action.SIGN_CHARTER),
    )


@pages.post("/enquetes/<sheet_id>/charte")
def sign_charter(sheet_id: str) -> Response:
    """Sign it."""
    answering.sign_charter(rows(), actor(), sheet_id, now=now())
    return redirect(url_for("firm.cards", sheet_id=sheet_id))


@pages.get("/enquetes/<sheet_id>/cartes")
def cards(sheet_id: str) -> str:
    """All cards, and where to add one."""
    return render_template(
        "firm/cards.html",
        sheet=answering.sheet(rows(), actor(), sheet_id),
        charter=answering.charter(rows(), actor(), sheet_id),
        cards=_named_cards(sheet_id),
        tables=TABLES,
    )


@pages.route("/enquetes/<sheet_id>/cartes/nouvelle/<table>", methods=["GET", "POST"])
def new_card(sheet_id: str, table: str) -> str | Response:
    """An empty card."""
    return _card(sheet_id, table, None)


@pages.route("/enquetes/<sheet_id>/cartes/<card_id>", methods=["GET", "POST"])
def card(sheet_id: str, card_id: str) -> str | Response:
    """A card that was begun."""
    found = answering.card(rows(), actor(), sheet_id, card_id)
    return _card(sheet_id, found.table, found)


@pages.post("/enquetes/<sheet_id>/cartes/<card_id>/supprimer")
def remove_card(sheet_id: str, card_id: str) -> Response:
    """Take a card away."""
    answering.remove_card(rows(), actor(), sheet_id, card_id, now=now())
    tell("firm.cards.removed")
    return redirect(url_for("firm.cards", sheet_id=sheet_id))


@pages.get("/enquetes/<sheet_id>/verifier")
def check(sheet_id: str) -> str:
    """Everything once more, before sending."""
    named = _named_cards(sheet_id)
    return render_template(
        "firm/check.html",
        sheet=answering.sheet(rows(), actor(), sheet_id),
        cards=named,
        questions={table: answering.card_questions(table, language()) for table in TABLES},
        wrong=sum(bool(item["wrong"]) for item in named),
        may_send=is_allowed(actor().role, Action.SEND_ANSWERS),
    )


@pages.post("/enquetes/<sheet_id>/envoyer")
def send(sheet_id: str) -> Response:
    """Send the whole."""
    try:
        answering.send(rows(), actor(), sheet_id, now=now())
    except OperationError as error:
        complain(error)
        return redirect(url_for("firm.check", sheet_id=sheet_id))
    return redirect(url_for("firm.receipt", sheet_id=sheet_id))


@pages.get("/enquetes/<sheet_id>/recu")
def receipt(sheet_id: str) -> str:
    """What was sent, and who can see it."""
    return render_template("firm/receipt.html", sheet=answering.sheet(rows(), actor(), sheet_id))


@pages.get("/propositions")
def leads() -> str:
    """Every lead that was sent to the firm."""
    found = firm_leads.own_leads(rows(), actor())
    sentences = [sentence(lead.direction, lead.label, lead.cards[0]) for lead in found]
    return render_template("firm/leads.html", leads=list(zip(found, sentences, strict=True)))


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


@pages.get("/donnees")
def data() -> str:
    """One's own data, and who looked."""
    return render_template(
        "firm/data.html",
        looks=own_data.looks(rows(), actor()),
        sheets=answering.sheets(rows(), actor()),
        may_withdraw=is_allowed(actor().role, Action.WITHDRAW),
    )


@pages.get("/donnees/maillage.json")
def export() -> Response:
    """Everything in one file."""
    text = json.dumps(own_data.export(rows(), actor(), now=now()), ensure_ascii=False, indent=1)
    answer = make_response(text)
    answer.headers["Content-Type"] = "application/json; charset=utf-8"
    answer.headers["Content-Disposition"] = "attachment; filename=maillage.json"
    return answer


@pages.post("/enquetes/<sheet_id>/retrait")
def withdraw(sheet_id: str) -> Response:
    """Leave a round, once the word is written."""
    if field("word") not in {"RETIRER", "WITHDRAW"}:
        tell("firm.data.word-wrong")
        return redirect(url_for("firm.data"))
    firm_leads.withdraw(rows(), actor(), sheet_id, now=now())
    tell("firm.data.withdrawn")
    return redirect(url_for("firm.data"))


def _card(sheet_id: str, table: str, found: answering.OwnCard | None) -> str | Response:
    questions = answering.card_questions(table, language())
    sheet = answering.sheet(rows(), actor(), sheet_id)
    row = {} if found is None else dict(found.row)
    if request.method == "POST":
        row = {**row, **{item.name: field(item.name) for item in questions}}
        card_id = answering.save_card(
            rows(),
            actor(),
            sheet_id,
            table,
            row,
            card_id=None if found is None else found.public_id,
            now=now(),
        )
        if not answering.wrong_in(table, row, language()):
            tell("firm.card.saved")
            return redirect(url_for("firm.cards", sheet_id=sheet_id))
        return redirect(url_for("firm.card", sheet_id=sheet_id, card_id=card_id))
    complaints = () if found is None else answering.wrong_in(table, row, language())
    return render_template(
        "firm/card.html",
        sheet=sheet,
        table=table,
        questions=questions,
        row=row,
        complaints=complaints,
        wrong={item.name for item in complaints},
    )


def _named_cards(sheet_id: str) -> list[dict[str, object]]:
    return [
        {
            "id": item.public_id,
            "table": item.table,
            "row": item.row,
            "name": next((item.row[name] for name in NAME_FIELDS if item.row.get(name)), ""),
            "wrong": bool(answering.wrong_in(item.table, item.row, language())),
        }
        for item in answering.cards(rows(), actor(), sheet_id)
    ]
