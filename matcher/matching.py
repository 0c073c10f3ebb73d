"""The walk: a survey and settings in, a plan out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches

import networkx as nx
import numpy as np

from matcher.candidates import Candidates, build_candidates
from matcher.candidates.bundles import Bundles
from matcher.candidates.supposed import with_supposed_amounts
from matcher.catalogue import Catalogue, Kind, load_catalogue
from matcher.declarations import Hazard, Recurrence, Site, Survey
from matcher.errors import NoPlanError, SettingsError
from matcher.foresight import Round, foresee
from matcher.groups import build_bundles
from matcher.leads.calls import calls_of, hours_once
from matcher.leads.checks import Deal, checks_for
from matcher.leads.groups import group_lead
from matcher.leads.links import ChosenLink, ProposalWriter
from matcher.leads.once import with_what_is_paid_once
from matcher.leads.outside import leads_outside
from matcher.leads.proved import plan_report
from matcher.leads.reasons import reasons_for
from matcher.optimise.assembly import Assembly, assemble
from matcher.optimise.portfolio import Portfolio
from matcher.optimise.stages import solve_in_stages
from matcher.outlook import missing
from matcher.outlook.closures import with_closures
from matcher.outlook.missing import missing_links
from matcher.outlook.standing import standings
from matcher.plan import MissingLink, Plan, Proposal, Range
from matcher.plan.as_json import rounded
from matcher.plan.indicators import Outcome, indicators
from matcher.plan.views import declaration_views, site_views
from matcher.rounds.account import account_of, same_again, with_refusals
from matcher.rounds.held import not_together, standing_of, with_held
from matcher.rounds.last_round import LastRound
from matcher.rounds.next_round import NextRound, arc_declarations
from matcher.settings import Settings
from matcher.terms import ProposalKind
from matcher.why_not.groups import GroupWhyNot
from matcher.why_not.links import WhyNot

Progress = Callable[[str], None]
"""Told the message id of each stage as it starts."""

_HAZARDS = (Hazard.NO, Hazard.YES, Hazard.TO_CHECK)


def match(
    survey: Survey,
    settings: Settings,
    *,
    catalogue: Catalogue | None = None,
    register: Sequence[Site] = (),
    dask_address: str | None = None,
    outlook: bool = False,
    progress: Progress = lambda stage: None,
    after: LastRound | None = None,
) -> Plan:
    """Propose the few links that are worth a phone call, and say why the others are not.

    Parameters
    ----------
    survey
        As :func:`matcher.read_survey` gives it.
    settings
        ``as_of`` is required: nothing here reads today's date.
    catalogue
        The reference tables; ours when left out.
    register
        Known sites of the territory that may not be in the round: for offers that nobody takes.
    dask_address
        Scheduler of a Dask cluster; the machine's own cores when left out. The plan is the same.
    outlook
        Whether to reckon what each site's closing would cost, and what is missing most: some
        twenty plans more.
    progress
        Called with the message id of each stage.
    after
        The last plan with the answers to it (:func:`matcher.read_last_round`): what all accepted
        stays, what was refused does not come back, new leads cost a malus. When nobody answered
        and survey and settings are the same, so is the plan.

    Returns
    -------
    Plan
        Contract 3.4. Its report says what is proved.

    Raises
    ------
    SettingsError
        Without ``as_of``; for a figure to override that is not in ``factors.csv``.
    NoPlanError
        When the solver hands back no plan; never an empty plan in its place.
    SurveyError
        With ``after``: names the accepted proposals that no plan can keep.
    """
    _ = settings.round_day  # refused before anything is read
    tables = load_catalogue() if catalogue is None else catalogue
    for name in settings.factor_overrides:
        if name not in tables.factors:
            near = ", ".join(get_close_matches(name, tables.factors, 5, 0.5)) or "–"
            raise SettingsError("factor-unknown", {"name": name, "nearest": near})
    said, survey = survey, with_supposed_amounts(survey, tables)
    following = None
    if after is not None and not after.says_nothing(survey.digest, rounded(settings.to_dict())):
        following = NextRound(after, survey, settings)
    told = survey if following is None else following.survey
    progress("stages.candidates")
    candidates = build_candidates(told, tables, settings)
    progress("stages.solve")
    found = build_bundles(told, tables, settings)
    standing = None
    if following is not None:
        candidates, least = following.open_candidates(candidates)
        found = following.open_bundles(with_held(following, found, tables, settings))
        standing = standing_of(following, candidates, found, least, settings)
    assembly = assemble(candidates, told, settings, found, standing)
    budget, supposed = assembly.budget(settings.animation_hours), _is_supposed(assembly, candidates)
    try:
        portfolio = solve_in_stages(
            assembly.problem,
            supposed,
            settings,
            budget=budget,
            floor=assembly.floor,
            dask_address=dask_address,
        )
    except NoPlanError:
        if following is None or not following.held:
            raise
        raise not_together(following, assembly, settings) from None
    if budget is not None and portfolio.animation is not None and portfolio.animation.is_binding:
        assembly = assembly.limited_by(budget)
    progress("stages.explain")
    chosen = _chosen(assembly, candidates, portfolio)
    writer = ProposalWriter(candidates, told, tables, settings)
    written = {
        link: _finished(writer.write(item), item, candidates, survey, tables)
        for link, item in chosen.items()
    }
    written = with_what_is_paid_once(written, assembly, portfolio.solution.is_open, tables)
    groups = assembly.chosen_bundles(portfolio.solution)
    written |= {link: group_lead(bundle, tables, settings) for link, bundle in groups.items()}
    is_limited = portfolio.animation is not None and portfolio.animation.is_binding
    ahead = assembly if budget is None or is_limited else assembly.limited_by(budget)
    foresight = foresee(
        Round(
            candidates=candidates,
            survey=survey,
            settings=settings,
            assembly=ahead,
            solution=portfolio.solution,
            units=tuple(resource.unit.value for resource in tables.resources.values()),
            is_later=supposed,
        )
    )
    instead = {
        item.proposal_id: [name for brief in item.instead for name in brief.declaration_ids]
        for item in foresight.if_refused
    }
    written = {
        link: _with_next_best(item, instead.get(item.proposal_id, ()))
        for link, item in written.items()
    }
    ranked = sorted(
        written.items(),
        key=lambda pair: (-(pair[1].gain_eur_per_year.value or 0.0), pair[1].proposal_id),
    )
    proposals = tuple(proposal for link, proposal in ranked if not assembly.internal[link])
    internal = tuple(proposal for link, proposal in ranked if assembly.internal[link])
    matched = frozenset(
        party.declaration_id for proposal in written.values() for party in proposal.parties
    )
    why_not = WhyNot(candidates, told, tables, assembly, portfolio.solution, settings)
    lonely = GroupWhyNot(found, told, assembly, portfolio.solution)
    unmatched = (*why_not.unmatched(matched), *lonely.unmatched(matched))
    account = None if after is None else same_again(after)
    if following is not None and standing is not None:
        unmatched = with_refusals(unmatched, following)
        possible = _possible(candidates, found)
        account = account_of(following, proposals, internal, possible, standing.malus)
    resilience, lacking = standings(proposals), tuple[MissingLink, ...]()
    if outlook:
        progress("stages.outlook")
        problem = portfolio.problem
        if budget is not None and not (portfolio.animation and portfolio.animation.is_binding):
            problem = budget.limiting(problem)
        resilience = with_closures(
            resilience, assembly, problem, supposed, portfolio.solution, settings
        )
        progress("stages.missing")
        lacking = missing_links(
            missing.Round(
                survey=told,
                catalogue=tables,
                settings=settings,
                is_alone=frozenset(item.declaration_id for item in unmatched),
                is_supposed=_is_supposed,
            )
        )
    return Plan(
        input_digest=survey.digest,
        settings=settings,
        report=plan_report(
            survey, candidates, assembly, portfolio, proposals, found, told, settings
        ),
        sites=site_views(survey, tables, _clusters(proposals)),
        declarations=declaration_views(survey, tables),
        proposals=proposals,
        internal=internal,
        unmatched=unmatched,
        curve=portfolio.curve,
        foresight=foresight,
        indicators=indicators(
            [
                _outcome(proposal, tables, hours)
                for proposal, hours in zip(proposals, hours_once(proposals), strict=True)
            ]
        ),
        warnings=tuple(
            {language: problem.message(language) for language in ("fr", "en")}
            for problem in survey.warnings
        ),
        next_round=account,
        animation=portfolio.animation,
        calls=calls_of(proposals),
        floor=portfolio.floor,
        leads_outside=leads_outside(said, register, _with_taker(candidates), tables, settings),
        resilience=resilience,
        missing_links=lacking,
    )


def _is_supposed(assembly: Assembly, candidates: Candidates) -> np.ndarray:
    """(L,) links of the model with an end that nobody has declared."""
    arcs, inferred = candidates.arcs, candidates.flows.inferred
    kept = assembly.arc_of_link
    return np.concatenate(
        [
            inferred[arcs.offer[kept]] | inferred[arcs.need[kept]],
            np.array(
                [any(m.inferred for m in bundle.members) for bundle in assembly.bundles], np.bool_
            ),
            np.zeros(assembly.ways.count, np.bool_),
        ]
    )


def _possible(
    candidates: Candidates, found: Bundles
) -> frozenset[tuple[ProposalKind, frozenset[str]]]:
    """All that could be proposed, by kind and declarations."""
    links = {(ProposalKind.EXCHANGE, frozenset(ids)) for ids in arc_declarations(candidates)}
    groups = {(each.kind, frozenset(each.declaration_ids)) for each in found.bundles}
    return frozenset(links | groups)


def _with_taker(candidates: Candidates) -> frozenset[str]:
    """Offers that a declared need of the round could take, whether or not that link was chosen."""
    arcs, flows = candidates.arcs, candidates.flows
    offers = arcs.offer[~flows.inferred[arcs.need] & arcs.pays_alone]
    return frozenset(flows.flow_id[offer] for offer in np.unique(offers).tolist())


def _chosen(
    assembly: Assembly, candidates: Candidates, portfolio: Portfolio
) -> dict[int, ChosenLink]:
    """Open links that carry something, by their position."""
    amounts = assembly.amounts_by_link(portfolio.solution)
    ways, is_open = assembly.ways, portfolio.solution.is_open
    saved = ways.saved(is_open, ways.eur)
    capital = ways.saved(is_open, ways.capital(candidates.arcs, assembly.arc_of_link))
    return {
        link: ChosenLink(
            arc=int(assembly.arc_of_link[link]),
            by_month=amounts[link],
            internal=bool(assembly.internal[link]),
            saved_eur=float(saved[link]),
            saved_capex_eur=float(capital[link]),
        )
        for link in np.flatnonzero(portfolio.solution.is_open[: len(amounts)]).tolist()
        if amounts[link].sum() > 0
    }


def _finished(
    proposal: Proposal,
    link: ChosenLink,
    candidates: Candidates,
    survey: Survey,
    catalogue: Catalogue,
) -> Proposal:
    """The proposal with its reasons and its points to confirm."""
    arcs, flows = candidates.arcs, candidates.flows
    offer = int(arcs.offer[link.arc])
    giver = survey.flows[flows.flow_id[offer]]
    taker = survey.flows[flows.flow_id[arcs.need[link.arc]]]
    deal = Deal(
        giver=giver,
        taker=taker,
        route=candidates.routes[arcs.route[link.arc]],
        given_kind=catalogue.resources[proposal.object].kind,
        hazard=_HAZARDS[int(flows.hazardous[offer])],
        as_of=candidates.as_of,
        one_off=giver.recurrence is Recurrence.ONE_OFF,
    )
    return dataclasses.replace(
        proposal,
        reasons=reasons_for(proposal, link, candidates, catalogue),
        checks=checks_for(deal, survey, catalogue),
    )


def _with_next_best(proposal: Proposal, instead: Iterable[str]) -> Proposal:
    """Adds ``alternatives``: the declarations of who could come in, should one say no."""
    own = {party.declaration_id for party in proposal.parties}
    others = (name for name in instead if name not in own)
    return dataclasses.replace(proposal, alternatives=tuple(dict.fromkeys(others)))


def _clusters(proposals: tuple[Proposal, ...]) -> dict[str, int]:
    """Sites held together by proposals: site id -> number of the cluster, largest first."""
    graph: nx.Graph[str] = nx.Graph()
    for proposal in proposals:
        nx.add_path(graph, [party.site_id for party in proposal.parties])
    groups = sorted(
        (sorted(group) for group in nx.connected_components(graph)),
        key=lambda group: (-len(group), group[0]),
    )
    return {site_id: index for index, group in enumerate(groups, start=1) for site_id in group}


def _outcome(proposal: Proposal, catalogue: Catalogue, effort_hours: float) -> Outcome:
    resource = catalogue.resources.get(proposal.delivered_object)
    kind = None if resource is None else resource.kind
    delivered = Range(
        value=proposal.delivered_per_year,
        low=proposal.delivered_per_year,
        high=proposal.delivered_per_year,
    )
    nothing = Range(value=0.0, low=0.0, high=0.0)
    return Outcome(
        site_ids=tuple(party.site_id for party in proposal.parties),
        one_off=proposal.one_off,
        gain_eur=proposal.gain_eur_per_year,
        avoided_tco2e=proposal.avoided_tco2e_per_year,
        diverted_t=proposal.diverted_t_per_year,
        energy_mwh=delivered if kind is Kind.ENERGY else nothing,
        water_m3=delivered if kind is Kind.WATER else nothing,
        capex_eur=proposal.capex_eur,
        effort_hours=effort_hours,
    )
