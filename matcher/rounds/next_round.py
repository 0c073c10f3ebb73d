"""The next round: what the answers to the last plan close, and what they keep.

A refusal closes the pair whatever its code, and more by its code: 93 whatever brings that
declaration no more, 95 whatever is as far from it, 96 the two firms to each other, 97 and 98 the
declaration itself. 99, or no answer, closes nothing: the proposal only loses its place in the plan.
What every party accepted stays, against any refusal of others.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np

from matcher.candidates import Candidates
from matcher.candidates.bundles import Bundle, Bundles
from matcher.declarations import TABLES, Survey
from matcher.groups.neighbours import Neighbours
from matcher.optimise.problem import Floats
from matcher.rounds.last_round import LastRound
from matcher.settings import Settings
from matcher.terms import ProposalKind, ReasonCode, Refused

# plan.json keeps ten digits of a number: what is compared with one of them gives this share way.
DIGITS = 1e-6


class NextRound:
    """The rules that the last round sets for this one, over one survey."""

    def __init__(self, last: LastRound, survey: Survey, settings: Settings) -> None:
        self.last = last
        self._near = Neighbours(survey, settings)
        self.declared = {
            key: row.site_id for table in TABLES for key, row in getattr(survey, table).items()
        }
        self._firm_of = {key: site.firm_id for key, site in survey.sites.items()}
        self.held = last.accepted
        self._held = {(each.kind, each.declaration_ids) for each in self.held}
        self._before = {
            (each.kind, each.declaration_ids)
            for name, each in last.proposals.items()
            if name not in last.silent
        }
        self._by_code: dict[ReasonCode | None, list[Refused]] = defaultdict(list)
        for refused in last.refusals:
            self._by_code[refused.code].append(refused)
        self.closed = frozenset(
            name
            for code in (ReasonCode.NO_MORE, ReasonCode.SOLVED)
            for refused in self._by_code[code]
            for name in refused.declaration_ids
        )
        self._least_gain = self._limits(ReasonCode.ECONOMIC, lambda each: each.gain_eur_per_year)
        minus_km = self._limits(ReasonCode.DISTANCE, lambda each: -self._km_of(each))
        self._most_km = {name: -km for name, km in minus_km.items()}
        self._declared_by: dict[str, list[str]] = defaultdict(list)
        for name, site_id in self.declared.items():
            self._declared_by[self._firm_of[site_id]].append(name)
        self._apart = frozenset(pair for each in last.refusals for pair in self._pairs_of(each))
        self.survey = self._narrowed(survey)

    def _limits(self, code: ReasonCode, read: Callable[[Refused], float]) -> dict[str, float]:
        """By declaration that refused for this reason, the largest of a figure of its refusals."""
        found: dict[str, float] = {}
        for refused in self._by_code[code]:
            for name in refused.declaration_ids:
                found[name] = max(found.get(name, -math.inf), read(refused))
        return found

    def _km_of(self, refused: Refused) -> float:
        """The way that was too long: the proposal's own, or that to the farthest of a group."""
        if refused.kind is ProposalKind.EXCHANGE:
            return refused.distance_km
        return self._farthest_km(refused.site_id, refused.other_site_ids) or refused.distance_km

    def _farthest_km(self, site_id: str, others: Sequence[str]) -> float | None:
        known = [other for other in (site_id, *others) if other in self._firm_of]
        if site_id not in known or len(known) < 2:
            return None
        ways = [self._near.road_km(site_id, other) for other in known[1:]]
        return max((way for way in ways if way is not None), default=None)

    def _pairs_of(self, refused: Refused) -> Iterator[frozenset[str]]:
        """The pairs that one refusal keeps apart; for want of trust, all of the firms concerned."""
        yield from refused.pairs
        if refused.code is ReasonCode.TRUST:
            own_firm = self._firm_of.get(refused.site_id)
            for other_firm in {self._firm_of.get(site_id) for site_id in refused.other_site_ids}:
                if own_firm is None or other_firm is None or own_firm == other_firm:
                    continue
                own, others = self._declared_by[own_firm], self._declared_by[other_firm]
                yield from (frozenset(pair) for pair in product(own, others))

    def bears_on(self, refused: Refused, ids: frozenset[str]) -> bool:
        """Whether a refusal concerns a proposal of these declarations."""
        return not ids.isdisjoint(refused.declaration_ids) or any(
            pair <= ids for pair in self._pairs_of(refused)
        )

    @property
    def closed_here(self) -> dict[str, str]:
        """Declarations of this survey that a refusal closed, with their sites."""
        kept = {name for held in self.held for name in held.declaration_ids}
        return {
            name: site_id
            for name, site_id in sorted(self.declared.items())
            if name in self.closed - kept
        }

    def _narrowed(self, survey: Survey) -> Survey:
        """What builders are given: without what is closed, with shorter reaches, pairs apart."""
        kept = {name for held in self.held for name in held.declaration_ids}
        held_pairs = {
            frozenset(pair)
            for held in self.held
            for pair in combinations(sorted(held.declaration_ids), 2)
        }
        tables: dict[str, Any] = {}
        for table in TABLES:
            rows = getattr(survey, table)
            tables[table] = {
                name: self._shortened(row) if name not in kept else row
                for name, row in rows.items()
                if name in kept or name not in self.closed
            }
        return replace(
            survey,
            **tables,
            qualities=tuple(each for each in survey.qualities if each.flow_id in tables["flows"]),
            apart=self._apart - held_pairs,
        )

    def _shortened(self, row: Any) -> Any:
        name = _id_of(row)
        if name not in self._most_km:
            return row
        most = self._most_km[name] * (1 - DIGITS)
        declared = row.max_distance_km
        return replace(row, max_distance_km=most if declared is None else min(most, declared))

    def keeps(self, kind: ProposalKind, ids: frozenset[str]) -> bool:
        """Whether a proposal of these declarations was accepted by all."""
        return (kind, ids) in self._held

    def was_proposed(self, kind: ProposalKind, ids: frozenset[str]) -> bool:
        """Whether the last plan proposed it, and nobody left it without an answer."""
        return (kind, ids) in self._before

    def open_candidates(self, candidates: Candidates) -> tuple[Candidates, Floats]:
        """The candidates that no refusal closes, and the least that each must carry for 93."""
        arcs = candidates.arcs
        names = arc_declarations(candidates)
        is_held = np.array(
            [(ProposalKind.EXCHANGE, frozenset(each)) in self._held for each in names], np.bool_
        )
        least = np.zeros(len(names))
        closed = np.zeros(len(names), np.bool_)
        touched = self.closed | set(self._least_gain) | set(self._most_km)
        touched |= {name for pair in self._apart for name in pair}
        for arc, ids in enumerate(names):
            if is_held[arc] or touched.isdisjoint(ids):
                continue
            own_km = float(arcs.distance_km[arc])
            if self._keeps_apart(ids) or any(
                name in self.closed or own_km >= self._most_km.get(name, math.inf) * (1 - DIGITS)
                for name in ids
            ):
                closed[arc] = True
                continue
            asked = [self._least_gain[name] for name in ids if name in self._least_gain]
            if asked:
                gain = float(arcs.gain[arc])
                whole = max(asked) * len(ids) + float(arcs.opening_cost[arc])
                least[arc] = whole * (1 + DIGITS) / gain if gain > 0 else math.inf
                closed[arc] = least[arc] > float(arcs.most[arc])
        if closed.any():
            columns = {name: getattr(arcs, name)[~closed] for name in arcs.__slots__}
            candidates = replace(candidates, arcs=type(arcs)(**columns))
        return candidates, least[~closed]

    def _keeps_apart(self, ids: Sequence[str]) -> bool:
        return any(frozenset(pair) in self._apart for pair in combinations(ids, 2))

    def open_bundles(self, found: Bundles) -> Bundles:
        """The bundles that no refusal closes."""
        kept = tuple(each for each in found.bundles if not self._closes(each))
        return replace(found, bundles=kept)

    def _closes(self, bundle: Bundle) -> bool:
        ids = bundle.declaration_ids
        if (bundle.kind, frozenset(ids)) in self._held:
            return False
        if self._keeps_apart(ids) or not self.closed.isdisjoint(ids):
            return True
        for member in bundle.members:
            name = member.declaration_id
            least = self._least_gain.get(name, -math.inf)
            if (member.gain.value or 0.0) <= least * (1 + DIGITS) and least > -math.inf:
                return True
            if name in self._most_km:
                others = [site for site in bundle.site_ids if site != member.site_id]
                km = self._farthest_km(member.site_id, others)
                if km is not None and km >= self._most_km[name] * (1 - DIGITS):
                    return True
        return False


def _id_of(row: Any) -> str:
    for name in ("flow_id", "item_id", "job_id", "pool_id"):
        if hasattr(row, name):
            return str(getattr(row, name))
    raise TypeError(f"{type(row).__name__} is no declaration.")


def arc_declarations(candidates: Candidates) -> list[tuple[str, ...]]:
    """(A,) the declarations of each candidate arc: offer, need, and the machine in between."""
    flows, arcs, machines = candidates.flows, candidates.arcs, candidates.processors
    item = {
        key: machines.item_id[place]
        for place, key in reversed(
            list(enumerate(zip(machines.site.tolist(), machines.compatibility, strict=True)))
        )
    }
    found: list[tuple[str, ...]] = []
    for offer, need, route, site in zip(
        arcs.offer.tolist(),
        arcs.need.tolist(),
        arcs.route.tolist(),
        arcs.processor.tolist(),
        strict=True,
    ):
        ids: tuple[str, ...] = (flows.flow_id[offer], flows.flow_id[need])
        step = candidates.routes[route].processor_step
        if site >= 0 and step is not None:
            ids = (*ids, item[site, step.key])
        found.append(ids)
    return found
