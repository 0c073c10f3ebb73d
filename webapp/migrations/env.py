"""Run by alembic; the connection is handed in by :func:`webapp.migrations.upgrade`."""

from alembic import context

from webapp.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
