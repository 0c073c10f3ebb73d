"""Every problem of a survey, gathered as it is read, so that all come at once."""

from __future__ import annotations

from typing import Any

from matcher.errors import CellProblem, Severity

# A file of another kind breaks every row in the same way: after this many, more help nobody.
MOST_PROBLEMS = 1_000
_LONGEST_VALUE = 80


class UnreadableError(Exception):
    """A file that cannot be opened at all: one problem, and nothing else to say about it."""

    def __init__(self, code: str, file: str, **details: Any) -> None:
        super().__init__(code)
        self.problem = CellProblem(code=code, file=file, details=details)


class Problems:
    """Collects errors and warnings; keeps the first :data:`MOST_PROBLEMS` and counts the rest."""

    def __init__(self) -> None:
        self._kept: list[CellProblem] = []
        self._left_off = {Severity.ERROR: 0, Severity.WARNING: 0}
        self._count = {Severity.ERROR: 0, Severity.WARNING: 0}

    def add(self, problem: CellProblem) -> None:
        """Note one problem."""
        self._count[problem.severity] += 1
        if self._count[problem.severity] > MOST_PROBLEMS:
            self._left_off[problem.severity] += 1
        else:
            self._kept.append(problem)

    def note(
        self,
        severity: Severity,
        code: str,
        file: str,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        **details: Any,
    ) -> None:
        """Note one problem from its parts."""
        written = None if value is None else _shortened(str(value))
        self.add(
            CellProblem(
                code=code,
                file=file,
                row=row,
                column=None if column is None else column.removesuffix(" *"),  # the template's
                value=written,
                severity=severity,
                details=details,
            )
        )

    @property
    def has_errors(self) -> bool:
        """Whether anything noted so far stops the reading."""
        return self._count[Severity.ERROR] > 0

    def errors(self, file: str) -> tuple[CellProblem, ...]:
        """The errors, in the order of the file, with a last word on those left off."""
        return self._of(Severity.ERROR, file)

    def warnings(self, file: str) -> tuple[CellProblem, ...]:
        """The warnings, likewise."""
        return self._of(Severity.WARNING, file)

    def _of(self, severity: Severity, file: str) -> tuple[CellProblem, ...]:
        found = [problem for problem in self._kept if problem.severity is severity]
        found.sort(key=lambda problem: (problem.file, problem.row or 0))
        if self._left_off[severity]:
            found.append(
                CellProblem(
                    code="more-problems",
                    file=file,
                    severity=severity,
                    details={"count": self._left_off[severity]},
                )
            )
        return tuple(found)


def _shortened(text: str) -> str:
    """A value fit for one line of a terminal: no control signs, not too long."""
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return plain if len(plain) <= _LONGEST_VALUE else plain[: _LONGEST_VALUE - 1] + "…"
