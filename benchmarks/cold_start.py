"""What cold start is worth: the demonstration survey reduced to a fifth of its answers.

Of the sites that answered, a fifth is drawn by chance and keeps all it declared; the others are
known by SIRET, activity, headcount and position only. The size is the number of draws; figures are
means over them.

``credible``
    proposals that stand on declarations and are credible (contract 3.4);
``kept``
    of those that the fifth finds by itself, how many are still there;
``marked``, ``marked_right``
    exchanges with a supposed flow that nothing else would keep from being credible, were it
    confirmed as it is; those between two sites for which the full survey has a possible link of
    the same resource. The others are wrong: no such offer, no such need, or a gate refuses;
``flows_wrong_percent``
    supposed flows in these proposals that the full survey does not have (site, direction and
    resource). The full survey does not hold everything that its sites have: what it does not say
    counts as wrong here, so both are upper ends;
``groups``, ``groups_right``
    marked proposals that share a machine, a job or a purchase; and those of which each supposed
    member has, in the full survey, a declaration of the same object;
``outside``, ``named``, ``named_right``
    offers with a lead outside, sites named for them, and those that declare, in the full survey, a
    need that the offer could serve.

The table of trades was written by somebody who had read the demonstration territory; no row was
changed for this benchmark. The default of ``maillage prefill`` was: a share of 50 % gave 37 marked
proposals a draw, nine in ten of them wrong, and became 65 %.

    python -m benchmarks cold_start
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from matcher.candidates import build_candidates
from matcher.catalogue import Named, load_catalogue
from matcher.catalogue.loading import default_folder
from matcher.catalogue.trades import trade_of
from matcher.cli.commands import DEMO_AS_OF
from matcher.declarations import Basis, Direction, Survey
from matcher.matching import match
from matcher.plan import Plan, Proposal, ProposalKind
from matcher.prefilling import known_sites, prefill
from matcher.reading import read_survey
from matcher.settings import Settings

DEMO = default_folder().parent / "demo"
SETTINGS = Settings(as_of=DEMO_AS_OF, workers=1)
SIZES = (10,)
SHARE = 5

Figures = dict[str, float]


@cache
def full() -> Survey:
    """The whole survey."""
    return read_survey(DEMO, as_of=DEMO_AS_OF)


@cache
def possible() -> frozenset[tuple[str, str, str]]:
    """Giver's site, taker's site and resource of each candidate link of the whole survey."""
    tables = load_catalogue()
    found = build_candidates(full(), tables, SETTINGS)
    flows = found.flows
    return frozenset(
        (
            full().flows[flows.flow_id[offer]].site_id,
            full().flows[flows.flow_id[need]].site_id,
            full().flows[flows.flow_id[offer]].resource or "",
        )
        for offer, need in zip(found.arcs.offer.tolist(), found.arcs.need.tolist(), strict=True)
    )


def answered() -> list[str]:
    """Sites that declared something themselves."""
    survey = full()
    own = {f.site_id for f in survey.flows.values() if f.basis is not Basis.INFERRED}
    for table in (survey.equipment, survey.jobs, survey.pools):
        own |= {item.site_id for item in table.values()}
    return sorted(own)


def reduced(seed: int, out: Path) -> None:
    """A folder with the answers of a fifth of the sites."""
    sites = answered()
    keep = set(random.Random(seed).sample(sites, round(len(sites) / SHARE)))
    kept_flows = {f.flow_id for f in full().flows.values() if f.site_id in keep}
    for path in DEMO.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter=";"))
        kept = [
            row
            for row in rows
            if row.get("site_id", "") in keep
            or ("site_id" not in row and row.get("flow_id", "") in kept_flows)
            or path.stem == "places"
        ]
        _write(out / path.name, list(rows[0]), kept)


def everybody(path: Path) -> Path:
    """The list of all open sites: what a public register tells of them."""
    columns = ("site_id", "siret", "name", "activity_code", "headcount", "latitude", "longitude")
    with (DEMO / "sites.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    seen: set[str] = set()
    once = [row for row in rows if not (row["siret"] in seen or seen.add(row["siret"]))]
    _write(path, list(columns), ({name: row[name] for name in columns} for row in once))
    return path


def _write(path: Path, columns: list[str], rows: Iterable[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=columns, delimiter=";", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def one_draw(seed: int, *, supposed: bool, outside: bool) -> Figures:
    """The figures of one draw, without or with what knowledge adds."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "survey"
        folder.mkdir()
        reduced(seed, folder)
        sites = everybody(Path(name) / "list.csv")
        alone = match(read_survey(folder, as_of=DEMO_AS_OF), SETTINGS)
        if supposed:
            prefill(sites, folder)
        register = known_sites(sites) if outside else ()
        survey = read_survey(folder, as_of=DEMO_AS_OF)
        plan = match(survey, SETTINGS, register=register)
    return _figures(plan, alone, survey)


def _figures(plan: Plan, alone: Plan, survey: Survey) -> Figures:
    credible = {p.proposal_id for p in plan.proposals if p.is_credible}
    every = [p for p in plan.proposals if p.inferred and _would_be_credible(p)]
    marked = [p for p in every if p.kind is ProposalKind.EXCHANGE]
    groups = [p for p in every if p.kind is not ProposalKind.EXCHANGE]
    uses = [
        survey.flows[party.declaration_id]
        for p in marked
        for party in p.parties
        if party.inferred and party.declaration_id in survey.flows
    ]
    known = {(f.site_id, f.direction, f.resource) for f in full().flows.values()}
    named = [
        (survey.flows[lead.declaration_id].resource or "", site.siret)
        for lead in plan.leads_outside
        for trade in lead.trades
        for site in trade.sites
    ]
    return {
        "credible": len(credible),
        "kept": len(credible & {p.proposal_id for p in alone.proposals if p.is_credible}),
        "marked": len(marked),
        "marked_right": sum(map(_is_possible, marked)),
        "groups": len(groups),
        "groups_right": sum(map(_is_declared_too, groups)),
        "flows": len(uses),
        "flows_wrong": sum((f.site_id, f.direction, f.resource) not in known for f in uses),
        "outside": len(plan.leads_outside),
        "named": len(named),
        "named_right": sum(_serves(resource, siret) for resource, siret in named),
    }


def _would_be_credible(proposal: Proposal) -> bool:
    gains = all(party.gain_eur_per_year > 0 for party in proposal.parties)
    other = ("price-unknown", "loses-alone")
    codes = [message.code for message in proposal.confidence_reasons]
    return gains and not any(word in code for code in codes for word in other)


def _is_possible(proposal: Proposal) -> bool:
    if proposal.kind is not ProposalKind.EXCHANGE:
        return False
    giver, taker = proposal.parties[0].site_id, proposal.parties[1].site_id
    return (giver, taker, proposal.object) in possible()


def _is_declared_too(proposal: Proposal) -> bool:
    """Whether each supposed member of a group declares the same in the full survey."""
    tables = load_catalogue()
    classes, categories = Named(tables.equipment_classes), Named(tables.service_categories)
    survey, said = full(), set[tuple[str, str]]()
    for item in survey.equipment.values():
        if (klass := classes.of(item.equipment)) is not None:
            said.add((item.site_id, klass.key))
    for job in survey.jobs.values():
        if (trade := trade_of(job.occupation, job.title, tables.occupations)) is not None:
            said.add((job.site_id, trade.key))
    for pool in survey.pools.values():
        if (category := categories.of(pool.category)) is not None:
            said.add((pool.site_id, category.key))
    return all(
        (party.site_id, proposal.object) in said for party in proposal.parties if party.inferred
    )


def _serves(resource: str, siret: str | None) -> bool:
    """Whether a site declares, in the full survey, a need that a route from the resource serves."""
    targets = {route.to_resource for route in load_catalogue().routes_from(resource)}
    return any(
        flow.resource in targets
        for flow in full().flows.values()
        if flow.direction is Direction.NEED and full().sites[flow.site_id].siret == siret
    )


def draws(size: int, *, supposed: bool, outside: bool) -> dict[str, Any]:
    """Means over some draws; shares of what is wrong over all of them together."""
    rows = [one_draw(seed, supposed=supposed, outside=outside) for seed in range(size)]
    sums = {name: sum(row[name] for row in rows) for name in rows[0]}
    means = {name: total / size for name, total in sums.items() if not name.startswith("flows")}
    if sums["flows"]:
        means["flows_wrong_percent"] = 100 * sums["flows_wrong"] / sums["flows"]
    return means


def whole(_size: int) -> dict[str, Any]:
    """The full survey, to see what a fifth of the answers loses."""
    plan = match(full(), SETTINGS)
    return {"credible": float(sum(p.is_credible for p in plan.proposals))}


SUBJECTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "all answers": whole,
    "a fifth of the answers": partial(draws, supposed=False, outside=False),
    "with supposed flows": partial(draws, supposed=True, outside=False),
    "with leads outside": partial(draws, supposed=False, outside=True),
    "with both": partial(draws, supposed=True, outside=True),
}
