"""Public registers made into surveys: industrial sites with excess heat, and the French IREP."""

from matcher.importing.hotmaps import import_hotmaps
from matcher.importing.irep import import_irep
from matcher.importing.places import Around
from matcher.importing.report import ImportKind, ImportReport

__all__ = [
    "Around",
    "ImportKind",
    "ImportReport",
    "import_hotmaps",
    "import_irep",
]
