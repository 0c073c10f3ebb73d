"""What an import did with every row: kept, or left out and why. Nothing goes missing unsaid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from matcher.errors import CellProblem
from matcher.importing.writing import SurveyFolder
from matcher.wording import Language, say


class ImportKind(StrEnum):
    """Which public file was read."""

    HOTMAPS = "hotmaps"
    IREP_SITES = "irep_sites"
    IREP_WASTE = "irep_waste"
    PREFILL = "prefill"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """Rows and what became of them.

    ``rows_read`` is ``rows_kept`` plus everything in ``left_out`` (reason -> rows). ``remarks``
    counts what was kept but is not complete (remark -> rows or sites). ``sites_completed`` are
    sites that were there and whose empty cells were filled; ``added`` are new rows by table.
    """

    kind: ImportKind
    file: str
    rows_read: int
    rows_kept: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    remarks: Mapping[str, int] = field(default_factory=dict)
    sites_added: int = 0
    sites_completed: int = 0
    added: Mapping[str, int] = field(default_factory=dict)
    year: int | None = None
    problems: tuple[CellProblem, ...] = ()

    def __post_init__(self) -> None:
        accounted = self.rows_kept + sum(self.left_out.values())
        if accounted != self.rows_read:
            raise ValueError(f"{self.rows_read} rows read, {accounted} accounted for")

    @property
    def flows_added(self) -> int:
        """Rows that the table of flows gained."""
        return self.added.get("flows", 0)

    def ledger_entry(self) -> dict[str, Any]:
        """What stays written beside the survey: the file, and where its rows went."""
        return {
            "kind": self.kind.value,
            "file": self.file,
            "year": self.year,
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "left_out": dict(sorted(self.left_out.items())),
        }

    def lines(self, language: Language) -> list[str]:
        """The report in words, one sentence a line, problems last."""
        said = [
            say(f"importing.kind.{self.kind}", language, file=self.file, year=self.year or ""),
            say("importing.rows", language, read=self.rows_read, kept=self.rows_kept),
        ]
        said += [
            say(f"importing.left-out.{reason}", language, count=count)
            for reason, count in sorted(self.left_out.items())
        ]
        said.append(
            say(
                "importing.written",
                language,
                added=self.sites_added,
                completed=self.sites_completed,
                flows=self.flows_added,
            )
        )
        if set(self.added) - {"flows"}:
            said.append(
                say(
                    "importing.written-besides",
                    language,
                    **{name: self.added.get(name, 0) for name in ("equipment", "jobs", "pools")},
                )
            )
        said += [
            say(f"importing.remark.{remark}", language, count=count)
            for remark, count in sorted(self.remarks.items())
        ]
        return said + [problem.message(language) for problem in self.problems]

    def text(self, language: Language) -> str:
        """The lines, one under the other."""
        return "\n".join(self.lines(language))


@dataclass(slots=True, kw_only=True)
class Tally:
    """The counts of an import that is under way."""

    kind: ImportKind
    file: str
    rows_read: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    problems: list[CellProblem] = field(default_factory=list)

    def leave_out(self, reason: str) -> None:
        """Count one row that is not kept."""
        self.left_out[reason] += 1

    @property
    def rows_kept(self) -> int:
        """Rows read that no reason left out."""
        return self.rows_read - self.left_out.total()

    def report(self, folder: SurveyFolder, *, year: int | None = None) -> ImportReport:
        """The finished report, with what the folder gained."""
        return ImportReport(
            kind=self.kind,
            file=self.file,
            rows_read=self.rows_read,
            rows_kept=self.rows_kept,
            left_out=+self.left_out,
            remarks=+self.remarks,
            sites_added=folder.sites_added,
            sites_completed=folder.sites_completed,
            added=dict(folder.added),
            year=year,
            problems=tuple(self.problems),
        )
