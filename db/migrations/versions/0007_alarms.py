"""What is wrong with the sources, kept for those who ask: silence, drift, failures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.columns import Key, Utc

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """One table; the view ``source_health`` shows it."""
    op.create_table(
        "alarm",
        sa.Column("source_id", Key, nullable=False, comment="which source"),
        sa.Column("kind", sa.String(), nullable=False, comment="failing, silence or drift"),
        sa.Column(
            "field", sa.String(), nullable=False, comment="what drifted; empty of the others"
        ),
        sa.Column("text", sa.String(), nullable=False, comment="one line for people"),
        sa.Column(
            "before",
            sa.Double(),
            nullable=True,
            comment="share of pages that had it; of words: their mean",
        ),
        sa.Column("after", sa.Double(), nullable=True, comment="the same since then"),
        sa.Column("since_at", Utc(), nullable=True, comment="since when it is so, UTC"),
        sa.Column("noticed_at", Utc(), nullable=False, comment="when it was first noticed, UTC"),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
            name=op.f("fk_alarm_source_id_source"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", "kind", "field", name=op.f("pk_alarm")),
        comment="What is wrong with a source by its own habits, as of the hour",
    )
