"""What sites tell machines in files of their own, remembered across processes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.columns import Utc

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """One table."""
    op.create_table(
        "site_file",
        sa.Column("url", sa.String(), nullable=False, comment="of the file"),
        sa.Column("status", sa.Integer(), nullable=False, comment="HTTP status it answered with"),
        sa.Column(
            "body", sa.LargeBinary(), nullable=False, comment="as received; empty unless found"
        ),
        sa.Column("fetched_at", Utc(), nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_site_file")),
        comment="A robots.txt or tdmrep.json, believed for a day",
    )
