"""report.html as text: what it says, what it escapes, what it never says."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from matcher.optimise.problem import CurvePoint, SolveReport
from matcher.outputs.report_page import MOST_ROWS, public_report_page, report_page
from matcher.plan import PlanReport, Range, Unmatched
from matcher.settings import Objective, Settings
from tests.matcher.outputs.sample_leads import BY_PRODUCT, PHENOL, a_proposal
from tests.matcher.outputs.sample_plan import AS_OF, a_large_plan, a_plan
from tests.matcher.outputs.sample_sites import SITES, a_reason


class Text(HTMLParser):
    """What a reader sees: the text, without style, with single spaces."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.skipping = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.skipping = tag in {"style", "script"}

    def handle_endtag(self, tag):
        self.skipping = False

    def handle_data(self, data):
        if not self.skipping:
            self.parts.append(data)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", " ".join(Text(page).parts))


@pytest.fixture(scope="module")
def page() -> str:
    return report_page(a_plan(), "fr")


@pytest.fixture(scope="module")
def text(page) -> str:
    return text_of(page)


def test_it_says_confidential_and_the_date_at_the_top_and_at_the_foot(text):
    assert text.count("CONFIDENTIEL – pour l’agent de l’EPCI") == 2
    assert "Campagne du 2 novembre 2026" in text


def test_the_figures_come_first_then_the_curve_then_quick_leads_then_projects(page):
    places = [
        page.index(f'id="{name}"')
        for name in ("figures", "curve", "quick", "project", "why-not", "quality", "method")
    ]

    assert places == sorted(places)
    assert page.index("lead-1-title") < page.index('id="project"') < page.index("lead-6-title")


def test_numbers_are_written_the_french_way(text):
    assert "421 k€/an" in text
    assert "de 168 k€ à 291 k€" in text
    assert "−31,50 €" in text
    assert "15,7 km" in text
    assert "40 k€ en tout" in text


def test_a_lead_shows_its_reckoning_reasons_doubts_and_points_to_confirm(text):
    for words in (
        "Appeler la briqueterie et proposer une visite",
        "La fonderie paie aujourd’hui 98 €/t",
        "Les deux quantités viennent de factures.",
        "De quand date la dernière analyse du sable ?",
        "L’indice phénol est-il au plus de 5 mg/kg ?",
        "à confirmer par l’agent de l’EPCI, avant la première livraison",
        "art. L. 541-4-2, version du 12 février 2020",
        "148 000",
        "Ne tient que si la piste 5 se fait.",
    ):
        assert words in text


def test_what_is_supposed_says_so_and_the_share_of_the_gain_is_given(text):
    assert "3,6 % du gain repose sur des flux supposés" in text
    assert "faible, supposé" in text


def test_proved_is_said_of_the_arithmetic_and_optimal_only_with_its_proof(text):
    assert "optimal" not in text.lower()
    assert "Il est prouvé qu’aucun autre choix ne rapporte plus de 0,8 % de mieux" in text
    assert "jamais de l’affaire" in text


def test_a_plan_cut_short_says_so_and_never_says_proved_optimum():
    report = a_plan().report
    solve = SolveReport(
        status="time_limit", objective=400_000.0, bound=460_000.0, gap=0.15, seconds=600.0
    )
    cut = a_plan(report=PlanReport(**{**_fields(report), "solve": solve}))

    words = text_of(report_page(cut, "fr"))

    assert "coupé par la limite de temps" in words
    assert "jusqu’à 15 % de plus" in words
    assert "L’optimum est prouvé" not in words


def _fields(report: PlanReport) -> dict[str, object]:
    return {name: getattr(report, name) for name in report.__dataclass_fields__}


def test_pourquoi_non_is_grouped_by_reason_with_the_gap_what_can_be_mended_first(text):
    assert text.index("Ne rapporte pas, ou pas encore") < text.index("Contrat en cours")
    assert text.index("Contrat en cours") < text.index("Trop loin")
    assert "13,6 km" in text
    assert "À rouvrir le 30 juin 2028" in text
    assert "2 déclarations" in text


def test_the_method_lists_each_factor_once_with_its_year_and_source(text):
    assert text.count("haulage.road 0,13 €/(t·km) 2024") == 1
    assert "Base Empreinte, ADEME" in text
    assert "vos réglages" in text


def test_not_known_is_said_not_written_as_zero(text):
    assert "Déchets détournés non connu" in text


def test_a_hostile_name_stays_text(page):
    assert "<Fils>" not in report_page(
        a_plan(proposals=(a_proposal("p"),), sites={"F01": SITES[-1], "F03": SITES[2]}), "fr"
    )
    assert "<script" not in page


def test_no_address_of_any_host_is_in_the_page(page):
    assert re.findall(r'(?:src|href|action)="(?!#|data:,)[^"]*"', page) == []
    assert "url(" not in page
    assert "default-src &#39;none&#39;" in page


def test_the_style_sheet_stays_under_300_lines(page):
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)

    assert style is not None
    assert style[1].count("\n") <= 300


def test_one_h1_a_language_landmarks_and_scopes(page):
    assert page.count("<h1") == 1
    assert '<html lang="fr">' in page
    assert page.count("<main") == 1
    for cell in re.findall(r"<th[ >][^>]*", page):
        assert "scope=" in cell


def test_the_curve_marks_where_we_are(text, page):
    assert "vous êtes ici : 8 pistes" in text
    assert page.count('class="point"') == 9


def test_a_bound_that_can_be_told_from_the_value_is_a_whisker():
    curve = (
        CurvePoint(proposals=0, gain=0.0, bound=0.0),
        CurvePoint(proposals=8, gain=100.0, bound=140.0),
    )

    assert report_page(a_plan(curve=curve), "fr").count('class="whisker"') == 1


def test_an_empty_plan_says_what_will_be_here():
    plan = a_plan(proposals=(), internal=(), unmatched=(), curve=(), indicators=(), warnings=())

    words = text_of(report_page(plan, "fr"))

    assert "Aucune piste pour cette campagne" in words
    assert "Aucune cellule douteuse" in words


def test_a_plan_for_carbon_has_its_curve_in_tonnes():
    plan = a_plan(settings=Settings(as_of=AS_OF, objective=Objective.CO2E))

    assert "Gain, tCO₂e/an" in text_of(report_page(plan, "fr"))


def test_the_english_page_is_english():
    words = text_of(report_page(a_plan(), "en"))

    assert "Leads between firms" in words
    assert "€168k to €291k" in words
    assert "pistes" not in words


def test_a_gain_that_is_not_known_is_said_so():
    proposal = a_proposal("p", gain_eur_per_year=Range(value=None))

    assert "non connu" in text_of(report_page(a_plan(proposals=(proposal,)), "fr"))


def test_a_long_list_of_refusals_sends_to_the_workbook():
    unmatched = tuple(
        Unmatched(
            declaration_id="F12-heat",
            site_id="F12",
            reasons=(a_reason("too-far", "Trop loin.", "Too far.", float(k), "km"),),
        )
        for k in range(MOST_ROWS + 7)
    )

    words = text_of(report_page(a_plan(unmatched=unmatched), "fr"))

    assert "67 déclarations" in words
    assert "7 de plus dans le classeur plan.xlsx" in words


def test_equal_plans_give_equal_pages():
    assert report_page(a_plan(), "fr") == report_page(a_plan(), "fr")


def test_the_public_page_names_nobody_and_shows_no_lead_alone():
    plan = a_large_plan(24)
    page = public_report_page(plan, "fr")

    for site in plan.sites.values():
        assert site.name not in page
        assert site.site_id not in page
    for declaration in plan.declarations.values():
        assert declaration.label["fr"] not in page
    assert "CONFIDENTIEL" not in page
    assert "421 k€" not in page


def test_an_article_without_a_date_is_cited_without_one(text):
    assert "Guide Cerema sur les matériaux alternatifs – à confirmer par celui qui donne" in text


def test_no_line_starts_with_a_question_mark():
    """A plan's own sentences too: the space before French double punctuation does not break."""
    question = a_proposal("p").questions[0]
    page = report_page(a_plan(proposals=(a_proposal("p"),)), "fr")

    assert question.text("fr").endswith("sable ?")
    assert "sable\u00a0?" in page
    assert (
        re.search(r"[\w»] [?!;:]", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)) is None
    )


def test_a_group_reads_what_each_should_get_and_that_the_usual_rule_is_fragile(text):
    """By the usual rule F01 and F05 have 6 000 of the 6 600 that they would gain without F10."""
    assert "Part équitable (€/an)" in text
    assert "apport moyen : 2 000" in text
    assert "rapporterait 600 €/an de plus à" in text
    assert "Taux d’emploi si ce site s’en va" in text
    assert "29,50 €/h" in text


def test_a_gain_by_leaving_that_is_within_its_doubt_is_not_called_fragile():
    job = next(item for item in a_plan().proposals if item.shares is not None)
    core = replace(job.shares.usual_core, excess=50.0)
    words = text_of(
        report_page(
            a_plan(proposals=(replace(job, shares=replace(job.shares, usual_core=core)),)), "fr"
        )
    )

    assert "personne ne gagnerait plus à faire sans les autres" in words


def test_what_holds_the_network_is_told_with_what_would_be_lost(text):
    assert "Ce qui tient le réseau" in text
    assert "son réseau se coupe en 3 morceaux" in text
    assert "290 k€/an au moins 250 k€/an" in text
    assert "15 k€/an" in text  # found elsewhere: 305 - 290


def test_without_the_outlook_the_page_says_how_to_ask_for_it():
    plain = tuple(replace(each, closing=None) for each in a_plan().resilience)
    words = text_of(report_page(a_plan(resilience=plain), "fr"))

    assert "--outlook" in words
    assert "Perdu s’il ferme" not in words


def test_what_is_missing_is_told_with_what_it_would_unlock_at_most(text):
    assert "Le maillon manquant" in text
    assert "Gaz et biométhane (35.2). Elle prendrait : déchets végétaux." in text
    assert "31 k€/an au plus 34,5 k€/an" in text


@pytest.mark.parametrize(("count", "times"), [(4, 4), (5, 1)])
def test_a_point_of_five_leads_is_told_once_and_named_by_its_letter_in_each(count, times):
    """Four leads tell it each for themselves; a point of one lead stays in its card."""
    leads = tuple(a_proposal(f"lead-{n}", checks=(BY_PRODUCT,)) for n in range(count))
    others = a_proposal("other", checks=(PHENOL,))
    plan = a_plan(proposals=(*leads, others), internal=())
    page = report_page(plan, "fr").replace("\u202f", " ").replace("\u00a0", " ")

    assert page.count(BY_PRODUCT.question["fr"]) == times
    assert page.count('href="#point-A"') == page.count('id="point-A"') * count == (times == 1) * 5
    assert PHENOL.question["fr"] in page
