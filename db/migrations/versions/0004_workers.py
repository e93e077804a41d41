"""What workers on several machines share: which host is whose, and who they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.columns import Utc

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Two tables, and an index to find the leases of the dead by."""
    op.create_table(
        "host",
        sa.Column("name", sa.String(), nullable=False, comment="as in addresses, without a port"),
        sa.Column("held_by", sa.String(), nullable=True, comment="worker/job that asks it now"),
        sa.Column(
            "not_before", sa.Double(), nullable=True, comment="unix time, by the server's clock"
        ),
        sa.Column(
            "crawl_delay", sa.Double(), nullable=True, comment="seconds, as its robots.txt says"
        ),
        sa.Column("failures", sa.Integer(), nullable=False, comment="answers failed in a row"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_host")),
        comment="A web host, asked by one worker of the fleet at a time",
    )
    op.create_index("ix_host_held_by", "host", ["held_by"], unique=False)
    op.create_table(
        "worker",
        sa.Column(
            "id", sa.BigInteger(), autoincrement=False, nullable=False, comment="its number there"
        ),
        sa.Column("name", sa.String(), nullable=False, comment="machine:process"),
        sa.Column("version", sa.String(), nullable=False, comment="of techwire"),
        sa.Column("concurrency", sa.Integer(), nullable=False, comment="visits at a time"),
        sa.Column("started_at", Utc(), nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
        comment="A running worker; its heartbeat is in procrastinate_workers",
    )
    op.create_index("ix_source_leased_by", "source", ["leased_by"], unique=False)
