"""Words for what a plan holds as codes and ids, in the reader's language."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from babel.numbers import format_decimal, format_percent

from matcher.outputs.factor_words import factor_name, factor_source
from matcher.plan import Check, FactorUsed, Plan, Proposal, Range, Reason
from matcher.units import unit_name
from matcher.wording import (
    Language,
    catalogue,
    day,
    distance,
    euros,
    listed,
    number,
    say,
    thousands_of_euros,
)


def with_minus(written: str) -> str:
    """A number with the sign that is a minus, not a hyphen."""
    return written.replace("-", "\u2212")


def curved(written: str) -> str:
    """A text whose apostrophes between letters are curved: ``Carton d’emballage``."""
    return re.sub(r"(?<=[^\W\d_])'(?=[^\W\d_])", "\u2019", written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What to call the sites, declarations, units and codes of one plan."""

    plan: Plan
    language: Language

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue ``outputs``."""
        return say(f"outputs.{key}", self.language, **values)

    def sentence(self, code: str) -> str:
        """A sentence of any catalogue, by its whole id."""
        return say(code, self.language)

    def word(self, group: str, code: str) -> str:
        """The word for a code; the code itself, with spaces, when the catalogue has none."""
        found = catalogue(self.language).get(f"outputs.{group}.{code}")
        return code.replace("_", " ").replace("-", " ") if found is None else found

    def site(self, site_id: str) -> str:
        """The name of a site, else its id."""
        site = self.plan.sites.get(site_id)
        return site_id if site is None else site.name

    def declaration(self, declaration_id: str) -> str:
        """What a declaration is about, else its id."""
        view = self.plan.declarations.get(declaration_id)
        if view is None:
            return declaration_id
        label = view.label.get(self.language) or next(iter(view.label.values()), declaration_id)
        return curved(label)

    def family(self, declaration_id: str) -> str:
        """The family of a declaration, as a code; matter where it is not known."""
        view = self.plan.declarations.get(declaration_id)
        return "matter" if view is None else view.family

    def unit(self, unit: str) -> str:
        """A unit as people write it: ``m³``, ``€/t``, ``jours``."""
        found = catalogue(self.language).get(f"outputs.unit.{unit}")
        if found is not None:
            return found
        written = unit.replace("EUR", "€").replace("CO2e", "CO₂e").replace(".", "·")
        return written.replace("m3", "m³").replace("m2", "m²")

    def amount(self, value: float | None, unit: str, *, one_off: bool = False) -> str:
        """``2 400 t/an``, or ``8 000 t en tout``."""
        if value is None:
            return self.say("not-known")
        places = 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2
        digits = with_minus(number(round(value, places), self.language))
        written = f"{digits}\u00a0{self.unit(unit)}"
        return self.say("in-all" if one_off else "per-year", amount=written)

    def given(self, proposal: Proposal) -> str:
        """What leaves the giver, and the same in its own unit: ``66 t/an (3 000 palettes)``."""
        amount = self.amount(proposal.amount_per_year, proposal.unit, one_off=proposal.one_off)
        declared = self.declared(proposal)
        return self.say("with-declared", amount=amount, declared=declared) if declared else amount

    def declared(self, proposal: Proposal) -> str:
        """The amount in the giver's own unit, ``3 000 palettes``; empty where it is ours."""
        if proposal.declared_amount is None or proposal.declared_unit is None:
            return ""
        amount = proposal.declared_amount
        rounded = round(amount) if abs(amount) >= 10 else round(amount, 1)
        name = unit_name(proposal.declared_unit, self.language, many=abs(rounded) >= 2)
        return f"{number(rounded, self.language)}\u00a0{name}"

    def declared_price(self, proposal: Proposal) -> str:
        """The fair price for one of the giver's own units: ``5,12 € par palette``; or empty."""
        if not proposal.declared_amount or not proposal.declared_unit:
            return ""
        if proposal.fair_price is None:
            return ""
        price = proposal.fair_price * proposal.amount_per_year / proposal.declared_amount
        unit = unit_name(proposal.declared_unit, self.language, many=False)
        return self.say("per-unit", amount=self.price(round(price, 2)), unit=unit)

    def distance(self, km: float) -> str:
        """A distance as people say it: ``230 m``, ``5,8 km``."""
        return distance(km, self.language)

    def gap(self, reason: Reason) -> str:
        """What is lacking; where nothing but a place is, what the lead would bring."""
        if reason.gap is None:
            return self.say("nothing")
        written = self.figure(reason.gap, reason.unit or "")
        return self.say("waiting", gain=written) if reason.code == "attention-spent" else written

    def factor(self, factor: FactorUsed) -> str:
        """What a figure of ours is called."""
        return factor_name(factor.factor, self.language)

    def source(self, factor: FactorUsed) -> str:
        """Where a figure of ours comes from."""
        return factor_source(factor, self.language)

    def money(self, value: float | None, *, one_off: bool = False) -> str:
        """``230 k€/an``, or ``40 k€ en tout``."""
        if value is None:
            return self.say("not-known")
        written = with_minus(thousands_of_euros(value, self.language))
        return self.say("in-all" if one_off else "per-year", amount=written)

    def money_range(self, value: Range) -> str:
        """``de 168 k€ à 291 k€``; empty where no end is known or both are the same."""
        if value.low is None or value.high is None or value.low == value.high:
            return ""
        return self.say(
            "range",
            low=with_minus(thousands_of_euros(value.low, self.language)),
            high=with_minus(thousands_of_euros(value.high, self.language)),
        )

    def figure(self, value: float, unit: str) -> str:
        """A number with its unit; euros in thousands from 10 000 on: ``421 k€/an``."""
        if unit.startswith("EUR") and "unit" not in unit:
            written = with_minus(thousands_of_euros(value, self.language))
            return self.say("per-year", amount=written) if unit == "EUR/year" else written
        places = 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 4
        written = with_minus(number(round(value, places), self.language))
        return f"{written}\u00a0{self.unit(unit)}".strip("\u00a0")

    def share(self, value: float) -> str:
        """A share, to two figures: ``0,80 %``; ``0 %`` when it is nought."""
        sign = "\u00a0%" if self.language == "fr" else "%"
        return format_percent(value, format=f"#,##0.##{sign}", locale=self.language)

    def numbers(self, proposal_ids: Iterable[str], numbers: Mapping[str, int]) -> str:
        """The numbers of other leads: ``3 et 5``."""
        return self.joined([str(numbers[item]) for item in proposal_ids if item in numbers])

    def numbers_in_words(self, numbers: Iterable[int]) -> str:
        """``3 et 5``."""
        return self.joined([str(number) for number in numbers])

    def alternatives(self, ids: Iterable[str], numbers: Mapping[str, int]) -> str:
        """The next best partners: their declarations with the site, or the numbers of leads."""
        words = []
        for item in ids:
            view = self.plan.declarations.get(item)
            if view is not None:
                words.append(f"{self.site(view.site_id)} ({self.declaration(item)})")
            else:
                words.append(str(numbers.get(item, item)))
        return self.joined(words)

    def figure_range(self, low: float, high: float, unit: str) -> tuple[str, str]:
        """Both ends of a figure, without repeating its unit: ``243 k€`` and ``567 k€``."""
        unit = "EUR" if unit.startswith("EUR") else ""
        return self.figure(low, unit), self.figure(high, unit)

    def price(self, value: float | None) -> str:
        """A price a unit, to the cent below 100 EUR: ``−31,50 €``."""
        if value is None:
            return self.say("not-known")
        if abs(value) >= 100:
            return with_minus(euros(value, self.language))
        form = "#,##0" if float(value).is_integer() else "#,##0.00"
        written = format_decimal(abs(value), format=form, locale=self.language)
        sign = "\u2212" if value < 0 else ""
        return f"{sign}{written}\u00a0€" if self.language == "fr" else f"{sign}€{written}"

    def article(self, check: Check) -> str:
        """The article of a check, with the date of its version where that is known."""
        try:
            version = day(datetime.date.fromisoformat(check.article_date), self.language)
        except ValueError:
            return check.article
        return say("report.lead.check-article", self.language, article=check.article, date=version)

    def questions(self, proposal: Proposal) -> list[str]:
        """What to ask, without what the first step already asks."""
        first = proposal.first_step.text(self.language)
        texts = [question.text(self.language) for question in proposal.questions]
        return [text for text in texts if text not in first]

    def joined(self, words: list[str]) -> str:
        """``A, B et C``."""
        return listed(words)[self.language]
