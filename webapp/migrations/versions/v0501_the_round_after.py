"""What a round leaves to the next: declarations that are carried on, and what was told of them."""

import sqlalchemy as sa
from alembic import op

revision = "0501"
down_revision = "0402"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up."""
    op.add_column("declaration", sa.Column("origin", sa.String(), nullable=True))
    op.add_column("run", sa.Column("told", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Down."""
    op.drop_column("run", "told")
    op.drop_column("declaration", "origin")
