"""From what is known of a waste or a need to ranked outlets, trades and sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from matcher.catalogue import Catalogue, Kind, WasteCode, load_catalogue, waste_code_in
from matcher.catalogue.rows import Compatibility
from matcher.suggesting.giver import leaning, leaning_of_resources
from matcher.suggesting.receivers import Appetite, activity_group, receivers
from matcher.suggesting.suggestion import (
    SuggestedActivity,
    SuggestedCode,
    SuggestedOutlet,
    SuggestedResource,
    SuggestedSource,
    Suggestion,
)
from matcher.suggesting.words import words_of

BEST = 5
"""Resources and codes shown; what a person can choose among."""
ALSO_OF_CODE = 0.5
SHARP = 4.0
"""Power on likeness before it is shared out: near misses fade (engineering judgement)."""
SURE = 0.8
"""Likeness from which the words alone are believed as much as they ever are."""
MOST_OF_WORDS = 0.75
CHANCE_LIKENESS = 0.1
"""A resource less likely than this share of the likeliest is by chance: no outlets."""
ROUTE_ONLY = 3.0
"""Per cent for a trade that a route names and receivers.csv does not."""
TIE = 1e-12
SAID = 2.0  # a code that was said stands before any that the words suggest


def suggest(
    *,
    waste_code: str | None = None,
    activity_code: str | None = None,
    text: str | None = None,
    need: str | None = None,
    catalogue: Catalogue | None = None,
) -> Suggestion:
    """Ranked outlets and takers of a waste, or ranked sources for a need.

    Parameters
    ----------
    waste_code
        Six digits, with or without spaces, star or hash.
    activity_code
        Of the giver: NACE or NAF, any level, with or without dot and letter.
    text
        The waste in plain words, French or English.
    need
        A resource (key, code or plain words) to find sources for.

    Returns
    -------
    Suggestion
        Lists, the best first. What was not understood stands in ``warnings``; nothing is raised.
    """
    tables = load_catalogue() if catalogue is None else catalogue
    warnings: list[tuple[str, str]] = []
    sources: tuple[SuggestedSource, ...] = ()
    if need:
        sources = _sources(need, tables, warnings)
    of_code = _of_code(waste_code, tables, warnings) if waste_code else {}
    likeness, codes = words_of(tables).likeness(text) if text else ({}, {})
    giver = _giver(activity_code, tables, warnings) if activity_code else None
    chances = leaning_of_resources(_chances(of_code, likeness), giver, tables)
    if text and not chances:
        warnings.append(("suggest.words-not-understood", text))
    activities = _activities(chances, giver, tables)
    likeliest = _best(chances)[:1]
    is_energy = bool(likeliest) and tables.resources[likeliest[0][0]].kind is Kind.ENERGY
    return Suggestion(
        resources=_resources(chances, tables),
        codes=_codes(waste_code, {} if is_energy else leaning(codes, giver), tables),
        outlets=_outlets(chances, giver, tables),
        activities=activities,
        sources=sources,
        warnings=tuple(warnings),
    )


def suggest_resources(
    text: str, *, activity_code: str | None = None, catalogue: Catalogue | None = None
) -> tuple[SuggestedResource, ...]:
    """What plain words mean: the resources that :func:`suggest` gives, and nothing besides."""
    tables = load_catalogue() if catalogue is None else catalogue
    giver = _giver(activity_code, tables, []) if activity_code else None
    likeness = words_of(tables).of_resources(text)
    return _resources(leaning_of_resources(_chances({}, likeness), giver, tables), tables)


def _resources(chances: Mapping[str, float], tables: Catalogue) -> tuple[SuggestedResource, ...]:
    return tuple(
        SuggestedResource(
            resource=key,
            score=round(score, 6),
            label_fr=tables.resources[key].label_fr,
            label_en=tables.resources[key].label_en,
        )
        for key, score in _best(chances)[:BEST]
    )


def _best(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _of_code(text: str, tables: Catalogue, warnings: list[tuple[str, str]]) -> dict[str, float]:
    """Chances of each resource by the code; by its neighbours where the code is not known."""
    code = waste_code_in(text)
    if code is None:
        warnings.append(("suggest.not-a-waste-code", text))
        return {}
    rows = [tables.waste_codes[code]] if code in tables.waste_codes else []
    if not rows:
        warnings.append(("suggest.waste-code-unknown", text))
        for digits in (4, 2):
            known = sorted(tables.waste_codes)
            rows = [tables.waste_codes[c] for c in known if c[:digits] == code[:digits]]
            if rows:
                break
    else:
        _warn_of_dates(rows[0], warnings)
    chances: dict[str, float] = defaultdict(float)
    for row in rows:
        if row.resource is not None:
            chances[row.resource] += 1.0
        for also in row.also:
            chances[also] += ALSO_OF_CODE
    return _shared(chances)


def _warn_of_dates(row: WasteCode, warnings: list[tuple[str, str]]) -> None:
    """A code that is not in the list at all times: its first, last or doubtful day."""
    code = f"{row.key[:2]} {row.key[2:4]} {row.key[4:]}"
    for name, day in (
        ("begins", row.valid_from), ("ends", row.valid_until), ("may-change", row.to_confirm_from),
    ):  # fmt: skip
        if day is not None:
            warnings.append((f"suggest.waste-code-{name}", f"{code}, {day.isoformat()}"))


def _giver(text: str, tables: Catalogue, warnings: list[tuple[str, str]]) -> str | None:
    read = activity_group(text, tables)
    if read is None:
        warnings.append(("suggest.not-an-activity", text))
        return None
    if not read[1]:
        warnings.append(("suggest.activity-unknown", text))
    return read[0]


def _shared(scores: Mapping[str, float]) -> dict[str, float]:
    total = sum(scores.values())
    return {key: score / total for key, score in scores.items()} if total > 0 else {}


def _chances(of_code: Mapping[str, float], likeness: Mapping[str, float]) -> dict[str, float]:
    """How likely the question is about each resource: code and words mixed, words by likeness."""
    of_words = _shared({key: score**SHARP for key, score in likeness.items()})
    if not of_code:
        return of_words
    if not of_words:
        return dict(of_code)
    top = max(likeness.values())
    weight = MOST_OF_WORDS * min(top / SURE, 1.0) ** 2
    return {
        key: (1 - weight) * of_code.get(key, 0.0) + weight * of_words.get(key, 0.0)
        for key in sorted({*of_code, *of_words})
    }


def _activities(
    chances: Mapping[str, float], giver: str | None, tables: Catalogue
) -> tuple[SuggestedActivity, ...]:
    worth_of: dict[str, float] = defaultdict(float)
    evidence: dict[str, list[tuple[float, str]]] = defaultdict(list)
    uses: dict[str, tuple[str, str]] = {}
    known = receivers()
    for resource, chance in _best(chances):
        if chance < TIE:
            continue
        named = {row.activity for row in known.get(resource, ())}
        for row in known.get(resource, ()):
            worth = chance * row.share_percent / 100
            worth_of[row.activity] += worth
            evidence[row.activity].append((-worth, f"receivers:{row.key}"))
            uses.setdefault(row.activity, (row.use_fr, row.use_en))
        for way in _ways_from(resource, tables):
            for group in way.receiver_activities:
                worth = chance * ROUTE_ONLY / 100
                if group not in named:
                    worth_of[group] += worth
                    named.add(group)
                    uses.setdefault(group, (way.process_fr, way.process_en))
                evidence[group].append((-worth, f"compatibilities:{way.key}"))
    appetite = Appetite()
    scores = {group: score * appetite.of(group, giver) for group, score in worth_of.items()}
    return tuple(
        SuggestedActivity(
            group=group,
            score=round(score, 6),
            use_fr=uses[group][0],
            use_en=uses[group][1],
            evidence=tuple(key for _, key in sorted(evidence[group])[:BEST]),
        )
        for group, score in _best(scores)
    )


def _ways_from(resource: str, tables: Catalogue) -> list[Compatibility]:
    return [
        tables.compatibilities[key]
        for key in sorted(tables.compatibilities)
        if tables.compatibilities[key].from_resource == resource
    ]


def _outlets(
    chances: Mapping[str, float], giver: str | None, tables: Catalogue
) -> tuple[SuggestedOutlet, ...]:
    known, appetite = receivers(), Appetite()
    found = []
    least = CHANCE_LIKENESS * max(chances.values(), default=0.0)
    for resource, chance in _best(chances)[:BEST]:
        if chance < least:
            break
        share = {row.activity: row.share_percent for row in known.get(resource, ())}
        for way in _ways_from(resource, tables):
            taken = max(
                (
                    share.get(group, ROUTE_ONLY) * appetite.of(group, giver)
                    for group in way.receiver_activities
                ),
                default=1.0,
            )
            found.append(
                SuggestedOutlet(
                    resource=resource,
                    to_resource=way.to_resource,
                    process_fr=way.process_fr,
                    process_en=way.process_en,
                    activities=way.receiver_activities,
                    score=round(chance * taken / 100, 6),
                    yield_per_unit=way.yield_per_unit,
                    cost_low=way.cost_low,
                    cost_high=way.cost_high,
                    conditions_fr=way.question_fr,
                    conditions_en=way.question_en,
                    permit_headings=way.permit_headings,
                    evidence=f"compatibilities:{way.key}",
                    source_kind=str(way.source_kind),
                    confidence=str(way.confidence),
                )
            )
    return tuple(sorted(found, key=lambda item: (-item.score, item.evidence)))


def _codes(
    waste_code: str | None, likeness: Mapping[str, float], tables: Catalogue
) -> tuple[SuggestedCode, ...]:
    scores = dict(likeness)
    said = waste_code_in(waste_code) if waste_code else None
    if said is not None and said in tables.waste_codes:
        scores[said] = SAID
    return tuple(
        SuggestedCode(
            waste_code=code,
            score=round(min(score, 1.0), 6),
            label_fr=tables.waste_codes[code].label_fr,
            label_en=tables.waste_codes[code].label_en,
        )
        for code, score in _best(scores)[:BEST]
    )


def _sources(
    need: str, tables: Catalogue, warnings: list[tuple[str, str]]
) -> tuple[SuggestedSource, ...]:
    match = tables.resource_for(need)
    if match is None:
        near = _best(words_of(tables).likeness(need)[0])
        if not near:
            warnings.append(("suggest.words-not-understood", need))
            return ()
        wanted = near[0][0]
        warnings.append(("suggest.need-understood-as", wanted))
    else:
        wanted = match.resource
    ways = [way for way in tables.compatibilities.values() if way.to_resource == wanted]
    weight = {"high": 1.0, "medium": 0.7, "low": 0.4}
    found = [
        SuggestedSource(
            resource=way.from_resource,
            process_fr=way.process_fr,
            process_en=way.process_en,
            score=round(
                weight[way.confidence]
                * min(way.yield_per_unit, 1.0)
                * (1.0 / (1.0 + max(way.cost_eur_per_unit, 0.0) / 100)),
                6,
            ),
            yield_per_unit=way.yield_per_unit,
            cost_low=way.cost_low,
            cost_high=way.cost_high,
            conditions_fr=way.question_fr,
            conditions_en=way.question_en,
            evidence=f"compatibilities:{way.key}",
        )
        for way in ways
    ]
    return tuple(sorted(found, key=lambda item: (-item.score, item.evidence)))
