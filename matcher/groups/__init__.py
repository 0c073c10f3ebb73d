"""Builders of bundles, one a kind: who could share a machine, a job, a purchase."""

from __future__ import annotations

from collections.abc import Callable

from matcher.candidates.bundles import Bundles
from matcher.catalogue import Catalogue
from matcher.declarations import Survey
from matcher.groups.hiring import build_hiring
from matcher.groups.pooling import build_pooling
from matcher.groups.sharing import build_sharing
from matcher.settings import Settings

Builder = Callable[[Survey, Catalogue, Settings], Bundles]
"""What each room of this floor offers: ``build_hiring``, ``build_sharing``, ``build_pooling``."""

BUILDERS: tuple[Builder, ...] = (build_sharing, build_hiring, build_pooling)
"""The builders that :func:`build_bundles` asks, in the order of the plan."""


def build_bundles(survey: Survey, catalogue: Catalogue, settings: Settings) -> Bundles:
    """All bundles of a round, and what refused the others."""
    return Bundles.joined(build(survey, catalogue, settings) for build in BUILDERS)
