"""Tags know their story and whether it is a copy: a company's days are counted in one index.

A year of the largest company in a million articles was 60,000 look-ups of articles, a second."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.columns import Key, Utc

revision = "0006"
down_revision = "0005"

OLD = (
    "article_id, company_id, published_at, relevance, level, confidence, known, mention_count,"
    " owner_id, catalogue_version"
)
STORY = "of the article, copied for speed"
COPY = "the article is a copy; copied for speed"
INDEX = "ix_tag_company_id_published_at"


def upgrade() -> None:
    """Two columns, filled, and the index that holds them."""
    if op.get_context().dialect.name == "postgresql":
        op.drop_index(INDEX, "tag")
        op.add_column("tag", sa.Column("story_id", sa.BigInteger(), comment=STORY))
        op.add_column("tag", sa.Column("is_copy", sa.Boolean(), comment=COPY))
        op.execute(
            "UPDATE tag SET story_id = a.story_id, is_copy = a.copy_of_id IS NOT NULL"
            " FROM article a WHERE a.id = tag.article_id"
        )
        op.alter_column("tag", "story_id", nullable=False)
        op.alter_column("tag", "is_copy", nullable=False)
        for place, words in COMMENTS.items():
            op.execute(f"COMMENT ON {place} IS '{words}'")
    else:
        _make("tag_new")
        op.execute(
            f"INSERT INTO tag_new ({OLD}, story_id, is_copy) SELECT t.*, a.story_id,"  # noqa: S608
            f" a.copy_of_id IS NOT NULL FROM (SELECT {OLD} FROM tag) t"
            " JOIN article a ON a.id = t.article_id ORDER BY t.article_id, t.company_id"
        )
        op.drop_table("tag")
        op.rename_table("tag_new", "tag")
    op.create_index(
        INDEX,
        "tag",
        ["company_id", "published_at", "article_id", "story_id", "is_copy", "mention_count"],
        unique=False,
    )


COMMENTS = {
    "COLUMN article.fingerprint": "64-bit minhash of the body",
    "TABLE fingerprint": "Quarters of recent fingerprints, to find near copies (kept for weeks)",
    "COLUMN fingerprint.article_id": "whose fingerprint",
}
"""What the first schema called a simhash."""


def _make(name: str) -> None:
    op.create_table(
        name,
        sa.Column("article_id", Key, nullable=False),
        sa.Column("company_id", sa.String(), nullable=False),
        sa.Column("published_at", Utc(), nullable=False),
        sa.Column("relevance", sa.Double(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("catalogue_version", sa.String(), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("is_copy", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="fk_tag_article_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_tag_company_id"),
        sa.PrimaryKeyConstraint("article_id", "company_id", name="pk_tag"),
        sqlite_with_rowid=False,
    )
