"""A firm's answers: kept as they are typed, whatever the browser; nothing unsaid becomes a zero."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.webapp.world import Visitor, World
from webapp.db import transaction
from webapp.mapping.card_shapes import SHAPES, fitted
from webapp.mapping.suppositions import suppositions
from webapp.mapping.typed import key_of, said_sum, shown_values, typed_row
from webapp.models import Account, AuditLine, Declaration, Response, Site
from webapp.operations import scope
from webapp.texts import texts

FIRM, COLLEAGUE = "contact@f10.example", "rh@f10.example"
JSON = {"Accept": "application/json"}


def sheet_of(world: World, visitor: Visitor) -> str:
    """F10's sheet in the round that is open, the charter signed."""
    session = world.rows()
    response = session.scalar(
        select(Response)
        .join(Site)
        .where(Site.name == "Moulages Tessonnet", Response.state != "submitted")
    )
    session.close()
    visitor.post(f"/entreprise/enquetes/{response.public_id}/charte")
    return f"/entreprise/enquetes/{response.public_id}"


def rows_of(world: World) -> list[tuple[str, dict[str, str]]]:
    """Every card of F10's open sheet."""
    session = world.rows()
    found = [
        (item.table, scope.opened(session, item.response.firm, item.row))
        for item in session.scalars(select(Declaration).order_by(Declaration.id))
        if item.response.site.name == "Moulages Tessonnet"
        and item.response.round.name == "Campagne d’automne"
    ]
    session.close()
    return found


def keep(visitor: Visitor, path: str, **fields: str):
    """What the page's own script posts."""
    fields["csrf_token"] = visitor.mark()
    return visitor.client.post(
        path,
        data=fields,
        base_url="https://localhost",
        headers={"Referer": "https://localhost/", **JSON},
    )


@pytest.fixture
def firm(world):
    return world.signed_in(FIRM)


def test_what_is_said_a_month_is_a_year_in_the_survey_with_the_sum_shown():
    """250 palettes a month, all year: 250 × 12 = 3 000; in weeks, 47 are worked."""
    said = {"what": ["palettes"], "said_amount": ["250"], "unit": ["palette"]}
    month = typed_row("flows", {}, {**said, "said_per": ["month"]})
    week = typed_row("flows", {}, {**said, "said_per": ["week"]})

    assert (month["amount"], week["amount"]) == ("3000", "11750")
    assert "250 par mois × 12 = 3 000 par an." in said_sum("flows", month, "fr").replace(
        "\u202f", " "
    )


def test_a_season_counts_its_own_months():
    """40 a month in June, July and August: 120 a year."""
    row = typed_row(
        "flows",
        {},
        {
            "what": ["déchets verts"], "said_amount": ["40"], "said_per": ["month"],
            "recurrence": ["campaign"], "months": ["6", "7", "8"], "months_asked": ["1"],
        },
    )  # fmt: skip

    assert (row["amount"], row["months"]) == ("120", "6,7,8")


@pytest.mark.parametrize("text", ["", "env. 12t", "1.250"])
def test_what_is_no_number_is_kept_as_it_was_written_and_never_a_zero(text):
    row = typed_row("flows", {}, {"what": ["x"], "said_amount": [text], "said_per": ["month"]})

    assert row.get("amount", "") == text


def test_what_was_chosen_for_other_words_does_not_stay():
    before = typed_row("flows", {}, {"what": ["palettes"], "picked": ["pallets"]})
    after = typed_row("flows", before, {"what": ["sciure"]})

    assert (before["resource"], after["resource"]) == ("pallets", "sciure")
    assert typed_row("flows", before, {"picked": ["-"]})["resource"] == "palettes"


def test_days_a_week_and_hours_a_month_go_to_their_own_columns():
    days = typed_row("jobs", {}, {"what": ["HSE"], "said_amount": ["2"], "said_per": ["days"]})
    hours = typed_row("jobs", days, {"said_amount": ["28"], "said_per": ["hours"]})

    assert (days["days_per_week"], hours["hours_per_month"]) == ("2", "28")
    assert "days_per_week" not in hours


def test_a_plastics_moulder_is_asked_of_purges_and_a_foundry_of_its_sand():
    assert suppositions("22.29A", "48", "fr")[0].key == "offer:mixed_purge_plastic"
    assert "offer:foundry_sand" in {item.key for item in suppositions("24.51Z", "95", "fr")}
    assert len(suppositions("", "", "fr")) == 3


def test_an_amount_that_the_agent_typed_over_is_shown_as_it_now_is():
    row = typed_row("flows", {}, {"what": ["x"], "said_amount": ["250"], "said_per": ["month"]})
    assert shown_values("flows", row, "fr")["said_amount"] == "250"

    shown = shown_values("flows", {**row, "amount": "2000"}, "fr")
    assert (shown["said_amount"], shown["said_per"]) == ("2000", "year")


def test_a_card_asks_only_for_outlets_and_units_that_can_be_meant():
    """Heat in MWh, never composted; plastic never fed; what was chosen before stays to be seen."""

    def choices(kind: str, family: str, name: str, **row: str) -> tuple[str, ...]:
        shape = fitted(SHAPES["flows"], kind, family, row)
        return next(field.choices for field in shape.fields if field.name == name)

    assert choices("energy", "heat", "unit") == ("MWh", "kWh", "GWh", "GJ")
    assert "composting" not in choices("matter", "plastic", "today_outlet")
    assert "composting" in choices("matter", "organic", "today_outlet")
    assert "feed" in choices("matter", "plastic", "today_outlet", today_outlet="feed")
    assert len(choices("", "", "today_outlet")) == 11


def test_every_field_and_choice_of_a_card_has_its_words():
    wanted = set()
    for table, shape in SHAPES.items():
        wanted |= {f"filling.tap.{table}.{name}" for name, _ in shape.taps}
        wanted |= {f"filling.kind.{table}.{way}" for way in shape.directions}
        for field in shape.fields:
            wanted.add(f"filling.ask.{table}.{field.name}")
            if field.name not in {"what", "unit", "said_per", "direction"}:
                wanted.add(f"filling.line.{table}.{field.name}")
            if field.name == "said_per":
                wanted |= {f"filling.per.{table}.{value}" for value in field.choices}
            elif (field.widget == "chips" and field.name != "direction") or (
                field.name == "unit" and table != "flows"
            ):
                wanted |= {f"filling.choice.{field.name}.{key_of(v)}" for v in field.choices}

    assert wanted - set(texts("fr")) == set()


def test_the_way_through_the_answers_resumes_where_it_stopped(world, firm):
    """Charter, site, ticks, the card that a yes opened, what else, limits, check."""
    sheet = sheet_of(world, firm)
    assert firm.get(sheet).location == f"{sheet}/site"
    firm.post(f"{sheet}/site", headcount="48", commune="99011", pattern="3x8", months="8")
    assert firm.get(sheet).location == f"{sheet}/couts"
    firm.post(f"{sheet}/couts", **{"offer:mixed_purge_plastic": "yes", "need:pallets": "past"})
    card = firm.get(sheet).location
    assert "/cartes/" in card
    assert "Purges et carottes plastiques" in firm.get(card).text
    firm.post(card, then="next", what="purges", said_amount="", direction="offer")
    assert firm.get(sheet).location == f"{sheet}/aussi"
    firm.post(f"{sheet}/aussi", jobs="Animateur sécurité")
    firm.post(firm.get(sheet).location, then="next", what="Animateur sécurité")
    assert firm.get(sheet).location == f"{sheet}/limites"
    firm.post(f"{sheet}/limites", excluded="", leads="2")
    assert firm.get(sheet).location == f"{sheet}/verifier"
    assert firm.post(f"{sheet}/envoyer").location == f"{sheet}/recu"
    assert "amount" not in rows_of(world)[0][1]
    assert [table for table, _ in rows_of(world)] == ["flows", "jobs"]


def test_a_yes_taken_back_takes_away_the_card_that_nobody_went_through(world, firm):
    sheet = sheet_of(world, firm)
    key = "offer:mixed_purge_plastic"
    for answer, count in (("yes", 1), ("yes", 1), ("no", 0)):
        firm.post(f"{sheet}/couts", **{key: answer})
        assert len(rows_of(world)) == count


def test_the_script_keeps_only_what_changed_and_the_empty_form_makes_one_card(world, firm):
    """Two posts of one empty form, then two people on one card: neither undoes the other."""
    sheet = sheet_of(world, firm)
    new = f"{sheet}/cartes/nouvelle/flows"
    first = keep(firm, new, fresh="f" * 32, what="palettes").json
    again = keep(firm, new, fresh="f" * 32, said_amount="250").json
    assert first["address"] == again["address"]
    assert "Brouillon enregistré à" in first["told"]
    other = world.signed_in(COLLEAGUE)
    keep(other, first["address"], unit="palette")
    keep(firm, first["address"], today_outlet="reuse")

    ((_, row),) = rows_of(world)
    assert {row["description"], row["amount"], row["unit"], row["today_outlet"]} == {
        "palettes", "250", "palette", "reuse",
    }  # fmt: skip


@pytest.mark.slow
def test_typing_is_one_line_of_the_log_a_person_and_card(world, firm):
    sheet = sheet_of(world, firm)
    address = keep(firm, f"{sheet}/cartes/nouvelle/flows", fresh="a", what="p").json["address"]
    for text in ("pa", "pal", "palettes"):
        keep(firm, address, what=text)
    keep(world.signed_in(COLLEAGUE), address, said_amount="3")
    session = world.rows()
    lines = session.scalars(
        select(AuditLine).where(
            AuditLine.action == "card_saved", AuditLine.subject == address.rsplit("/", 1)[1]
        )
    ).all()
    session.close()

    assert [line.role for line in lines] == ["manager", "contributor"]


def test_what_cannot_be_read_is_told_beside_its_field(world, firm):
    sheet = sheet_of(world, firm)
    told = keep(
        firm, f"{sheet}/cartes/nouvelle/flows", fresh="b", what="palettes", said_amount="env. 12t",
        unit="palette",
    ).json["notes"]  # fmt: skip

    assert set(told) == {"said_amount"}
    assert "env. 12t" in told["said_amount"]


def test_one_theme_is_all_that_its_colleague_sees(world, firm):
    sheet = sheet_of(world, firm)
    flow = keep(firm, f"{sheet}/cartes/nouvelle/flows", fresh="c", what="secretmatter").json
    keep(firm, f"{sheet}/cartes/nouvelle/jobs", fresh="d", what="Animateur sécurité")
    with transaction(world.engine, world.info) as session:
        for account in session.scalars(select(Account).where(Account.role == "contributor")):
            account.theme = "jobs"
    colleague = world.signed_in(COLLEAGUE)

    assert "secretmatter" not in colleague.get(f"{sheet}/cartes").text
    assert "secretmatter" not in colleague.get(f"{sheet}/verifier").text
    assert "Animateur" in colleague.get(f"{sheet}/verifier").text
    for path in (
        flow["address"], f"{sheet}/cartes/nouvelle/flows", f"{sheet}/couts", f"{sheet}/site",
        f"{sheet}/limites", f"{sheet}/mots/flows",
    ):  # fmt: skip
        assert colleague.get(path).status_code == 404, path
    assert keep(colleague, flow["address"], what="x").status_code == 404
    assert colleague.post(f"{flow['address']}/supprimer").status_code == 404
    assert colleague.post(f"{sheet}/envoyer").status_code == 404


def test_the_site_and_the_limits_are_kept_as_one_types_and_confirmed_by_the_button(world, firm):
    """One field at a time; what is wrong is told and not kept; the step is still to be done."""
    sheet = sheet_of(world, firm)
    assert "Brouillon" in keep(firm, f"{sheet}/site", headcount="51").json["told"]
    wrong = keep(firm, f"{sheet}/site", headcount="beaucoup")
    assert (wrong.status_code, "beaucoup" in wrong.json["told"]) == (422, True)
    page = firm.get(f"{sheet}/site").text
    assert 'value="51"' in page
    assert re.search(r'value="3x8" checked', page)  # as the register had it
    assert firm.get(sheet).location == f"{sheet}/site"
    keep(firm, f"{sheet}/limites", leads="1")
    keep(firm, f"{sheet}/limites", excluded="Les Autres")
    assert "Les Autres" in firm.get(f"{sheet}/limites").text


def test_who_must_never_know_is_kept_by_number_and_other_names_wait_for_the_agent(world, firm):
    """F09 by its name and a SIREN are resolved; the answer on the page is the same for all."""
    sheet = sheet_of(world, firm)
    firm.post(f"{sheet}/limites", excluded="Mécanique Orsève\n999 801 145\nLes Autres", leads="1")
    session = world.rows()
    site = session.scalar(select(Site).where(Site.name == "Moulages Tessonnet"))
    private = scope.opened(session, site.firm, site.private)
    session.close()

    assert len(private["excluded"].split(";")) == 2
    assert private["excluded_unresolved"] == ["Les Autres"]
    assert private["max_proposals"] == "1"
    assert "Les Autres" in firm.get(f"{sheet}/limites").text


def test_a_machine_or_a_job_that_is_usual_in_the_trade_is_ticked_yes_no_or_no_longer(world, firm):
    """A yes opens its card with the catalogue's key; a yes taken back takes the card along."""
    sheet = sheet_of(world, firm)
    for path in ("site", "couts"):
        firm.post(f"{sheet}/{path}")
    page = firm.get(f"{sheet}/aussi").text
    supposed = dict.fromkeys(re.findall(r'name="((?:equipment|jobs|pools):\w+:\w+)"', page))
    job = next(key for key in supposed if key.startswith("jobs:need:"))
    assert {key.split(":")[0] for key in supposed} == {"equipment", "jobs", "pools"}
    assert "Plus maintenant" in page

    keep(firm, f"{sheet}/aussi", **{job: "yes"})
    assert rows_of(world) == []
    firm.post(f"{sheet}/aussi", **{job: "yes"})
    assert [(table, row["occupation"]) for table, row in rows_of(world)] == [
        ("jobs", job.rsplit(":", 1)[1])
    ]
    firm.post(f"{sheet}/aussi", **{job: "past"})
    assert rows_of(world) == []
