"""What a firm's journey keeps: progress, files to be typed, a colleague's theme, monthly words."""

import sqlalchemy as sa
from alembic import op

revision = "0301"
down_revision = "0201"
branch_labels = None
depends_on = None

COLUMNS = (
    ("response", "progress", sa.LargeBinary()),
    ("declaration", "saved_by", sa.Integer()),
    ("account", "theme", sa.String()),
    ("firm", "erasure_asked_at", sa.DateTime(timezone=True)),
    ("outgoing_mail", "round_id", sa.Integer()),
)


def upgrade() -> None:
    """Up."""
    # Plain ADD COLUMN: a table that SQLite has to build anew would take its children with it.
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_attachment_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_attachment_response_id_response")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attachment_public_id")),
    )
    op.create_index(op.f("ix_attachment_response_id"), "attachment", ["response_id"])
    op.create_table(
        "monthly_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_monthly_word_party_id_party")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_word")),
        sa.UniqueConstraint("party_id", "month", name=op.f("uq_monthly_word_party_id_month")),
    )


def downgrade() -> None:
    """Down."""
    op.drop_table("monthly_word")
    op.drop_table("attachment")
    for table, name, _ in reversed(COLUMNS):
        op.drop_column(table, name)
