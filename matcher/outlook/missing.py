"""The missing link: which newcomer, unit, pipe, half job or floor would unlock most.

All that could come is judged at once, at the prices of the plan: what a link with it would earn
once its offer and its need are paid for (82). The best of each kind are then added to the round
one at a time, and the whole is solved again: that gain is the true one, with its bound (83), (84).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.candidates import Candidates, build_candidates
from matcher.catalogue import Catalogue
from matcher.declarations import Survey
from matcher.groups import build_bundles
from matcher.optimise.assembly import Assembly, assemble
from matcher.optimise.problem import Bools, ExchangeSolution, Floats
from matcher.optimise.stages import solve_in_stages
from matcher.outlook.pipes import PIPE_M, Pipe, pipes, with_pipe
from matcher.outlook.what_ifs import (
    WhatIf,
    floors,
    half_jobs,
    newcomers,
    units,
    with_these,
)
from matcher.plan import MissingLink
from matcher.settings import Objective, Settings
from matcher.terms import Message
from matcher.wording import LANGUAGES

# Of each kind, those that are solved again: enough to choose from, few enough to wait for.
_SOLVED = {"newcomer": 8, "newcomer-pipe": 4, "unit": 5, "pipe": 3, "job": 3, "floor": 2}
_EVERYBODY = 10_000
# What brings less than this share of the plan is not shown.
_WORTH_SAYING = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What is asked about; ``is_supposed`` says which links of a model are chosen last."""

    survey: Survey
    catalogue: Catalogue
    settings: Settings
    is_alone: frozenset[str]  # declarations without a lead
    is_supposed: Callable[[Assembly, Candidates], Bools]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """A plan: what it was chosen from, what it brings, and the sites that share in an addition."""

    candidates: Candidates
    assembly: Assembly
    solution: ExchangeSolution
    site_ids: tuple[str, ...]
    objects: tuple[str, ...]  # resources that would move

    @property
    def gain(self) -> float:
        return self.solution.report.objective


def missing_links(told: Round) -> tuple[MissingLink, ...]:
    """What is worth saying, the largest gain first; in the objective's unit a year.

    Amounts that are likely slips (``amount-implausible``) are left out of it: they would call for
    firms that nobody needs.
    """
    told = replace(told, survey=_without_doubts(told.survey))
    base = _asked(told, told.survey, None, "")
    found: list[tuple[MissingLink, tuple[str, ...]]] = []
    for what, estimate in _ranked(told, base):
        answer = _asked(told, with_these(told.survey, [what]), None, what.site.site_id)
        message = what.message
        if what.kind == "newcomer":
            taken = _in_words(answer.objects, told.catalogue)
            message = replace(message, values={**message.values, "taken": taken})
        link = _link(what.key, what.kind, message, estimate, answer, base)
        found.append((link, answer.objects))
    near = pipes(base.candidates, told.catalogue, told.settings)[: _SOLVED["pipe"]]
    found += [(_with_pipe(told, pipe, base), ()) for pipe in near]
    return _worth_saying(found, _WORTH_SAYING * abs(base.gain))


def _worth_saying(
    found: Iterable[tuple[MissingLink, tuple[str, ...]]], least: float
) -> tuple[MissingLink, ...]:
    """Those that bring enough, the most first; of trades that would take the same, the best one."""
    shown: dict[object, MissingLink] = {}
    for link, objects in sorted(found, key=lambda pair: (-pair[0].gain, pair[0].key)):
        if link.site_ids and link.gain > least:
            is_trade = link.kind == "newcomer"
            shown.setdefault((link.site_ids, objects) if is_trade else link.key, link)
    return tuple(shown.values())


def _in_words(resources: Iterable[str], catalogue: Catalogue) -> dict[str, str]:
    return {
        language: ", ".join(catalogue.resources[key].label(language) for key in resources)
        for language in LANGUAGES
    }


def _without_doubts(survey: Survey) -> Survey:
    rows = {w.row for w in survey.warnings if w.code == "amount-implausible"}
    flows = {
        key: flow for key, flow in survey.flows.items() if flow.row is None or flow.row not in rows
    }
    qualities = tuple(q for q in survey.qualities if q.flow_id in flows)
    return replace(survey, flows=flows, qualities=qualities)


def _with_pipe(told: Round, pipe: Pipe, base: _Answer) -> MissingLink:
    survey = told.survey
    ends = [survey.flows[key].site_id for key in (pipe.offer_id, pipe.need_id)]
    candidates = with_pipe(pipe, base.candidates, survey, told.catalogue, told.settings)
    answer = _asked(told, survey, candidates, (pipe.offer_id, pipe.need_id))
    names = [survey.sites[site_id].name for site_id in ends]
    message = Message(
        code="outlook.pipe",
        values={"giver": names[0], "taker": names[1], "metres": PIPE_M, "cost": pipe.cost_eur},
    )
    key = f"pipe.{pipe.offer_id}.{pipe.need_id}"
    return _link(key, "pipe", message, pipe.estimate, answer, base)


def _link(
    key: str, kind: str, message: Message, estimate: float | None, answer: _Answer, base: _Answer
) -> MissingLink:
    gain = max(answer.gain - base.gain, 0.0)
    return MissingLink(
        key=key,
        kind=kind,
        message=message,
        estimate=estimate,
        gain=gain,
        at_most=max(answer.solution.report.bound - base.gain, gain),
        site_ids=answer.site_ids,
    )


def _asked(
    told: Round, survey: Survey, known: Candidates | None, new: str | tuple[str, str]
) -> _Answer:
    """The plan with an addition (its site, or two flows), and who would have a lead with it."""
    settings = replace(told.settings, curve_points=0)
    candidates = known or build_candidates(survey, told.catalogue, settings)
    bundles = build_bundles(survey, told.catalogue, settings)
    assembly = assemble(candidates, survey, settings, bundles)
    portfolio = solve_in_stages(
        assembly.problem,
        told.is_supposed(assembly, candidates),
        settings,
        budget=assembly.budget(settings.animation_hours),
    )
    is_open = portfolio.solution.is_open
    arcs, flows = candidates.arcs, candidates.flows
    ends = {
        link: (flows.flow_id[arcs.offer[arc]], flows.flow_id[arcs.need[arc]])
        for link, arc in enumerate(assembly.arc_of_link.tolist())
        if is_open[link]
    }
    mine = [
        link
        for link in np.flatnonzero(is_open).tolist()
        if (
            ends.get(link) == new if isinstance(new, tuple) else new in assembly.sites_of_link[link]
        )
    ]
    sites = {site_id for link in mine for site_id in assembly.sites_of_link[link]} - {new}
    resources = {survey.flows[ends[link][0]].resource for link in mine if link in ends}
    return _Answer(
        candidates=candidates,
        assembly=assembly,
        solution=portfolio.solution,
        site_ids=tuple(sorted(map(str, sites))),
        objects=tuple(sorted(key for key in resources if key is not None)),
    )


def _ranked(told: Round, base: _Answer) -> Iterable[tuple[WhatIf, float | None]]:
    """The best of each kind, and what they would earn at the plan's prices where that is known."""
    priced = (*newcomers(told.survey, told.catalogue), *units(told.survey, told.catalogue))
    worth = _worth_at_prices(told, priced, _prices(base))
    for kind in ("newcomer", "newcomer-pipe", "unit"):
        mine = [
            what
            for what in priced
            if what.key.startswith(f"{kind}.") and worth.get(what.key, 0.0) > 0
        ]
        mine.sort(key=lambda what: (-worth[what.key], what.key))
        yield from ((what, worth[what.key]) for what in mine[: _SOLVED[kind]])
    others = (
        *half_jobs(told.survey, told.catalogue, told.is_alone),
        *floors(told.survey, told.catalogue, told.is_alone),
    )
    for kind in ("job", "floor"):
        mine = [what for what in others if what.kind == kind]
        mine.sort(key=lambda what: (-what.weight, what.key))
        yield from ((what, None) for what in mine[: _SOLVED[kind]])


def _worth_at_prices(
    told: Round, added: Sequence[WhatIf], prices: Mapping[str, Floats]
) -> dict[str, float]:
    """(82): by key, what the best links with each would earn, as many as its attention allows."""
    if not added:
        return {}
    everything = with_these(told.survey, added)
    settings = replace(told.settings, nearest_partners=_EVERYBODY)
    candidates = build_candidates(everything, told.catalogue, settings)
    arcs, flows = candidates.arcs, candidates.flows
    in_euros = told.settings.objective is Objective.EUR
    gain = arcs.gain if in_euros else np.nan_to_num(arcs.avoided_tco2e)
    opening = arcs.opening_cost if in_euros else arcs.opening_tco2e
    key_of = {what.site.site_id: what.key for what in added}
    earned: dict[str, dict[int, float]] = defaultdict(dict)
    for arc in range(arcs.offer.size):
        need = flows.site_id[flows.site[arcs.need[arc]]]
        between = int(arcs.processor[arc])
        newcomer = key_of.get(need)
        unit = None if between < 0 else key_of.get(flows.site_id[between])
        if (newcomer is None) == (unit is None):  # neither, or two at once
            continue
        offer = int(arcs.offer[arc])
        months = flows.by_month[offer].astype(float)
        shares = months / months.sum() if months.sum() > 0 else months
        paid = prices.get(flows.flow_id[offer], 0.0) + float(arcs.yield_per_unit[arc]) * prices.get(
            flows.flow_id[arcs.need[arc]], np.zeros(12)
        )
        margin = np.maximum(float(gain[arc]) - paid, 0.0)
        worth = float(arcs.most[arc]) * float(shares @ margin) - float(opening[arc])
        mine = earned[newcomer or unit or ""]
        mine[offer] = max(mine.get(offer, 0.0), worth)
    most = {
        what.key: what.site.max_proposals or told.settings.max_proposals_per_site for what in added
    }
    return {
        key: sum(sorted(by_offer.values(), reverse=True)[: most[key]])
        for key, by_offer in earned.items()
    }


def _prices(base: _Answer) -> dict[str, Floats]:
    """What one more unit of each flow brings in the plan, EUR, by month (its dearest piece)."""
    found: dict[str, Floats] = {}
    ids, solution = base.candidates.flows.flow_id, base.solution
    for nodes, price in (
        (base.assembly.node_flow_offer, solution.offer_price),
        (base.assembly.node_flow_need, solution.need_price),
    ):
        for node, flow in enumerate(nodes.tolist()):
            known = found.get(ids[flow], np.zeros(price.shape[1]))
            found[ids[flow]] = np.maximum(known, price[node])
    return found
