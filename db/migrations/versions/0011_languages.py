"""The newest articles of a language are found in an index.

Asked for a language that few articles or none are written in, a list read every article there is:
twenty seconds of a million. What is written there for a new article stands beside what was written
for the one before it."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """One index."""
    op.create_index(
        "ix_article_language_published_at", "article", ["language", "published_at", "id"]
    )
