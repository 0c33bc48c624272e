"""What becomes of late deliveries, when their event is over, and whether the sender of an uncertain one is proven dead."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds columns whose defaults say what the first release did."""
    op.add_column("delivery", sa.Column("event_ends", sa.String(27), nullable=True))
    op.add_column("delivery", sa.Column("late_state", sa.String(16), nullable=False, server_default="missed"))
    op.add_column("delivery", sa.Column("released", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("delivery", sa.Column("unproven", sa.Integer(), nullable=False, server_default="0"))
