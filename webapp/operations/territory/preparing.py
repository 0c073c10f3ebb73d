"""A round before it opens, in five steps: frame, questions, firms, invitation, checks."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.lifecycle import ResponseState, RoundState
from webapp.mapping.cards import TABLES
from webapp.models import Account, Response, Round, Territory, vault_of
from webapp.operations import journal, post, scope
from webapp.operations.errors import OperationError
from webapp.operations.territory import set_up
from webapp.operations.territory.rounds import invitation_values
from webapp.policy import Action, Actor, FieldClass, ensure

STAGES = ("cadre", "questions", "entreprises", "invitation", "ouvrir")
MOST_WORDS = 600
FRAME_GATES = ("host_name", "host_deliberation", "data_protection_signed_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSite:
    """A site of the round: who is written to, and what is still missing of it."""

    response_id: str
    firm_id: str
    site: str
    siret: str | None
    address: str
    state: ResponseState


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One point to check before opening. ``stage``: where it is mended."""

    code: str
    is_met: bool
    is_blocking: bool
    stage: str
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """All that the five steps show."""

    public_id: str
    name: str
    state: RoundState
    until: datetime.date
    planned_on: datetime.date | None
    charter_version: int
    charter_fr: str
    charter_en: str
    gates: dict[str, str]
    blocks: tuple[str, ...]
    words: dict[str, str]
    mails: dict[str, dict[str, str]]
    is_tested: bool
    sites: tuple[AskedSite, ...]
    checks: tuple[Gate, ...]

    @property
    def is_draft(self) -> bool:
        """Whether nobody has been asked yet."""
        return self.state is RoundState.DRAFT

    @property
    def may_open(self) -> bool:
        """Whether no blocking point is left."""
        return self.is_draft and all(gate.is_met for gate in self.checks if gate.is_blocking)


def blocks_of(row: Round) -> tuple[str, ...]:
    """The tables that firms are asked about; all of them where nothing was chosen."""
    return TABLES if row.blocks is None else tuple(name for name in TABLES if name in row.blocks)


def preparation(
    session: Session, actor: Actor, round_id: str, *, now: datetime.datetime
) -> Preparation:
    """Where the set-up of a round stands; addresses are read, so the look is logged."""
    ensure(actor, Action.RUN_ROUND, FieldClass.PERSONAL)
    row = scope.round_in(session, actor, round_id)
    journal.record(session, actor, "round_prepared", row.public_id, now=now)
    gates = set_up.gates(session, actor)
    sites = tuple(
        _asked(session, item) for item in sorted(row.responses, key=lambda item: item.site.name)
    )
    return Preparation(
        public_id=row.public_id,
        name=row.name,
        state=RoundState(row.state),
        until=row.answers_until,
        planned_on=row.leads_planned_on,
        charter_version=row.charter.version,
        charter_fr=row.charter.text_fr,
        charter_en=row.charter.text_en,
        gates=gates,
        blocks=blocks_of(row),
        words={"fr": "", "en": "", **(row.words or {})},
        mails={language: invitation_values(row, language) for language in ("fr", "en")},
        is_tested=row.tested_at is not None,
        sites=sites,
        checks=_checks(row, sites, now),
    )


def set_frame(
    session: Session,
    actor: Actor,
    round_id: str,
    *,
    name: str,
    until: datetime.date,
    planned_on: datetime.date | None,
    gates: dict[str, str],
    now: datetime.datetime,
) -> None:
    """Name, dates and what stands on file.

    Raises
    ------
    OperationError
        ``name-missing``, ``date-past``, ``dates-order``, ``round-over``.
    """
    ensure(actor, Action.RUN_ROUND)
    row = _before_close(session, actor, round_id)
    if not name.strip():
        raise OperationError("name-missing")
    if until < now.date():
        raise OperationError("date-past")
    if planned_on is not None and planned_on <= until:
        raise OperationError("dates-order")
    row.name, row.answers_until, row.leads_planned_on = name.strip()[:100], until, planned_on
    for gate in FRAME_GATES:
        if gate in gates and gates[gate] != str(row.territory.gates.get(gate, "")):
            set_up.fill_gate(session, actor, gate, gates[gate], now=now)
    journal.record(session, actor, "round_framed", row.public_id, now=now, until=until.isoformat())


def change_charter(
    session: Session, actor: Actor, round_id: str, *, fr: str, en: str, now: datetime.datetime
) -> int:
    """Publish a next version and put this round under it. Returns the version.

    Raises
    ------
    OperationError
        ``charter-missing`` without both texts, ``charter-signed`` once a firm has signed.
    """
    ensure(actor, Action.RUN_ROUND)
    row = _before_close(session, actor, round_id)
    if not fr.strip() or not en.strip():
        raise OperationError("charter-missing")
    if row.state != RoundState.DRAFT:
        raise OperationError("charter-signed")
    territory = session.get_one(Territory, actor.territory_id)
    charter = set_up.publish_charter(session, territory, fr=fr.strip(), en=en.strip())
    row.charter = charter
    journal.record(
        session, actor, "charter_published", row.public_id, now=now, version=charter.version
    )
    return charter.version


def set_blocks(
    session: Session, actor: Actor, round_id: str, blocks: Sequence[str], *, now: datetime.datetime
) -> None:
    """What firms are asked about; a block cannot be taken away once firms are answering.

    Raises
    ------
    OperationError
        ``blocks-missing``, ``block-answered``.
    """
    ensure(actor, Action.RUN_ROUND)
    row = _before_close(session, actor, round_id)
    chosen = [name for name in TABLES if name in blocks]
    if not chosen:
        raise OperationError("blocks-missing")
    if row.state != RoundState.DRAFT and set(blocks_of(row)) - set(chosen):
        raise OperationError("block-answered")
    row.blocks = chosen
    journal.record(session, actor, "blocks_chosen", row.public_id, now=now, blocks=chosen)


def leave_out(
    session: Session, actor: Actor, round_id: str, response_id: str, *, now: datetime.datetime
) -> None:
    """Take a site out of the round, as long as nobody has written to it.

    Raises
    ------
    OperationError
        ``already-invited``.
    """
    ensure(actor, Action.RUN_ROUND)
    row = scope.round_in(session, actor, round_id)
    response = scope.response_in(session, actor, response_id)
    if response.round_id != row.id or response.state != ResponseState.LISTED:
        raise OperationError("already-invited")
    if response.declarations:
        raise OperationError("already-invited")
    journal.record(session, actor, "site_left_out", response.public_id, now=now, firm=response.firm)
    session.delete(response)


def set_words(
    session: Session, actor: Actor, round_id: str, words: dict[str, str], *, now: datetime.datetime
) -> None:
    """What the agent adds to the invitation, in both languages or in none.

    Raises
    ------
    OperationError
        ``too-long``, ``one-language``.
    """
    ensure(actor, Action.RUN_ROUND)
    row = _before_close(session, actor, round_id)
    kept = {language: " ".join(text.split()) for language, text in words.items() if text.strip()}
    if any(len(text) > MOST_WORDS for text in kept.values()):
        raise OperationError("too-long", most=MOST_WORDS)
    if len(kept) == 1:
        raise OperationError("one-language")
    row.words = kept
    journal.record(session, actor, "words_set", row.public_id, now=now)


def send_test(session: Session, actor: Actor, round_id: str, *, now: datetime.datetime) -> int:
    """The invitation in both languages to the agent alone. Returns how many mails."""
    ensure(actor, Action.RUN_ROUND)
    row = _before_close(session, actor, round_id)
    account = session.get_one(Account, actor.account_id)
    for language in ("fr", "en"):
        post.write(
            session,
            account,
            "invitation",
            key=f"test:{row.public_id}:{language}:{now.isoformat()}",
            now=now,
            spoken=language,
            round_id=None,  # a trial, to oneself
            **invitation_values(row, language),
            path=f"/territoire/campagnes/{row.public_id}/preparer/invitation",
        )
    row.tested_at = now
    journal.record(session, actor, "invitation_tested", row.public_id, now=now)
    return 2


def _before_close(session: Session, actor: Actor, round_id: str) -> Round:
    row = scope.round_in(session, actor, round_id)
    if row.state not in {RoundState.DRAFT, RoundState.OPEN}:
        raise OperationError("round-over")
    return row


def _asked(session: Session, response: Response) -> AskedSite:
    managers = post.managers_of(session, response.firm)
    vault = vault_of(session)
    return AskedSite(
        response_id=response.public_id,
        firm_id=response.firm.public_id,
        site=response.site.name,
        siret=response.site.siret,
        address=vault.open(managers[0].keys, managers[0].personal)["address"] if managers else "",
        state=ResponseState(response.state),
    )


def _checks(row: Round, sites: Sequence[AskedSite], now: datetime.datetime) -> tuple[Gate, ...]:
    reachable = sum(bool(site.address) for site in sites)
    given = row.territory.gates

    def gate(code: str, is_met: bool, stage: str, *, blocks: bool = False, count: int = 0) -> Gate:
        return Gate(code=code, is_met=is_met, is_blocking=blocks, stage=stage, count=count)

    return (
        gate("host", bool(given.get("host_name")), "cadre", blocks=True),
        gate("deliberation", bool(given.get("host_deliberation")), "cadre"),
        gate("data-protection", bool(given.get("data_protection_signed_by")), "cadre", blocks=True),
        gate("charter", bool(row.charter.text_fr and row.charter.text_en), "cadre", blocks=True),
        gate("dates", row.answers_until >= now.date(), "cadre", blocks=True),
        gate("questions", bool(blocks_of(row)), "questions", blocks=True),
        gate("firms", reachable >= 3, "entreprises", blocks=True, count=reachable),
        gate("contacts", reachable == len(sites), "entreprises", count=len(sites) - reachable),
        gate("tested", row.tested_at is not None, "invitation"),
        gate("waste", set_up.may_send_waste(row.territory), "documents"),
    )
