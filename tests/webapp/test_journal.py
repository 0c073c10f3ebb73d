"""The log: every change to it is found, and the base refuses to make one."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from webapp.db import transaction
from webapp.models import AuditLine
from webapp.operations import journal
from webapp.operations.journal import START, digest_of, first_broken

FIELDS = ("territory", "at", "actor", "role", "action", "subject", "firm")


@dataclasses.dataclass
class Line:
    id: int
    territory: str = "t"
    at: str = "2027-01-11T09:00:00+00:00"
    actor: str = "a"
    role: str = "agent"
    action: str = "lead_read"
    subject: str = "s"
    firm: str = "f"
    detail: dict = dataclasses.field(default_factory=dict)
    previous: str = START
    digest: str = ""


def chain(length: int) -> list[Line]:
    lines, previous = [], START
    for number in range(1, length + 1):
        line = Line(id=number, subject=f"s{number}", previous=previous)
        values = {name: getattr(line, name) for name in ("id", *FIELDS, "detail")}
        line.digest = previous = digest_of(values, line.previous)
        lines.append(line)
    return lines


def test_a_chain_that_nobody_touched_holds():
    assert first_broken(chain(30)) is None
    assert first_broken([]) is None


@given(st.integers(0, 19), st.sampled_from(FIELDS))
def test_a_changed_value_is_found_at_its_line(place, name):
    lines = chain(20)
    setattr(lines[place], name, "other")

    assert first_broken(lines) == place + 1


@given(st.integers(0, 18))
def test_a_line_taken_out_is_found_at_its_place(place):
    lines = chain(20)
    del lines[place]

    assert first_broken(lines) == place + 1


@given(st.integers(0, 18), st.integers(0, 18))
def test_two_lines_changed_over_are_found_at_the_first(left, right):
    lines = chain(20)
    if left == right:
        return
    lines[left], lines[right] = lines[right], lines[left]

    assert first_broken(lines) == min(left, right) + 1


def test_the_demonstrations_log_is_whole_and_names_nobody(world):
    session = world.rows()
    count, broken = journal.verify(session)
    lines = session.scalars(select(AuditLine)).all()
    session.close()

    assert count > 40
    assert broken is None
    written = " ".join(f"{line.subject} {line.detail}" for line in lines)
    assert "Maurel" not in written and "@" not in written


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_line SET role = 'x' WHERE id = 3",
        "DELETE FROM audit_line WHERE id = 3",
        "UPDATE reveal SET at = at",
        "DELETE FROM reveal",
    ],
)
def test_the_base_refuses_to_change_what_is_only_added_to(world, statement):
    with (
        pytest.raises(DBAPIError, match="append-only"),
        transaction(world.engine, world.info) as session,
    ):
        session.execute(text(statement))


def test_a_tampered_base_is_told_to_the_officer(world):
    """Somebody with the base in hand drops the guard and changes one line."""
    is_sqlite = world.engine.dialect.name == "sqlite"
    guard = "audit_line_no_update" if is_sqlite else "audit_line_append_only ON audit_line"
    with transaction(world.engine, world.info) as session:
        session.execute(text(f"DROP TRIGGER {guard}"))
        session.execute(text("UPDATE audit_line SET subject = 'x' WHERE id = 7"))

    page = world.signed_in("dpo@alisiers.example").get("/journal").text
    assert "Rupture à la ligne 7" in page


def test_the_stand_in_has_what_a_line_has():
    assert {item.name for item in dataclasses.fields(Line)} == set(
        AuditLine.__table__.columns.keys()
    )
