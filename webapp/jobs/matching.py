"""A matching: answers are read, solved outside any transaction, and stored in one."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from matcher.errors import MaillageError
from webapp.config import Config
from webapp.db import open_session, transaction
from webapp.lifecycle import RoundState
from webapp.mapping.after import account_told, match_after, why_not_told
from webapp.mapping.drawing import drawing_of
from webapp.models import Round
from webapp.operations.background import Stage
from webapp.operations.territory import last_round, matching, searching

Clock = Callable[[], datetime.datetime]
KILLED = "worker-killed"


def match_round(
    engine: Engine,
    info: dict[Any, Any],
    config: Config,
    round_id: str,
    clock: Clock,
    *,
    reach: Callable[[Stage], None] = lambda _stage: None,
    keep: Callable[[Session, str], bool] = lambda _session, _failure: True,
) -> int | None:
    """Match a round that waits for it. Returns how many leads; None when there are none to keep.

    ``reach`` hears how far the work is. ``keep`` is asked inside the transaction that stores the
    result, with the code of a failure or nothing: False undoes it, for another has taken over.
    """
    reach(Stage.READING)
    session = open_session(engine, info, reads_only=True)
    try:
        row = _round(session, round_id)
        survey, _ = matching.read_answers(session, row)
        settings = searching.settings_of(row)
        last = last_round.last_round(session, row)
    finally:
        session.close()
    reach(Stage.SOLVING)
    try:
        plan, let_go = match_after(survey, settings, last)
    except MaillageError as error:
        code = type(error).__name__
        with transaction(engine, info) as session:
            if keep(session, code):
                back_to_closed(session, round_id, code, clock())
        return None
    drawing = drawing_of(plan)
    told = {"since": account_told(plan, last, let_go), "why_not": why_not_told(plan)}
    reach(Stage.STORING)
    with transaction(engine, info) as session:
        row = _round(session, round_id)
        if not keep(session, "") or row.state != RoundState.MATCHING:
            return None  # another worker was quicker
        return matching.store_run(
            session,
            row,
            plan,
            survey,
            least_hiding=config.least_hiding,
            drawing=drawing,
            told=told,
            now=clock(),
        )


def back_to_closed(session: Session, round_id: str, code: str, now: datetime.datetime) -> None:
    """The agent may start again; the log says why."""
    row = _round(session, round_id)
    if row.state == RoundState.MATCHING:
        matching.matching_failed(session, row, code, now=now)


def _round(session: Session, round_id: str) -> Round:
    return session.scalars(select(Round).where(Round.public_id == round_id)).one()
