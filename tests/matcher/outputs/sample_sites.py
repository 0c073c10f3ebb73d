"""The sites of a made-up territory, and what they declared."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.plan import (
    Audience,
    DeclarationView,
    Message,
    Reason,
    SiteView,
)
from matcher.wording import Language


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
