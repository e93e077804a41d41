"""Less to write for each article: only addresses to be fetched stand in the index of those, and
FTS5 gathers a whole group of articles before it writes.

Of a million addresses a few thousand are to be fetched; the others stood there with no time, and
each article that was stored changed a page of that index. FTS5 gathers 1 MB by itself, which is
seventy articles: a group of 200 became three segments, to be merged later and each to be looked
into by every search. Now it gathers 4 MB."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

DUE = "next_try_at IS NOT NULL"


def upgrade() -> None:
    """One index made anew; a setting of the full-text index, kept in it."""
    op.drop_index("ix_address_source_id_next_try_at", table_name="address")
    op.create_index(
        "ix_address_source_id_next_try_at",
        "address",
        ["source_id", "next_try_at"],
        unique=False,
        sqlite_where=sa.text(DUE),
        postgresql_where=sa.text(DUE),
    )
    if op.get_context().dialect.name == "sqlite":
        op.execute("INSERT INTO article_search (article_search, rank) VALUES ('hashsize', 4194304)")
