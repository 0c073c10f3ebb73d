"""What the giver's trade says before a word is read: the waste chapters that it mostly fills.

The list of waste names the industry in the title of chapters 01 to 13 and 17 to 19; which division
of NACE that is, is engineering judgement.
"""

from __future__ import annotations

from collections.abc import Mapping

from matcher.catalogue import Catalogue

CHAPTERS_OF: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("01", "02", "03", "10", "11", "12"), ("02",)),
    **dict.fromkeys(("05", "06", "07", "08", "09"), ("01",)),
    **dict.fromkeys(("13", "14", "15"), ("04",)),
    **dict.fromkeys(("16", "17", "31"), ("03",)),
    "18": ("08",),
    "19": ("05", "13"),
    **dict.fromkeys(("20", "21"), ("06", "07")),
    "22": ("07", "12"),
    **dict.fromkeys(("23", "35"), ("10",)),
    "24": ("10", "11"),
    **dict.fromkeys(("25", "26", "27", "28", "29", "30", "33"), ("11", "12")),
    **dict.fromkeys(("36", "37", "38", "39"), ("19",)),
    **dict.fromkeys(("41", "42", "43"), ("17",)),
    "45": ("13", "16"),
    **dict.fromkeys(("46", "47", "52", "55", "56"), ("15", "20")),
    **dict.fromkeys(("75", "86", "87"), ("18",)),
}
LEANING = 1.3
"""How much likelier a code of these chapters is than the words alone say (judgement)."""


def leaning(codes: Mapping[str, float], giver: str | None) -> dict[str, float]:
    """Scores of waste codes, those of the giver's own chapters raised."""
    own = CHAPTERS_OF.get(giver[:2], ()) if giver else ()
    return {code: score * LEANING if code[:2] in own else score for code, score in codes.items()}


def leaning_of_resources(
    chances: Mapping[str, float], giver: str | None, tables: Catalogue
) -> dict[str, float]:
    """Chances of resources, those that go under the giver's own chapters raised; they add to 1."""
    own = CHAPTERS_OF.get(giver[:2], ()) if giver else ()
    usual = {
        name
        for code, row in tables.waste_codes.items()
        if code[:2] in own
        for name in (row.resource, *row.also)
    }
    raised = {key: c * LEANING if key in usual else c for key, c in chances.items()}
    total = sum(raised.values()) or 1.0
    return {key: chance / total for key, chance in raised.items()}
