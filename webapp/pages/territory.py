"""The agent's pages: the morning, the rounds, the review."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.lifecycle import LeadState, RoundStep
from webapp.operations.errors import NotFoundError, OperationError
from webapp.operations.territory import (
    bundling,
    calling,
    course,
    reviewing,
    sending,
    set_up,
)
from webapp.operations.territory import (
    rounds as round_operations,
)
from webapp.pages.asking import (
    actor,
    complain,
    config,
    day_field,
    field,
    now,
    rows,
    tell,
    warn,
    words,
)
from webapp.pages.cards_in_words import card_in_words, gain_in_words, sentence
from webapp.policy import Action, is_allowed

pages = Blueprint("territory", __name__, url_prefix="/territoire")

TAKEN = frozenset({LeadState.APPROVED, LeadState.SENT, LeadState.REVEALED, LeadState.CLOSED})
"""Leads that the agent has chosen to bring to firms."""


@pages.get("/")
def home() -> str:
    """Whom to call this morning."""
    return render_template(
        "territory/home.html",
        lines=calling.morning_list(rows(), actor(), now=now()),
        course=course.course(rows(), actor()),
    )


@pages.post("/entreprises/<firm_id>/appel")
def note_call(firm_id: str) -> Response:
    """Note a call."""
    minutes = field("minutes")
    try:
        calling.record_call(
            rows(),
            actor(),
            firm_id,
            outcome=field("outcome"),
            minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 6 else -1,
            lead_id=field("lead") or None,
            again_on=day_field("again_on") if field("again_on") else None,
            note=field("note"),
            now=now(),
        )
        tell("territory.calls.noted")
    except OperationError as error:
        complain(error)
    if field("from") == "firm":
        return redirect(url_for("firms.one", firm_id=firm_id))
    if field("from") == "lead":
        return redirect(url_for("territory.lead", lead_id=field("lead")))
    return redirect(url_for("territory.home"))


@pages.route("/documents", methods=["GET", "POST"])
def gates() -> str | Response:
    """The documents on file."""
    if request.method == "POST":
        for gate in set_up.GATES:
            if field(gate) != set_up.gates(rows(), actor())[gate]:
                set_up.fill_gate(rows(), actor(), gate, field(gate), now=now())
        tell("territory.gates.saved")
        return redirect(url_for("territory.gates"))
    return render_template("territory/gates.html", gates=set_up.gates(rows(), actor()))


@pages.get("/campagnes")
def rounds() -> str:
    """Every round."""
    return render_template(
        "territory/rounds.html",
        rounds=round_operations.rounds(rows(), actor()),
        may_add=is_allowed(actor().role, Action.RUN_ROUND),
    )


@pages.post("/campagnes")
def new_round() -> Response:
    """A round in draft."""
    try:
        if not field("name"):
            raise OperationError("name-missing")
        round_id = round_operations.create_round(
            rows(), actor(), name=field("name"), answers_until=day_field("until"), now=now()
        )
    except OperationError as error:
        complain(error)
        return redirect(url_for("territory.rounds"))
    return redirect(url_for("preparing.show", round_id=round_id, stage="cadre"))


@pages.get("/campagnes/<round_id>")
def one_round(round_id: str) -> str:
    """Where a round stands, and what can be done next."""
    page = round_operations.round_page(rows(), actor(), round_id, now=now())
    return render_template(
        "territory/round.html",
        page=page,
        steps=RoundStep,
        course=course.course(rows(), actor(), round_id),
    )


@pages.post("/campagnes/<round_id>/<step>")
def move_round(round_id: str, step: str) -> Response:
    """Open, invite, close, reopen, match."""
    try:
        match step:
            case "ouvrir":
                round_operations.open_round(rows(), actor(), round_id, now=now())
            case "inviter":
                count = round_operations.invite(rows(), actor(), round_id, now=now())
                tell("territory.round.invited", count=count)
            case "clore":
                round_operations.close_round(rows(), actor(), round_id, now=now())
            case "rouvrir":
                round_operations.reopen_round(rows(), actor(), round_id, field("reason"), now=now())
            case _:
                raise NotFoundError
    except OperationError as error:
        complain(error)
    return redirect(url_for("territory.one_round", round_id=round_id))


@pages.get("/campagnes/<round_id>/propositions")
def leads(round_id: str) -> str:
    """Leads to review, and those to send."""
    found = reviewing.leads_of_round(rows(), actor(), round_id, now=now())
    quick = [lead for lead in found if (lead.reckoning or {}).get("delay") == "under_3_months"]
    return render_template(
        "territory/leads.html",
        round_id=round_id,
        groups=(("quick", quick), ("projects", [lead for lead in found if lead not in quick])),
        approved=[lead for lead in found if lead.state is LeadState.APPROVED],
        most=config().batch_size,
        least=config().least_hiding,
        curve=reviewing.curve(rows(), actor(), round_id),
        taken=sum(lead.state in TAKEN for lead in found),
    )


@pages.post("/campagnes/<round_id>/envoi")
def send(round_id: str) -> Response:
    """Send a batch without names."""
    try:
        batch = sending.send_batch(
            rows(),
            actor(),
            round_id,
            request.form.getlist("lead"),
            answer_until=day_field("until"),
            least_hiding=config().least_hiding,
            batch_size=config().batch_size,
            now=now(),
        )
    except OperationError as error:
        complain(error)
        return redirect(url_for("territory.leads", round_id=round_id))
    tell("territory.leads.sent", count=len(batch.sent))
    if batch.kept_back:
        reasons = sorted({words(f"territory.kept.{code}") for code in batch.kept_back.values()})
        kept = words("territory.leads.kept", count=len(batch.kept_back))
        warn(f"{kept} {' ; '.join(reasons)}.")
    return redirect(url_for("territory.leads", round_id=round_id))


@pages.get("/propositions/<lead_id>")
def lead(lead_id: str) -> str:
    """Both cards as each firm reads them, and the reckoning between."""
    found = reviewing.review(rows(), actor(), lead_id, now=now())
    readings = []
    for party in found.parties:
        others = [other for other in found.parties if other is not party]
        readings.append(
            {
                "party": party,
                "sentence": sentence(party.direction, party.label, others[0].card),
                "gain": gain_in_words(party.own_gain),
                "cards": [card_in_words(other.card) for other in others],
            }
        )
    return render_template(
        "territory/lead.html",
        lead=found,
        readings=readings,
        least=config().least_hiding,
        phones=calling.phones(rows(), actor(), lead_id),
    )


@pages.post("/propositions/<lead_id>/<step>")
def move_lead(lead_id: str, step: str) -> Response:
    """Approve, hold, take back."""
    operations: Mapping[str, Callable[..., object]] = {
        "approuver": reviewing.approve,
        "retenir": reviewing.hold,
        "reprendre": reviewing.withdraw,
        "reunir": bundling.bundle,
        "separer": bundling.unbundle,
    }
    if step not in operations:
        raise NotFoundError
    try:
        operations[step](rows(), actor(), lead_id, now=now())
        tell("territory.lead.done")
    except OperationError as error:
        complain(error)
    return redirect(url_for("territory.lead", lead_id=lead_id))


@pages.post("/propositions/<lead_id>/modifier")
def edit_lead(lead_id: str) -> Response:
    """Change what the cards say."""
    levels = {
        int(name.removeprefix("level-")): int(value)
        for name, value in request.form.items()
        if name.startswith("level-") and name[6:].isdecimal() and value in {"0", "1", "2", "3", "4"}
    }
    try:
        reviewing.edit(rows(), actor(), lead_id, coarseness=levels, note=field("note"), now=now())
        tell("territory.lead.done")
    except OperationError as error:
        complain(error)
    return redirect(url_for("territory.lead", lead_id=lead_id))


@pages.post("/propositions/<lead_id>/risque/<int:place>")
def sign_risk(lead_id: str, place: int) -> Response:
    """Sign that a card hides few."""
    reviewing.sign_risk(rows(), actor(), lead_id, place, now=now())
    tell("territory.lead.done")
    return redirect(url_for("territory.lead", lead_id=lead_id))


@pages.post("/propositions/<lead_id>/oui-par-telephone/<int:place>")
def phone_yes(lead_id: str, place: int) -> Response:
    """A yes said on the phone."""
    calling.record_phone_yes(rows(), actor(), lead_id, place, now=now())
    tell("territory.lead.done")
    return redirect(url_for("territory.lead", lead_id=lead_id))
