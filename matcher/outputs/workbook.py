"""``plan.xlsx``: the agent's workbook, one sheet a view. It holds names: confidential."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from xlsxwriter.worksheet import Worksheet

from matcher.outputs.foresight_tables import foresight_tables
from matcher.outputs.foresight_view import ForesightView
from matcher.outputs.group_sheets import group_sheets
from matcher.outputs.labels import Labels
from matcher.outputs.leads import INTERNAL, Lead, leads_of
from matcher.outputs.outlook_sheets import outlook_sheets
from matcher.outputs.outside_sheet import outside_sheet
from matcher.outputs.sheets import (
    ANY,
    DAY,
    DEGREES,
    ONE_DECIMAL,
    SHARE,
    TWO_DECIMALS,
    WHOLE,
    Book,
    Column,
    Style,
    Value,
)
from matcher.plan import Message, Plan, Reason
from matcher.settings import Objective
from matcher.wording import Language, say


def write_workbook(plan: Plan, path: Path, language: Language) -> None:
    """Write every view of a plan to one ``.xlsx`` file."""
    _WorkbookWriter(plan, language).write(path)


class _WorkbookWriter:
    """Holds what every sheet looks up."""

    def __init__(self, plan: Plan, language: Language) -> None:
        self.plan = plan
        self.language: Language = language
        self.labels = Labels(plan=plan, language=language)
        self.leads = leads_of(plan, language)
        self._ahead = ForesightView(plan=plan, labels=self.labels, leads=self.leads)
        self.book = Book()

    def write(self, path: Path) -> None:
        """Fill the sheets in the order in which they are read, then save."""
        self.book.describe(author=self._say("creator"), title=self._say("title"))
        self._guide()
        self._leads()
        for sheet in group_sheets(self.leads, self.labels):
            self.book.fill(self._sheet(sheet.view), sheet.columns, sheet.rows)
        self._checks()
        self._why_not()
        if self.plan.leads_outside:
            outside = outside_sheet(self.plan, self.labels)
            self.book.fill(self._sheet(outside.view), outside.columns, outside.rows)
        self._curve()
        for view, columns, rows in foresight_tables(self._ahead):
            self.book.fill(self._sheet(view), columns, rows)
        self._indicators()
        self._sites()
        for sheet in outlook_sheets(self.plan, self.labels):
            self.book.fill(self._sheet(sheet.view), sheet.columns, sheet.rows)
        path.write_bytes(self.book.written())

    def _say(self, key: str, **values: object) -> str:
        return say(f"workbook.{key}", self.language, **values)

    def _sheet(self, view: str) -> Worksheet:
        return self.book.sheet(self._say(f"{view}.sheet"), header=self.labels.say("confidential"))

    def _column(self, view: str, name: str, width: float, form: str = "General") -> Column:
        return Column(
            header=self._say(f"{view}.{name}"), width=width, format=form, wrap=width >= 24
        )

    def _flag(self, value: bool) -> str:
        return self.labels.say("yes" if value else "no")

    def _guide(self) -> None:
        sheet = self._sheet("guide")
        report = self.plan.report
        lines: list[tuple[str, str]] = [
            ("title", self._say("guide.heading")),
            ("strong", self.labels.say("confidential")),
        ]
        if self.plan.settings.as_of is not None:
            lines.append(("text", self._say("guide.date", date=self.plan.settings.as_of)))
        lines += [
            ("heading", self._say("guide.proof")),
            ("text", self.labels.say(f"status.{self._status()}", gap=report.solve.gap)),
            *(("text", m.text(self.labels.language)) for _, m in report.proof_messages),
            ("text", self._say("guide.proof-note")),
            (
                "text",
                self._say(
                    "guide.standing",
                    estimates=report.share_on_estimates,
                    suppositions=report.share_on_suppositions,
                ),
            ),
            ("heading", self._say("guide.sheets")),
        ]
        ahead = [view for view, _, _ in foresight_tables(self._ahead)]
        for view in (
            "leads",
            "parties",
            "figures",
            "checks",
            "why-not",
            *(("outside",) if self.plan.leads_outside else ()),
            "curve",
            *ahead,
            "indicators",
            "sites",
            "missing",
            "network",
        ):
            sheet_name, what = self._say(f"{view}.sheet"), self._say(f"guide.{view}")
            lines.append(("text", self._say("guide.sheet-line", sheet=sheet_name, what=what)))
        lines.append(("heading", self._say("guide.rules")))
        lines.append(("text", self._say("basis-years")))
        lines += [
            ("text", self._say(f"guide.{rule}"))
            for rule in ("rule-empty", "rule-one-off", "rule-price", "rule-names")
        ]
        styles: dict[str, Style] = {
            "title": {"bold": True, "font_size": 16, "font_color": "#0B5D57"},
            "heading": {"bold": True, "font_size": 12},
            "strong": {"bold": True, "font_color": "#9B1C1C"},
            "text": {},
        }
        sheet.set_column(0, 0, 100)
        row = -1
        for name, text in lines:
            row += 2 if name == "heading" else 1
            style = {**styles[name], "text_wrap": True, "valign": "top"}
            self.book.write(sheet, row, 0, text, style)

    def _status(self) -> str:
        solve = self.plan.report.solve
        return "optimal" if solve.proved_optimal else solve.status

    def _leads(self) -> None:
        def column(name: str, width: float, form: str = "General") -> Column:
            return self._column("leads", name, width, form)

        self.book.fill(
            self._sheet("leads"),
            (
                column("number", 6, WHOLE),
                column("section", 16),
                column("object", 26),
                column("family", 12),
                column("route", 44),
                column("gain", 13, WHOLE),
                column("gain_low", 13, WHOLE),
                column("gain_high", 13, WHOLE),
                column("one_off", 9),
                column("confidence", 11),
                column("inferred", 9),
                column("first_step", 44),
                column("amount", 12, ANY),
                column("unit", 8),
                column("declared", 18),
                column("delivered", 26),
                column("delivered_amount", 12, ANY),
                column("delivered_unit", 8),
                column("distance", 10, ONE_DECIMAL),
                column("price_low", 11, TWO_DECIMALS),
                column("price", 11, TWO_DECIMALS),
                column("price_high", 11, TWO_DECIMALS),
                column("price_declared", 20),
                column("capex", 15, WHOLE),
                column("avoided", 13, ONE_DECIMAL),
                column("diverted", 12, ONE_DECIMAL),
                column("delay", 16),
                column("effort", 16, WHOLE),
                column("reasons", 60),
                column("doubts", 44),
                column("questions", 44),
            ),
            [self._lead_row(lead) for lead in self.leads],
        )

    def _lead_row(self, lead: Lead) -> tuple[Value, ...]:
        proposal = lead.proposal
        gain = proposal.gain_eur_per_year
        return (
            lead.number,
            self.labels.word("section", lead.section),
            lead.object,
            self.labels.word("family", lead.family),
            lead.route,
            gain.value,
            gain.low,
            gain.high,
            self._flag(proposal.one_off),
            self.labels.word("confidence", proposal.confidence),
            self._flag(proposal.inferred),
            proposal.first_step.text(self.language),
            proposal.amount_per_year,
            self.labels.unit(proposal.unit),
            self.labels.declared(proposal),
            lead.delivered,
            proposal.delivered_per_year,
            self.labels.unit(proposal.delivered_unit),
            proposal.distance_km,
            proposal.price_low,
            proposal.fair_price,
            proposal.price_high,
            self.labels.declared_price(proposal),
            proposal.capex_eur,
            proposal.avoided_tco2e_per_year.value,
            proposal.diverted_t_per_year.value,
            self.labels.word("delay", proposal.delay),
            proposal.effort_hours,
            self._lines(reason.message for reason in proposal.reasons),
            self._lines(proposal.confidence_reasons),
            self._lines(proposal.questions),
        )

    def _lines(self, messages: Iterable[Message]) -> str:
        return "\n".join(message.text(self.language) for message in messages)

    def _checks(self) -> None:
        names = (("number", 8), ("title", 44), ("severity", 14), ("question", 60), ("article", 36),
                 ("article_date", 12), ("who", 26), ("before", 26))  # fmt: skip
        rows: list[tuple[Value, ...]] = [
            (
                lead.number,
                lead.title,
                self.labels.word("severity", check.severity),
                check.question[self.language],
                check.article,
                check.article_date,
                self.labels.word("check-who", check.who),
                self.labels.word("check-before", check.before),
            )
            for lead in self.leads
            for check in lead.proposal.checks
        ]
        columns = [self._column("checks", name, width) for name, width in names]
        self.book.fill(self._sheet("checks"), columns, rows)

    def _why_not(self) -> None:
        names = (("site", 32, "General"), ("declaration", 32, "General"),
                 ("direction", 12, "General"), ("family", 12, "General"), ("amount", 12, ANY),
                 ("unit", 8, "General"), ("basis", 12, "General"), ("rank", 7, WHOLE),
                 ("heading", 32, "General"), ("text", 70, "General"), ("gap", 12, ANY),
                 ("gap_unit", 14, "General"), ("reopen", 13, DAY))  # fmt: skip
        columns = [self._column("why-not", *name) for name in names]
        self.book.fill(self._sheet("why-not"), columns, list(self._why_not_rows()))

    def _why_not_rows(self) -> Iterator[tuple[Value, ...]]:
        for item in self.plan.unmatched:
            view = self.plan.declarations.get(item.declaration_id)
            for rank, reason in enumerate(item.reasons, start=1):
                yield (
                    self.labels.site(item.site_id),
                    self.labels.declaration(item.declaration_id),
                    None if view is None else self.labels.word("direction", view.direction),
                    None if view is None else self.labels.word("family", view.family),
                    None if view is None else view.amount,
                    None if view is None or view.unit is None else self.labels.unit(view.unit),
                    None
                    if view is None or view.basis is None
                    else self.labels.word("basis", view.basis),
                    rank,
                    self._heading(reason),
                    reason.message.text(self.language),
                    reason.gap,
                    None if reason.unit is None else self.labels.unit(reason.unit),
                    item.reopen_on,
                )

    def _heading(self, reason: Reason) -> str:
        return self.labels.word("reason", reason.code)

    def _curve(self) -> None:
        in_euros = self.plan.settings.objective is Objective.EUR
        unit = self.labels.unit("EUR/year" if in_euros else "tCO2e/year")
        counted = len(self.plan.proposals)
        form = WHOLE if in_euros else ONE_DECIMAL
        self.book.fill(
            self._sheet("curve"),
            (
                self._column("curve", "proposals", 18, WHOLE),
                Column(header=self._say("curve.gain", unit=unit), width=22, format=form),
                Column(header=self._say("curve.bound", unit=unit), width=22, format=form),
                self._column("curve", "gap", 12, SHARE),
                self._column("curve", "here", 12),
            ),
            [
                (
                    point.proposals,
                    point.gain,
                    point.bound,
                    max(point.bound - point.gain, 0.0) / point.gain if point.gain > 0 else None,
                    self.labels.say("yes") if point.proposals == counted else None,
                )
                for point in self.plan.curve
            ],
        )

    def _indicators(self) -> None:
        names = (("indicator", 58, "General"), ("value", 14, ANY), ("low", 14, ANY),
                 ("high", 14, ANY), ("unit", 14, "General"), ("not_known", 14, WHOLE))  # fmt: skip
        rows: list[tuple[Value, ...]] = [
            (
                self.labels.word("indicator", item.indicator),
                item.value,
                item.low,
                item.high,
                self.labels.unit(item.unit),
                item.not_known,
            )
            for item in self.plan.indicators
        ]
        columns = [self._column("indicators", *name) for name in names]
        self.book.fill(self._sheet("indicators"), columns, rows)

    def _sites(self) -> None:
        leads: dict[str, int] = defaultdict(int)
        gain: dict[str, float] = defaultdict(float)
        for lead in self.leads:
            if lead.section == INTERNAL:
                continue
            for party in lead.proposal.parties:
                leads[party.site_id] += 1
                if not lead.proposal.one_off:
                    gain[party.site_id] += party.gain_eur_per_year
        names = (("site_id", 14, "General"), ("name", 36, "General"), ("kind", 20, "General"),
                 ("activity", 11, "General"), ("commune", 11, "General"), ("park", 20, "General"),
                 ("cluster", 9, WHOLE), ("leads", 8, WHOLE), ("gain", 14, WHOLE),
                 ("tonnes", 13, ANY), ("mwh", 13, ANY), ("m3", 13, ANY), ("latitude", 11, DEGREES),
                 ("longitude", 11, DEGREES))  # fmt: skip
        rows: list[tuple[Value, ...]] = [
            (
                site.site_id,
                site.name,
                self.labels.word("site-kind", site.kind),
                site.activity_code,
                site.commune_code,
                site.park,
                site.cluster,
                leads[site_id],
                gain[site_id],
                site.flow_t_per_year,
                site.flow_mwh_per_year,
                site.flow_m3_per_year,
                site.latitude,
                site.longitude,
            )
            for site_id, site in sorted(self.plan.sites.items())
        ]
        self.book.fill(self._sheet("sites"), [self._column("sites", *name) for name in names], rows)
