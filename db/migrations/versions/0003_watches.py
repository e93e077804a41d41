"""What people want to be told of, what was seen for them, and how telling them went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.columns import Key, Utc

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Three tables."""
    op.create_table(
        "watch",
        sa.Column("id", Key, nullable=False, comment="row number"),
        sa.Column("name", sa.String(), nullable=False, comment="as people call it"),
        sa.Column(
            "company_id",
            sa.String(),
            nullable=False,
            comment="slug of the company; its brands count too",
        ),
        sa.Column(
            "with_id", sa.String(), nullable=True, comment="slug of another one named beside it"
        ),
        sa.Column(
            "rule",
            sa.String(),
            nullable=False,
            comment="primary, secondary, mention, first, spike, edited",
        ),
        sa.Column("language", sa.String(), nullable=True, comment="ISO 639-1; null: all"),
        sa.Column(
            "target", sa.String(), nullable=False, comment="https:, mailto: or an Apprise address"
        ),
        sa.Column("secret", sa.String(), nullable=False, comment="signs what is sent to a webhook"),
        sa.Column(
            "quiet", sa.String(), nullable=True, comment="hours without messages: 22:00-07:00"
        ),
        sa.Column(
            "allows_private",
            sa.Boolean(),
            nullable=False,
            comment="plain http and private hosts are allowed",
        ),
        sa.Column("created_at", Utc(), nullable=False, comment="older news is not told"),
        sa.Column(
            "seen_article_id", sa.BigInteger(), nullable=False, comment="last article looked at"
        ),
        sa.Column("seen_at", Utc(), nullable=False, comment="edits before this were looked at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("name", name=op.f("uq_watch_name")),
        comment="What somebody wants to be told of",
    )
    op.create_table(
        "alert",
        sa.Column("id", Key, nullable=False, comment="row number"),
        sa.Column("watch_id", Key, nullable=False, comment="whose"),
        sa.Column(
            "occasion",
            sa.String(),
            nullable=False,
            comment="what happened, once: story 12, day 2026-11-22 …",
        ),
        sa.Column(
            "article_id", sa.BigInteger(), nullable=False, comment="the article that showed it"
        ),
        sa.Column("created_at", Utc(), nullable=False, comment="when it was seen"),
        sa.Column("tries", sa.Integer(), nullable=False, comment="deliveries tried"),
        sa.Column("next_try_at", Utc(), nullable=True, comment="when to send; null: done"),
        sa.Column("delivered_at", Utc(), nullable=True, comment="when it arrived"),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["watch.id"], name=op.f("fk_alert_watch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("watch_id", "occasion", name=op.f("uq_alert_watch_id_occasion")),
        comment="Something a watch has seen, once per story",
    )
    op.create_index("ix_alert_next_try_at", "alert", ["next_try_at"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", Key, nullable=False, comment="row number"),
        sa.Column("alert_id", Key, nullable=False, comment="which alert"),
        sa.Column("tried_at", Utc(), nullable=False, comment="UTC"),
        sa.Column("is_delivered", sa.Boolean(), nullable=False, comment="it arrived"),
        sa.Column(
            "detail",
            sa.String(),
            nullable=False,
            comment="the answer, or what went wrong, in one line",
        ),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_delivery_alert_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        comment="One try to deliver an alert",
    )
    op.create_index("ix_delivery_alert_id", "delivery", ["alert_id"], unique=False)
