"""Maillage: matchmaking between the firms of a territory, proved and explained.

The public names are loaded when they are first asked for: whoever wants one room does not wait for
the solver and the spreadsheet libraries of the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matcher.errors import CatalogueError as CatalogueError
    from matcher.errors import CellProblem as CellProblem
    from matcher.errors import MaillageError as MaillageError
    from matcher.errors import NoPlanError as NoPlanError
    from matcher.errors import SettingsError as SettingsError
    from matcher.errors import SurveyError as SurveyError
    from matcher.matching import match as match
    from matcher.plan import Plan as Plan
    from matcher.prefilling import prefill as prefill
    from matcher.reading import read_last_round as read_last_round
    from matcher.reading import read_survey as read_survey
    from matcher.settings import Settings as Settings
    from matcher.suggesting import Suggestion as Suggestion
    from matcher.suggesting import suggest as suggest

_ROOM_OF = {
    "CatalogueError": "matcher.errors",
    "CellProblem": "matcher.errors",
    "MaillageError": "matcher.errors",
    "NoPlanError": "matcher.errors",
    "Plan": "matcher.plan",
    "Settings": "matcher.settings",
    "SettingsError": "matcher.errors",
    "Suggestion": "matcher.suggesting",
    "SurveyError": "matcher.errors",
    "match": "matcher.matching",
    "prefill": "matcher.prefilling",
    "suggest": "matcher.suggesting",
    "read_last_round": "matcher.reading",
    "read_survey": "matcher.reading",
}

__all__ = tuple(_ROOM_OF)


def __getattr__(name: str) -> Any:
    """Load one public name; submodules (``matcher.optimise``) are found by Python itself."""
    if name in _ROOM_OF:
        return getattr(import_module(_ROOM_OF[name]), name)
    raise AttributeError(f"module 'matcher' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
