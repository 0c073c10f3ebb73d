"""How good the knowledge is: documented exchanges, and trade words with accepted codes.

Only aggregates are printed, and no exchange was read. But the shares of ``receivers.csv`` were
revised by hand while scores by chapter, giver and family of resource were in sight: leaving a case
out covers the three weights, not those revisions, so every line of the knowledge flatters it.
The tuning half of the words was read and served; only the other half measures.

    python -m benchmarks.real.knowledge
"""

from __future__ import annotations

import csv
import itertools
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from matcher.catalogue import fold, load_catalogue
from matcher.suggesting import suggest, words_of
from matcher.suggesting.receivers import Appetite, activity_group
from matcher.suggesting.words import Words

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
EXCHANGES = SHARED / "symbiosis" / "known_exchanges.csv"
LEGAL = SHARED / "low" / "low_fr_en.csv"
TEXTS = Path(__file__).resolve().parents[1] / "text_cases"
_CODE = re.compile(r"\d{2}\s?\d{2}\s?\d{2}")
_NACE = re.compile(r"\d{2,4}")

QUESTIONS = ((4, 1), (4, 3), (4, 5), (2, 1), (2, 3))
"""Signs of the group that must agree (``23.5``, or ``23``), and among how many."""
TRIALS = ((1.0, 0.6, 0.4, 0.25), (1.0, 0.7, 0.5, 0.35), (1.0, 0.5, 0.3))
"""Appetites that are tried: for disposal, for recovery, for the giver's own trade."""
FEW = 9
"""Chapters with fewer exchanges are not shown on their own."""

Row = dict[str, str]
Scores = dict[str, float]


def _group(text: str) -> str:
    """The first activity of a cell, as ``23.5``.

    Three digits are a class whose leading zero a spreadsheet took away (``113`` is 01.13), or a
    group (``011``, ``351``): whichever the nomenclature has.
    """
    tables = load_catalogue()
    found = _NACE.search(text)
    if found is None:
        return ""
    digits = found.group()
    for written in (f"0{digits}", digits) if len(digits) == 3 else (digits,):
        read = activity_group(written, tables)
        if read is not None and read[0] in tables.activities:
            return read[0]
    return ""


def exchanges() -> list[Row]:
    """The documented exchanges, in short: case, giver, receiver, code, words."""
    with EXCHANGES.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [
        {
            "case": row["Case Number"],
            "giver": _group(row["NACE code - Providing industry"]),
            "receiver": _group(row["NACE code - Receiving industry"]),
            "code": (m.group() if (m := _CODE.search(row["EWC code"])) else ""),
            "text": row["Waste description"],
        }
        for row in rows
    ]


def knowledge(rows: Sequence[Row]) -> list[dict[str, float]]:
    """Score of each receiving group by the tables alone, every trade as hungry as another."""
    scores = []
    shipped = Appetite()
    for row in rows:
        found = suggest(waste_code=row["code"], activity_code=row["giver"], text=row["text"])
        scores.append(
            {
                item.group: item.score / shipped.of(item.group, row["giver"])
                for item in found.activities
            }
        )
    return scores


def ranked(rows: Sequence[Row], scores: Sequence[Scores], appetite: Appetite) -> list[list[str]]:
    """The groups of each row by score and appetite, the best first."""
    rankings = []
    for row, of_row in zip(rows, scores, strict=True):
        worth = {group: s * appetite.of(group, row["giver"]) for group, s in of_row.items()}
        rankings.append(sorted(worth, key=lambda group, worth=worth: (-worth[group], group)))
    return rankings


def ranked_without_the_case(rows: Sequence[Row], scores: Sequence[Scores]) -> list[list[str]]:
    """Each case ranked with the appetite that is best on the other cases."""
    trials = [
        ranked(rows, scores, Appetite(disposal=d, recovery=r, own_trade=o))
        for d, r, o in itertools.product(*TRIALS)
    ]
    hits = [
        [_hits_of(row, ranking) for row, ranking in zip(rows, trial, strict=True)]
        for trial in trials
    ]
    out: list[list[str]] = []
    for place, row in enumerate(rows):
        others = [n for n, other in enumerate(rows) if other["case"] != row["case"]]
        best = max(range(len(trials)), key=lambda trial: sum(hits[trial][n] for n in others))
        out.append(trials[best][place])
    return out


def _hits_of(row: Row, ranking: list[str]) -> float:
    return sum(_hits([ranking], [row["receiver"]], digits, most) for digits, most in QUESTIONS)


def most_frequent(_row: Row, others: Sequence[Row]) -> list[str]:
    """Receivers by how often they come, whatever the waste."""
    return [group for group, _ in Counter(o["receiver"] for o in others).most_common()]


def by_chapter(row: Row, others: Sequence[Row]) -> list[str]:
    """The same inside the waste chapter, then the others."""
    same = Counter(o["receiver"] for o in others if o["code"][:2] == row["code"][:2])
    ranked = [group for group, _ in same.most_common()]
    return ranked + [group for group in most_frequent(row, others) if group not in same]


def by_text(row: Row, others: Sequence[Row]) -> list[str]:
    """Receivers of the exchanges whose words are nearest."""
    words = set(fold(row["text"]).split())
    scores: dict[str, float] = defaultdict(float)
    for other in others:
        theirs = set(fold(other["text"]).split())
        shared = len(words & theirs) / (len(words | theirs) or 1)
        scores[other["receiver"]] = max(scores[other["receiver"]], shared)
    return sorted(scores, key=lambda group: -scores[group])


Ranker = Callable[[Row, Sequence[Row]], list[str]]
RANKERS: dict[str, Ranker] = {
    "most frequent receivers": most_frequent,
    "most frequent by chapter": by_chapter,
    "text similarity": by_text,
}


def _hits(rankings: Sequence[list[str]], truths: Sequence[str], digits: int, most: int) -> float:
    good = 0
    for ranking, truth in zip(rankings, truths, strict=True):
        seen = list(dict.fromkeys(group[:digits] for group in ranking))[:most]
        good += truth[:digits] in seen
    return good / len(truths)


def _line(name: str, rankings: Sequence[list[str]], rows: Sequence[Row]) -> str:
    truths = [row["receiver"] for row in rows]
    figures = [_hits(rankings, truths, digits, most) for digits, most in QUESTIONS]
    return f"| {name} | " + " | ".join(f"{100 * f:.1f}" for f in figures) + " |"


def _mean_over_cases(rankings: Sequence[list[str]], rows: Sequence[Row]) -> str:
    by_case = defaultdict(list)
    for ranking, row in zip(rankings, rows, strict=True):
        by_case[row["case"]].append((ranking, row["receiver"]))
    means = []
    for digits, most in QUESTIONS:
        of_case = [_hits(*zip(*case, strict=True), digits, most) for case in by_case.values()]
        means.append(sum(of_case) / len(of_case))
    return "| the same, mean over cases | " + " | ".join(f"{100 * m:.1f}" for m in means) + " |"


def score_exchanges() -> list[str]:
    """The table of the exchanges, all rows known and one case left out; and by waste chapter."""
    rows = exchanges()
    head = ["group 1", "group 3", "group 5", "division 1", "division 3"]
    rule = "|---|" + "---|" * len(head)
    lines = [
        f"{len(rows)} exchanges, {sum(not r['receiver'] for r in rows)} without a receiver,"
        f" {sum(not r['code'] for r in rows)} without a code.",
        "| way | " + " | ".join(head) + " |",
        rule,
    ]
    scores = knowledge(rows)
    shipped = ranked(rows, scores, Appetite())
    alone = ranked(rows, scores, Appetite(disposal=1, recovery=1, own_trade=1))
    apart = ranked_without_the_case(rows, scores)
    lines += [
        _line("knowledge as shipped (three weights chosen on all cases)", shipped, rows),
        _line("knowledge, weights chosen without the case", apart, rows),
        _mean_over_cases(apart, rows),
        _line("knowledge, all three weights 1", alone, rows),
    ]
    for name, ranker in RANKERS.items():
        if ranker is most_frequent:
            seen = [ranker(row, rows) for row in rows]
            lines.append(_line(f"{name}, all rows known", seen, rows))
        out = [ranker(row, [o for o in rows if o["case"] != row["case"]]) for row in rows]
        lines.append(_line(f"{name}, its own case left out", out, rows))
    lines += ["", "| waste chapter | exchanges | " + " | ".join(head) + " |", f"{rule}---|"]
    chapters = Counter(row["code"][:2] for row in rows)
    for chapter, count in chapters.most_common():
        if count >= FEW:
            chosen = [place for place, row in enumerate(rows) if row["code"][:2] == chapter]
            name = f"{chapter} | {count}"
            lines.append(_line(name, [apart[n] for n in chosen], [rows[n] for n in chosen]))
    return lines


def text_cases(half: str) -> list[tuple[str, str, frozenset[str]]]:
    """Language, words and accepted codes of one half."""
    with (TEXTS / f"{half}.csv").open(encoding="utf-8", newline="") as stream:
        return [
            (row["language"], row["text"], frozenset(row["accepted"].split("|")))
            for row in csv.DictReader(stream)
        ]


class _Legal:
    """Plain TF-IDF on the legal labels: what one would do without the tables."""

    def __init__(self) -> None:
        with LEGAL.open(encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row["level"] == "3"]
        names = [
            SimpleNamespace(folded=fold(row[f"label_{lang}"]), resource=row["code"], waste_codes=())
            for row in rows
            for lang in ("fr", "en")
        ]
        bare = SimpleNamespace(names=names, waste_codes={}, resource_for=lambda _text: None)
        self._words = Words(bare)  # type: ignore[arg-type]

    def codes(self, text: str) -> list[str]:
        found = self._words.likeness(text)[0]
        return sorted(found, key=lambda code: (-found[code], code))[:5]


def score_texts() -> list[str]:
    """Top-1 and top-5 by half and language, beside the legal labels."""
    words = words_of(load_catalogue())

    def known(text: str) -> list[str]:
        codes = words.likeness(text)[1]
        return sorted(codes, key=lambda code: (-codes[code], code))[:5]

    ways: dict[str, Callable[[str], list[str]]] = {"knowledge": known}
    if LEGAL.is_file():
        ways["TF-IDF on the legal labels"] = _Legal().codes
    lines = ["| words | way | cases | top 1 | top 5 |", "|---|---|---|---|---|"]
    for half in ("tuning", "held_out"):
        cases = text_cases(half)
        for language in ("fr", "en", "both"):
            chosen = [case for case in cases if language in ("both", case[0])]
            for name, way in ways.items():
                ranked = [(way(text), accepted) for _, text, accepted in chosen]
                first = sum(bool(codes) and codes[0] in accepted for codes, accepted in ranked)
                five = sum(bool(accepted & set(codes)) for codes, accepted in ranked)
                n = len(chosen)
                lines.append(
                    f"| {half}, {language} | {name} | {n} "
                    f"| {100 * first / n:.1f} | {100 * five / n:.1f} |"
                )
    return lines


def exchange_figures(name: str, _size: int) -> dict[str, Any]:
    """One way to rank the receivers of all exchanges, each with its own case left out, per cent."""
    if not EXCHANGES.is_file():
        return {"skipped": "documented exchanges: absent, not scored"}
    rows = exchanges()
    ranker, truths = RANKERS[name], [row["receiver"] for row in rows]
    rankings = [ranker(row, [o for o in rows if o["case"] != row["case"]]) for row in rows]
    return {
        f"{level}_first_{most}": 100 * _hits(rankings, truths, digits, most)
        for level, digits, counts in (("group", 4, (1, 3, 5)), ("division", 2, (1, 3)))
        for most in counts
    }


def text_figures(half: str, is_legal: bool, _size: int) -> dict[str, Any]:
    """Words to codes on one half of the descriptions, both languages, per cent."""
    if is_legal and not LEGAL.is_file():
        return {"skipped": "legal labels: absent, not scored"}
    words = words_of(load_catalogue())

    def known(text: str) -> list[str]:
        codes = words.likeness(text)[1]
        return sorted(codes, key=lambda code: (-codes[code], code))[:5]

    way = _Legal().codes if is_legal else known
    ranked = [(way(text), accepted) for _, text, accepted in text_cases(half)]
    first = sum(bool(codes) and codes[0] in accepted for codes, accepted in ranked)
    five = sum(bool(accepted & set(codes)) for codes, accepted in ranked)
    return {
        "cases": len(ranked),
        "code_first": 100 * first / len(ranked),
        "code_first_5": 100 * five / len(ranked),
    }


SUBJECTS: dict[str, Callable[[int], dict[str, Any]]] = {
    **{f"exchanges: {name}": partial(exchange_figures, name) for name in RANKERS},
    **{
        f"words, {half}: {'TF-IDF on the legal labels' if is_legal else 'knowledge'}": partial(
            text_figures, half, is_legal
        )
        for half in ("tuning", "held_out")
        for is_legal in (False, True)
    },
}


def main() -> None:
    """Print the tables; what is not on this machine is said to be absent."""
    if EXCHANGES.is_file():
        sys.stdout.write("\n".join(score_exchanges()) + "\n\n")
    else:
        sys.stdout.write("Documented exchanges: absent, not scored.\n")
    sys.stdout.write("\n".join(score_texts()) + "\n")


if __name__ == "__main__":
    main()
