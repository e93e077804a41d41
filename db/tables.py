"""Every table, typed and commented: the schema, as the code sees it.

``docs/schema.md`` is made from this file; views stand in ``db/views.py``, the full-text index in
``db/search_index.py``. A change here needs a migration (a test compares the two).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text

from db.columns import Json, Key
from db.row import Base as Base
from db.row import Column, column

DUE = "next_try_at IS NOT NULL"
NOTABLE = "level IN ('primary', 'secondary')"  # to be named in passing is no news of one's own


def _key(comment: str) -> Column[int]:
    made: Column[int] = column(Key, primary_key=True, comment=comment)
    return made


class SourceRow(Base):
    __tablename__ = "source"
    __table_args__ = (
        Index("ix_source_due", "next_due_at"),
        Index("ix_source_leased_by", "leased_by"),
        {"comment": "A news site that is watched; follows sources.toml"},
    )

    id: Column[int] = _key("row number")
    slug: Column[str] = column(unique=True, comment="stable name in sources.toml")
    name: Column[str] = column(comment="as people call it")
    url: Column[str] = column(comment="home page")
    language: Column[str | None] = column(comment="ISO 639-1, when the source has one")
    country: Column[str | None] = column(comment="ISO 3166-1 alpha-2")
    timezone: Column[str | None] = column(comment="IANA name, for page times without zone")
    keep: Column[str] = column(comment="how much text is stored: full, excerpt, metadata")
    is_active: Column[bool] = column(comment="listed in sources.toml today")
    paused_at: Column[datetime | None] = column(comment="since when it is paused by hand")
    next_due_at: Column[datetime | None] = column(comment="when to look again")
    due_reason: Column[str | None] = column(comment="why then")
    leased_by: Column[str | None] = column(comment="process that visits it now")
    leased_until: Column[datetime | None] = column(comment="when that lease runs out")
    failures: Column[int] = column(default=0, comment="visits failed in a row")
    last_visit_at: Column[datetime | None] = column(comment="end of the last visit")
    last_success_at: Column[datetime | None] = column(comment="end of the last good visit")
    last_outcome: Column[str | None] = column(comment="how the last visit ended")
    last_detail: Column[str | None] = column(comment="and why, in one line")
    added_at: Column[datetime] = column(comment="first seen in sources.toml")


class ChannelRow(Base):
    __tablename__ = "channel"
    __table_args__ = (
        UniqueConstraint("source_id", "url"),
        {"comment": "A feed, sitemap or listing of a source, as it last answered"},
    )

    id: Column[int] = _key("row number")
    source_id: Column[int] = column(ForeignKey("source.id"), comment="whose")
    url: Column[str] = column(comment="its address")
    kind: Column[str] = column(comment="feed, sitemap or listing")
    etag: Column[str | None] = column(comment="validator, verbatim")
    last_modified: Column[str | None] = column(comment="validator, verbatim")
    content_hash: Column[str | None] = column(comment="of the last full answer")
    full_answer_at: Column[datetime | None] = column(comment="when it last answered in full")
    hint_seconds: Column[int | None] = column(comment="how long the server asks us to wait")
    asked_at: Column[datetime] = column(comment="when it was last asked")


class VisitRow(Base):
    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_source_id_started_at", "source_id", "started_at"),
        {"comment": "One visit of a source, finished"},
    )

    id: Column[int] = _key("row number")
    source_id: Column[int] = column(ForeignKey("source.id"), comment="which source")
    started_at: Column[datetime] = column(comment="UTC")
    finished_at: Column[datetime] = column(comment="UTC")
    outcome: Column[str] = column(comment="ok, unchanged, empty, or what went wrong")
    detail: Column[str | None] = column(comment="one line for people")
    found: Column[int] = column(comment="entries its channels listed")
    fresh: Column[int] = column(comment="addresses among them that were not known")
    pages: Column[int] = column(comment="pages that ended; the sum over visit_outcome")
    requests: Column[int] = column(comment="HTTP requests")
    bytes_received: Column[int] = column(BigInteger, comment="bytes over the network")
    not_modified: Column[int] = column(comment="channels that answered 304")


class VisitOutcomeRow(Base):
    __tablename__ = "visit_outcome"
    __table_args__ = ({"comment": "How the pages of a visit ended, counted"},)

    visit_id: Column[int] = column(
        ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True, comment="which visit"
    )
    outcome: Column[str] = column(primary_key=True, comment="new, updated, paywall, gone …")
    pages: Column[int] = column(comment="how many pages ended so")


class StoryRow(Base):
    __tablename__ = "story"
    __table_args__ = (
        Index("ix_story_last_published_at", "last_published_at"),
        {"comment": "One event, told by one or more articles across sources and languages"},
    )

    id: Column[int] = column(
        Key, primary_key=True, autoincrement=False, comment="id of the article that opened it"
    )
    title: Column[str] = column(comment="headline of its first article")
    first_article_id: Column[int] = column(BigInteger, comment="published first")
    first_source_id: Column[int] = column(ForeignKey("source.id"), comment="who was first")
    first_published_at: Column[datetime] = column(comment="when its first article appeared")
    last_published_at: Column[datetime] = column(comment="when its latest article appeared")
    articles: Column[int] = column(comment="how many articles tell it")
    outlets: Column[int] = column(comment="how many sources tell it")
    languages: Column[str] = column(comment="ISO 639-1 codes, comma-separated, sorted")
    lag_seconds: Column[int | None] = column(
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

    id: Column[int] = _key("row number, in order of arrival")
    url: Column[str] = column(unique=True, comment="canonical address: the identity")
    source_id: Column[int] = column(ForeignKey("source.id"), comment="where it was found")
    story_id: Column[int] = column(
        ForeignKey("story.id", deferrable=True, initially="DEFERRED"), comment="what event it tells"
    )
    copy_of_id: Column[int | None] = column(
        BigInteger, comment="id of the earlier article of another source whose text this is"
    )
    published_at: Column[datetime] = column(
        comment="UTC; when first seen if the page says nothing (see published_origin)"
    )
    published_origin: Column[str] = column(
        comment="rule that gave the time and its zone; first_seen when the page says nothing"
    )
    first_seen_at: Column[datetime] = column(comment="when it was first stored")
    fetched_at: Column[datetime] = column(comment="when this version was fetched")
    modified_at: Column[datetime | None] = column(comment="as the page says")
    language: Column[str | None] = column(comment="ISO 639-1")
    title: Column[str] = column(comment="headline")
    section: Column[str | None] = column(comment="the publisher's section")
    image_url: Column[str | None] = column(comment="lead image")
    is_free: Column[bool | None] = column(comment="false behind a paywall")
    words: Column[int] = column(comment="words of the body, as read")
    revisions: Column[int] = column(default=0, comment="earlier versions kept in revision")
    content_hash: Column[str] = column(comment="of title and body: has it changed?")
    body_hash: Column[str | None] = column(comment="of the body, white space folded")
    fingerprint: Column[int] = column(BigInteger, comment="64-bit minhash of the body")
    catalogue_version: Column[str] = column(comment="of the company catalogue that tagged it")
    keywords: Column[list[str]] = column(Json, comment="the publisher's own tags (list)")
    origins: Column[dict[str, str]] = column(Json, comment="field: the rule that gave it")
    confidences: Column[dict[str, float]] = column(Json, comment="field: from 0 to 1")
    summary: Column[str | None] = column(comment="the lead, when the page sets one apart")
    body: Column[str] = column(comment="paragraphs, joined by blank lines")
    blocks: Column[list[list[str]]] = column(Json, comment="pieces in order: [kind, text]")


class AddressRow(Base):
    __tablename__ = "address"
    __table_args__ = (
        Index(  # those to be fetched, a few of many
            "ix_address_source_id_next_try_at",
            "source_id",
            "next_try_at",
            sqlite_where=text(DUE),
            postgresql_where=text(DUE),
        ),
        Index("ix_address_state", "state", "last_fetched_at"),
        Index("ix_address_article_id", "article_id"),
        {"comment": "Every article address ever met, and how far it has come"},
    )

    id: Column[int] = _key("row number")
    url: Column[str] = column(unique=True, comment="canonical: the identity")
    fetch_url: Column[str] = column(comment="what is asked for")
    source_id: Column[int] = column(ForeignKey("source.id"), comment="who offered it")
    state: Column[str] = column(comment="new, fetched, stored, rejected or failed")
    outcome: Column[str | None] = column(comment="how it last ended")
    detail: Column[str | None] = column(comment="and why, in one line")
    article_id: Column[int | None] = column(
        ForeignKey("article.id", ondelete="SET NULL"), comment="the article it led to"
    )
    tries: Column[int] = column(default=0, comment="fetches failed in a row")
    next_try_at: Column[datetime | None] = column(comment="when to fetch; null: not again")
    found_in: Column[str] = column(comment="channel that named it first")
    first_seen_at: Column[datetime] = column(comment="when it was first named")
    last_fetched_at: Column[datetime | None] = column(comment="when a page last came back")
    ended_at: Column[datetime | None] = column(comment="when the last outcome was written")
    etag: Column[str | None] = column(comment="validator, verbatim")
    last_modified: Column[str | None] = column(comment="validator, verbatim")
    entry: Column[dict[str, Any] | None] = column(Json, comment="what the channel said of it")
    entry_hash: Column[str | None] = column(comment="of that: has the entry changed?")


class PageRow(Base):
    __tablename__ = "page"
    __table_args__ = (
        Index("ix_page_fetched_at", "fetched_at"),
        {"comment": "The raw page of an address, as last received"},
    )

    address_id: Column[int] = column(
        ForeignKey("address.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="which address",
    )
    final_url: Column[str] = column(comment="after redirects")
    fetched_at: Column[datetime] = column(comment="UTC")
    status: Column[int] = column(comment="HTTP status")
    content_type: Column[str | None] = column(comment="header, verbatim")
    headers: Column[dict[str, str]] = column(Json, comment="response headers")
    size: Column[int] = column(comment="bytes before compression")
    body: Column[bytes] = column(comment="zstd")


class RevisionRow(Base):
    __tablename__ = "revision"
    __table_args__ = ({"comment": "An earlier version of an article that was edited since"},)

    article_id: Column[int] = column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, comment="which article"
    )
    number: Column[int] = column(
        primary_key=True, autoincrement=False, comment="1 is the first version"
    )
    fetched_at: Column[datetime] = column(comment="when this version was fetched")
    replaced_at: Column[datetime] = column(comment="when a later version was stored")
    modified_at: Column[datetime | None] = column(comment="as the page said")
    content_hash: Column[str] = column(comment="of title and body")
    title: Column[str] = column(comment="headline of this version")
    summary: Column[str | None] = column(comment="lead of this version")
    body: Column[str] = column(comment="text of this version")


class AuthorRow(Base):
    __tablename__ = "author"
    __table_args__ = (Index("ix_author_name", "name"), {"comment": "Who wrote an article"})

    article_id: Column[int] = column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, comment="which article"
    )
    position: Column[int] = column(
        primary_key=True, autoincrement=False, comment="order on the page, from 1"
    )
    name: Column[str] = column(comment="as signed")


class CompanyRow(Base):
    __tablename__ = "company"
    __table_args__ = (
        Index("ix_company_owner_id", "owner_id"),
        {"comment": "A company or brand, of the catalogue or met in a text"},
    )

    id: Column[str] = column(primary_key=True, comment="slug, stable")
    name: Column[str] = column(comment="display name")
    owner_id: Column[str | None] = column(comment="slug of the company that owns it today")
    country: Column[str | None] = column(comment="ISO 3166-1 alpha-2")
    sector: Column[str | None] = column(comment="line of business")
    ticker: Column[str | None] = column(comment="stock exchange symbol")
    domain: Column[str | None] = column(comment="web domain")
    wikidata: Column[str | None] = column(comment="Wikidata item")
    aliases: Column[list[str]] = column(Json, comment="other names (list)")
    products: Column[list[str]] = column(Json, comment="names of products (list)")
    known: Column[bool] = column(comment="in the catalogue; false: found by a pattern")
    catalogue_version: Column[str | None] = column(comment="of the catalogue it came from")


class TagRow(Base):
    __tablename__ = "tag"
    __table_args__ = (
        Index(
            "ix_tag_company_id_published_at",
            "company_id",
            "published_at",
            "article_id",
            "story_id",  # from here on: so that a company's days are counted in the index alone
            "is_copy",
            "mention_count",
        ),
        Index(  # for what rises: tags in passing, most of them, are not in it
            "ix_tag_notable",
            "company_id",
            "published_at",
            "level",  # SQLite looks into the table for it otherwise
            sqlite_where=text(NOTABLE),
            postgresql_where=text(NOTABLE),
        ),
        {"comment": "An article is about a company, how much", "sqlite_with_rowid": False},
    )

    article_id: Column[int] = column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, comment="which article"
    )
    company_id: Column[str] = column(
        ForeignKey("company.id"), primary_key=True, comment="which company"
    )
    published_at: Column[datetime] = column(comment="of the article, copied for speed")
    relevance: Column[float] = column(comment="0 to 1: how much the article is about it")
    level: Column[str] = column(comment="primary, secondary, passing or source_only")
    confidence: Column[float] = column(comment="0 to 1: is it this company at all?")
    known: Column[bool] = column(comment="in the catalogue when it was tagged")
    mention_count: Column[int] = column(comment="times it is named")
    owner_id: Column[str | None] = column(comment="its owner at the article's date")
    catalogue_version: Column[str] = column(comment="of the catalogue that tagged it")
    story_id: Column[int] = column(BigInteger, comment="of the article, copied for speed")
    is_copy: Column[bool] = column(comment="the article is a copy; copied for speed")


class MentionRow(Base):
    __tablename__ = "mention"
    __table_args__ = (
        {"comment": "A company named at one place of an article", "sqlite_with_rowid": False},
    )

    article_id: Column[int] = column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, comment="which article"
    )
    zone: Column[str] = column(primary_key=True, comment="title, summary or body")
    start: Column[int] = column(
        primary_key=True, autoincrement=False, comment="code points into the zone's text"
    )
    company_id: Column[str] = column(
        ForeignKey("company.id"), primary_key=True, comment="which company"
    )
    end: Column[int] = column(comment="exclusive")
    surface: Column[str] = column(comment="the text between, verbatim")
    rule: Column[str] = column(comment="what decided: alias, product, ticker, context …")


class FingerprintRow(Base):
    __tablename__ = "fingerprint"
    __table_args__ = (
        Index("ix_fingerprint_article_id", "article_id"),
        {
            "comment": "Quarters of recent fingerprints, to find near copies (kept for weeks)",
            "sqlite_with_rowid": False,
        },
    )

    band: Column[int] = column(
        primary_key=True, autoincrement=False, comment="quarter number * 65536 + its 16 bits"
    )
    article_id: Column[int] = column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, comment="whose fingerprint"
    )
    fingerprint: Column[int] = column(BigInteger, comment="all of it: how near is another one?")


class TombstoneRow(Base):
    __tablename__ = "tombstone"
    __table_args__ = (
        UniqueConstraint("kind", "value"),
        {"comment": "What must not be stored again, because somebody asked"},
    )

    id: Column[int] = _key("row number")
    kind: Column[str] = column(comment="url, host or author")
    value: Column[str] = column(comment="canonical address, host, or author's name")
    reason: Column[str | None] = column(comment="note of the person who asked")
    created_at: Column[datetime] = column(comment="UTC")


class WatchRow(Base):
    __tablename__ = "watch"
    __table_args__ = ({"comment": "What somebody wants to be told of"},)

    id: Column[int] = _key("row number")
    name: Column[str] = column(unique=True, comment="as people call it")
    company_id: Column[str] = column(comment="slug of the company; its brands count too")
    with_id: Column[str | None] = column(comment="slug of another one named beside it")
    rule: Column[str] = column(comment="primary, secondary, mention, first, spike, edited")
    language: Column[str | None] = column(comment="ISO 639-1; null: all")
    target: Column[str] = column(comment="https:, mailto: or an Apprise address")
    secret: Column[str] = column(comment="signs what is sent to a webhook")
    quiet: Column[str | None] = column(comment="hours without messages: 22:00-07:00")
    allows_private: Column[bool] = column(comment="plain http and private hosts are allowed")
    created_at: Column[datetime] = column(comment="older news is not told")
    seen_article_id: Column[int] = column(BigInteger, comment="last article looked at")
    seen_at: Column[datetime] = column(comment="edits before this were looked at")


class AlertRow(Base):
    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("watch_id", "occasion"),
        Index("ix_alert_next_try_at", "next_try_at"),
        {"comment": "Something a watch has seen, once per story"},
    )

    id: Column[int] = _key("row number")
    watch_id: Column[int] = column(ForeignKey("watch.id", ondelete="CASCADE"), comment="whose")
    occasion: Column[str] = column(comment="what happened, once: story 12, day 2026-11-22 …")
    article_id: Column[int] = column(BigInteger, comment="the article that showed it")
    created_at: Column[datetime] = column(comment="when it was seen")
    tries: Column[int] = column(default=0, comment="deliveries tried")
    next_try_at: Column[datetime | None] = column(comment="when to send; null: done")
    delivered_at: Column[datetime | None] = column(comment="when it arrived")


class DeliveryRow(Base):
    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_alert_id", "alert_id"),
        {"comment": "One try to deliver an alert"},
    )

    id: Column[int] = _key("row number")
    alert_id: Column[int] = column(
        ForeignKey("alert.id", ondelete="CASCADE"), comment="which alert"
    )
    tried_at: Column[datetime] = column(comment="UTC")
    is_delivered: Column[bool] = column(comment="it arrived")
    detail: Column[str] = column(comment="the answer, or what went wrong, in one line")


class HostRow(Base):
    __tablename__ = "host"
    __table_args__ = (
        Index("ix_host_held_by", "held_by"),
        {"comment": "A web host, asked by one worker of the fleet at a time"},
    )

    name: Column[str] = column(primary_key=True, comment="as in addresses, without a port")
    held_by: Column[str | None] = column(comment="worker/job that asks it now")
    not_before: Column[float | None] = column(comment="unix time, by the server's clock")
    crawl_delay: Column[float | None] = column(comment="seconds, as its robots.txt says")
    failures: Column[int] = column(default=0, comment="answers failed in a row")


class WorkerRow(Base):
    __tablename__ = "worker"
    __table_args__ = ({"comment": "A running worker; its heartbeat is in procrastinate_workers"},)

    id: Column[int] = column(
        BigInteger, primary_key=True, autoincrement=False, comment="its number there"
    )
    name: Column[str] = column(comment="machine:process")
    version: Column[str] = column(comment="of techwire")
    concurrency: Column[int] = column(comment="visits at a time")
    started_at: Column[datetime] = column(comment="UTC")


class SiteFileRow(Base):
    __tablename__ = "site_file"
    __table_args__ = ({"comment": "A robots.txt or tdmrep.json, believed for a day"},)

    url: Column[str] = column(primary_key=True, comment="of the file")
    status: Column[int] = column(comment="HTTP status it answered with")
    body: Column[bytes] = column(comment="as received; empty unless found")
    fetched_at: Column[datetime] = column(comment="UTC")


class AlarmRow(Base):
    __tablename__ = "alarm"
    __table_args__ = ({"comment": "What is wrong with a source by its own habits, as of the hour"},)

    source_id: Column[int] = column(
        ForeignKey("source.id", ondelete="CASCADE"), primary_key=True, comment="which source"
    )
    kind: Column[str] = column(primary_key=True, comment="failing, silence or drift")
    field: Column[str] = column(primary_key=True, comment="what drifted; empty of the others")
    text: Column[str] = column(comment="one line for people")
    before: Column[float | None] = column(
        comment="share of pages that had it; of words: their mean"
    )
    after: Column[float | None] = column(comment="the same since then")
    since_at: Column[datetime | None] = column(comment="since when it is so, UTC")
    noticed_at: Column[datetime] = column(comment="when it was first noticed, UTC")


class PropertyRow(Base):
    __tablename__ = "property"
    __table_args__ = ({"comment": "Facts about this database itself"},)

    name: Column[str] = column(primary_key=True, comment="which fact")
    value: Column[str] = column(comment="its value")
