"""Up and down: the schema is what the tables say, and nothing is left behind."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from tests.webapp.bases import make_base
from webapp.db import Base, make_engine
from webapp.migrations import HERE, downgrade, upgrade


def test_up_gives_the_tables_and_down_takes_them_away(tmp_path):
    engine = make_engine(make_base(tmp_path / "m.db"))
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    if engine.dialect.name == "sqlite":
        assert (
            len(set(triggers_of(engine, "SELECT name FROM sqlite_master WHERE type = 'trigger'")))
            == 4
        )
    else:
        assert len(triggers_of(engine, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")) == 2

    downgrade(engine)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(engine)
    assert set(Base.metadata.tables) < set(inspect(engine).get_table_names())


def test_each_step_goes_down_and_up_again(tmp_path):
    engine = make_engine(make_base(tmp_path / "m.db"))
    steps = [
        script.revision for script in reversed(list(ScriptDirectory(str(HERE)).walk_revisions()))
    ]
    assert steps[:2] == ["0001", "0002"]
    for step, before in zip(steps, ["base", *steps], strict=False):
        upgrade(engine, step)
        downgrade(engine, before)
        upgrade(engine, step)


def test_there_is_one_line_of_steps():
    """Each step has one before it: two that follow the same one would leave two schemas."""
    scripts = ScriptDirectory(str(HERE))
    assert len(scripts.get_heads()) == 1
    assert not [script for script in scripts.walk_revisions() if script.is_branch_point]


def triggers_of(engine, query: str) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())
