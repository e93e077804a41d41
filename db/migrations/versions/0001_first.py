"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.columns import Json, Key, Utc

revision = "0001"
down_revision = None


def upgrade() -> None:
    _tables()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE article_search ("
            " article_id bigint PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,"
            " words tsvector NOT NULL)"
        )
        op.execute("COMMENT ON TABLE article_search IS 'Full-text index; see docs/schema.md'")
        op.execute("COMMENT ON COLUMN article_search.article_id IS 'which article'")
        op.execute("COMMENT ON COLUMN article_search.words IS 'folded, stemmed words; title is A'")
        op.execute("CREATE INDEX ix_article_search_words ON article_search USING gin (words)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE article_search"
            " USING fts5 (title, text, content = '', tokenize = 'ascii')"
        )


def _tables() -> None:
    op.create_table(
        "company",
        sa.Column("id", sa.String(), nullable=False, comment="slug, stable"),
        sa.Column("name", sa.String(), nullable=False, comment="display name"),
        sa.Column(
            "owner_id", sa.String(), nullable=True, comment="slug of the company that owns it today"
        ),
        sa.Column("country", sa.String(), nullable=True, comment="ISO 3166-1 alpha-2"),
        sa.Column("sector", sa.String(), nullable=True, comment="line of business"),
        sa.Column("ticker", sa.String(), nullable=True, comment="stock exchange symbol"),
        sa.Column("domain", sa.String(), nullable=True, comment="web domain"),
        sa.Column("wikidata", sa.String(), nullable=True, comment="Wikidata item"),
        sa.Column("aliases", Json, nullable=False, comment="other names (list)"),
        sa.Column("products", Json, nullable=False, comment="names of products (list)"),
        sa.Column(
            "known",
            sa.Boolean(),
            nullable=False,
            comment="in the catalogue; false: found by a pattern",
        ),
        sa.Column(
            "catalogue_version", sa.String(), nullable=True, comment="of the catalogue it came from"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        comment="A company or brand, of the catalogue or met in a text",
    )
    op.create_index("ix_company_owner_id", "company", ["owner_id"], unique=False)
    op.create_table(
        "property",
        sa.Column("name", sa.String(), nullable=False, comment="which fact"),
        sa.Column("value", sa.String(), nullable=False, comment="its value"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_property")),
        comment="Facts about this database itself",
    )
    op.create_table(
        "source",
        sa.Column("id", Key, nullable=False, comment="row number"),
        sa.Column("slug", sa.String(), nullable=False, comment="stable name in sources.toml"),
        sa.Column("name", sa.String(), nullable=False, comment="as people call it"),
        sa.Column("url", sa.String(), nullable=False, comment="home page"),
        sa.Column(
            "language", sa.String(), nullable=True, comment="ISO 639-1, when the source has one"
        ),
        sa.Column("country", sa.String(), nullable=True, comment="ISO 3166-1 alpha-2"),
        sa.Column(
            "timezone", sa.String(), nullable=True, comment="IANA name, for page times without zone"
        ),
        sa.Column(
            "keep",
            sa.String(),
            nullable=False,
            comment="how much text is stored: full, excerpt, metadata",
        ),
        sa.Column(
            "is_active", sa.Boolean(), nullable=False, comment="listed in sources.toml today"
        ),
        sa.Column("paused_at", Utc(), nullable=True, comment="since when it is paused by hand"),
        sa.Column("next_due_at", Utc(), nullable=True, comment="when to look again"),
        sa.Column("due_reason", sa.String(), nullable=True, comment="why then"),
        sa.Column("leased_by", sa.String(), nullable=True, comment="process that visits it now"),
        sa.Column("leased_until", Utc(), nullable=True, comment="when that lease runs out"),
        sa.Column("failures", sa.Integer(), nullable=False, comment="visits failed in a row"),
        sa.Column("last_visit_at", Utc(), nullable=True, comment="end of the last visit"),
        sa.Column("last_success_at", Utc(), nullable=True, comment="end of the last good visit"),
        sa.Column("last_outcome", sa.String(), nullable=True, comment="how the last visit ended"),
        sa.Column("last_detail", sa.String(), nullable=True, comment="and why, in one line"),
        sa.Column("added_at", Utc(), nullable=False, comment="first seen in sources.toml"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("slug", name=op.f("uq_source_slug")),
        comment="A news site that is watched; follows sources.toml",
    )
    op.create_index("ix_source_due", "source", ["next_due_at"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("id", Key, nullable=False, comment="row number"),
        sa.Column("kind", sa.String(), nullable=False, comment="url, host or author"),
        sa.Column(
            "value",
            sa.String(),
            nullable=False,
            comment="canonical address, host, or author's name",
        ),
        sa.Column("reason", sa.String(), nullable=True, comment="note of the person who asked"),
        sa.Column("created_at", Utc(), nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_tombstone_kind_value")),
        comment="What must not be stored again, because somebody asked",
    )
    op.create_table(
        "channel",
        sa.Column("id", Key, nullable=False, comment="row number"),
        sa.Column("source_id", Key, nullable=False, comment="whose"),
        sa.Column("url", sa.String(), nullable=False, comment="its address"),
        sa.Column("kind", sa.String(), nullable=False, comment="feed, sitemap or listing"),
        sa.Column("etag", sa.String(), nullable=True, comment="validator, verbatim"),
        sa.Column("last_modified", sa.String(), nullable=True, comment="validator, verbatim"),
        sa.Column("content_hash", sa.String(), nullable=True, comment="of the last full answer"),
        sa.Column("full_answer_at", Utc(), nullable=True, comment="when it last answered in full"),
        sa.Column(
            "hint_seconds",
            sa.Integer(),
            nullable=True,
            comment="how long the server asks us to wait",
        ),
        sa.Column("asked_at", Utc(), nullable=False, comment="when it was last asked"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_channel_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("source_id", "url", name=op.f("uq_channel_source_id_url")),
        comment="A feed, sitemap or listing of a source, as it last answered",
    )
    op.create_table(
        "story",
        sa.Column(
            "id",
            Key,
            autoincrement=False,
            nullable=False,
            comment="id of the article that opened it",
        ),
        sa.Column("title", sa.String(), nullable=False, comment="headline of its first article"),
        sa.Column("first_article_id", sa.BigInteger(), nullable=False, comment="published first"),
        sa.Column("first_source_id", Key, nullable=False, comment="who was first"),
        sa.Column(
            "first_published_at", Utc(), nullable=False, comment="when its first article appeared"
        ),
        sa.Column(
            "last_published_at", Utc(), nullable=False, comment="when its latest article appeared"
        ),
        sa.Column("articles", sa.Integer(), nullable=False, comment="how many articles tell it"),
        sa.Column("outlets", sa.Integer(), nullable=False, comment="how many sources tell it"),
        sa.Column(
            "languages",
            sa.String(),
            nullable=False,
            comment="ISO 639-1 codes, comma-separated, sorted",
        ),
        sa.Column(
            "lag_seconds",
            sa.Integer(),
            nullable=True,
            comment="from the first article to the first one of another source; null while alone",
        ),
        sa.ForeignKeyConstraint(
            ["first_source_id"], ["source.id"], name=op.f("fk_story_first_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
        comment="One event, told by one or more articles across sources and languages",
    )
    op.create_index("ix_story_last_published_at", "story", ["last_published_at"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", Key, nullable=False, comment="row number"),
        sa.Column("source_id", Key, nullable=False, comment="which source"),
        sa.Column("started_at", Utc(), nullable=False, comment="UTC"),
        sa.Column("finished_at", Utc(), nullable=False, comment="UTC"),
        sa.Column(
            "outcome",
            sa.String(),
            nullable=False,
            comment="ok, unchanged, empty, or what went wrong",
        ),
        sa.Column("detail", sa.String(), nullable=True, comment="one line for people"),
        sa.Column("found", sa.Integer(), nullable=False, comment="entries its channels listed"),
        sa.Column(
            "fresh",
            sa.Integer(),
            nullable=False,
            comment="addresses among them that were not known",
        ),
        sa.Column(
            "pages",
            sa.Integer(),
            nullable=False,
            comment="pages that ended; the sum over visit_outcome",
        ),
        sa.Column("requests", sa.Integer(), nullable=False, comment="HTTP requests"),
        sa.Column(
            "bytes_received", sa.BigInteger(), nullable=False, comment="bytes over the network"
        ),
        sa.Column(
            "not_modified", sa.Integer(), nullable=False, comment="channels that answered 304"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_visit_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        comment="One visit of a source, finished",
    )
    op.create_index(
        "ix_visit_source_id_started_at", "visit", ["source_id", "started_at"], unique=False
    )
    op.create_table(
        "article",
        sa.Column("id", Key, nullable=False, comment="row number, in order of arrival"),
        sa.Column("url", sa.String(), nullable=False, comment="canonical address: the identity"),
        sa.Column("source_id", Key, nullable=False, comment="where it was found"),
        sa.Column("story_id", Key, nullable=False, comment="what event it tells"),
        sa.Column(
            "copy_of_id",
            sa.BigInteger(),
            nullable=True,
            comment="id of the earlier article of another source whose text this is",
        ),
        sa.Column(
            "published_at",
            Utc(),
            nullable=False,
            comment="UTC; when first seen if the page says nothing (see published_origin)",
        ),
        sa.Column(
            "published_origin",
            sa.String(),
            nullable=False,
            comment="rule that gave the time and its zone; first_seen when the page says nothing",
        ),
        sa.Column("first_seen_at", Utc(), nullable=False, comment="when it was first stored"),
        sa.Column("fetched_at", Utc(), nullable=False, comment="when this version was fetched"),
        sa.Column("modified_at", Utc(), nullable=True, comment="as the page says"),
        sa.Column("language", sa.String(), nullable=True, comment="ISO 639-1"),
        sa.Column("title", sa.String(), nullable=False, comment="headline"),
        sa.Column("section", sa.String(), nullable=True, comment="the publisher's section"),
        sa.Column("image_url", sa.String(), nullable=True, comment="lead image"),
        sa.Column("is_free", sa.Boolean(), nullable=True, comment="false behind a paywall"),
        sa.Column("words", sa.Integer(), nullable=False, comment="words of the body, as read"),
        sa.Column(
            "revisions", sa.Integer(), nullable=False, comment="earlier versions kept in revision"
        ),
        sa.Column(
            "content_hash",
            sa.String(),
            nullable=False,
            comment="of title and body: has it changed?",
        ),
        sa.Column(
            "body_hash", sa.String(), nullable=True, comment="of the body, white space folded"
        ),
        sa.Column(
            "fingerprint", sa.BigInteger(), nullable=False, comment="64-bit minhash of the body"
        ),
        sa.Column(
            "catalogue_version",
            sa.String(),
            nullable=False,
            comment="of the company catalogue that tagged it",
        ),
        sa.Column("keywords", Json, nullable=False, comment="the publisher's own tags (list)"),
        sa.Column("origins", Json, nullable=False, comment="field: the rule that gave it"),
        sa.Column("confidences", Json, nullable=False, comment="field: from 0 to 1"),
        sa.Column(
            "summary", sa.String(), nullable=True, comment="the lead, when the page sets one apart"
        ),
        sa.Column("body", sa.String(), nullable=False, comment="paragraphs, joined by blank lines"),
        sa.Column("blocks", Json, nullable=False, comment="pieces in order: [kind, text]"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_article_source_id")),
        sa.ForeignKeyConstraint(
            ["story_id"],
            ["story.id"],
            name=op.f("fk_article_story_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("url", name=op.f("uq_article_url")),
        comment="A page read as an article, in its latest version",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_article_body_hash", "article", ["body_hash"], unique=False)
    op.create_index("ix_article_published_at", "article", ["published_at", "id"], unique=False)
    op.create_index(
        "ix_article_source_id_published_at",
        "article",
        ["source_id", "published_at", "id"],
        unique=False,
    )
    op.create_index("ix_article_story_id", "article", ["story_id"], unique=False)
    op.create_table(
        "visit_outcome",
        sa.Column("visit_id", Key, nullable=False, comment="which visit"),
        sa.Column("outcome", sa.String(), nullable=False, comment="new, updated, paywall, gone …"),
        sa.Column("pages", sa.Integer(), nullable=False, comment="how many pages ended so"),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_outcome_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "outcome", name=op.f("pk_visit_outcome")),
        comment="How the pages of a visit ended, counted",
    )
    op.create_table(
        "address",
        sa.Column("id", Key, nullable=False, comment="row number"),
        sa.Column("url", sa.String(), nullable=False, comment="canonical: the identity"),
        sa.Column("fetch_url", sa.String(), nullable=False, comment="what is asked for"),
        sa.Column("source_id", Key, nullable=False, comment="who offered it"),
        sa.Column(
            "state", sa.String(), nullable=False, comment="new, fetched, stored, rejected or failed"
        ),
        sa.Column("outcome", sa.String(), nullable=True, comment="how it last ended"),
        sa.Column("detail", sa.String(), nullable=True, comment="and why, in one line"),
        sa.Column("article_id", Key, nullable=True, comment="the article it led to"),
        sa.Column("tries", sa.Integer(), nullable=False, comment="fetches failed in a row"),
        sa.Column("next_try_at", Utc(), nullable=True, comment="when to fetch; null: not again"),
        sa.Column("found_in", sa.String(), nullable=False, comment="channel that named it first"),
        sa.Column("first_seen_at", Utc(), nullable=False, comment="when it was first named"),
        sa.Column("last_fetched_at", Utc(), nullable=True, comment="when a page last came back"),
        sa.Column("ended_at", Utc(), nullable=True, comment="when the last outcome was written"),
        sa.Column("etag", sa.String(), nullable=True, comment="validator, verbatim"),
        sa.Column("last_modified", sa.String(), nullable=True, comment="validator, verbatim"),
        sa.Column("entry", Json, nullable=True, comment="what the channel said of it"),
        sa.Column(
            "entry_hash", sa.String(), nullable=True, comment="of that: has the entry changed?"
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_address_article_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_address_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        sa.UniqueConstraint("url", name=op.f("uq_address_url")),
        comment="Every article address ever met, and how far it has come",
    )
    op.create_index("ix_address_article_id", "address", ["article_id"], unique=False)
    op.create_index(
        "ix_address_source_id_next_try_at", "address", ["source_id", "next_try_at"], unique=False
    )
    op.create_index("ix_address_state", "address", ["state", "last_fetched_at"], unique=False)
    op.create_table(
        "author",
        sa.Column("article_id", Key, nullable=False, comment="which article"),
        sa.Column(
            "position",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="order on the page, from 1",
        ),
        sa.Column("name", sa.String(), nullable=False, comment="as signed"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_author_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "position", name=op.f("pk_author")),
        comment="Who wrote an article",
    )
    op.create_index("ix_author_name", "author", ["name"], unique=False)
    op.create_table(
        "fingerprint",
        sa.Column(
            "band",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="quarter number * 65536 + its 16 bits",
        ),
        sa.Column("article_id", Key, nullable=False, comment="whose fingerprint"),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_fingerprint_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("band", "article_id", name=op.f("pk_fingerprint")),
        comment="Quarters of recent fingerprints, to find near copies (kept for weeks)",
        sqlite_with_rowid=False,
    )
    op.create_index("ix_fingerprint_article_id", "fingerprint", ["article_id"], unique=False)
    op.create_table(
        "mention",
        sa.Column("article_id", Key, nullable=False, comment="which article"),
        sa.Column("zone", sa.String(), nullable=False, comment="title, summary or body"),
        sa.Column(
            "start",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="code points into the zone's text",
        ),
        sa.Column("company_id", sa.String(), nullable=False, comment="which company"),
        sa.Column("end", sa.Integer(), nullable=False, comment="exclusive"),
        sa.Column("surface", sa.String(), nullable=False, comment="the text between, verbatim"),
        sa.Column(
            "rule",
            sa.String(),
            nullable=False,
            comment="what decided: alias, product, ticker, context …",
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_mention_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_mention_company_id")),
        sa.PrimaryKeyConstraint(
            "article_id", "zone", "start", "company_id", name=op.f("pk_mention")
        ),
        comment="A company named at one place of an article",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revision",
        sa.Column("article_id", Key, nullable=False, comment="which article"),
        sa.Column(
            "number",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="1 is the first version",
        ),
        sa.Column("fetched_at", Utc(), nullable=False, comment="when this version was fetched"),
        sa.Column("replaced_at", Utc(), nullable=False, comment="when a later version was stored"),
        sa.Column("modified_at", Utc(), nullable=True, comment="as the page said"),
        sa.Column("content_hash", sa.String(), nullable=False, comment="of title and body"),
        sa.Column("title", sa.String(), nullable=False, comment="headline of this version"),
        sa.Column("summary", sa.String(), nullable=True, comment="lead of this version"),
        sa.Column("body", sa.String(), nullable=False, comment="text of this version"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_revision_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_revision")),
        comment="An earlier version of an article that was edited since",
    )
    op.create_table(
        "tag",
        sa.Column("article_id", Key, nullable=False, comment="which article"),
        sa.Column("company_id", sa.String(), nullable=False, comment="which company"),
        sa.Column(
            "published_at", Utc(), nullable=False, comment="of the article, copied for speed"
        ),
        sa.Column(
            "relevance",
            sa.Double(),
            nullable=False,
            comment="0 to 1: how much the article is about it",
        ),
        sa.Column(
            "level",
            sa.String(),
            nullable=False,
            comment="primary, secondary, passing or source_only",
        ),
        sa.Column(
            "confidence", sa.Double(), nullable=False, comment="0 to 1: is it this company at all?"
        ),
        sa.Column(
            "known", sa.Boolean(), nullable=False, comment="in the catalogue when it was tagged"
        ),
        sa.Column("mention_count", sa.Integer(), nullable=False, comment="times it is named"),
        sa.Column(
            "owner_id", sa.String(), nullable=True, comment="its owner at the article's date"
        ),
        sa.Column(
            "catalogue_version",
            sa.String(),
            nullable=False,
            comment="of the catalogue that tagged it",
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_tag_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_tag_company_id")),
        sa.PrimaryKeyConstraint("article_id", "company_id", name=op.f("pk_tag")),
        comment="An article is about a company, how much",
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_tag_company_id_published_at",
        "tag",
        ["company_id", "published_at", "article_id"],
        unique=False,
    )
    op.create_table(
        "page",
        sa.Column("address_id", Key, autoincrement=False, nullable=False, comment="which address"),
        sa.Column("final_url", sa.String(), nullable=False, comment="after redirects"),
        sa.Column("fetched_at", Utc(), nullable=False, comment="UTC"),
        sa.Column("status", sa.Integer(), nullable=False, comment="HTTP status"),
        sa.Column("content_type", sa.String(), nullable=True, comment="header, verbatim"),
        sa.Column("headers", Json, nullable=False, comment="response headers"),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes before compression"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="zstd"),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("fk_page_address_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("address_id", name=op.f("pk_page")),
        comment="The raw page of an address, as last received",
    )
    op.create_index("ix_page_fetched_at", "page", ["fetched_at"], unique=False)
