"""The night: what is over is closed, what need not be kept is forgotten."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from webapp.config import TIMEZONE
from webapp.db import open_session, transaction
from webapp.models import BackgroundJob
from webapp.operations import background, nightly
from webapp.operations.firm import news

NIGHT_HOUR = 3

Clock = Callable[[], datetime.datetime]


def night(engine: Engine, info: dict[Any, Any], clock: Clock) -> int:
    """Close what is over, forget what need not be kept. Returns how many leads were closed."""
    with transaction(engine, info) as session:
        closed = nightly.close_due(session, now=clock())
        news.ask_for_news(session, now=clock())
        nightly.sweep(session, now=clock())
        background.sweep(session, now=clock())
    return closed


def ask_for_tonight(engine: Engine, info: dict[Any, Any], now: datetime.datetime) -> bool:
    """From three in the morning on, ask for the night of this date: once, whoever asks."""
    local = now.astimezone(TIMEZONE)
    if local.hour < NIGHT_HOUR:
        return False
    key = f"night:{local.date().isoformat()}"
    reading = open_session(engine, info, reads_only=True)
    try:
        if reading.query(BackgroundJob.id).filter_by(key=key).first() is not None:
            return False
    finally:
        reading.close()
    with transaction(engine, info) as session:
        return background.ask_for(
            session, background.Kind.NIGHT, local.date().isoformat(), key=key, now=now
        )
