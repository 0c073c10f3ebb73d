"""Words for what a plan holds as codes and ids, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.plan import Plan, Range
from matcher.wording import Language, catalogue, euros, number, say, thousands_of_euros


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What to call the sites, declarations, units and codes of one plan."""

    plan: Plan
    language: Language

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue ``outputs``."""
        return say(f"outputs.{key}", self.language, **values)

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
        return view.label.get(self.language) or next(iter(view.label.values()), declaration_id)

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
        written = f"{number(value, self.language)}\u00a0{self.unit(unit)}"
        return self.say("in-all" if one_off else "per-year", amount=written)

    def money(self, value: float | None, *, one_off: bool = False) -> str:
        """``230 k€/an``, or ``40 k€ en tout``."""
        if value is None:
            return self.say("not-known")
        written = thousands_of_euros(value, self.language)
        return self.say("in-all" if one_off else "per-year", amount=written)

    def money_range(self, value: Range) -> str:
        """``de 168 k€ à 291 k€``; empty where no end is known or both are the same."""
        if value.low is None or value.high is None or value.low == value.high:
            return ""
        return self.say(
            "range",
            low=thousands_of_euros(value.low, self.language),
            high=thousands_of_euros(value.high, self.language),
        )

    def price(self, value: float | None) -> str:
        """A price a unit, to the cent below 100 EUR: ``−31,50 €``."""
        if value is None:
            return self.say("not-known")
        if abs(value) >= 100:
            return euros(value, self.language)
        written = number(round(value, 2), self.language)
        return f"{written}\u00a0€" if self.language == "fr" else f"€{written}"

    def joined(self, words: list[str]) -> str:
        """``A, B et C``."""
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self.say('and')} {words[-1]}"
