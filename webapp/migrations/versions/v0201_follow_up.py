"""Synergies and what becomes of them; what a round is set up with; publications."""

import sqlalchemy as sa
from alembic import op

revision = "0201"
down_revision = "0002"
branch_labels = None
depends_on = None

ADDED = (
    ("round", "leads_planned_on", sa.Date()),
    ("round", "previous", sa.String()),
    ("round", "blocks", sa.JSON()),
    ("round", "settings", sa.JSON()),
    ("round", "words", sa.JSON()),
    ("round", "tested_at", sa.DateTime(timezone=True)),
    ("declaration", "typed_by", sa.String()),
    ("run", "drawing", sa.LargeBinary()),
    ("lead", "bundle", sa.String()),
    ("call", "note", sa.LargeBinary()),
    ("firm", "left_alone_until", sa.Date()),
    ("site", "community", sa.String()),
    ("account", "returned_at", sa.DateTime(timezone=True)),
    ("account", "community", sa.String()),
)
TABLES = ("publication", "effort", "result", "synergy_step", "synergy")


def upgrade() -> None:
    """Up."""
    for table, name, kind in ADDED:
        op.add_column(table, sa.Column(name, kind))
    not_yet: sa.Column[bool] = sa.Column(
        "refused_before", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("lead", not_yet)
    op.create_index("ix_lead_bundle", "lead", ["bundle"])
    op.create_table(
        "synergy",
        *_start(),
        sa.Column("public_id", sa.String(), nullable=False),
        _key("synergy", "lead_id", "lead"),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("stage_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_on", sa.Date()),
        sa.Column("wake_on", sa.Date()),
        sa.Column("closing_code", sa.Integer()),
        sa.Column("axis", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_synergy"),
        sa.UniqueConstraint("public_id", name="uq_synergy_public_id"),
        sa.UniqueConstraint("lead_id", name="uq_synergy_lead_id"),
    )
    op.create_index("ix_synergy_stage", "synergy", ["stage"])
    op.create_table(
        "synergy_step",
        *_start(),
        _key("synergy_step", "synergy_id", "synergy"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _key("synergy_step", "account_id", "account", nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("closing_code", sa.Integer()),
        sa.Column("note", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_synergy_step"),
    )
    op.create_table(
        "result",
        *_start(),
        sa.Column("public_id", sa.String(), nullable=False),
        _key("result", "synergy_id", "synergy"),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("evidence_kind", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _key("result", "account_id", "account"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_result"),
        sa.UniqueConstraint("public_id", name="uq_result_public_id"),
        sa.UniqueConstraint(
            "synergy_id", "basis", "indicator", "year",
            name="uq_result_synergy_id_basis_indicator_year",
        ),
    )  # fmt: skip
    op.create_table(
        "effort",
        *_start(),
        _key("effort", "synergy_id", "synergy"),
        _key("effort", "account_id", "account"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("public_eur", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_effort"),
    )
    for table in ("synergy_step", "result", "effort"):
        op.create_index(f"ix_{table}_synergy_id", table, ["synergy_id"])
    op.create_table(
        "publication",
        *_start(),
        sa.Column("public_id", sa.String(), nullable=False),
        _key("publication", "round_id", "round"),
        _key("publication", "account_id", "account"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        sa.UniqueConstraint("public_id", name="uq_publication_public_id"),
    )
    op.create_index("ix_publication_round_id", "publication", ["round_id"])


def downgrade() -> None:
    """Down."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("ix_lead_bundle", "lead")
    op.drop_column("lead", "refused_before")
    for table, name, _kind in reversed(ADDED):
        op.drop_column(table, name)


def _start() -> tuple[sa.Column[int]]:
    return (sa.Column("id", sa.Integer(), nullable=False),)


def _key(table: str, name: str, to: str, *, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{to}.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.Integer(), key, nullable=nullable)
