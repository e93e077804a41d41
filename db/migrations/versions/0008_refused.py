"""The view ``refused``; quarters of fingerprints know the whole, and are compared without articles;
notable tags in an index of their own.

A quarter is shared by chance with a growing part of the archive's last weeks: each of those meant
a look at an article's row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.columns import Key

revision = "0008"
down_revision = "0007"

NOTABLE = "level IN ('primary', 'secondary')"
WHOLE = "all of it: how near is another one?"


def upgrade() -> None:
    """One index; one column, filled."""
    op.create_index(
        "ix_tag_notable",
        "tag",
        ["company_id", "published_at", "level"],
        unique=False,
        sqlite_where=sa.text(NOTABLE),
        postgresql_where=sa.text(NOTABLE),
    )
    if op.get_context().dialect.name == "postgresql":
        op.add_column("fingerprint", sa.Column("fingerprint", sa.BigInteger(), comment=WHOLE))
        op.execute(
            "UPDATE fingerprint SET fingerprint = a.fingerprint"
            " FROM article a WHERE a.id = fingerprint.article_id"
        )
        op.alter_column("fingerprint", "fingerprint", nullable=False)
        return
    op.create_table(
        "fingerprint_new",
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("article_id", Key, nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name="fk_fingerprint_article_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("band", "article_id", name="pk_fingerprint"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO fingerprint_new SELECT f.band, f.article_id, a.fingerprint"
        " FROM fingerprint f JOIN article a ON a.id = f.article_id ORDER BY f.band, f.article_id"
    )
    op.drop_table("fingerprint")
    op.rename_table("fingerprint_new", "fingerprint")
    op.create_index("ix_fingerprint_article_id", "fingerprint", ["article_id"], unique=False)
