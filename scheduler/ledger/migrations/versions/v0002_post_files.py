"""Post files: what a file was and where, so that a new name is no new post; and the hashtags whose turn it was."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table of post files and the column of hashtags."""
    op.create_table(
        "source",
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("gone_at", sa.String(27), nullable=True),
        sa.PrimaryKeyConstraint("identity", name="pk_source"),
    )
    op.add_column("delivery", sa.Column("hashtags", sa.Text(), nullable=False, server_default=""))
