"""Bundles: the group candidates of a round, and what refused the others.

A **bundle** is a shared machine, a shared job or a common purchase that the plan takes whole or not
at all. Builders make them, one a kind, each a function ``build_x(survey, catalogue, settings) ->
Bundles`` in ``matcher/groups``; ``optimise/assembly`` puts them beside the links of the exchange,
and one optimisation chooses among all. What a builder does:

- It gives every bundle that could be worth a call, reckoned in full: value above 0, nobody below
  doing nothing, every gate passed. Some thousands at most; it leaves out what another bundle of
  the same declarations dominates, and says of what else it leaves out what that could bring at most
  (:class:`LeftOut`), so that the plan can say what is lost by it.
- What bundles compete for are **claims**: ``(what, declaration_id, ...)`` -> amount used, in any
  unit, against one ``limits`` entry of the same key. ``("need", job_id): 1.0`` under a limit of 1
  says that a need is met once; ``("hours", item_id, "03"): 14.0`` under 90 that a machine has 90 h
  in March. The second word is the declaration whose room it is: "pourquoi non" names it. Attention
  of sites and firms, the number of proposals and the hours of animation are not claims: the
  portfolio counts them from ``members`` and ``effort_hours``.
- Every pair or group that fails a gate is a **refusal**, one a declaration that it leaves without:
  the nearest misses are enough. Its reason is a sentence of the builder's own catalogue
  (``locales/*/sharing.toml``, ``hiring.toml``, ``pooling.toml``), for the agent; a firm never reads
  it. ``Gate`` gives the order in which misses are told: what is mended most easily first.
- Sentences are :class:`Message`; points of law are **conditions** of ``legal_checks.csv``; figures
  of ours are keys of ``factors.csv``. Nothing is decided, nothing frozen in one language.
- Same survey, same bundles in the same order, whatever the order of rows.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, auto

from matcher.terms import Confidence, Delay, Message, ProposalKind, Range, Reason, Role

ClaimKey = tuple[str, ...]
"""What is claimed, the declaration whose room it is, and what tells its rooms apart."""


class Gate(IntEnum):
    """What refused a group, what is mended most easily first; new gates go where they belong."""

    DOES_NOT_PAY = auto()
    NOT_KNOWN = auto()  # a figure that somebody has to be asked for
    CONTRACT_RUNNING = auto()
    CERTIFICATE = auto()
    TENURE = auto()
    LICENCE = auto()
    MODE = auto()
    SPECIFICATION = auto()
    NOT_DECIDED_HERE = auto()
    LOT = auto()  # too few, too little
    LOAD = auto()  # a job that would not be filled
    FIRST_EMPLOYER = auto()  # a job that nobody needs enough of to lead it
    LEAVE = auto()  # a job whose leave fits nowhere
    MONTHLY_DAYS = auto()
    YEARLY_HOURS = auto()  # a job beyond what one person may work in a year
    MONTHLY_HOURS = auto()
    DOMINANT = auto()  # one member would use so much that it should do it alone
    SHIFT = auto()
    CAPACITY = auto()
    MONTHS_APART = auto()
    TOO_FAR = auto()
    REFUSED = auto()  # one of them said no in an earlier round
    EXCLUDED = auto()
    ALONE = auto()  # nobody else declared anything like it


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One site's part in a bundle.

    ``gain`` in EUR a year (in all for a one-off) against today; ``amount_by_month`` twelve values
    in the bundle's unit; ``capex_eur`` what it has to invest; ``inferred``: its declaration is
    supposed, not said.
    """

    site_id: str
    declaration_id: str
    role: Role
    gain: Range
    amount_by_month: tuple[float, ...]
    capex_eur: float = 0.0
    inferred: bool = False

    def __post_init__(self) -> None:
        if len(self.amount_by_month) != 12:
            raise ValueError(f"{self.declaration_id}: amount_by_month must have twelve values.")
        if self.gain.value is None:
            raise ValueError(f"{self.declaration_id}: a member's gain must be known.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that a reader of this kind of lead looks for: the load of a job, leave by month.

    ``code`` is a sentence's id (``hiring.figure.load``) with the field ``value``; ``by_month`` has
    twelve values or none; ``site_id`` when it is one member's own (load if that one leaves).
    """

    code: str
    value: float
    unit: str
    site_id: str | None = None
    by_month: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A group candidate, taken whole or not at all; see the module's docstring.

    Attributes
    ----------
    kind, object
        Sharing with a key of ``equipment_classes.csv``, hiring with a ROME code, pooling with a
        key of ``service_categories.csv``.
    form, instrument
        ``form``: contract, three_party_agreement, group. ``instrument``: what would be signed, an
        id under ``proposal.instrument`` of the catalogues.
    members
        Two or more, the host, pilot or carrier first; their gains add up to ``value``.
    amount_per_year, unit
        Hours, m2 x months, places, EUR …: what is shared in a year, in all.
    value
        EUR a year that the group gains against today, everything paid; its ends move amounts and
        prices together.
    effort_hours
        Hours of animation that the EPCI spends until agreement.
    price_low, fair_price, price_high
        EUR a unit from user to host between which both gain, where it makes sense.
    claims
        See above; amounts are not negative.
    facts
        Why this group, for reading: ``reasons`` of the proposal.
    conditions
        Points of law that hold, as ``legal_checks.csv`` spells its conditions.
    gain_of_part
        EUR a year that some of the members, by declaration id, would gain as a smaller group of
        their own, reckoned anew; 0 or less where they could not. None where there is nothing to
        share out: a pair has its price, and the law sets that of a loan of staff.
    """

    kind: ProposalKind
    object: str
    form: str
    instrument: str
    members: tuple[Member, ...]
    amount_per_year: float
    unit: str
    value: Range
    distance_km: float
    effort_hours: float
    delay: Delay
    first_step: Message
    confidence: Confidence
    confidence_reasons: tuple[Message, ...]
    one_off: bool = False
    price_low: float | None = None
    fair_price: float | None = None
    price_high: float | None = None
    avoided_tco2e_per_year: Range = field(default_factory=lambda: Range(value=None))
    claims: Mapping[ClaimKey, float] = field(default_factory=dict)
    facts: tuple[Reason, ...] = ()
    figures: tuple[Figure, ...] = ()
    questions: tuple[Message, ...] = ()
    conditions: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    gain_of_part: Callable[[frozenset[str]], float] | None = field(
        default=None, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        who = self.declaration_ids
        if self.kind is ProposalKind.EXCHANGE or len(self.members) < 2:
            raise ValueError(
                f"{who}: a bundle shares, hires or pools, and has two members at least."
            )
        if self.value.value is None or not math.isfinite(self.value.value):
            raise ValueError(f"{who}: a bundle's value must be known.")
        gained = sum(member.gain.value or 0.0 for member in self.members)
        if abs(gained - self.value.value) > 1e-6 * max(1.0, abs(self.value.value)):
            raise ValueError(f"{who}: members gain {gained}, the bundle {self.value.value}.")
        if any(not (math.isfinite(used) and used >= 0) for used in self.claims.values()):
            raise ValueError(f"{who}: claims must be finite and not negative.")

    @property
    def declaration_ids(self) -> tuple[str, ...]:
        """The declarations that it uses, in the order of its members."""
        return tuple(member.declaration_id for member in self.members)

    @property
    def site_ids(self) -> tuple[str, ...]:
        """The sites that it touches, each once."""
        return tuple(dict.fromkeys(member.site_id for member in self.members))

    @property
    def worth(self) -> float:
        """EUR a year, as a number."""
        return self.value.value or 0.0

    @property
    def is_credible(self) -> bool:
        """Whether every member gains and the confidence is at least medium."""
        return self.confidence is not Confidence.LOW and all(
            (member.gain.value or 0.0) > 0 for member in self.members
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRefusal:
    """Why one declaration is in no bundle with some others, or in none at all.

    ``reason.gap`` says by how much the gate is missed, in ``reason.unit``; ``reopen_on`` when a
    date alone is in the way.
    """

    declaration_id: str
    gate: Gate
    reason: Reason
    others: tuple[str, ...] = ()
    reopen_on: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Groups that a builder did not make, of which no more is known than what they could bring.

    Attributes
    ----------
    hub
        The declaration that is in all of them (a host, a carrier), if any.
    worth
        By declaration, the most that it adds to any of them, EUR a year.
    beyond
        One of these is in each of them.
    most
        Declarations besides the hub, at most.
    cost
        EUR a year that each of them costs, whoever is in it.
    at_once
        How many of them one plan could take.
    """

    hub: str | None
    worth: Mapping[str, float]
    beyond: frozenset[str]
    most: int
    at_once: int
    cost: float = 0.0

    def best(self, price: Callable[[str], float], place: float) -> float:
        """The most that some of them, one at least, could bring beyond what their declarations and
        their ``place`` among the proposals cost: what a declaration adds, it adds once in all.
        """
        net = {name: worth - price(name) for name, worth in self.worth.items()}
        first = sorted((net[name] for name in self.beyond), reverse=True)
        others = sorted((max(each, 0.0) for each in net.values()), reverse=True)
        each = self.cost + place + (0.0 if self.hub is None else price(self.hub))
        return max(
            sum(first[:count]) + sum(others[: count * (self.most - 1)]) - count * each
            for count in range(1, min(self.at_once, len(first)) + 1)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundles:
    """What one builder found, or all of them together."""

    bundles: tuple[Bundle, ...] = ()
    limits: Mapping[ClaimKey, float] = field(default_factory=dict)
    refusals: tuple[GroupRefusal, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def __post_init__(self) -> None:
        claimed = {key for bundle in self.bundles for key in bundle.claims}
        unlimited = sorted(claimed - set(self.limits))
        if unlimited:
            raise ValueError(f"{unlimited[0]} is claimed and has no limit.")

    @classmethod
    def joined(cls, parts: Iterable[Bundles]) -> Bundles:
        """All builders' finds as one; a key of ``limits`` belongs to one builder."""
        parts = tuple(parts)
        limits: dict[ClaimKey, float] = {}
        for part in parts:
            shared = sorted(set(limits) & set(part.limits))
            if shared:
                raise ValueError(f"{shared[0]} is limited twice.")
            limits.update(part.limits)
        return cls(
            bundles=tuple(bundle for part in parts for bundle in part.bundles),
            limits=limits,
            refusals=tuple(refusal for part in parts for refusal in part.refusals),
            left_out=tuple(each for part in parts for each in part.left_out),
        )
