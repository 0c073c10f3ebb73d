"""The course of the answers: charter, site, what costs most, what else, limits, check, send."""

from __future__ import annotations

from collections import Counter

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.lifecycle import View
from webapp.operations.errors import OperationError
from webapp.operations.firm import answering, own_site, progress
from webapp.operations.firm import cards as firm_cards
from webapp.operations.firm import leads as firm_leads
from webapp.operations.firm.progress import Step
from webapp.pages.asking import actor, complain, field, language, now, rows
from webapp.pages.firm.blueprint import pages
from webapp.pages.firm.keeping import is_kept_by_script, kept_or, not_kept
from webapp.policy import Action, is_allowed

MORE = 3
"""Lines for what the suppositions forgot."""


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


@pages.get("/enquetes/<sheet_id>")
def go_on(sheet_id: str) -> Response:
    """To where the firm stopped, whatever the browser."""
    if not answering.sheet(rows(), actor(), sheet_id).is_open:
        return redirect(url_for("firm.check", sheet_id=sheet_id))
    step, card_id = progress.next_step(rows(), actor(), sheet_id)
    if step is Step.CARD:
        return redirect(url_for("firm.card", sheet_id=sheet_id, card_id=card_id))
    return redirect(url_for(f"firm.{step.value}", sheet_id=sheet_id))


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
    return redirect(url_for("firm.go_on", sheet_id=sheet_id))


@pages.route("/enquetes/<sheet_id>/site", methods=["GET", "POST"])
def site(sheet_id: str) -> str | Response:
    """What is known of the site, to be confirmed."""
    if request.method == "POST":
        try:
            own_site.confirm_site(
                rows(),
                actor(),
                sheet_id,
                headcount=field("headcount"),
                commune=field("commune"),
                pattern=request.form.get("pattern"),
                closed_months=request.form.getlist("months")
                if "months_asked" in request.form
                else None,
                is_finished=not is_kept_by_script(),
                now=now(),
            )
        except OperationError as error:
            return not_kept(error, url_for("firm.site", sheet_id=sheet_id))
        return kept_or(url_for("firm.go_on", sheet_id=sheet_id))
    return render_template(
        "firm/site.html",
        sheet=answering.sheet(rows(), actor(), sheet_id),
        site=own_site.site(rows(), actor(), sheet_id, language()),
        patterns=own_site.PATTERNS,
    )


@pages.route("/enquetes/<sheet_id>/couts", methods=["GET", "POST"])
def costs(sheet_id: str) -> str | Response:
    """The three wastes or losses that cost most, with suppositions to tick."""
    if request.method == "POST":
        ticks = {name: request.form[name] for name in request.form if ":" in name}
        progress.tick(
            rows(),
            actor(),
            sheet_id,
            ticks,
            request.form.getlist("more")[:MORE],
            language(),
            is_finished=not is_kept_by_script(),
            now=now(),
        )
        return kept_or(url_for("firm.go_on", sheet_id=sheet_id))
    more = progress.named_so_far(rows(), actor(), sheet_id).more
    return render_template(
        "firm/costs.html",
        sheet=answering.sheet(rows(), actor(), sheet_id),
        supposed=progress.supposed(rows(), actor(), sheet_id, language()),
        ticks=progress.Tick,
        more=[*more, *[""] * MORE][:MORE],
    )


@pages.route("/enquetes/<sheet_id>/aussi", methods=["GET", "POST"])
def others(sheet_id: str) -> str | Response:
    """A machine that stands idle, a job hard to fill, a purchase due: one line each."""
    if request.method == "POST":
        progress.begin_others(
            rows(),
            actor(),
            sheet_id,
            request.form.to_dict(),
            language(),
            is_finished=not is_kept_by_script(),
            now=now(),
        )
        return kept_or(url_for("firm.go_on", sheet_id=sheet_id))
    return render_template(
        "firm/others.html",
        sheet=answering.sheet(rows(), actor(), sheet_id),
        tables=[
            table
            for table in firm_cards.tables(rows(), actor(), sheet_id)
            if table in progress.OTHERS
        ],
        named=progress.named_so_far(rows(), actor(), sheet_id).others,
        supposed=progress.supposed_others(rows(), actor(), sheet_id, language()),
        ticks=list(progress.Tick),
    )


@pages.route("/enquetes/<sheet_id>/limites", methods=["GET", "POST"])
def limits(sheet_id: str) -> str | Response:
    """Who must never know, and how many leads."""
    if request.method == "POST":
        try:
            own_site.set_limits(
                rows(),
                actor(),
                sheet_id,
                excluded=request.form.get("excluded"),
                leads=field("leads"),
                is_finished=not is_kept_by_script(),
                now=now(),
            )
        except OperationError as error:
            return not_kept(error, url_for("firm.limits", sheet_id=sheet_id))
        return kept_or(url_for("firm.go_on", sheet_id=sheet_id))
    return render_template(
        "firm/limits.html",
        sheet=answering.sheet(rows(), actor(), sheet_id),
        limits=own_site.limits(rows(), actor(), sheet_id),
        most=own_site.MOST_LEADS,
    )


@pages.get("/enquetes/<sheet_id>/verifier")
def check(sheet_id: str) -> str:
    """Everything once more, before sending."""
    own = firm_cards.cards(rows(), actor(), sheet_id)
    lines = [firm_cards.in_words(item, language()) for item in own]
    is_whole = actor().theme is None
    return render_template(
        "firm/check.html",
        sheet=answering.sheet(rows(), actor(), sheet_id),
        cards=lines,
        limits=own_site.limits(rows(), actor(), sheet_id) if is_whole else None,
        wrong=sum(item.is_wrong for item in lines),
        unconfirmed=Counter(item.stands for item in own),
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
