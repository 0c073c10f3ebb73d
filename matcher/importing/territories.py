"""Nothing found in the territory is a question to the user, not an empty survey."""

from __future__ import annotations

from matcher.errors import CellProblem, SurveyError
from matcher.importing.places import Area
from matcher.importing.report import Tally


def refuse_empty(area: Area, file: str, tally: Tally) -> None:
    """Refuse an import that keeps no row because none lies in the territory.

    Raises
    ------
    SurveyError
        With the territory as it was asked for, and the rows' own problems.
    """
    if area.is_everything or tally.rows_kept > 0:
        return
    problem = CellProblem(
        code="import-territory-empty",
        file=file,
        value=str(area),
        details={"rows": tally.rows_read},
    )
    raise SurveyError([problem, *tally.problems])
