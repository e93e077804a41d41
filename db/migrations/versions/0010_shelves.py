"""PostgreSQL's full-text index knows in what order articles arrived.

All matches of a word were gathered and their times looked up to find the newest fifty: with the
shelf of an article (4,096 of them by row number) in the index, the last ones are asked alone."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

INDEX = "ix_article_search_words"


def upgrade() -> None:
    """One index made anew, while the old one still answers."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("SET LOCAL maintenance_work_mem = '256MB'")  # the server's 64 MB take longer
    op.execute(
        "CREATE INDEX ix_article_search_shelves ON article_search"
        " USING gin (words, (ARRAY[article_id / 4096]))"
    )
    op.execute(f"DROP INDEX {INDEX}")
    op.execute(f"ALTER INDEX ix_article_search_shelves RENAME TO {INDEX}")
    op.execute("SET LOCAL maintenance_work_mem TO DEFAULT")
