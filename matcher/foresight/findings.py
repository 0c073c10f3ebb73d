"""What looking ahead found: the sections of a plan that help a decision; each may be missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from matcher.optimise.problem import relative_gap
from matcher.terms import Message, ProposalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefProposal:
    """A proposal of another plan than the one chosen; gain in EUR a year, in all for a one-off."""

    proposal_id: str
    kind: ProposalKind
    object: str
    declaration_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    gain_eur_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IfRefused:
    """What is left to do when one proposal of the plan is refused and all others stay.

    ``loss`` is what the plan then loses at best, in its own objective (EUR or tCO2e a year), with
    what comes in the place of the proposal (``instead``, perhaps nothing).
    """

    proposal_id: str
    loss: float
    instead: tuple[BriefProposal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPlan:
    """A plan nearly as good, made of other proposals.

    Attributes
    ----------
    gain
        In the plan's objective (EUR or tCO2e a year); ``gain_share`` of the plan's.
    difference
        Share of the plan's gain that stands on proposals that this one does without, 0 to 1.
    distance_bound
        No plan within the margin could be further from the plans before it, by the same measure
        summed over them, than ``distance_bound``; ``distance`` is what this one reaches.
    kept, left
        Proposals of the plan that it has too, and that it does without, by id.
    added
        Those that it has instead.
    """

    gain: float
    gain_share: float
    difference: float
    distance: float
    distance_bound: float
    kept: tuple[str, ...]
    left: tuple[str, ...]
    added: tuple[BriefProposal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoPoint:
    """One plan that no other plan found beats in euros, tonnes and sites together.

    Attributes
    ----------
    euros_per_year, avoided_tco2e_per_year
        One-off proposals count whole. Tonnes as far as known: ``not_known`` of its ``proposals``
        add nothing.
    sites, least_sites
        Sites with a proposal; the least number that was asked for.
    euros_bound
        No plan with its tonnes and its sites, or more of them, brings more euros.
    is_plan
        Whether it is the plan of the round itself.
    """

    euros_per_year: float
    avoided_tco2e_per_year: float
    sites: int
    least_sites: int
    proposals: int
    not_known: int
    euros_bound: float
    is_plan: bool

    @property
    def gap(self) -> float:
        """What is left open of the euros, as a share of them."""
        return relative_gap(self.euros_per_year, self.euros_bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness:
    """One proposal over the draws: how often it pays, and its gain in EUR a year in the worst and
    the best tenth of them.
    """

    proposal_id: str
    pays_share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyPlan:
    """The proposals of a plan over ``draws``; ``low``, ``middle``, ``high`` are the gain of all of
    them in EUR a year that one, five and nine draws in ten stay below.
    """

    draws: int
    low: float
    middle: float
    high: float
    proposals: tuple[Steadiness, ...]


class About(StrEnum):
    """What a question asks for."""

    AMOUNT = "amount"
    PRICE = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How the best plan differs from the one chosen: by id what it leaves, and what it adds."""

    left: tuple[str, ...]
    added: tuple[BriefProposal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyQuestion:
    """A figure that one firm could give, and what the plan would gain by it.

    ``low``, ``likely`` and ``high`` are units a year, or EUR a unit (what the giver pays to be rid
    of it, what the taker pays for it); one chance in ten is below ``low``, one above ``high``.
    ``worth_eur`` is the expected gain of knowing, EUR a year.
    """

    declaration_id: str
    site_id: str
    about: About
    is_offer: bool
    low: float
    likely: float
    high: float
    unit: str
    worth_eur: float
    if_low: Change
    if_high: Change

    def question(self, what: Mapping[str, str], site: str) -> Message:
        """The question in words; ``what`` is the declaration's label by language."""
        return Message(
            code=f"foresight.ask.{self.about}-{'offer' if self.is_offer else 'need'}",
            values={
                "what": what,
                "site": site,
                "low": self.low,
                "likely": self.likely,
                "high": self.high,
                "unit": self.unit,
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """All that was found; empty where it was not asked for."""

    if_refused: tuple[IfRefused, ...] = ()
    other_plans: tuple[OtherPlan, ...] = ()
    pareto: tuple[ParetoPoint, ...] = ()
    steady: SteadyPlan | None = None
    key_questions: tuple[KeyQuestion, ...] = ()
