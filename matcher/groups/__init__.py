"""Builders of bundles, one a kind: who could share a machine, a job, a purchase."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from matcher.candidates.bundles import Bundle, Bundles, Gate, GroupRefusal
from matcher.catalogue import Catalogue
from matcher.declarations import Basis, Survey
from matcher.groups.hiring import build_hiring
from matcher.groups.pooling import build_pooling
from matcher.groups.sharing import build_sharing
from matcher.settings import Settings
from matcher.terms import Audience, Confidence, Message, Reason

Builder = Callable[[Survey, Catalogue, Settings], Bundles]
"""What each room of this floor offers: ``build_hiring``, ``build_sharing``, ``build_pooling``."""

BUILDERS: tuple[Builder, ...] = (build_sharing, build_hiring, build_pooling)
"""The builders that :func:`build_bundles` asks, in the order of the plan."""


def build_bundles(survey: Survey, catalogue: Catalogue, settings: Settings) -> Bundles:
    """All bundles of a round, and what refused the others.

    Groups of declarations are built as if nothing were supposed, so that no supposition takes a
    place among the candidates; groups with a supposed member come besides, marked, at low
    confidence. Of their members at least half have declared: a crowd of suppositions around one
    who spoke is no lead, however much it would bring.
    """
    supposed = frozenset(
        key
        for table in (survey.equipment, survey.jobs, survey.pools)
        for key, row in table.items()
        if row.basis is Basis.INFERRED
    )
    whole = _built(survey, catalogue, settings)
    if not supposed:
        return whole
    declared = _built(_without(survey, supposed), catalogue, settings)
    marked = tuple(
        _marked(bundle, supposed)
        for bundle in whole.bundles
        if 0 < len(supposed.intersection(bundle.declaration_ids)) <= len(bundle.members) / 2
    )
    served = {key for bundle in marked for key in bundle.declaration_ids}
    refusals = (
        *declared.refusals,
        *(each for each in whole.refusals if each.declaration_id in supposed),
    )
    told = served | {each.declaration_id for each in refusals}
    return Bundles(
        bundles=(*declared.bundles, *marked),
        limits={**whole.limits, **declared.limits},
        refusals=(
            *(each for each in refusals if each.declaration_id not in served),
            *(_too_few_declared(key) for key in sorted(supposed - told)),
        ),
        left_out=(*declared.left_out, *whole.left_out),
    )


def _too_few_declared(declaration_id: str) -> GroupRefusal:
    """Why a supposition that could be in a group is in none."""
    message = Message(code="why-not.too-few-declared")
    return GroupRefusal(
        declaration_id=declaration_id,
        gate=Gate.ALONE,
        reason=Reason(message=message, audience=Audience.AGENT),
    )


def _built(survey: Survey, catalogue: Catalogue, settings: Settings) -> Bundles:
    return Bundles.joined(build(survey, catalogue, settings) for build in BUILDERS)


def _without(survey: Survey, gone: frozenset[str]) -> Survey:
    return replace(
        survey,
        equipment={key: row for key, row in survey.equipment.items() if key not in gone},
        jobs={key: row for key, row in survey.jobs.items() if key not in gone},
        pools={key: row for key, row in survey.pools.items() if key not in gone},
    )


def _marked(bundle: Bundle, supposed: frozenset[str]) -> Bundle:
    """The bundle with its supposed members marked; nothing else known of it makes it surer."""
    return replace(
        bundle,
        members=tuple(
            replace(member, inferred=member.declaration_id in supposed) for member in bundle.members
        ),
        confidence=Confidence.LOW,
        confidence_reasons=(
            Message(code="confidence.inferred-member"),
            *(each for each in bundle.confidence_reasons if not each.code.endswith(".declared")),
        ),
    )
