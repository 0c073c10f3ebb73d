"""``python -m benchmarks``: list the benchmarks, or run some and print a table with ratios.

A benchmark is a module of this package with ``SUBJECTS`` (name -> callable taking a size and
returning a dict of figures) and ``SIZES`` (the sizes of a full run). ``LIMITS`` may say up to which
size a subject is run, and ``RATIO_TO`` the subject that the CPU ratios are taken against
(or, as a mapping, that of each subject).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

_HERE = Path(__file__).parent
_NOT_BENCHMARKS = {"__init__", "__main__", "subject"}
_MEASURED = ("cpu_s", "ratio", "peak_mb", "wall_s", "process_cpu_s")
_ENOUGH_S = 1_800


def benchmarks() -> dict[str, ModuleType]:
    """The modules of this folder, and of ``real``, that have subjects, by name."""
    found = {}
    for path in (*sorted(_HERE.glob("*.py")), *sorted(_HERE.glob("real/*.py"))):
        if path.stem in _NOT_BENCHMARKS or "SUBJECTS" not in path.read_text(encoding="utf-8"):
            continue
        name = ".".join(path.relative_to(_HERE).with_suffix("").parts)
        found[name] = import_module(f"benchmarks.{name}")
    return found


def measure(module: str, subject: str, size: int) -> dict[str, Any]:
    """One subject at one size, alone in its process; ``failed`` says why when it does not end."""
    command = [sys.executable, "-m", "benchmarks.subject", module, subject, str(size)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_ENOUGH_S, cwd=_HERE.parent
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"more than {_ENOUGH_S} s"}
    if done.returncode:
        last = done.stderr.strip().splitlines() or ["no message"]
        return {"failed": last[-1]}
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def run(name: str, module: ModuleType, sizes: list[int]) -> None:
    """Measure and print one benchmark, a table a size."""
    limits = getattr(module, "LIMITS", {})
    base = getattr(module, "RATIO_TO", None)
    for size in sizes:
        subjects = [s for s in module.SUBJECTS if size <= limits.get(s, size)]
        rows = {}
        for subject in subjects:
            rows[subject] = measure(f"benchmarks.{name}", subject, size)
            _say(f"  … {name} {size}: {subject}")
        for subject, figures in rows.items():
            against = rows.get(base.get(subject) if isinstance(base, dict) else base, {})
            if "cpu_s" in figures and "cpu_s" in against:
                figures["ratio"] = figures["cpu_s"] / against["cpu_s"]
        _print_table(f"{name}, size {size:,}", rows)


def _print_table(title: str, rows: dict[str, dict[str, Any]]) -> None:
    columns = [c for c in _MEASURED if any(c in figures for figures in rows.values())]
    others = {key for figures in rows.values() for key in figures} - set(columns) - {"failed"}
    _say(f"\n## {title}\n")
    _say("| subject | " + " | ".join([*columns, *sorted(others)]) + " |")
    _say("|---|" + "---|" * (len(columns) + len(others)))
    for subject, figures in rows.items():
        if "failed" in figures:
            _say(f"| {subject} | failed: {figures['failed']} |")
            continue
        cells = [_cell(figures.get(column)) for column in [*columns, *sorted(others)]]
        _say(f"| {subject} | " + " | ".join(cells) + " |")
    _say("")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return (
        f"{value:,.4g}"
        if isinstance(value, float) and abs(value) < 1e4
        else f"{value:,}"
        if (isinstance(value, int))
        else f"{value:,.0f}"
        if isinstance(value, float)
        else str(value)
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="benchmarks to run; none: list them; 'all': all")
    parser.add_argument("--sizes", help="sizes instead of the benchmark's own, joined by commas")
    arguments = parser.parse_args()
    known = benchmarks()
    if not arguments.names:
        for name, module in known.items():
            first = (module.__doc__ or "").strip().splitlines()[0]
            _say(f"{name}: {first} Sizes {_sizes(module)}; subjects {', '.join(module.SUBJECTS)}.")
        return
    names = list(known) if arguments.names == ["all"] else arguments.names
    unknown = sorted(set(names) - set(known))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}. Known: {', '.join(known)}.")
    _say(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}.")
    for name in names:
        sizes = [int(s) for s in arguments.sizes.split(",")] if arguments.sizes else None
        run(name, known[name], sizes or _sizes(known[name]))


def _sizes(module: ModuleType) -> list[int]:
    """The sizes of a full run; a benchmark without any has one, of its own choice."""
    return list(getattr(module, "SIZES", (0,)))


if __name__ == "__main__":
    main()
