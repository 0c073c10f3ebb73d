"""Up and down: the schema is what the tables say, and nothing is left behind."""

from __future__ import annotations

import re

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from webapp.db import Base, make_engine
from webapp.migrations import HERE, downgrade, upgrade


def test_up_gives_the_tables_and_down_takes_them_away(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'm.db'}")
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        triggers = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).scalars()
        assert len(set(triggers)) == 4

    downgrade(engine)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(engine)
    assert set(Base.metadata.tables) < set(inspect(engine).get_table_names())


def test_each_step_goes_down_and_up_again(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'm.db'}")
    steps = sorted(
        re.search(r'^revision = "(\w+)"', path.read_text(encoding="utf-8"), re.MULTILINE)[1]
        for path in (HERE / "versions").glob("v*.py")
    )
    assert len(steps) >= 2
    for step, before in zip(steps, ["base", *steps], strict=False):
        upgrade(engine, step)
        downgrade(engine, before)
        upgrade(engine, step)
