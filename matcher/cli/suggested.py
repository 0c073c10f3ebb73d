"""A suggestion in words: names instead of keys, who and what to ask under each way."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.catalogue import Catalogue, ProfileTable, load_catalogue
from matcher.suggesting import Suggestion
from matcher.suggesting.asking import CHANCE_LIKENESS
from matcher.wording import Language, say

MOST_LINES = 5
MOST_TRADES = 4
ALIKE = 0.3
"""A code so much less alike than the first is not shown (judgement)."""


def suggestion_in_words(found: Suggestion, language: Language) -> str:
    """A suggestion for a terminal: a heading a list, the best lines of each."""
    tables = load_catalogue()
    words = _Words(tables, language)
    best = found.resources[0].score if found.resources else 0.0
    lists: dict[str, list[str]] = {
        "resources": [
            f"{words.resource(item.resource)} ({item.resource})"
            for item in found.resources
            if item.score >= CHANCE_LIKENESS * best
        ],
        "codes": [
            f"{item.waste_code[:2]} {item.waste_code[2:4]} {item.waste_code[4:]}  "
            f"{item.label_fr if words.is_french else item.label_en}"
            for item in found.codes
            if item.score >= ALIKE * found.codes[0].score
        ],
        "outlets": [
            f"{item.process_fr if words.is_french else item.process_en} → "
            f"{words.resource(item.to_resource)}"
            + words.below(
                item.activities, item.conditions_fr if words.is_french else item.conditions_en
            )
            for item in found.outlets
        ],
        "activities": [
            f"{item.group}  {words.activity(item.group)}"
            f" ({item.use_fr if words.is_french else item.use_en})"
            for item in found.activities
        ],
        "sources": [
            f"{words.resource(item.resource)}, "
            f"{item.process_fr if words.is_french else item.process_en}"
            + words.below(
                words.givers(item.resource),
                item.conditions_fr if words.is_french else item.conditions_en,
            )
            for item in found.sources
        ],
    }
    lines = []
    for name, items in lists.items():
        if items:
            lines.append(say(f"suggest.heading.{name}", language))
            lines += [f"  {item}" for item in list(dict.fromkeys(items))[:MOST_LINES]]
    return "\n".join(lines) or say("suggest.nothing-found", language)


def name_of(key: str, language: Language) -> str:
    """The name of a resource where it is one; else the words as they are."""
    tables = load_catalogue()
    return _Words(tables, language).resource(key) if key in tables.resources else key


class _Words:
    """Names of keys in one language."""

    def __init__(self, tables: Catalogue, language: Language) -> None:
        self._tables = tables
        self._language: Language = language
        self.is_french = language == "fr"

    def resource(self, key: str) -> str:
        row = self._tables.resources[key]
        return row.label_fr if self.is_french else row.label_en

    def activity(self, group: str) -> str:
        return self._tables.activity_label(group, self._language) or group

    def below(self, groups: Iterable[str], question: str) -> str:
        """Who has it or takes it, and what to ask them, on lines of their own."""
        trades = [f"{self.activity(group)} ({group})" for group in groups][:MOST_TRADES]
        lines = [say("suggest.at", self._language, trades="; ".join(trades))] if trades else []
        lines += [say("suggest.ask", self._language, question=question)]
        return "".join(f"\n      {line}" for line in lines)

    def givers(self, resource: str) -> list[str]:
        """The trades that most often have a resource to give, by the profiles of activities."""
        shares: dict[str, float] = {}
        for row in self._tables.activity_flows.values():
            what = (ProfileTable.FLOWS, "offer", resource)
            if row.what == what:
                for activity in row.activities:
                    group = activity[:4]
                    shares[group] = max(shares.get(group, 0.0), row.share_percent)
        return sorted(shares, key=lambda group: (-shares[group], group))
