"""From a site's trade and headcount to what it probably has, written as a survey for ``match``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from matcher.catalogue import ActivityFlow, Catalogue, Named, Per, ProfileTable, load_catalogue
from matcher.catalogue.trades import trade_of
from matcher.declarations import Basis, Equipment, Flow, Job, Pool, Survey
from matcher.importing.report import ImportKind, ImportReport, Tally
from matcher.importing.writing import SurveyFolder
from matcher.prefilling.listing import ListedSite, read_site_list
from matcher.prefilling.supposed_rows import supposed_cells
from matcher.reading import read_survey
from matcher.wording import Language

What = tuple[str, str, str]

LIKELY_PERCENT = 65.0
"""Something is supposed where at least so many of the sites of the trade have it. Judgement: on the
demonstration territory 50 gave seven times the leads, nine in ten of them wrong."""


def prefill(
    file: Path,
    out: Path,
    *,
    likely_percent: float = LIKELY_PERCENT,
    complete: bool = False,
    language: Language = "fr",
    catalogue: Catalogue | None = None,
) -> ImportReport:
    """Write, for each site of a list, the flows, machines, jobs and purchases of its trade.

    Parameters
    ----------
    file
        A csv list: SIRET (or ``site_id``) and activity, headcount as a number or a band, and
        position or commune where known.
    out
        Folder of the survey; made when absent. What is in it stays: a site that has declared
        anything itself gets nothing, unless ``complete``.
    likely_percent
        Least share of the sites of a trade that have something for it to be supposed.
    complete
        Also add to sites that have answered what they have not declared.
    language
        Of the descriptions that are written.

    Returns
    -------
    ImportReport
        What became of every row. What is written has ``basis`` inferred; a flow has the range of
        its trade, times the ends of the headcount where that is a band.

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
        for row in _rows_of(item, site_id, there, tally, tables, likely_percent, complete):
            activity = item.site.activity_code or ""
            cells = supposed_cells(row, site_id, activity, item.heads, tables, language)
            folder.add_declaration(row.table, cells)
        known = there.sites.get(site_id)
        placed = known is not None and there.position(known) is not None
        tally.remarks["position-not-known"] += not (placed or folder.has_position(item.site.record))
    report = tally.report(folder)
    folder.save(report.ledger_entry())
    return report


def _has_sites(out: Path) -> bool:
    return out.is_dir() and any(out.glob("*.csv"))


def _rows_of(
    item: ListedSite,
    site_id: str,
    there: Survey,
    tally: Tally,
    tables: Catalogue,
    likely_percent: float,
    complete: bool,
) -> Iterable[ActivityFlow]:
    """The rows of its trade's profile that a site gets; what stands in the way is counted."""
    activity, heads = item.site.activity_code, item.heads
    declared = _declared_of(site_id, there, tables)
    if not complete and not all(is_supposed for _, is_supposed in declared):
        tally.remarks["site-has-answered"] += 1
        return
    if activity is None:
        tally.remarks["activity-not-known"] += 1
        return
    profile = tables.activity_profile(activity)
    if not profile:
        tally.remarks["activity-without-profile"] += 1
        return
    if heads is None:
        tally.remarks["headcount-not-known"] += 1
    elif heads.high == 0:
        tally.remarks["nobody-works-there"] += 1
        return
    has = {what for what, _ in declared}
    for row in profile:
        if row.share_percent < likely_percent or row.what in has:
            continue
        if (row.per is Per.HEAD and heads is None) or not row.holds_for(
            None if heads is None else heads.value
        ):
            continue
        yield row


def _declared_of(site_id: str, there: Survey, tables: Catalogue) -> list[tuple[What, bool]]:
    """Table, direction and subject of what stands in the survey of a site; and if it is supposed.

    What has no key of ours (a machine of no class, a job of no trade) is still an answer.
    """
    classes, categories = Named(tables.equipment_classes), Named(tables.service_categories)
    found: list[tuple[What, bool]] = []

    def note(row: Flow | Equipment | Job | Pool, table: ProfileTable, subject: str | None) -> None:
        if row.site_id == site_id:
            what = (table, row.direction.value, subject or "")
            found.append((what, row.basis is Basis.INFERRED))

    for flow in there.flows.values():
        note(flow, ProfileTable.FLOWS, flow.resource)
    for item in there.equipment.values():
        klass = classes.of(item.equipment)
        note(item, ProfileTable.EQUIPMENT, None if klass is None else klass.key)
    for job in there.jobs.values():
        trade = trade_of(job.occupation, job.title, tables.occupations)
        note(job, ProfileTable.JOBS, None if trade is None else trade.key)
    for pool in there.pools.values():
        category = categories.of(pool.category)
        note(pool, ProfileTable.POOLS, None if category is None else category.key)
    return found
