"""The second factor of agents, and in which sessions it was given."""

import sqlalchemy as sa
from alembic import op

revision = "0402"
down_revision = "0401"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up."""
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("public_id", name=op.f("uq_second_factor_public_id")),
    )
    op.create_index("ix_second_factor_account_id", "second_factor", ["account_id"])
    with op.batch_alter_table("web_session") as table:
        table.add_column(sa.Column("second_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("challenge", sa.String(), nullable=True))


def downgrade() -> None:
    """Down."""
    with op.batch_alter_table("web_session") as table:
        table.drop_column("challenge")
        table.drop_column("second_at")
    op.drop_table("second_factor")
