"""The cards: five taps each, kept as one types, also without a script."""

from __future__ import annotations

from dataclasses import asdict

from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.operations.firm import answering
from webapp.operations.firm import cards as firm_cards
from webapp.operations.firm.cards import Complaint, OwnCard
from webapp.pages.asking import actor, field, fresh_mark, keep, language, now, rows, tell, words
from webapp.pages.firm.blueprint import pages
from webapp.pages.firm.keeping import is_kept_by_script, kept


@pages.get("/enquetes/<sheet_id>/cartes")
def cards(sheet_id: str) -> str:
    """All cards, and where to add one."""
    own = firm_cards.cards(rows(), actor(), sheet_id)
    return render_template(
        "firm/cards.html",
        sheet=answering.sheet(rows(), actor(), sheet_id),
        charter=answering.charter(rows(), actor(), sheet_id),
        cards=[firm_cards.in_words(item, language()) for item in own],
        tables=firm_cards.tables(rows(), actor(), sheet_id),
    )


@pages.route("/enquetes/<sheet_id>/cartes/nouvelle/<table>", methods=["GET", "POST"])
def new_card(sheet_id: str, table: str) -> str | Response:
    """An empty card."""
    return _card(sheet_id, table, None)


@pages.route("/enquetes/<sheet_id>/cartes/<card_id>", methods=["GET", "POST"])
def card(sheet_id: str, card_id: str) -> str | Response:
    """A card that was begun."""
    found = firm_cards.card(rows(), actor(), sheet_id, card_id)
    return _card(sheet_id, found.table, found)


@pages.post("/enquetes/<sheet_id>/cartes/<card_id>/supprimer")
def remove_card(sheet_id: str, card_id: str) -> Response:
    """Take a card away."""
    firm_cards.remove_card(rows(), actor(), sheet_id, card_id, now=now())
    tell("firm.cards.removed")
    return redirect(url_for("firm.cards", sheet_id=sheet_id))


@pages.get("/enquetes/<sheet_id>/mots/<table>")
def known_words(sheet_id: str, table: str) -> Response:
    """Five things that words may mean, for the script."""
    found = firm_cards.known_as(
        rows(), actor(), sheet_id, table, request.args.get("q", ""), language()
    )
    return jsonify(known=[asdict(item) for item in found])


def _card(sheet_id: str, table: str, found: OwnCard | None) -> str | Response:
    shape = firm_cards.shape_of(rows(), actor(), sheet_id, table)
    if request.method == "POST":
        return _save(sheet_id, table, found)
    row = {} if found is None else dict(found.row)
    if found is None and request.args.get("sens") in shape.directions:
        row["direction"] = request.args["sens"]
    values = firm_cards.values_of(table, row, language())
    values.setdefault("direction", shape.directions[0])
    complaints = () if found is None else firm_cards.wrong_in(table, row, language())
    return render_template(
        "firm/card.html",
        sheet=answering.sheet(rows(), actor(), sheet_id),
        shape=firm_cards.shape_for(shape, row),
        values=values,
        fresh="" if found is not None else fresh_mark(),
        known=firm_cards.known_for(rows(), actor(), sheet_id, table, row, language()),
        picked=row.get(shape.key, ""),
        sum=firm_cards.sum_of(table, row, language()),
        complaints=complaints,
        notes=_notes(complaints),
        card=found,
    )


def _save(sheet_id: str, table: str, found: OwnCard | None) -> Response:
    by_script = is_kept_by_script()
    saved = firm_cards.save_card(
        rows(),
        actor(),
        sheet_id,
        table,
        request.form.to_dict(flat=False),
        card_id=None if found is None else found.public_id,
        is_finished=not by_script and field("then") != "stay",
        now=now(),
    )
    keep()
    complaints = firm_cards.wrong_in(table, saved.row, language())
    address = url_for("firm.card", sheet_id=sheet_id, card_id=saved.public_id)
    if by_script:
        return jsonify(
            told=kept(),
            address=address,
            sum=firm_cards.sum_of(table, saved.row, language()),
            notes=_notes(complaints),
        )
    if complaints or field("then") == "stay":
        return redirect(address)
    return redirect(url_for("firm.go_on", sheet_id=sheet_id))


def _notes(complaints: tuple[Complaint, ...]) -> dict[str, str]:
    return {
        item.name: words(
            "firm.card.complaint", value=item.value, rule=item.rule, remedy=item.remedy
        )
        for item in reversed(complaints)
        if item.name is not None
    }
