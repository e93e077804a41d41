"""Every table, typed and commented: the schema, as the code sees it.

``docs/schema.md`` is made from this file; views stand in ``db/views.py``, the full-text index in
``db/search_index.py``. A change here needs a migration (a test compares the two).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db.columns import Json, Key, Utc

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Holds the metadata; constraints get names, so that migrations can refer to them."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Utc}  # noqa: RUF012  (SQLAlchemy reads it from the class)


def _key(comment: str) -> Mapped[int]:
    return mapped_column(Key, primary_key=True, comment=comment)


class SourceRow(Base):
    __tablename__ = "source"
    __table_args__ = (
        Index("ix_source_due", "next_due_at"),
        Index("ix_source_leased_by", "leased_by"),
        {"comment": "A news site that is watched; follows sources.toml"},
    )

    id: Mapped[int] = _key("row number")
    slug: Mapped[str] = mapped_column(unique=True, comment="stable name in sources.toml")
    name: Mapped[str] = mapped_column(comment="as people call it")
    url: Mapped[str] = mapped_column(comment="home page")
    language: Mapped[str | None] = mapped_column(comment="ISO 639-1, when the source has one")
    country: Mapped[str | None] = mapped_column(comment="ISO 3166-1 alpha-2")
    timezone: Mapped[str | None] = mapped_column(comment="IANA name, for page times without zone")
    keep: Mapped[str] = mapped_column(comment="how much text is stored: full, excerpt, metadata")
    is_active: Mapped[bool] = mapped_column(comment="listed in sources.toml today")
    paused_at: Mapped[datetime | None] = mapped_column(comment="since when it is paused by hand")
    next_due_at: Mapped[datetime | None] = mapped_column(comment="when to look again")
    due_reason: Mapped[str | None] = mapped_column(comment="why then")
    leased_by: Mapped[str | None] = mapped_column(comment="process that visits it now")
    leased_until: Mapped[datetime | None] = mapped_column(comment="when that lease runs out")
    failures: Mapped[int] = mapped_column(default=0, comment="visits failed in a row")
    last_visit_at: Mapped[datetime | None] = mapped_column(comment="end of the last visit")
    last_success_at: Mapped[datetime | None] = mapped_column(comment="end of the last good visit")
    last_outcome: Mapped[str | None] = mapped_column(comment="how the last visit ended")
    last_detail: Mapped[str | None] = mapped_column(comment="and why, in one line")
    added_at: Mapped[datetime] = mapped_column(comment="first seen in sources.toml")


class ChannelRow(Base):
    __tablename__ = "channel"
    __table_args__ = (
        UniqueConstraint("source_id", "url"),
        {"comment": "A feed, sitemap or listing of a source, as it last answered"},
    )

    id: Mapped[int] = _key("row number")
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), comment="whose")
    url: Mapped[str] = mapped_column(comment="its address")
    kind: Mapped[str] = mapped_column(comment="feed, sitemap or listing")
    etag: Mapped[str | None] = mapped_column(comment="validator, verbatim")
    last_modified: Mapped[str | None] = mapped_column(comment="validator, verbatim")
    content_hash: Mapped[str | None] = mapped_column(comment="of the last full answer")
    full_answer_at: Mapped[datetime | None] = mapped_column(comment="when it last answered in full")
    hint_seconds: Mapped[int | None] = mapped_column(comment="how long the server asks us to wait")
    asked_at: Mapped[datetime] = mapped_column(comment="when it was last asked")


class VisitRow(Base):
    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_source_id_started_at", "source_id", "started_at"),
        {"comment": "One visit of a source, finished"},
    )

    id: Mapped[int] = _key("row number")
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), comment="which source")
    started_at: Mapped[datetime] = mapped_column(comment="UTC")
    finished_at: Mapped[datetime] = mapped_column(comment="UTC")
    outcome: Mapped[str] = mapped_column(comment="ok, unchanged, empty, or what went wrong")
    detail: Mapped[str | None] = mapped_column(comment="one line for people")
    found: Mapped[int] = mapped_column(comment="entries its channels listed")
    fresh: Mapped[int] = mapped_column(comment="addresses among them that were not known")
    pages: Mapped[int] = mapped_column(comment="pages that ended; the sum over visit_outcome")
    requests: Mapped[int] = mapped_column(comment="HTTP requests")
    bytes_received: Mapped[int] = mapped_column(BigInteger, comment="bytes over the network")
    not_modified: Mapped[int] = mapped_column(comment="channels that answered 304")


class VisitOutcomeRow(Base):
    __tablename__ = "visit_outcome"
    __table_args__ = ({"comment": "How the pages of a visit ended, counted"},)

    visit_id: Mapped[int] = mapped_column(
        ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True, comment="which visit"
    )
    outcome: Mapped[str] = mapped_column(primary_key=True, comment="new, updated, paywall, gone …")
    pages: Mapped[int] = mapped_column(comment="how many pages ended so")


class StoryRow(Base):
    __tablename__ = "story"
    __table_args__ = (
        Index("ix_story_last_published_at", "last_published_at"),
        {"comment": "One event, told by one or more articles across sources and languages"},
    )

    id: Mapped[int] = mapped_column(
        Key, primary_key=True, autoincrement=False, comment="id of the article that opened it"
    )
    title: Mapped[str] = mapped_column(comment="headline of its first article")
    first_article_id: Mapped[int] = mapped_column(BigInteger, comment="published first")
    first_source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), comment="who was first")
    first_published_at: Mapped[datetime] = mapped_column(comment="when its first article appeared")
    last_published_at: Mapped[datetime] = mapped_column(comment="when its latest article appeared")
    articles: Mapped[int] = mapped_column(comment="how many articles tell it")
    outlets: Mapped[int] = mapped_column(comment="how many sources tell it")
    languages: Mapped[str] = mapped_column(comment="ISO 639-1 codes, comma-separated, sorted")
    lag_seconds: Mapped[int | None] = mapped_column(
        comment="from the first article to the first one of another source; null while alone"
    )


class ArticleRow(Base):
    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_published_at", "published_at", "id"),
        Index("ix_article_source_id_published_at", "source_id", "published_at", "id"),
        Index("ix_article_story_id", "story_id"),
        Index("ix_article_body_hash", "body_hash"),
        {
            "comment": "A page read as an article, in its latest version",
            "sqlite_autoincrement": True,
        },
    )

    id: Mapped[int] = _key("row number, in order of arrival")
    url: Mapped[str] = mapped_column(unique=True, comment="canonical address: the identity")
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), comment="where it was found")
    story_id: Mapped[int] = mapped_column(
        ForeignKey("story.id", deferrable=True, initially="DEFERRED"), comment="what event it tells"
    )
    copy_of_id: Mapped[int | None] = mapped_column(
        BigInteger, comment="id of the earlier article of another source whose text this is"
    )
    published_at: Mapped[datetime] = mapped_column(
        comment="UTC; when first seen if the page says nothing (see published_origin)"
    )
    published_origin: Mapped[str] = mapped_column(
        comment="rule that gave the time and its zone; first_seen when the page says nothing"
    )
    first_seen_at: Mapped[datetime] = mapped_column(comment="when it was first stored")
    fetched_at: Mapped[datetime] = mapped_column(comment="when this version was fetched")
    modified_at: Mapped[datetime | None] = mapped_column(comment="as the page says")
    language: Mapped[str | None] = mapped_column(comment="ISO 639-1")
    title: Mapped[str] = mapped_column(comment="headline")
    section: Mapped[str | None] = mapped_column(comment="the publisher's section")
    image_url: Mapped[str | None] = mapped_column(comment="lead image")
    is_free: Mapped[bool | None] = mapped_column(comment="false behind a paywall")
    words: Mapped[int] = mapped_column(comment="words of the body, as read")
    revisions: Mapped[int] = mapped_column(default=0, comment="earlier versions kept in revision")
    content_hash: Mapped[str] = mapped_column(comment="of title and body: has it changed?")
    body_hash: Mapped[str | None] = mapped_column(comment="of the body, white space folded")
    fingerprint: Mapped[int] = mapped_column(BigInteger, comment="64-bit simhash of the body")
    catalogue_version: Mapped[str] = mapped_column(
        comment="of the company catalogue that tagged it"
    )
    keywords: Mapped[list[str]] = mapped_column(Json, comment="the publisher's own tags (list)")
    origins: Mapped[dict[str, str]] = mapped_column(Json, comment="field: the rule that gave it")
    confidences: Mapped[dict[str, float]] = mapped_column(Json, comment="field: from 0 to 1")
    summary: Mapped[str | None] = mapped_column(comment="the lead, when the page sets one apart")
    body: Mapped[str] = mapped_column(comment="paragraphs, joined by blank lines")
    blocks: Mapped[list[list[str]]] = mapped_column(Json, comment="pieces in order: [kind, text]")


class AddressRow(Base):
    __tablename__ = "address"
    __table_args__ = (
        Index("ix_address_source_id_next_try_at", "source_id", "next_try_at"),
        Index("ix_address_state", "state", "last_fetched_at"),
        Index("ix_address_article_id", "article_id"),
        {"comment": "Every article address ever met, and how far it has come"},
    )

    id: Mapped[int] = _key("row number")
    url: Mapped[str] = mapped_column(unique=True, comment="canonical: the identity")
    fetch_url: Mapped[str] = mapped_column(comment="what is asked for")
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), comment="who offered it")
    state: Mapped[str] = mapped_column(comment="new, fetched, stored, rejected or failed")
    outcome: Mapped[str | None] = mapped_column(comment="how it last ended")
    detail: Mapped[str | None] = mapped_column(comment="and why, in one line")
    article_id: Mapped[int | None] = mapped_column(
        ForeignKey("article.id", ondelete="SET NULL"), comment="the article it led to"
    )
    tries: Mapped[int] = mapped_column(default=0, comment="fetches failed in a row")
    next_try_at: Mapped[datetime | None] = mapped_column(comment="when to fetch; null: not again")
    found_in: Mapped[str] = mapped_column(comment="channel that named it first")
    first_seen_at: Mapped[datetime] = mapped_column(comment="when it was first named")
    last_fetched_at: Mapped[datetime | None] = mapped_column(comment="when a page last came back")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when the last outcome was written")
    etag: Mapped[str | None] = mapped_column(comment="validator, verbatim")
    last_modified: Mapped[str | None] = mapped_column(comment="validator, verbatim")
    entry: Mapped[dict[str, Any] | None] = mapped_column(
        Json, comment="what the channel said of it"
    )
    entry_hash: Mapped[str | None] = mapped_column(comment="of that: has the entry changed?")


class PageRow(Base):
    __tablename__ = "page"
    __table_args__ = (
        Index("ix_page_fetched_at", "fetched_at"),
        {"comment": "The raw page of an address, as last received"},
    )

    address_id: Mapped[int] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="which address",
    )
    final_url: Mapped[str] = mapped_column(comment="after redirects")
    fetched_at: Mapped[datetime] = mapped_column(comment="UTC")
    status: Mapped[int] = mapped_column(comment="HTTP status")
    content_type: Mapped[str | None] = mapped_column(comment="header, verbatim")
    headers: Mapped[dict[str, str]] = mapped_column(Json, comment="response headers")
    size: Mapped[int] = mapped_column(comment="bytes before compression")
    body: Mapped[bytes] = mapped_column(LargeBinary, comment="zstd")


class RevisionRow(Base):
    __tablename__ = "revision"
    __table_args__ = ({"comment": "An earlier version of an article that was edited since"},)

    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, comment="which article"
    )
    number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="1 is the first version"
    )
    fetched_at: Mapped[datetime] = mapped_column(comment="when this version was fetched")
    replaced_at: Mapped[datetime] = mapped_column(comment="when a later version was stored")
    modified_at: Mapped[datetime | None] = mapped_column(comment="as the page said")
    content_hash: Mapped[str] = mapped_column(comment="of title and body")
    title: Mapped[str] = mapped_column(comment="headline of this version")
    summary: Mapped[str | None] = mapped_column(comment="lead of this version")
    body: Mapped[str] = mapped_column(comment="text of this version")


class AuthorRow(Base):
    __tablename__ = "author"
    __table_args__ = (Index("ix_author_name", "name"), {"comment": "Who wrote an article"})

    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, comment="which article"
    )
    position: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="order on the page, from 1"
    )
    name: Mapped[str] = mapped_column(comment="as signed")


class CompanyRow(Base):
    __tablename__ = "company"
    __table_args__ = (
        Index("ix_company_owner_id", "owner_id"),
        {"comment": "A company or brand, of the catalogue or met in a text"},
    )

    id: Mapped[str] = mapped_column(primary_key=True, comment="slug, stable")
    name: Mapped[str] = mapped_column(comment="display name")
    owner_id: Mapped[str | None] = mapped_column(comment="slug of the company that owns it today")
    country: Mapped[str | None] = mapped_column(comment="ISO 3166-1 alpha-2")
    sector: Mapped[str | None] = mapped_column(comment="line of business")
    ticker: Mapped[str | None] = mapped_column(comment="stock exchange symbol")
    domain: Mapped[str | None] = mapped_column(comment="web domain")
    wikidata: Mapped[str | None] = mapped_column(comment="Wikidata item")
    aliases: Mapped[list[str]] = mapped_column(Json, comment="other names (list)")
    products: Mapped[list[str]] = mapped_column(Json, comment="names of products (list)")
    known: Mapped[bool] = mapped_column(comment="in the catalogue; false: found by a pattern")
    catalogue_version: Mapped[str | None] = mapped_column(comment="of the catalogue it came from")


class TagRow(Base):
    __tablename__ = "tag"
    __table_args__ = (
        Index("ix_tag_company_id_published_at", "company_id", "published_at", "article_id"),
        {"comment": "An article is about a company, how much", "sqlite_with_rowid": False},
    )

    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, comment="which article"
    )
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id"), primary_key=True, comment="which company"
    )
    published_at: Mapped[datetime] = mapped_column(comment="of the article, copied for speed")
    relevance: Mapped[float] = mapped_column(comment="0 to 1: how much the article is about it")
    level: Mapped[str] = mapped_column(comment="primary, secondary, passing or source_only")
    confidence: Mapped[float] = mapped_column(comment="0 to 1: is it this company at all?")
    known: Mapped[bool] = mapped_column(comment="in the catalogue when it was tagged")
    mention_count: Mapped[int] = mapped_column(comment="times it is named")
    owner_id: Mapped[str | None] = mapped_column(comment="its owner at the article's date")
    catalogue_version: Mapped[str] = mapped_column(comment="of the catalogue that tagged it")


class MentionRow(Base):
    __tablename__ = "mention"
    __table_args__ = (
        {"comment": "A company named at one place of an article", "sqlite_with_rowid": False},
    )

    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, comment="which article"
    )
    zone: Mapped[str] = mapped_column(primary_key=True, comment="title, summary or body")
    start: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="code points into the zone's text"
    )
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id"), primary_key=True, comment="which company"
    )
    end: Mapped[int] = mapped_column(comment="exclusive")
    surface: Mapped[str] = mapped_column(comment="the text between, verbatim")
    rule: Mapped[str] = mapped_column(comment="what decided: alias, product, ticker, context …")


class FingerprintRow(Base):
    __tablename__ = "fingerprint"
    __table_args__ = (
        Index("ix_fingerprint_article_id", "article_id"),
        {
            "comment": "Quarters of recent simhashes, to find near copies (kept for weeks)",
            "sqlite_with_rowid": False,
        },
    )

    band: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="quarter number * 65536 + its 16 bits"
    )
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, comment="whose simhash"
    )


class TombstoneRow(Base):
    __tablename__ = "tombstone"
    __table_args__ = (
        UniqueConstraint("kind", "value"),
        {"comment": "What must not be stored again, because somebody asked"},
    )

    id: Mapped[int] = _key("row number")
    kind: Mapped[str] = mapped_column(comment="url, host or author")
    value: Mapped[str] = mapped_column(comment="canonical address, host, or author's name")
    reason: Mapped[str | None] = mapped_column(comment="note of the person who asked")
    created_at: Mapped[datetime] = mapped_column(comment="UTC")


class WatchRow(Base):
    __tablename__ = "watch"
    __table_args__ = ({"comment": "What somebody wants to be told of"},)

    id: Mapped[int] = _key("row number")
    name: Mapped[str] = mapped_column(unique=True, comment="as people call it")
    company_id: Mapped[str] = mapped_column(comment="slug of the company; its brands count too")
    with_id: Mapped[str | None] = mapped_column(comment="slug of another one named beside it")
    rule: Mapped[str] = mapped_column(comment="primary, secondary, mention, first, spike, edited")
    language: Mapped[str | None] = mapped_column(comment="ISO 639-1; null: all")
    target: Mapped[str] = mapped_column(comment="https:, mailto: or an Apprise address")
    secret: Mapped[str] = mapped_column(comment="signs what is sent to a webhook")
    quiet: Mapped[str | None] = mapped_column(comment="hours without messages: 22:00-07:00")
    allows_private: Mapped[bool] = mapped_column(comment="plain http and private hosts are allowed")
    created_at: Mapped[datetime] = mapped_column(comment="older news is not told")
    seen_article_id: Mapped[int] = mapped_column(BigInteger, comment="last article looked at")
    seen_at: Mapped[datetime] = mapped_column(comment="edits before this were looked at")


class AlertRow(Base):
    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("watch_id", "occasion"),
        Index("ix_alert_next_try_at", "next_try_at"),
        {"comment": "Something a watch has seen, once per story"},
    )

    id: Mapped[int] = _key("row number")
    watch_id: Mapped[int] = mapped_column(
        ForeignKey("watch.id", ondelete="CASCADE"), comment="whose"
    )
    occasion: Mapped[str] = mapped_column(comment="what happened, once: story 12, day 2026-11-22 …")
    article_id: Mapped[int] = mapped_column(BigInteger, comment="the article that showed it")
    created_at: Mapped[datetime] = mapped_column(comment="when it was seen")
    tries: Mapped[int] = mapped_column(default=0, comment="deliveries tried")
    next_try_at: Mapped[datetime | None] = mapped_column(comment="when to send; null: done")
    delivered_at: Mapped[datetime | None] = mapped_column(comment="when it arrived")


class DeliveryRow(Base):
    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_alert_id", "alert_id"),
        {"comment": "One try to deliver an alert"},
    )

    id: Mapped[int] = _key("row number")
    alert_id: Mapped[int] = mapped_column(
        ForeignKey("alert.id", ondelete="CASCADE"), comment="which alert"
    )
    tried_at: Mapped[datetime] = mapped_column(comment="UTC")
    is_delivered: Mapped[bool] = mapped_column(comment="it arrived")
    detail: Mapped[str] = mapped_column(comment="the answer, or what went wrong, in one line")


class HostRow(Base):
    __tablename__ = "host"
    __table_args__ = (
        Index("ix_host_held_by", "held_by"),
        {"comment": "A web host, asked by one worker of the fleet at a time"},
    )

    name: Mapped[str] = mapped_column(primary_key=True, comment="as in addresses, without a port")
    held_by: Mapped[str | None] = mapped_column(comment="worker/job that asks it now")
    not_before: Mapped[float | None] = mapped_column(comment="unix time, by the server's clock")
    crawl_delay: Mapped[float | None] = mapped_column(comment="seconds, as its robots.txt says")
    failures: Mapped[int] = mapped_column(default=0, comment="answers failed in a row")


class WorkerRow(Base):
    __tablename__ = "worker"
    __table_args__ = ({"comment": "A running worker; its heartbeat is in procrastinate_workers"},)

    id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, comment="its number there"
    )
    name: Mapped[str] = mapped_column(comment="machine:process")
    version: Mapped[str] = mapped_column(comment="of techwire")
    concurrency: Mapped[int] = mapped_column(comment="visits at a time")
    started_at: Mapped[datetime] = mapped_column(comment="UTC")


class PropertyRow(Base):
    __tablename__ = "property"
    __table_args__ = ({"comment": "Facts about this database itself"},)

    name: Mapped[str] = mapped_column(primary_key=True, comment="which fact")
    value: Mapped[str] = mapped_column(comment="its value")
