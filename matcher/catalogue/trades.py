"""Which trade a job is of: by its ROME code, else by the words of its title."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz import fuzz, process

from matcher.catalogue.naming import fold
from matcher.catalogue.vocabularies import Occupation

# Titles shorter than this say too little to be looked for inside a label.
_LONG_ENOUGH = 6
_ALIKE_FROM = 60.0


def trade_of(code: str | None, title: str, trades: Mapping[str, Occupation]) -> Occupation | None:
    """The trade of a code; without one, the only trade whose label is in the title, or around it.

    A code that is not in the table is no trade, whatever the title says.
    """
    if code is not None:
        return trades.get(re.sub(r"\W", "", code).upper())
    asked = fold(title)
    named = {
        trade.key: trade
        for trade in trades.values()
        for label in (fold(trade.label_fr), fold(trade.label_en))
        if label in asked or (len(asked) >= _LONG_ENOUGH and asked in label)
    }
    return next(iter(named.values())) if len(named) == 1 else None


def nearest_trades(
    title: str, trades: Mapping[str, Occupation], count: int = 3
) -> tuple[Occupation, ...]:
    """The trades whose French labels are most like a title; perhaps none."""
    labels = {key: fold(trade.label_fr) for key, trade in trades.items()}
    found = process.extract(
        fold(title), labels, scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE_FROM, limit=count
    )
    return tuple(trades[key] for *_, key in found)
