"""A hand-made plan of a made-up territory: every kind of lead, doubt and refusal there is."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from matcher.optimise.problem import CurvePoint, SolveReport
from matcher.plan import (
    Closing,
    DeclarationView,
    Indicator,
    Message,
    MissingLink,
    Plan,
    PlanReport,
    Proposal,
    SiteStanding,
    SiteView,
    Unmatched,
)
from matcher.settings import Settings
from tests.matcher.outputs.sample_leads import INTERNAL, PROPOSALS
from tests.matcher.outputs.sample_sites import DECLARATIONS, SITES, a_reason

AS_OF = datetime.date(2026, 11, 2)

UNMATCHED = (
    Unmatched(
        declaration_id="F12-heat", site_id="F12",
        reasons=(
            a_reason("does-not-pay",
                     "Il manque 11 000 €/an : 58 000 € de gaz contre 69 000 € d’annuité.",
                     "€11,000 a year short: €58,000 of gas saved against €69,000 of annuity.",
                     11_000.0, "EUR/year"),
            a_reason("hours-apart", "Les heures ne se recouvrent pas de 20 h à 2 h.",
                     "The hours do not overlap from 20:00 to 02:00.", 6.0, "h"),
        ),
    ),
    Unmatched(
        declaration_id="F06-water", site_id="F06",
        reasons=(a_reason("too-far", "La briqueterie est à 18,6 km ; le maximum déclaré est 5 km.",
                          "The brickworks is 18.6 km away; the declared maximum is 5 km.",
                          13.6, "km"),),
    ),
    Unmatched(
        declaration_id="F04-sawdust", site_id="F04", reopen_on=datetime.date(2028, 6, 30),
        reasons=(a_reason("contract-running", "Le contrat actuel court jusqu’au 30 juin 2028.",
                          "Today’s contract runs until 30 June 2028.", 606.0, "days"),),
    ),
    Unmatched(
        declaration_id="F05-mdf", site_id="F05",
        reasons=(a_reason("permit", "La chaudière de la scierie (2910-A) ne prend pas ce bois.",
                          "The sawmill’s boiler (2910-A) does not take this wood."),),
    ),
    Unmatched(
        declaration_id="F11-battery", site_id="F11",
        reasons=(a_reason("waste-code-ended",
                          "Le code 20 01 34 n’est plus dans la liste au 9 décembre 2026.",
                          "Code 20 01 34 leaves the list on 9 December 2026."),),
    ),
    Unmatched(
        declaration_id="F07-heat", site_id="F07",
        reasons=(a_reason("amount-not-known", "Quantité inconnue : combien de MWh par an ?",
                          "The amount is not known: how many MWh a year?"),),
    ),
    Unmatched(
        declaration_id="F07-biscuit", site_id="F07",
        reasons=(a_reason("sold-well", "L’acheteur actuel paie 12 €/t de plus.",
                          "Today’s buyer pays €12 a tonne more.", 12.0, "EUR/t"),),
    ),
    Unmatched(
        declaration_id="F03-water", site_id="F03",
        reasons=(a_reason("too-far", "La conserverie est à 18,6 km ; le maximum déclaré est 5 km.",
                          "The cannery is 18.6 km away; the declared maximum is 5 km.",
                          13.6, "km"),),
    ),
)  # fmt: skip

CURVE = tuple(
    CurvePoint(proposals=count, gain=gain, bound=bound)
    for count, gain, bound in (
        (0, 0.0, 0.0), (1, 230_000.0, 230_000.0), (2, 305_000.0, 306_500.0),
        (3, 378_000.0, 382_000.0), (4, 418_000.0, 424_000.0), (5, 434_500.0, 440_000.0),
        (6, 445_400.0, 449_000.0), (8, 461_200.0, 464_900.0), (10, 463_000.0, 468_000.0),
    )
)  # fmt: skip


def a_plan(**changes: Any) -> Plan:
    """The plan, changed where a test needs it."""
    values: dict[str, Any] = {
        "input_digest": "3f" * 32,
        "settings": Settings(as_of=AS_OF, proposals=8),
        "report": PlanReport(
            solve=SolveReport(
                status="within_gap", objective=461_200.0, bound=464_900.0,
                gap=3_700.0 / 461_200.0, seconds=1.84,
            ),
            share_on_estimates=0.31, share_on_suppositions=0.036, sites=13, declarations=32,
            candidate_links=61, refused_links=418, components=3,
        ),
        "sites": {site.site_id: site for site in SITES},
        "declarations": {item.declaration_id: item for item in DECLARATIONS},
        "proposals": PROPOSALS,
        "internal": INTERNAL,
        "unmatched": UNMATCHED,
        "curve": CURVE,
        "indicators": tuple(
            Indicator(indicator=name, value=value, low=low, high=high, unit=unit, not_known=unknown)
            for name, value, low, high, unit, unknown in (
                ("proposals", 8, 8, 8, "proposals", 0),
                ("sites_with_a_proposal", 12, 12, 12, "sites", 0),
                ("gain_eur_per_year", 421_200, 243_200, 566_900, "EUR/year", 0),
                ("gain_eur_once", 40_000, 25_000, 52_000, "EUR", 0),
                ("avoided_tco2e_per_year", 711, 604, 783, "tCO2e/year", 3),
                ("avoided_tco2e_once", 38.4, 21, 52, "tCO2e", 0),
                ("diverted_t_per_year", 2590, 2250, 2610, "t/year", 1),
                ("diverted_t_once", 8000, 8000, 8000, "t", 0),
                ("energy_recovered_mwh_per_year", 2930, 2930, 2930, "MWh/year", 0),
                ("water_reused_m3_per_year", 0, 0, 0, "m3/year", 0),
                ("capex_eur", 1_365_000, 1_365_000, 1_365_000, "EUR", 0),
                ("effort_hours", 180, 180, 180, "h", 0),
            )
        ),
        "warnings": (
            {
                "fr": "flows, ligne 12 : −28 €/t avec « paie » ; lu comme un coût de 28 €/t.",
                "en": "flows, row 12: −28 €/t with “pays”; read as a cost of 28 €/t.",
            },
        ),
        "missing_links": (
            MissingLink(
                key="newcomer.35.2", kind="newcomer",
                message=Message(
                    code="outlook.newcomer",
                    values={
                        "trade": {"fr": "Gaz et biométhane", "en": "Gas and biomethane"},
                        "code": "35.2",
                        "taken": {"fr": "déchets végétaux", "en": "vegetable waste"},
                    },
                ),
                estimate=32_000.0, gain=31_000.0, at_most=34_500.0, site_ids=("F06", "F08"),
            ),
        ),
        "resilience": (
            SiteStanding(
                site_id="F01", leads=3, gain_eur=305_000.0, share=0.66, betweenness=0.4, pieces=3,
                is_anchor=True,
                closing=Closing(falling=305_000.0, lost=290_000.0, lost_at_least=250_000.0),
            ),
            SiteStanding(
                site_id="F10", leads=2, gain_eur=24_700.0, share=0.05, betweenness=0.0, pieces=1,
                is_anchor=False,
                closing=Closing(falling=24_700.0, lost=24_700.0, lost_at_least=24_700.0),
            ),
        ),
    }  # fmt: skip
    return Plan(**(values | changes))


def a_large_plan(site_count: int) -> Plan:
    """The same leads over and over, on sites with long names: for legibility and speed."""
    sites: dict[str, SiteView] = {}
    proposals: list[Proposal] = []
    declarations: dict[str, DeclarationView] = {}
    copies = -(-site_count // 12)
    for copy in range(copies):
        east, north = (copy % 3) * 0.9, (copy // 3) * 0.7
        for site in SITES[: min(12, site_count - 12 * copy)]:
            new_id = f"{site.site_id}.{copy}"
            sites[new_id] = replace(
                site,
                site_id=new_id,
                firm_id=new_id,
                name=f"{site.name} {copy + 1}" if copy else site.name,
                latitude=(site.latitude or 46.9) + north / 10,
                longitude=(site.longitude or -1.0) + east / 10,
                cluster=None if site.cluster is None else site.cluster + 4 * copy,
            )
        for item in DECLARATIONS:
            new_id = f"{item.site_id}.{copy}"
            if new_id in sites:
                declarations[f"{item.declaration_id}.{copy}"] = replace(
                    item, declaration_id=f"{item.declaration_id}.{copy}", site_id=new_id
                )
        for proposal in PROPOSALS:
            parties = tuple(
                replace(
                    party,
                    site_id=f"{party.site_id}.{copy}",
                    declaration_id=f"{party.declaration_id}.{copy}",
                )
                for party in proposal.parties
            )
            if all(party.site_id in sites for party in parties):
                proposals.append(
                    replace(proposal, proposal_id=f"{proposal.proposal_id}.{copy}", parties=parties)
                )
    return a_plan(
        sites=sites,
        declarations=declarations,
        proposals=tuple(proposals),
        internal=(),
        unmatched=(),
    )
