"""What a figure of ours is called: ``Coût d’élimination – sable de fonderie usagé, décharge``."""

from __future__ import annotations

from matcher.catalogue import load_catalogue
from matcher.plan import FactorUsed
from matcher.wording import Language, catalogue

JUDGEMENT = "engineering judgement"
"""What a row of the factor table says when the figure is nobody's but ours."""


def factor_name(key: str, language: Language) -> str:
    """The name of a factor and, behind a dash, what it is narrowed to; its key if we lack it."""
    row = load_catalogue().factors.get(key)
    if row is None:
        return key
    known = catalogue(language)
    words = known.get(f"outputs.factor.{row.kind}")
    if words is None:
        return key
    narrowed = []
    if row.resource is not None:
        narrowed.append(load_catalogue().resources[row.resource].label(language))
    if row.family is not None:
        narrowed.append(known.get(f"outputs.factor-family.{row.family}", row.family))
    if row.outlet is not None:
        narrowed.append(known.get(f"survey.lists.outlet.{row.outlet}", row.outlet))
    return f"{words} – {', '.join(narrowed)}" if narrowed else words


def factor_source(factor: FactorUsed, language: Language) -> str:
    """The source as it is cited; only our own judgement has a name in each language."""
    own = catalogue(language)["outputs.own-judgement"]
    return factor.source.replace(JUDGEMENT, own)
