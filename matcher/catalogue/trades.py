"""Which trade a job is of: by its ROME code, else by the words of its title."""

from __future__ import annotations

import re
from collections.abc import Mapping

from matcher.catalogue.named import nearest_names
from matcher.catalogue.naming import fold
from matcher.catalogue.vocabularies import Occupation
from matcher.wording import LANGUAGES

# Titles shorter than this say too little to be looked for inside a label.
_LONG_ENOUGH = 6


def trade_of(code: str | None, title: str, trades: Mapping[str, Occupation]) -> Occupation | None:
    """The trade of a code; without one, that of a title: its own, or the only one around it.

    A title that a trade lists is that trade's; any other must hold the label of one trade only,
    or stand inside it. A code that is not in the table is no trade, whatever the title says.
    """
    if code is not None:
        return trades.get(re.sub(r"\W", "", code).upper())
    asked = fold(title)
    for trade in trades.values():
        if any(asked == fold(known) for language in LANGUAGES for known in trade.titles(language)):
            return trade
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
    """The trades of which a title or the label is most like a title; perhaps none."""
    names = {
        fold(known): key
        for key, trade in trades.items()
        for language in LANGUAGES
        for known in trade.titles(language)
    }
    return tuple(trades[key] for key in nearest_names(title, names, count))
