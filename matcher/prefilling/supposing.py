"""From a site's trade and headcount to supposed flows, written as a survey that ``match`` reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from matcher.catalogue import ActivityFlow, Catalogue, Per, ProfileTable, load_catalogue
from matcher.declarations import Basis, Recurrence, Survey
from matcher.importing.report import ImportKind, ImportReport, Tally
from matcher.importing.writing import Cell, SurveyFolder
from matcher.prefilling.listing import Heads, ListedSite, read_site_list
from matcher.reading import read_survey
from matcher.wording import Language, say

LIKELY_PERCENT = 65.0
"""A flow is supposed where at least so many of the sites of the trade have it. Judgement: on the
demonstration territory 50 gave seven times the leads, nine in ten of them wrong."""

_DIGITS = 3  # significant digits of a supposed amount: more would look measured


def prefill(
    file: Path,
    out: Path,
    *,
    likely_percent: float = LIKELY_PERCENT,
    complete: bool = False,
    language: Language = "fr",
    catalogue: Catalogue | None = None,
) -> ImportReport:
    """Write, for each site of a list, the flows that its trade probably has.

    Parameters
    ----------
    file
        A csv list: SIRET (or ``site_id``) and activity, headcount as a number or a band, and
        position or commune where known.
    out
        Folder of the survey; made when absent. What is in it stays: a site that has declared a
        flow itself gets none, unless ``complete``.
    likely_percent
        Least share of the sites of a trade that have a flow for it to be supposed.
    complete
        Also add to sites that have answered what they have not declared.
    language
        Of the descriptions that are written.

    Returns
    -------
    ImportReport
        What became of every row. Each flow has ``basis`` inferred and a range: that of the trade,
        times the ends of the headcount where that is a band.

    Raises
    ------
    SurveyError
        With every wrong cell of the list, or of the folder; nothing is written then.
    """
    tables = catalogue or load_catalogue()
    listed = read_site_list(file)
    there = read_survey(out, catalogue=tables) if _has_sites(out) else Survey(sites={})
    folder = SurveyFolder(out)
    tally = Tally(kind=ImportKind.PREFILL, file=listed.file, rows_read=listed.rows_read)
    tally.left_out.update(listed.left_out)
    tally.problems += listed.warnings
    site_of = folder.add_sites(item.site for item in listed.sites)
    for item in listed.sites:
        site_id = site_of[item.site.record]
        for cells in _flows_of(
            item, site_id, there, tally, tables, likely_percent, complete, language
        ):
            folder.add_flow(cells)
        known = there.sites.get(site_id)
        placed = known is not None and there.position(known) is not None
        tally.remarks["position-not-known"] += not (placed or folder.has_position(item.site.record))
    report = tally.report(folder)
    folder.save(report.ledger_entry())
    return report


def _has_sites(out: Path) -> bool:
    return out.is_dir() and any(out.glob("*.csv"))


def _flows_of(
    item: ListedSite,
    site_id: str,
    there: Survey,
    tally: Tally,
    tables: Catalogue,
    likely_percent: float,
    complete: bool,
    language: Language,
) -> Iterable[dict[str, Cell]]:
    """The cells of each supposed flow of a site; what stands in the way is counted."""
    activity, heads = item.site.activity_code, item.heads
    declared = [flow for flow in there.flows.values() if flow.site_id == site_id]
    if not complete and any(flow.basis is not Basis.INFERRED for flow in declared):
        tally.remarks["site-has-answered"] += 1
        return
    if activity is None:
        tally.remarks["activity-not-known"] += 1
        return
    profile = [row for row in tables.activity_profile(activity) if row.table is ProfileTable.FLOWS]
    if not profile:
        tally.remarks["activity-without-profile"] += 1
        return
    if heads is None:
        tally.remarks["headcount-not-known"] += 1
    elif heads.high == 0:
        tally.remarks["nobody-works-there"] += 1
        return
    has = {(str(flow.direction), flow.resource) for flow in declared}
    for row in profile:
        if row.share_percent < likely_percent or (row.direction, row.subject) in has:
            continue
        if (row.per is Per.HEAD and heads is None) or not row.holds_for(
            None if heads is None else heads.value
        ):
            continue
        yield _cells(row, site_id, activity, heads, tables, language)


def _cells(
    row: ActivityFlow,
    site_id: str,
    activity: str,
    heads: Heads | None,
    tables: Catalogue,
    language: Language,
) -> dict[str, Cell]:
    one = Heads(low=1, value=1, high=1)
    times = heads if row.per is Per.HEAD and heads is not None else one
    said = say(
        f"prefill.description-{row.per}",
        language,
        activity=tables.activity_label(activity, language) or activity,
        share=row.share_percent,
    )
    return {
        "flow_id": f"supposed-{site_id}-{row.direction}-{row.subject}",
        "site_id": site_id,
        "direction": row.direction,
        "resource": row.subject,
        "description": said,
        "amount": _rounded(row.value * times.value),
        "amount_low": _rounded(row.low * times.low),
        "amount_high": _rounded(row.high * times.high),
        "unit": str(tables.resources[row.subject].unit),
        "basis": Basis.INFERRED.value,
        "recurrence": Recurrence.REGULAR.value,
        "months": row.months or None,
        "today_outlet": row.today_outlet,
        "temperature_c": row.temperature_c,
    }


def _rounded(amount: float) -> float:
    return float(f"{amount:.{_DIGITS}g}")
