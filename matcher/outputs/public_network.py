"""The network that may be shown to all: groups of activities, each of at least three firms."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matcher.outputs.secrecy import LEAST_FIRMS, LEAST_PROPOSALS, public_figures
from matcher.plan import Plan, Proposal

# Divisions of the activity nomenclature (NACE, two digits) as people speak of them.
DIVISIONS: tuple[tuple[str, range], ...] = (
    ("farming", range(1, 4)),
    ("food", range(10, 13)),
    ("textile", range(13, 16)),
    ("wood-paper", range(16, 19)),
    ("chemicals-plastics", range(19, 23)),
    ("minerals", range(23, 24)),
    ("metals-machines", range(24, 34)),
    ("energy-water-waste", range(35, 40)),
    ("building", range(41, 44)),
    ("trade", range(45, 48)),
    ("transport", range(49, 54)),
    ("services", range(55, 100)),
)
OTHER = "other"
SIZE = 520.0
_RADIUS = 190.0
# Nearer to the middle line than this, a name stands above or below its circle, else beside it.
_BESIDE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A circle of the public drawing, at a place that says nothing of the map."""

    code: str
    x: float
    y: float

    @property
    def name_at(self) -> tuple[float, float, str]:
        """Where the name stands, outside the ring, and what of it stands there."""
        aside = self.x - SIZE / 2
        if abs(aside) < _BESIDE:
            return self.x, self.y + (40 if self.y > SIZE / 2 else -30), "middle"
        return self.x + math.copysign(28, aside), self.y + 5, "start" if aside > 0 else "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLink:
    """Leads of one family between two groups; within one group when both are the same."""

    family: str
    start: Group
    end: Group

    @property
    def path(self) -> str:
        """A line that bends to the middle, or a loop towards it from a group to itself."""
        x, y = self.start.x, self.start.y
        if self.start == self.end:
            inward = math.atan2(SIZE / 2 - y, SIZE / 2 - x)
            (ax, ay), (bx, by) = (
                (x + 130 * math.cos(inward + turn), y + 130 * math.sin(inward + turn))
                for turn in (-0.6, 0.6)
            )
            return f"M{x} {y}C{ax:.1f} {ay:.1f} {bx:.1f} {by:.1f} {x} {y}"
        middle = ((x + self.end.x + SIZE) / 4, (y + self.end.y + SIZE) / 4)
        return f"M{x} {y}Q{middle[0]:.1f} {middle[1]:.1f} {self.end.x} {self.end.y}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNetwork:
    """Groups and links that three firms at least stand behind; without any figure."""

    groups: tuple[Group, ...]
    links: tuple[GroupLink, ...]


def public_network(plan: Plan) -> PublicNetwork:
    """Fold sites into groups of activities; keep what at least three firms stand behind.

    A family that the public report keeps back is kept back here too, and no count is given: nothing
    can be subtracted.
    """
    firm_of = {site_id: site.firm_id for site_id, site in plan.sites.items()}
    group_of = _groups(plan, firm_of)
    shown = {cell.family for cell in public_figures(plan).cells if cell.published}
    found: dict[tuple[str, str, str], list[Proposal]] = defaultdict(list)
    for proposal in plan.proposals:
        view = plan.declarations.get(proposal.parties[0].declaration_id)
        family = "matter" if view is None else view.family
        codes = sorted({group_of[party.site_id] for party in proposal.parties})
        if family in shown and "" not in codes and len(codes) <= 2:
            found[family, codes[0], codes[-1]].append(proposal)
    kept = [
        key
        for key, proposals in sorted(found.items())
        if len(proposals) >= LEAST_PROPOSALS and len(_firms(proposals, firm_of)) >= LEAST_FIRMS
    ]
    codes = sorted({code for code in group_of.values() if code})
    groups = {code: _group(code, rank, len(codes)) for rank, code in enumerate(codes)}
    return PublicNetwork(
        groups=tuple(groups.values()),
        links=tuple(
            GroupLink(family=family, start=groups[start], end=groups[end])
            for family, start, end in kept
        ),
    )


def _firms(proposals: Iterable[Proposal], firm_of: Mapping[str, str]) -> set[str]:
    return {
        firm_of.get(party.site_id, party.site_id)
        for proposal in proposals
        for party in proposal.parties
    }


def _groups(plan: Plan, firm_of: Mapping[str, str]) -> dict[str, str]:
    """Group of each site; small groups are folded into "other", and "" where even that is small."""
    group_of = {site_id: _division(site.activity_code) for site_id, site in plan.sites.items()}
    for proposal in plan.proposals:
        for party in proposal.parties:
            group_of.setdefault(party.site_id, OTHER)
    firms: dict[str, set[str]] = defaultdict(set)
    for site_id, code in group_of.items():
        firms[code].add(firm_of.get(site_id, site_id))
    by_size = sorted((len(members), code) for code, members in firms.items() if code != OTHER)
    folded = {code for size, code in by_size if size < LEAST_FIRMS}
    rest = [code for size, code in by_size if size >= LEAST_FIRMS]

    def others() -> int:
        return len(set().union(firms.get(OTHER, set()), *(firms[code] for code in folded)))

    while 0 < others() < LEAST_FIRMS and rest:
        folded.add(rest.pop(0))
    other = OTHER if others() >= LEAST_FIRMS else ""
    return {
        site_id: other if code == OTHER or code in folded else code
        for site_id, code in group_of.items()
    }


def _division(activity_code: str | None) -> str:
    digits = (activity_code or "")[:2]
    if not digits.isdigit():
        return OTHER
    return next((code for code, numbers in DIVISIONS if int(digits) in numbers), OTHER)


def _group(code: str, rank: int, count: int) -> Group:
    angle = 2 * math.pi * rank / max(count, 1) - math.pi / 2
    return Group(
        code=code,
        x=round(SIZE / 2 + _RADIUS * math.cos(angle), 1),
        y=round(SIZE / 2 + _RADIUS * math.sin(angle), 1),
    )
