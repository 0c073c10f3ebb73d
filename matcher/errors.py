"""Every error of the library: a stable code and its parts; the words are in the catalogues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, override

from matcher.wording import Language, say

BAD_INPUT, OUR_FAULT = 2, 1
"""Codes with which a command ends."""


class MaillageError(Exception):
    """Base of all our errors, said in words; ``exit_code`` tells bad input from our own fault."""

    exit_code = BAD_INPUT

    def message(self, language: Language) -> str:  # noqa: ARG002 - for those that have words
        """What the terminal says; in English where a kind of error has no other words."""
        return str(self)


class Severity(StrEnum):
    """Whether a problem stops the reading (error) or is only doubtful (warning)."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellProblem:
    """One thing wrong or doubtful in a file, with where it is and what to do.

    ``row`` counts as the spreadsheet shows it (the header is row 1); ``None`` when the problem
    is the whole file's or table's. ``details`` fills the fields of the catalogue's sentences
    ``errors.<code>.rule`` and ``errors.<code>.remedy``; a detail may be a mapping from language
    to words.
    """

    code: str
    file: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    severity: Severity = Severity.ERROR
    details: Mapping[str, Any] = field(default_factory=dict)

    def rule_in(self, language: Language) -> str:
        """What is broken, as the end of a sentence that starts with the value."""
        return say(f"errors.{self.code}.rule", language, **self._details_in(language))

    def _details_in(self, language: Language) -> dict[str, Any]:
        return {
            name: value[language] if isinstance(value, Mapping) else value
            for name, value in self.details.items()
        }

    def remedy_in(self, language: Language) -> str:
        """What to do about it."""
        return say(f"errors.{self.code}.remedy", language, **self._details_in(language))

    @property
    def rule(self) -> str:
        """The rule, in English."""
        return self.rule_in("en")

    @property
    def remedy(self) -> str:
        """The remedy, in English."""
        return self.remedy_in("en")

    def message(self, language: Language) -> str:
        """One line for the terminal: place, value, rule; then the remedy."""
        place = self.file
        if self.row is not None:
            place += say("errors.place.row", language, row=self.row)
        if self.column is not None:
            place += say("errors.place.column", language, column=self.column)
        value = "" if self.value is None else say("errors.place.value", language, value=self.value)
        return say(
            "errors.place.sentence",
            language,
            place=place,
            value=value,
            rule=self.rule_in(language),
            remedy=self.remedy_in(language),
        )

    def __str__(self) -> str:
        return self.message("en")


class SurveyError(MaillageError):
    """A survey that cannot be matched as it stands: every problem of it, at once.

    ``partial`` holds what could be read (a :class:`matcher.declarations.Survey`), so that a page
    can keep the good rows while it asks for the others; ``None`` when nothing could be opened.
    """

    def __init__(self, problems: Sequence[CellProblem], partial: object | None = None) -> None:
        self.problems = tuple(problems)
        self.partial = partial
        super().__init__(self.problems, partial)  # its arguments, so that it crosses processes

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class CatalogueError(MaillageError):
    """A reference table of ours is broken: our fault; ``problems`` names file, row and column."""

    code = "catalogue"
    exit_code = OUR_FAULT

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)  # its arguments, so that it crosses processes

    @override
    def message(self, language: Language) -> str:
        """Whose fault it is and what to do; then each problem, for whoever mends the table."""
        return "\n".join((say("cli.catalogue", language), *self.problems))

    def __str__(self) -> str:
        return self.message("en")


class SettingsError(MaillageError):
    """A setting is unknown, missing, of the wrong type or out of its range.

    ``code`` and its parts (``values``) say why.
    """

    def __init__(self, code: str, values: Mapping[str, Any] | None = None) -> None:
        self.code = code
        self.values = dict(values or {})
        super().__init__(code, values)  # its arguments, so that it crosses processes

    @override
    def message(self, language: Language) -> str:
        """The setting, what is wrong with it and what to write."""
        return say(f"settings.{self.code}", language, **self.values)

    def __str__(self) -> str:
        return self.message("en")


class ClusterError(MaillageError):
    """The cluster that was asked for cannot be used: ``code`` is ``silent`` or ``missing``."""

    def __init__(self, code: str, address: str) -> None:
        self.code = code
        self.address = address
        super().__init__(code, address)  # its arguments, so that it crosses processes

    @override
    def message(self, language: Language) -> str:
        """What is wrong with the address, and that the plan is the same without."""
        return say(f"cli.dask-{self.code}", language, address=self.address)

    def __str__(self) -> str:
        return self.message("en")


class NoPlanError(MaillageError):
    """The solver hands back no plan: never read as an empty plan.

    ``status`` is the solver's own word (``infeasible``, ``time limit reached`` …). Doing nothing
    is always a plan of ``match``, so there it is our fault, or that of a stop too near.
    """

    code = "no-plan"
    exit_code = OUR_FAULT

    def __init__(self, status: str, what: str) -> None:
        self.status = status
        self.what = what
        super().__init__(status, what)  # its arguments, so that it crosses processes

    @override
    def message(self, language: Language) -> str:
        """That there is no plan, and what to do: more time where time is what was lacking."""
        kind = "time" if "time" in self.status else "fault"
        return say(f"cli.no-plan-{kind}", language, what=self.what, status=self.status)

    def __str__(self) -> str:
        return self.message("en")
