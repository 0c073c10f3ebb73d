"""What the reference tables stand on: rows of each kind of source, by table.

python -m benchmarks.real.tables
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

from matcher.catalogue import SourceKind
from matcher.catalogue.loading import default_folder


def rows_by_kind(folder: Path | None = None) -> dict[str, Counter[str]]:
    """For each table, how many rows have each ``source_kind``."""
    found = {}
    for path in sorted((folder or default_folder()).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            found[path.name] = Counter(row["source_kind"] for row in csv.DictReader(stream))
    return found


def main() -> None:
    """Print the table, with totals."""
    kinds = list(SourceKind)
    found = rows_by_kind()
    lines = [
        "| table | rows | " + " | ".join(kinds) + " |",
        "|---|" + "---|" * (1 + len(kinds)),
    ]
    for name, counts in (*found.items(), ("all", sum(found.values(), Counter()))):
        cells = [counts.total(), *(counts[kind] for kind in kinds)]
        lines.append(f"| {name} | " + " | ".join(f"{n:,}" for n in cells) + " |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
