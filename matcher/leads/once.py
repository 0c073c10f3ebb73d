"""What a lead pays together with others between the same two sites, said on each of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from matcher.catalogue import Catalogue
from matcher.optimise.assembly import Assembly
from matcher.optimise.problem import Bools
from matcher.optimise.ways import WayKind
from matcher.plan import Audience, Message, Proposal, Reason
from matcher.wording import LANGUAGES

_WORTH_SAYING_EUR = 0.5


def with_what_is_paid_once(
    written: Mapping[int, Proposal], assembly: Assembly, is_open: Bools, catalogue: Catalogue
) -> dict[int, Proposal]:
    """The exchanges, by link, with what each saves beside which other lead, and what it would bring
    alone; one that would bring nothing alone depends on the others.
    """
    ways = assembly.ways
    saved = {
        kind: ways.saved(is_open, np.where(ways.is_of(kind), ways.eur, 0.0))
        for kind in (WayKind.TRENCH, WayKind.FOLLOW_UP)
    }
    told = dict(written)
    for link, proposal in written.items():
        spared = {kind: float(eur[link]) for kind, eur in saved.items()}
        if sum(spared.values()) < _WORTH_SAYING_EUR:
            continue
        others = [written[at] for at in ways.beside(link, is_open).tolist() if at in written]
        alone = (proposal.gain_eur_per_year.value or 0.0) - sum(spared.values())
        values = {"others": _named(others, catalogue), "alone": alone}
        reasons = tuple(
            Reason(
                message=Message(code=f"reasons.once-{kind}", values={**values, "saved": eur}),
                audience=Audience.AGENT,
                gap=eur,
                unit="EUR/year",
            )
            for kind, eur in spared.items()
            if eur >= _WORTH_SAYING_EUR
        )
        told[link] = dataclasses.replace(
            proposal,
            reasons=(*proposal.reasons, *reasons),
            depends_on=tuple(other.proposal_id for other in others)
            if alone <= 0
            else proposal.depends_on,
        )
    return told


def _named(others: list[Proposal], catalogue: Catalogue) -> dict[str, str]:
    """The other leads by what they move."""
    return {
        language: ", ".join(
            sorted(catalogue.resources[other.object].label(language) for other in others)
        )
        for language in LANGUAGES
    }
