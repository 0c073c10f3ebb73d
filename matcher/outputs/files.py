"""Write a plan to a folder: for the agent (confidential), or for everybody (without names)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from matcher.outputs.answers_file import answers_file
from matcher.outputs.graph_files import write_geojson, write_graphml
from matcher.outputs.network_page import network_page, public_network_page
from matcher.outputs.report_page import public_report_page, report_page
from matcher.outputs.workbook import write_workbook
from matcher.plan import Plan
from matcher.plan.as_json import plan_json
from matcher.wording import Language


def write_outputs(
    plan: Plan,
    folder: Path,
    *,
    public: bool = False,
    language: Language = "fr",
    run_info: Mapping[str, object],
) -> tuple[Path, ...]:
    """Write the files of contract 3.2 and say which.

    Parameters
    ----------
    plan
        What was matched.
    folder
        Made when it is not there; files of the same name are replaced.
    public
        Only the report and the network, without names, positions or cells under three firms.
    language
        Of the pages and the workbook. ``plan.json`` always holds every language.
    run_info
        Seconds, machine and versions, for ``run.json``: what may differ between two equal runs.

    Returns
    -------
    tuple of Path
        The files, in the order in which they are worth opening.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    report, network = folder / "report.html", folder / "network.html"
    if public:
        _write(report, public_report_page(plan, language))
        _write(network, public_network_page(plan, language))
        return report, network
    _write(report, report_page(plan, language))
    _write(network, network_page(plan, language))
    workbook, plan_file, run_file = (
        folder / "plan.xlsx",
        folder / "plan.json",
        folder / "run.json",
    )
    write_workbook(plan, workbook, language)
    plan_file.write_bytes(plan_json(plan))
    answers = folder / "answers.csv"
    _write(answers, answers_file(plan, language))
    graphml, geojson = folder / "network.graphml", folder / "sites.geojson"
    write_graphml(plan, graphml, language)
    write_geojson(plan, geojson, language)
    _write(run_file, json.dumps(dict(run_info), ensure_ascii=False, indent=1) + "\n")
    return report, network, workbook, plan_file, answers, graphml, geojson, run_file


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
