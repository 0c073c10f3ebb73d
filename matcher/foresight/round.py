"""The round as foresight sees it: one model, the plan chosen, what each link would be called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.candidates import Candidates
from matcher.candidates.processors import machine_of
from matcher.declarations import Survey
from matcher.foresight.findings import BriefProposal
from matcher.optimise.aims import Aim, Touches
from matcher.optimise.assembly import Assembly
from matcher.optimise.problem import Bools, ExchangeProblem, ExchangeSolution, Floats
from matcher.settings import Settings
from matcher.terms import ProposalKind, proposal_id


@dataclass(frozen=True, kw_only=True)
class Round:
    """The candidates of a round as one model (``assembly``), and the plan found (``solution``)."""

    candidates: Candidates
    survey: Survey
    settings: Settings
    assembly: Assembly
    solution: ExchangeSolution
    units: tuple[str, ...] = ()  # of each resource, in the order of the catalogue
    is_later: Bools | None = None  # (L,) links that stand on suppositions: chosen after the others

    @cached_property
    def later(self) -> Bools:
        """(L,) links that take only what the others leave."""
        if self.is_later is None:
            return np.zeros(self.exchange.counts[3], np.bool_)
        return self.is_later

    @property
    def exchange(self) -> ExchangeProblem:
        """The model as arrays."""
        return self.assembly.problem

    @cached_property
    def declaration_ids(self) -> tuple[tuple[str, ...], ...]:
        """(L,) the declarations of each link: giver, taker, and the machine between them."""
        arcs, flows = self.candidates.arcs, self.candidates.flows
        found: list[tuple[str, ...]] = []
        for arc in self.assembly.arc_of_link.tolist():
            machine = machine_of(self.candidates, arc)
            ends = (flows.flow_id[arcs.offer[arc]], flows.flow_id[arcs.need[arc]])
            found.append(ends if machine is None else (*ends, machine))
        found += [bundle.declaration_ids for bundle in self.assembly.bundles]
        return (*found, *[()] * self.assembly.ways.count)

    @cached_property
    def site_ids(self) -> tuple[tuple[str, ...], ...]:
        """(L,) the sites that each link touches."""
        arcs, flows = self.candidates.arcs, self.candidates.flows
        found: list[tuple[str, ...]] = []
        for arc in self.assembly.arc_of_link.tolist():
            ends = [flows.site[arcs.offer[arc]], flows.site[arcs.need[arc]], arcs.processor[arc]]
            names = (flows.site_id[site] for site in ends if site >= 0)
            found.append(tuple(dict.fromkeys(names)))
        found += [bundle.site_ids for bundle in self.assembly.bundles]
        return (*found, *[()] * self.assembly.ways.count)

    @cached_property
    def proposal_ids(self) -> tuple[str, ...]:
        """(L,) the proposal that each link would be; two ways between the same two are one. What
        links pay once is no proposal: it has an empty name.
        """
        exchanges = self.assembly.arc_of_link.size
        kinds = [ProposalKind.EXCHANGE] * exchanges
        kinds += [bundle.kind for bundle in self.assembly.bundles]
        named = tuple(
            proposal_id(kind, ids) for kind, ids in zip(kinds, self.declaration_ids, strict=False)
        )
        return (*named, *[""] * self.assembly.ways.count)

    @cached_property
    def is_proposal(self) -> Bools:
        """(L,) links of the plan that are proposals: open, carrying, not inside one firm."""
        return self.opened(self.solution.amount, self.solution.is_open)

    def opened(self, amount: Floats, is_open: Bools) -> Bools:
        """(L,) links of a plan that are proposals."""
        exchange = self.exchange
        carried = np.bincount(exchange.arc_link, amount.sum(axis=1), minlength=is_open.size)
        return np.asarray(is_open & (carried > 0) & (exchange.link_weight > 0))

    def links_of(self, names: frozenset[str]) -> Bools:
        """(L,) the links that would be one of these proposals."""
        return np.array([name in names for name in self.proposal_ids], np.bool_)

    @cached_property
    def touches(self) -> Touches:
        """Which sites each link touches, over all sites of the survey."""
        place = {site_id: at for at, site_id in enumerate(sorted(self.survey.sites))}
        pairs = [
            (link, place[site_id]) for link, sites in enumerate(self.site_ids) for site_id in sites
        ]
        link, site = np.array(pairs, np.int64).reshape(-1, 2).T
        return Touches(link=link, site=site, sites=len(place))

    @cached_property
    def euros(self) -> Aim:
        """EUR a year of a plan, whatever the round's objective is."""
        arcs, kept = self.candidates.arcs, self.assembly.arc_of_link
        worth = [bundle.worth for bundle in self.assembly.bundles]
        return self._aim(
            arcs.gain[kept], arcs.opening_cost[kept], np.array(worth), self.assembly.ways.eur
        )

    @cached_property
    def carbon(self) -> Aim:
        """TCO2e a year that a plan avoids, as far as known: what is not known adds nothing."""
        arcs, kept = self.candidates.arcs, self.assembly.arc_of_link
        avoided = [bundle.avoided_tco2e_per_year.value or 0.0 for bundle in self.assembly.bundles]
        each = np.nan_to_num(arcs.avoided_tco2e[kept])
        free = np.zeros(self.assembly.ways.count)
        return self._aim(each, arcs.opening_tco2e[kept], np.array(avoided), free)

    @cached_property
    def knows_carbon(self) -> Bools:
        """(L,) links of which the emissions avoided are known."""
        each = self.candidates.arcs.avoided_tco2e[self.assembly.arc_of_link]
        bundled = [
            bundle.avoided_tco2e_per_year.value is not None for bundle in self.assembly.bundles
        ]
        ways = np.ones(self.assembly.ways.count, np.bool_)
        return np.concatenate([~np.isnan(each), np.array(bundled, np.bool_), ways])

    def _aim(self, each: Floats, opening: Floats, bundled: Floats, once: Floats) -> Aim:
        """Per unit of each link of the exchange and open link; of what they cost, ``once`` (W,) is
        that of the ways.
        """
        exchanges, groups = each.size, each.size + bundled.size
        a_unit = bundled / self.exchange.link_lot[exchanges:groups]  # it carries its lot (22), (68)
        by_link = np.concatenate([each, a_unit, np.zeros(once.size)])
        alone = np.concatenate([opening, np.zeros(bundled.size)])
        cost = np.concatenate([alone - self.assembly.ways.common(once), once])
        return Aim(arc=by_link[self.exchange.arc_link], link=-cost)

    def by_link(self, aim: Aim, amount: Floats, is_open: Bools) -> Floats:
        """(L,) the figure of each link in a plan, with its part of what several pay once."""
        moved = aim.arc * amount.sum(axis=1)
        carried = np.bincount(self.exchange.arc_link, moved, minlength=is_open.size)
        return self.assembly.ways.told(carried + np.where(is_open, aim.link, 0.0), is_open)

    def brief(self, links: Bools, amount: Floats, is_open: Bools) -> tuple[BriefProposal, ...]:
        """The proposals of a plan among some links, those that bring most first."""
        gain = self.by_link(self.euros, amount, is_open)
        exchanges = self.assembly.arc_of_link.size
        found = []
        for link in np.flatnonzero(links & self.opened(amount, is_open)).tolist():
            if link < exchanges:
                kind = ProposalKind.EXCHANGE
                arc = self.assembly.arc_of_link[link]
                what = self.candidates.routes[self.candidates.arcs.route[arc]].from_resource
            else:
                bundle = self.assembly.bundles[link - exchanges]
                kind, what = bundle.kind, bundle.object
            found.append(
                BriefProposal(
                    proposal_id=self.proposal_ids[link],
                    kind=kind,
                    object=what,
                    declaration_ids=self.declaration_ids[link],
                    site_ids=self.site_ids[link],
                    gain_eur_per_year=float(gain[link]),
                )
            )
        return tuple(sorted(found, key=lambda item: (-item.gain_eur_per_year, item.proposal_id)))
