"""The leads of the hand-made plan: every kind there is, with reasons, doubts and steps."""

from __future__ import annotations

from typing import Any

from matcher.candidates.bundles import Figure
from matcher.plan import (
    Check,
    CheckSeverity,
    Confidence,
    Delay,
    FactorUsed,
    Party,
    Proposal,
    ProposalKind,
    Range,
    Role,
)
from matcher.shares import CoreGap, GroupShares
from tests.matcher.outputs.sample_sites import a_reason, said

ALL_YEAR = (1.0,) * 12
NO_AUGUST = (1.0,) * 7 + (0.0,) + (1.0,) * 4


def a_party(
    declaration_id: str,
    role: Role,
    gain: float,
    total: float,
    shape: tuple[float, ...] = ALL_YEAR,
    *,
    spread: float = 0.25,
    inferred: bool = False,
    capex: float = 0.0,
    site_id: str | None = None,
) -> Party:
    return Party(
        site_id=site_id or declaration_id.split("-")[0],
        declaration_id=declaration_id,
        role=role,
        gain_eur_per_year=gain,
        gain_low=gain * (1 - spread),
        gain_high=gain * (1 + spread),
        amount_by_month=tuple(total * share / sum(shape) for share in shape),
        inferred=inferred,
        capex_eur=capex,
    )


HAULAGE = FactorUsed(
    factor="haulage.road", value=0.13, unit="EUR/(t.km)", year=2024,
    source="Jugement d’ingénieur : semi-remorque pleine, retour à vide compris",
)  # fmt: skip
LANDFILL = FactorUsed(
    factor="disposal.landfill", value=98.0, unit="EUR/t", year=2026,
    source="Prix déclaré par l’entreprise", overridden=True,
)  # fmt: skip
GAS = FactorUsed(
    factor="emission.natural-gas", value=0.227, unit="tCO2e/MWh", year=2023,
    source="Base Empreinte, ADEME",
)  # fmt: skip

BY_PRODUCT = Check(
    code="waste-status",
    question={
        "fr": "Le sable peut-il être tenu pour un sous-produit, ou reste-t-il un déchet ?",
        "en": "Can the sand be held to be a by-product, or does it remain waste?",
    },
    article="Code de l’environnement, art. L. 541-4-2",
    article_date="2020-02-12",
    severity=CheckSeverity.TO_CLEAR,
    who="agent",
    before="first_delivery",
)
PHENOL = Check(
    code="phenol",
    question={
        "fr": "L’indice phénol est-il au plus de 5 mg/kg ?",
        "en": "Is the phenol index at most 5 mg/kg?",
    },
    article="Guide Cerema sur les matériaux alternatifs",
    article_date="",
    severity=CheckSeverity.BLOCKING,
    who="giver",
    before="visit",
)
TRENCH = Check(
    code="trench",
    question={
        "fr": "La tranchée passe-t-elle sous une voie départementale ?",
        "en": "Does the trench cross a departmental road?",
    },
    article="Code de la voirie routière, art. L. 113-2",
    article_date="2022-02-23",
    severity=CheckSeverity.INFORMATION,
    who="Le Département",
    before="l’étude de faisabilité",
)


def a_proposal(proposal_id: str, **changes: Any) -> Proposal:
    """An exchange of foundry sand, changed where a test needs it."""
    values: dict[str, Any] = {
        "proposal_id": proposal_id,
        "kind": ProposalKind.EXCHANGE,
        "object": "foundry_sand",
        "delivered_object": "sand",
        "process": (),
        "parties": (
            a_party("F01-sand", Role.GIVER, 148_000, 2400, NO_AUGUST),
            a_party("F03-sand", Role.TAKER, 82_000, 2400, NO_AUGUST),
        ),
        "amount_per_year": 2400.0,
        "unit": "t",
        "delivered_per_year": 2400.0,
        "delivered_unit": "t",
        "one_off": False,
        "distance_km": 15.7,
        "price_low": -80.0,
        "fair_price": -31.5,
        "price_high": 8.0,
        "gain_eur_per_year": Range(value=230_000, low=168_000, high=291_000),
        "avoided_tco2e_per_year": Range(value=38.4, low=21.0, high=52.0),
        "diverted_t_per_year": Range(value=2400, low=2100, high=2400),
        "axis": "innover",
        "form": "contract",
        "instrument": "supply_contract",
        "effort_hours": 12.0,
        "delay": Delay.UNDER_3_MONTHS,
        "capex_eur": 0.0,
        "first_step": said(
            "explain.first-step.visit",
            "Appeler la briqueterie et proposer une visite avec un seau de sable analysé.",
            "Call the brickworks and offer a visit with a bucket of analysed sand.",
        ),
        "questions": (
            said("explain.question.analysis", "De quand date la dernière analyse du sable ?",
                 "When was the sand last analysed?"),
        ),
        "factors": (HAULAGE, LANDFILL),
        "reasons": (
            a_reason("landfill-saved",
                     "La fonderie paie aujourd’hui 98 €/t pour l’enfouissement.",
                     "The foundry pays €98 a tonne for landfill today."),
            a_reason("near", "La briqueterie achète 6 000 t de sable à 15,7 km.",
                     "The brickworks buys 6,000 t of sand 15.7 km away."),
        ),
        "checks": (BY_PRODUCT, PHENOL),
        "confidence": Confidence.HIGH,
        "confidence_reasons": (
            said("explain.confidence.invoice", "Les deux quantités viennent de factures.",
                 "Both amounts come from invoices."),
        ),
        "inferred": False,
        "alternatives": ("F03-earth",),
    }  # fmt: skip
    return Proposal(**(values | changes))


PROPOSALS = (
    a_proposal("p-sand"),
    a_proposal(
        "p-heat",
        object="heat_medium",
        delivered_object="heat_low",
        parties=(
            a_party("F01-heat", Role.GIVER, 24_000, 2930, NO_AUGUST, capex=120_000),
            a_party("F02-heat", Role.TAKER, 49_000, 2930, NO_AUGUST, capex=1_236_000),
        ),
        amount_per_year=2930.0, unit="MWh", delivered_per_year=2930.0, delivered_unit="MWh",
        distance_km=1.34,
        price_low=9.0, fair_price=17.2, price_high=25.4,
        gain_eur_per_year=Range(value=73_000, low=-8_000, high=128_000),
        avoided_tco2e_per_year=Range(value=665, low=580, high=720),
        diverted_t_per_year=Range(value=0, low=0, high=0),
        axis="innover", form="contract", instrument="heat_supply_contract", effort_hours=120.0,
        delay=Delay.MORE, capex_eur=1_356_000.0,
        first_step=said("explain.first-step.study",
                        "Réunir les deux sites, demander une note d’opportunité.",
                        "Bring the two sites together and ask for a first study."),
        questions=(
            said("explain.question.hours", "Le lavage de nuit peut-il être décalé au matin ?",
                 "Could night washing move to the morning?"),
            said("explain.question.storage", "Y a-t-il la place d’un ballon de 80 m³ ?",
                 "Is there room for an 80 m³ tank?"),
        ),
        factors=(GAS,),
        reasons=(a_reason("gas-saved", "Elle remplacerait onze mois de gaz à 62 €/MWh.",
                          "Lost heat would replace eleven months of gas at €62/MWh."),),
        checks=(TRENCH,),
        confidence=Confidence.MEDIUM,
        confidence_reasons=(
            said("explain.confidence.capex",
                 "L’investissement n’est connu qu’à 30 % près ; au plus bas, la piste ne paie pas.",
                 "The investment is known within 30 % only; at worst the lead does not pay."),
        ),
        alternatives=("F12-heat",),
    ),
    a_proposal(
        "p-veg", object="vegetable_waste", delivered_object="plant_matter",
        parties=(
            a_party("F06-veg", Role.GIVER, 52_000, 2500, (0,) * 5 + (1,) * 5 + (0,) * 2),
            a_party("F08-plant", Role.TAKER, 23_000, 2500, (0,) * 5 + (1,) * 5 + (0,) * 2),
        ),
        amount_per_year=2500.0, delivered_per_year=2500.0, distance_km=5.8,
        price_low=-18.0, fair_price=-6.4, price_high=5.0,
        gain_eur_per_year=Range(value=75_000, low=61_000, high=88_000),
        avoided_tco2e_per_year=Range(value=None),
        diverted_t_per_year=Range(value=None),
        effort_hours=10.0, checks=(), factors=(HAULAGE,),
        reasons=(a_reason("months-bind", "De juin à octobre, le méthaniseur prend 500 t par mois.",
                          "From June to October the digester takes 500 t a month."),),
        alternatives=(),
    ),
    a_proposal(
        "p-pallets", object="pallets", delivered_object="pallets",
        parties=(
            a_party("F11-pallets", Role.GIVER, 6_500, 66, inferred=True, spread=0.6),
            a_party("F10-pallets", Role.TAKER, 10_000, 66, spread=0.6),
        ),
        amount_per_year=66.0, delivered_per_year=66.0, distance_km=8.4,
        price_low=65.0, fair_price=190.0, price_high=320.0,
        gain_eur_per_year=Range(value=16_500, low=4_100, high=24_000),
        avoided_tco2e_per_year=Range(value=3.1, low=1.0, high=5.0),
        diverted_t_per_year=Range(value=0, low=0, high=0),
        effort_hours=4.0, checks=(), inferred=True, confidence=Confidence.LOW,
        confidence_reasons=(
            said("explain.confidence.inferred",
                 "Le gisement de palettes est supposé d’après l’activité : à confirmer d’abord.",
                 "The supply of pallets is supposed from the activity: confirm it first."),
        ),
        alternatives=(),
    ),
    a_proposal(
        "p-wood", object="solid_wood_offcuts", delivered_object="wood_chips",
        process=("chipping",),
        parties=(
            a_party("F05-offcuts", Role.GIVER, 6_200, 190),
            a_party("F11-store", Role.PROCESSOR, 1_100, 190),
            a_party("F04-chips", Role.TAKER, 3_600, 180),
        ),
        amount_per_year=190.0, delivered_per_year=180.5, distance_km=22.4,
        price_low=-20.0, fair_price=2.5, price_high=24.0,
        gain_eur_per_year=Range(value=10_900, low=7_200, high=14_800),
        avoided_tco2e_per_year=Range(value=4.4, low=2.2, high=6.1),
        diverted_t_per_year=Range(value=190, low=150, high=210),
        delay=Delay.MONTHS_3_TO_12, capex_eur=9_000.0, checks=(), confidence=Confidence.MEDIUM,
        depends_on=("p-mmt",), alternatives=(),
    ),
    a_proposal(
        "p-earth", object="excavated_earth", delivered_object="backfill_earth", one_off=True,
        parties=(
            a_party("F12-earth", Role.GIVER, 31_000, 8000, (0, 0, 1, 1) + (0,) * 8),
            a_party("F03-earth", Role.TAKER, 9_000, 8000, (0, 0, 1, 1) + (0,) * 8),
        ),
        amount_per_year=8000.0, delivered_per_year=8000.0, distance_km=16.4,
        price_low=-12.0, fair_price=-7.5, price_high=-3.0,
        gain_eur_per_year=Range(value=40_000, low=25_000, high=52_000),
        diverted_t_per_year=Range(value=8000, low=8000, high=8000), alternatives=(),
    ),
    a_proposal(
        "p-mmt", kind=ProposalKind.SHARING, object="measuring_machine",
        delivered_object="measuring_machine",
        parties=(
            a_party("F09-mmt", Role.HOST, 4_100, 168),
            a_party("F10-mmt", Role.USER, 3_500, 168),
        ),
        amount_per_year=168.0, unit="h", delivered_per_year=168.0, delivered_unit="h",
        distance_km=2.0, price_low=75.0, fair_price=92.0, price_high=118.0,
        gain_eur_per_year=Range(value=7_600, low=5_900, high=9_100),
        avoided_tco2e_per_year=Range(value=None), diverted_t_per_year=Range(value=0, low=0, high=0),
        axis="simplifier", form="sharing", checks=(), factors=(), alternatives=(),
    ),
    a_proposal(
        "p-job", kind=ProposalKind.HIRING, object="H1303", delivered_object="H1303",
        parties=(
            a_party("F01-job", Role.EMPLOYER, 2_900, 460, NO_AUGUST),
            a_party("F05-job", Role.EMPLOYER, 3_100, 540),
            a_party("F10-job", Role.EMPLOYER, 2_200, 336),
        ),
        amount_per_year=1336.0, unit="h", delivered_per_year=1336.0, delivered_unit="h",
        distance_km=11.2, price_low=None, fair_price=None, price_high=None,
        gain_eur_per_year=Range(value=8_200, low=5_000, high=11_000),
        avoided_tco2e_per_year=Range(value=None), diverted_t_per_year=Range(value=0, low=0, high=0),
        axis="recruter", form="hiring", delay=Delay.MONTHS_3_TO_12, checks=(), factors=(),
        alternatives=(),
        figures=(
            Figure(code="hiring.figure.load", value=0.83, unit="share"),
            Figure(code="hiring.figure.rate", value=29.5, unit="EUR/h"),
            Figure(code="hiring.figure.load-without", value=0.54, unit="share", site_id="F01"),
            Figure(code="hiring.figure.load-without", value=0.5, unit="share", site_id="F05"),
            Figure(code="hiring.figure.load-without", value=0.62, unit="share", site_id="F10"),
        ),
        shares=GroupShares(
            total=8_200.0,
            share={"F01-job": 3_300.0, "F05-job": 3_300.0, "F10-job": 1_600.0},
            shapley={"F01-job": 3_100.0, "F05-job": 3_100.0, "F10-job": 2_000.0},
            shapley_error=dict.fromkeys(("F01-job", "F05-job", "F10-job"), 0.0),
            core=CoreGap(excess=-400.0, coalition=frozenset({"F10-job"}), is_proved=True),
            usual_core=CoreGap(
                excess=600.0, coalition=frozenset({"F01-job", "F05-job"}), is_proved=True
            ),
        ),
    ),
)  # fmt: skip

INTERNAL = (
    a_proposal(
        "p-inside", object="packaging_wood",
        parties=(
            a_party("F01-chips", Role.GIVER, 900, 12),
            a_party("F04-chips", Role.TAKER, 300, 12),
        ),
        amount_per_year=12.0, delivered_per_year=12.0,
        gain_eur_per_year=Range(value=1_200, low=900, high=1_500),
    ),
)  # fmt: skip
