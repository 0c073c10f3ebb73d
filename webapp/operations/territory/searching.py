"""What the agent asks of the matching, in words: a few choices, each with what it changes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from matcher import Settings
from matcher.errors import SettingsError
from webapp.lifecycle import ROUND, RoundState, RoundStep, next_state
from webapp.models import Round, vault_of
from webapp.operations import background, journal, scope
from webapp.operations.errors import OperationError
from webapp.operations.territory import from_firms
from webapp.policy import Action, Actor, ensure

CHOICES: Mapping[str, tuple[str, ...]] = {
    "objective": ("eur", "co2e"),
    "proposals": ("", "10", "20", "40", "80"),
    "max_proposals_per_site": ("1", "2", "3", "5"),
    "contract_horizon_days": ("0", "365", "730", "1460"),
    "pool_radius_km": ("10", "20", "40", "80"),
    "subsidy_share": ("0", "0.1", "0.2", "0.3", "0.4"),
}
"""What may be chosen, as text; empty text: no limit. Settings of the same names say the units."""

_WHOLE = frozenset({"proposals", "max_proposals_per_site"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What the page shows: what may be chosen, and what stands chosen."""

    round_id: str
    round_name: str
    state: RoundState
    as_of: datetime.date
    chosen: Mapping[str, str]


def settings_of(row: Round) -> Settings:
    """The settings that a round is matched with."""
    return Settings.from_mapping({**(row.settings or {}), "as_of": row.matched_as_of})


def search(session: Session, actor: Actor, round_id: str, *, now: datetime.datetime) -> Search:
    """Where the choices of a round stand."""
    ensure(actor, Action.RUN_ROUND)
    row = scope.round_in(session, actor, round_id)
    plain = {**Settings().to_dict(), **(row.settings or {})}
    return Search(
        round_id=row.public_id,
        round_name=row.name,
        state=RoundState(row.state),
        as_of=row.matched_as_of or now.date(),
        chosen={name: _as_text(plain[name]) for name in CHOICES},
    )


def start_search(
    session: Session,
    actor: Actor,
    round_id: str,
    wishes: Mapping[str, str],
    *,
    as_of: datetime.date,
    now: datetime.datetime,
) -> None:
    """Say that the round is to be matched, as of a date, with these choices; the job does the rest.

    Raises
    ------
    OperationError
        ``choice-unknown``; StepError ``not-now`` unless the answers are frozen.
    """
    ensure(actor, Action.RUN_ROUND)
    row = scope.round_in(session, actor, round_id)
    chosen: dict[str, Any] = {}
    for name, text in wishes.items():
        if text not in CHOICES.get(name, ()):
            raise OperationError("choice-unknown")
        if text:
            chosen[name] = _as_value(name, text)
    try:
        Settings.from_mapping({**chosen, "as_of": as_of})
    except SettingsError as error:
        raise OperationError("choice-unknown") from error
    from_firms.must_be_settled(session, row)
    row.state = next_state(ROUND, RoundState(row.state), RoundStep.MATCH).value
    row.matched_as_of, row.settings = as_of, chosen
    journal.record(
        session, actor, "round_match", row.public_id, now=now, as_of=as_of.isoformat(), **chosen
    )
    key = f"match:{row.public_id}:{vault_of(session).new_token()}"
    background.ask_for(session, background.Kind.MATCH, row.public_id, key=key, now=now)


def _as_value(name: str, text: str) -> Any:
    if name == "objective":
        return text
    return int(text) if name in _WHOLE else float(text)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)
