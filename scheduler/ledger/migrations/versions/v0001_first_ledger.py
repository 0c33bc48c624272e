"""The first ledger: deliveries, attempts, events, pauses, instances and hashtags."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.String(27)
FORMS: dict[str, sa.types.TypeEngine[Any]] = {
    "s": sa.String(64),
    "short": sa.String(16),
    "owner": sa.String(200),
    "t": sa.Text(),
    "i": sa.Integer(),
    "at": INSTANT,
}


def _columns(words: str) -> list[sa.Column[Any]]:
    """Returns columns from lines of ``name form [null]``."""
    made: list[sa.Column[Any]] = []
    for line in words.strip().splitlines():
        name, form, *rest = line.split()
        made.append(sa.Column(name, FORMS[form], nullable="null" in rest))
    return made


DELIVERY = """
id s
post t
part t
account t
occurrence t
network t
campaign t
title t
due_utc at
due_local t
zone t
not_before at
next_at at
late_at at
expires_at at null
state short
reason t
fence i
owner t
lease_until at null
sending_since at null
attempts i
checks i
first_attempt_at at null
draft_fingerprint s
held_for s
payload t null
payload_sha256 s
ids t
fingerprint s
remote_id t
url t
sent_at at null
created_at at
updated_at at
"""

ATTEMPT = """
delivery s
fence i
number i
step t
started_at at
finished_at at
outcome t
reason t
remote_id t
url t
"""

EVENT = """
delivery s
at at
was short
became short
fence i
reason t
"""

PAUSE = """
scope short
name t
reason t
since at
"""

INSTANCE = """
owner owner
host t
pid i
boot t
started_at at
last_tick at
"""

HASHTAG = """
name t
last_used at
"""

META = """
key t
value t
"""


def upgrade() -> None:
    """Makes the tables of the first release."""
    unique = sa.UniqueConstraint("post", "part", "account", "occurrence", name="uq_delivery_post_part_account_occurrence")
    op.create_table("delivery", *_columns(DELIVERY), sa.PrimaryKeyConstraint("id", name="pk_delivery"), unique)
    op.create_index("ix_delivery_state_next_at", "delivery", ["state", "next_at"])
    op.create_index("ix_delivery_state_late_at", "delivery", ["state", "late_at"])
    op.create_index("ix_delivery_account_state_sent_at", "delivery", ["account", "state", "sent_at"])
    op.create_index("ix_delivery_fingerprint", "delivery", ["fingerprint"])
    for name, words in (("attempt", ATTEMPT), ("event", EVENT)):
        number = sa.Column("id", sa.Integer(), autoincrement=True, nullable=False)
        key = sa.PrimaryKeyConstraint("id", name=f"pk_{name}")
        owner = sa.ForeignKeyConstraint(["delivery"], ["delivery.id"], name=f"fk_{name}_delivery_delivery")
        op.create_table(name, number, *_columns(words), key, owner)
        op.create_index(f"ix_{name}_delivery", name, ["delivery"])
    op.create_table("pause", *_columns(PAUSE), sa.PrimaryKeyConstraint("scope", "name", name="pk_pause"))
    op.create_table("instance", *_columns(INSTANCE), sa.PrimaryKeyConstraint("owner", name="pk_instance"))
    op.create_table("hashtag", *_columns(HASHTAG), sa.PrimaryKeyConstraint("name", name="pk_hashtag"))
    op.create_table("meta", *_columns(META), sa.PrimaryKeyConstraint("key", name="pk_meta"))
