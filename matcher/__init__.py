"""Maillage: matchmaking between the firms of a territory, proved and explained."""

from matcher.errors import (
    CatalogueError,
    CellProblem,
    MaillageError,
    NoPlanError,
    SettingsError,
    SurveyError,
)
from matcher.matching import match
from matcher.plan import Plan
from matcher.reading import read_survey
from matcher.settings import Settings

__all__ = [
    "CatalogueError",
    "CellProblem",
    "MaillageError",
    "NoPlanError",
    "Plan",
    "Settings",
    "SettingsError",
    "SurveyError",
    "match",
    "read_survey",
]
