"""When to try again to hand a post over early to a network that sends it by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds a column that is empty for everything that was never handed over."""
    op.add_column("delivery", sa.Column("ahead_at", sa.String(27), nullable=True))
