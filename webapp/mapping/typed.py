"""Between what is typed on a card and a row of the survey: nothing typed is lost on the way.

A row keeps, besides the survey's columns, what was said (``said_amount``, ``said_per``) and that
the card was looked at (``seen``): those are not columns, and never reach a survey.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from matcher.reading.numbers import AmbiguousNumberError, NotANumberError, read_number
from matcher.units import UnitMismatchError, UnknownUnitError, convert, unit_name
from matcher.wording import Language, number
from webapp.mapping.card_shapes import SHAPES, Field, Shape
from webapp.mapping.recognised import resource_named
from webapp.texts import say

WORKING_WEEKS = 47
"""Weeks of a year that are worked: five weeks of leave (Code du travail, art. L. 3141-3)."""
WEEKS_A_MONTH = 52 / 12
MONTHS = 12

NONE_OF_THESE = "-"
"""Picked when none of the suggestions is meant: the firm's own words stand."""

AMOUNT_COLUMN = {"flows": "amount", "pools": "amount", "equipment": "hours_per_month"}
_PER = {"flows": "year", "pools": "year", "equipment": "month", "jobs": "hours"}

Row = dict[str, str]
Form = Mapping[str, Sequence[str]]


def typed_row(table: str, before: Mapping[str, str], form: Form) -> Row:
    """The row after what a form says; what the form does not mention stays as it was."""
    shape = SHAPES[table]
    row: Row = dict(before)
    for field in shape.fields:
        if field.widget == "months":
            if f"{field.name}_asked" in form:
                row[field.name] = ",".join(
                    month for month in field.choices if month in form.get(field.name, ())
                )
        elif field.name in form and field.name != "what":
            row[field.name] = form[field.name][0].strip()
    if form.get("direction", ("",))[0] in shape.directions:
        row["direction"] = form["direction"][0]
    row.setdefault("direction", shape.directions[0])
    _name(shape, row, before, form)
    _add_up(table, row)
    return {name: text for name, text in row.items() if text}


def shown_values(table: str, row: Mapping[str, str], language: Language) -> Row:
    """What the form shows of a row, also of one that was not typed on a card."""
    shape = SHAPES[table]
    values = {**row, "what": row.get(shape.words) or _label(shape, row, language)}
    if not _is_as_said(table, row):
        usual = "hours_per_month" if table == "jobs" else AMOUNT_COLUMN[table]
        column = "days_per_week" if "days_per_week" in row else usual
        values["said_amount"] = row.get(column, "")
        values["said_per"] = "days" if column == "days_per_week" else _PER[table]
    values["months"] = ",".join(months_of(values.get("months", ""))) or values.get("months", "")
    values.setdefault("recurrence", "regular")
    values.setdefault("secrecy", "blind")
    values.setdefault("basis", "estimate")
    return values


def _is_as_said(table: str, row: Mapping[str, str]) -> bool:
    """Whether the survey's amount is what was said on the card, and not typed over since."""
    if "said_amount" not in row:
        return False
    again = dict(row)
    _add_up(table, again)
    columns = (AMOUNT_COLUMN.get(table, "hours_per_month"), "days_per_week")
    return all(again.get(name, "") == row.get(name, "") for name in columns)


def field_in_words(table: str, field: Field, values: Mapping[str, str], language: Language) -> str:
    """What one field says, to be read over; nothing when it was left empty."""
    value = values.get(field.name, "")
    if field.name == "said_amount" and not value and table in {"flows", "jobs"}:
        return say("filling.amount-unknown", language)
    if not value or (field.name == "basis" and not values.get("said_amount")):
        return ""
    if field.name == "said_amount":
        per = values.get("said_per") or _PER[table]
        amount = _number(value)
        unit = values.get("unit", "")
        unit = unit_name(unit, language, many=amount is None or amount >= 2) if unit else ""
        if table == "flows" and values.get("recurrence") == "one_off" and per == "year":
            per = "once"
        words = say(f"filling.per.{table}.{per}", language) if table != "pools" else ""
        return " ".join(part for part in (value, unit, words) if part)
    if field.widget == "months":
        names = [say(f"filling.month.{month}", language) for month in value.split(",") if month]
        return (
            ", ".join(names) if all(part in field.choices for part in value.split(",")) else value
        )
    if field.widget == "chips" and value in field.choices:
        return say(f"filling.choice.{field.name}.{key_of(value)}", language)
    return value


def months_of(text: str) -> list[str]:
    """The months that a column of months names, as far as it is a plain list or a span."""
    found: list[str] = []
    for part in text.replace(";", ",").split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdecimal() or not (last or first).isdecimal():
            continue
        month, end = int(first), int(last or first)
        for _ in range(12):
            found.append(str(month))
            if month == end:
                break
            month = month % 12 + 1
    return [month for month in dict.fromkeys(found) if 1 <= int(month) <= 12]


def key_of(value: str) -> str:
    """A choice as the end of a message id: words with a blank or an accent have one, too."""
    plain = unicodedata.normalize("NFKD", value.casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


def said_sum(table: str, row: Mapping[str, str], language: Language) -> str:
    """How what was said becomes a year and the resource's unit, as far as that is known."""
    parts = []
    values = shown_values(table, row, language)
    said, per = values.get("said_amount", ""), values.get("said_per", "")
    amount = _number(row.get("amount", ""))
    if table != "flows" or amount is None:
        return ""
    if per in {"month", "week"} and (value := _number(said)) is not None and value:
        times = number(amount / value, language)
        total = number(amount, language)
        parts.append(say(f"filling.sum.{per}", language, said=said, times=times, total=total))
    resource = resource_named(row.get("resource", ""), row.get("description", ""))
    if resource is not None and row.get("unit"):
        try:
            conversion = convert(
                amount,
                row["unit"],
                to_unit=resource.unit,
                density_t_per_m3=resource.density_t_per_m3,
                kg_per_piece=resource.kg_per_piece,
            )
        except (UnknownUnitError, UnitMismatchError):
            return " ".join(parts)
        if conversion.assumption is not None:
            parts.append(conversion.text(language))
    return " ".join(parts)


def _name(shape: Shape, row: Row, before: Mapping[str, str], form: Form) -> None:
    """The firm's words, and what they were taken for: chosen below the field, or as written."""
    if "what" in form:
        row[shape.words] = form["what"][0].strip()
        if row[shape.words] != before.get(shape.words, ""):
            row[shape.key] = ""  # what was chosen, was chosen for other words
    picked = form.get("picked", ("",))[0].strip()
    if picked:
        row[shape.key] = "" if picked == NONE_OF_THESE else picked
    if not row.get(shape.key) and shape.table != "jobs":
        row[shape.key] = row.get(shape.words, "")


def _add_up(table: str, row: Row) -> None:
    """Put what was said a week or a month into the survey's own rate; what is no number stays."""
    if "said_amount" not in row:
        return
    said, per = row["said_amount"], row.get("said_per") or _PER[table]
    row["said_per"] = per
    if table == "jobs":
        row["hours_per_month"], row["days_per_week"] = (said, "") if per == "hours" else ("", said)
        return
    value = _number(said)
    column = AMOUNT_COLUMN[table]
    if value is None:
        row[column] = said
        return
    row[column] = f"{value * _times(table, per, row):.12g}"


def _times(table: str, per: str, row: Mapping[str, str]) -> float:
    months = len(row.get("months", "").split(",")) if row.get("months") else MONTHS
    if row.get("recurrence") == "regular" and table == "flows":
        months = MONTHS
    if table == "equipment":
        return {"month": 1.0, "week": WEEKS_A_MONTH, "year": 1 / months}[per]
    if per == "month":
        return months
    if per == "week":
        return WORKING_WEEKS if months == MONTHS else round(WEEKS_A_MONTH * months)
    return 1.0


def _number(text: str) -> float | None:
    try:
        return read_number(text, low=0.0).value if text else None
    except (NotANumberError, AmbiguousNumberError):
        return None


def _label(shape: Shape, row: Mapping[str, str], language: Language) -> str:
    key = row.get(shape.key, "")
    resource = resource_named(key, "") if shape.table == "flows" else None
    if resource is None:
        return key
    return resource.label_fr if language == "fr" else resource.label_en
