"""A hand-made plan of a made-up territory: every kind of lead, doubt and refusal there is."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any

from matcher.optimise.problem import CurvePoint, SolveReport
from matcher.plan import (
    Audience,
    Check,
    CheckSeverity,
    Confidence,
    DeclarationView,
    Delay,
    FactorUsed,
    Indicator,
    Message,
    Party,
    Plan,
    PlanReport,
    Proposal,
    ProposalKind,
    Range,
    Reason,
    Role,
    SiteView,
    Unmatched,
)
from matcher.settings import Settings
from matcher.wording import Language

AS_OF = datetime.date(2026, 11, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Message):
    """A sentence that carries its own words, so that no catalogue has to know this plan."""

    def text(self, language: Language) -> str:
        return str(self.values[language])


def said(code: str, fr: str, en: str) -> Message:
    return Said(code=code, values={"fr": fr, "en": en})


def a_reason(
    code: str, fr: str, en: str, gap: float | None = None, unit: str | None = None
) -> Reason:
    return Reason(
        message=said(f"explain.{code}", fr, en), audience=Audience.AGENT, gap=gap, unit=unit
    )


def _site(
    site_id: str,
    name: str,
    x: float,
    y: float,
    activity: str,
    *,
    kind: str = "firm",
    cluster: int | None = None,
    t: float | None = None,
    mwh: float | None = None,
    m3: float | None = None,
    firm: str | None = None,
    placed: bool = True,
) -> SiteView:
    return SiteView(
        site_id=site_id,
        name=name,
        firm_id=firm or site_id,
        kind=kind,
        latitude=46.90 + y / 111.2 if placed else None,
        longitude=-1.00 + x / 76.0 if placed else None,
        commune_code=None,
        park=None,
        activity_code=activity,
        cluster=cluster,
        flow_t_per_year=t,
        flow_mwh_per_year=mwh,
        flow_m3_per_year=m3,
    )


SITES = (
    _site("F01", "Fonderie Maurel-Sorin", 0, 0, "24.51Z", cluster=1, t=2400, mwh=4500),
    _site("F02", "Salaisons Bellanoue", 0.9, 0.5, "10.13A", cluster=1, t=620, mwh=3200),
    _site("F03", "Briqueterie des Rouges-Terres", 11, 5, "23.32Z", cluster=1, t=7100, m3=12000),
    _site("F04", "Scierie Gaborieau", -7, 8, "16.10A", cluster=2, t=3300),
    _site("F05", "Menuiseries Larchat", -5, -6, "16.23Z", cluster=2, t=480),
    _site("F06", "Conserverie Pellerault", 14, -9, "10.39A", cluster=3, t=3800, m3=60000),
    _site("F07", "Biscuiterie Cœur-d'Alise", 10, -7, "10.72Z", cluster=3, t=310),
    _site("F08", "Agri-Métha du Grand Chêne", 12, -13, "35.21Z", cluster=3, t=17000, mwh=600),
    _site("F09", "Mécanique Orsève", 8, 2, "25.62B", cluster=4, t=60),
    _site("F10", "Moulages Tessonnet", 9, 3.2, "22.29A", cluster=4, t=95),
    _site("F11", "Transports-Entrepôts Brossard-Guéry", 4, -1, "52.10B", cluster=4, t=240),
    _site("F12", "Centre aquatique des Alisiers", 0.3, -0.6, "93.11Z", kind="public", cluster=1,
          t=8000, mwh=1100),
    _site("F13", "=HYPERLINK(\"x\") Friche du Moulin & <Fils>", 3, 3, "", kind="vacant",
          placed=False),
)  # fmt: skip


def _declaration(
    declaration_id: str,
    fr: str,
    en: str,
    direction: str,
    family: str,
    amount: float | None,
    unit: str | None,
    *,
    basis: str | None = "invoice",
    table: str = "flows",
    site_id: str | None = None,
) -> DeclarationView:
    return DeclarationView(
        declaration_id=declaration_id,
        site_id=site_id or declaration_id.split("-")[0],
        table=table,
        direction=direction,
        label={"fr": fr, "en": en},
        family=family,
        amount=amount,
        unit=unit,
        basis=basis,
        secrecy="blind",
    )


DECLARATIONS = (
    _declaration("F01-heat", "Chaleur fatale, eau à 85 °C", "Waste heat, water at 85 °C", "offer",
                 "energy", 4500, "MWh", basis="measured"),
    _declaration("F01-sand", "Sable de fonderie", "Foundry sand", "offer", "matter", 2400, "t"),
    _declaration("F02-heat", "Chaleur à 60 °C", "Heat at 60 °C", "need", "energy", 3200, "MWh"),
    _declaration("F02-c3", "Sous-produits animaux C3", "Animal by-products C3", "offer", "matter",
                 620, "t"),
    _declaration("F03-sand", "Sable", "Sand", "need", "matter", 6000, "t"),
    _declaration("F03-earth", "Terre de remblai", "Backfill earth", "need", "matter", 20000, "t"),
    _declaration("F03-water", "Eau de process", "Process water", "need", "water", 12000, "m3"),
    _declaration("F04-chips", "Plaquettes de bois propre", "Clean wood chips", "need", "matter",
                 700, "t"),
    _declaration("F04-sawdust", "Sciure", "Sawdust", "offer", "matter", 2600, "t"),
    _declaration("F05-offcuts", "Chutes de bois massif", "Solid wood offcuts", "offer", "matter",
                 190, "t", basis="estimate"),
    _declaration("F05-mdf", "Chutes de MDF et de mélaminé", "MDF and melamine offcuts", "offer",
                 "matter", 290, "t"),
    _declaration("F05-store", "Local de stockage, 500 m²", "Storage, 500 m²", "need", "equipment",
                 500, "m2", table="equipment"),
    _declaration("F05-job", "Animateur sécurité", "Safety officer", "need", "jobs", 540, "h",
                 table="jobs"),
    _declaration("F06-veg", "Déchets végétaux", "Vegetable waste", "offer", "matter", 3800, "t"),
    _declaration("F06-water", "Eaux de lavage", "Wash water", "offer", "water", 60000, "m3"),
    _declaration("F07-biscuit", "Déchets de biscuiterie", "Biscuit waste", "offer", "matter", 310,
                 "t"),
    _declaration("F07-heat", "Chaleur de cuisson, fumées", "Oven flue heat", "offer", "energy",
                 None, "MWh", basis="inferred"),
    _declaration("F08-plant", "Matière végétale", "Plant matter", "need", "matter", 9000, "t"),
    _declaration("F09-mmt", "Machine à mesurer (MMT), 90 h/mois", "Measuring machine, 90 h/month",
                 "offer", "equipment", 1080, "h", table="equipment"),
    _declaration("F10-mmt", "Machine à mesurer (MMT), 14 h/mois", "Measuring machine, 14 h/month",
                 "need", "equipment", 168, "h", table="equipment"),
    _declaration("F10-pallets", "Palettes", "Pallets", "need", "matter", 66, "t"),
    _declaration("F10-job", "Animateur sécurité", "Safety officer", "need", "jobs", 336, "h",
                 table="jobs"),
    _declaration("F11-pallets", "Palettes d’occasion", "Used pallets", "offer", "matter", 209, "t",
                 basis="inferred"),
    _declaration("F11-store", "Entrepôt, 1 200 m²", "Warehouse, 1,200 m²", "offer", "equipment",
                 1200, "m2", table="equipment"),
    _declaration("F11-battery", "Piles et accumulateurs", "Batteries", "offer", "matter", 2.4, "t"),
    _declaration("F11-caces", "CACES R489, 4 places", "Forklift training, 4 seats", "need",
                 "services", 4, "places", table="pools"),
    _declaration("F02-caces", "CACES R489, 5 places", "Forklift training, 5 seats", "need",
                 "services", 5, "places", table="pools"),
    _declaration("F05-caces", "CACES R489, 6 places", "Forklift training, 6 seats", "need",
                 "services", 6, "places", table="pools"),
    _declaration("F12-earth", "Terre excavée", "Excavated earth", "offer", "matter", 8000, "t"),
    _declaration("F12-heat", "Chaleur à 45 °C", "Heat at 45 °C", "need", "energy", 1100, "MWh"),
    _declaration("F01-job", "Animateur sécurité", "Safety officer", "need", "jobs", 460, "h",
                 table="jobs"),
    _declaration("F01-chips", "Chutes de bois d’emballage", "Packaging wood", "offer", "matter",
                 12, "t"),
)  # fmt: skip

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
                          "Today’s buyer pays €12 a tonne more.", 12.0, "EUR/unit"),),
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
