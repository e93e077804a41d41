"""What questions to the database are answered with: frozen, typed, free of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from techwire.types import Entry, Level, Outcome, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedCompany:
    """A company of an article, without the places."""

    id: str
    name: str
    relevance: float  # [0, 1]
    level: Level
    confidence: float  # [0, 1]
    known: bool
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article in a list."""

    id: int
    url: str
    source: str  # slug
    title: str
    summary: str | None
    language: str | None
    published_at: datetime
    published_origin: str  # "first_seen" when the page gives no time
    first_seen_at: datetime
    story_id: int
    copy_of_id: int | None
    revisions: int  # earlier versions kept
    companies: tuple[TaggedCompany, ...] = ()  # best first
    snippet: str | None = None  # of a search: text around the hits, which stand between « »
    rank: float | None = None  # of a ranked search: the higher the better

    @property
    def is_copy(self) -> bool:
        """Another source had this text first."""
        return self.copy_of_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCompany:
    """A company somebody asked for by name, and those it owns."""

    id: str
    name: str
    owned: tuple[str, ...] = ()  # ids of the brands it owns, at any depth

    @property
    def ids(self) -> tuple[str, ...]:
        """Itself and what it owns."""
        return (self.id, *self.owned)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """The raw page of an address, without its bytes."""

    final_url: str
    fetched_at: datetime
    status: int
    content_type: str | None
    size: int  # bytes, before compression


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """A version of an article that was replaced since."""

    number: int  # 1 is the first
    title: str
    fetched_at: datetime
    replaced_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFacts:
    """What is stored of an article, but for its text."""

    id: int
    url: str
    source: str
    title: str
    language: str | None
    authors: tuple[str, ...]
    published_at: datetime
    published_origin: str
    modified_at: datetime | None
    first_seen_at: datetime
    words: int
    story_id: int
    story_title: str
    story_articles: int  # that tell it, this one included
    copy_of_url: str | None  # the article whose text it is
    origins: Mapping[str, str]  # field → the rule that gave it
    versions: tuple[VersionFacts, ...]
    tags: tuple[Tag, ...]  # with their mentions


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Everything known of one address: ``techwire why``."""

    url: str  # canonical
    fetch_url: str
    source: str
    state: str  # new, fetched, stored, rejected, failed
    outcome: Outcome | None  # how it last ended
    detail: str | None
    found_in: str | None  # channel that named it first; None: given by hand
    first_seen_at: datetime
    last_fetched_at: datetime | None
    ended_at: datetime | None
    tries: int
    next_try_at: datetime | None
    visit_due_at: datetime | None  # the next visit of its source; None: no longer listed
    visit_reason: str | None  # why then
    paused_at: datetime | None  # of its source
    entry: Entry | None
    page: PageFacts | None
    article: ArticleFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much is stored, and how pages have ended."""

    sources: int
    addresses: int
    pages: int
    articles: int
    copies: int
    revisions: int
    stories: int
    companies: int  # that at least one article is about
    tags: int
    mentions: int
    states: Mapping[str, int]  # of addresses
    outcomes: Mapping[Outcome, int]  # of pages, over all visits
    first_published_at: datetime | None
    last_published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """How a source is doing."""

    slug: str
    name: str
    is_active: bool
    paused_at: datetime | None
    next_due_at: datetime | None
    due_reason: str | None
    leased_by: str | None
    failures: int  # visits failed in a row
    last_visit_at: datetime | None
    last_success_at: datetime | None
    last_outcome: str | None
    last_detail: str | None
    articles: int
    last_published_at: datetime | None
    waiting: int  # addresses still to fetch or to read


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryListed:
    """An event in a list."""

    id: int
    title: str  # of its first article
    url: str  # of its first article
    first_source: str  # slug
    first_published_at: datetime
    last_published_at: datetime
    articles: int
    outlets: int
    languages: tuple[str, ...]  # ISO 639-1
    lag_seconds: int | None  # until a second source followed; None while alone
    companies: tuple[TaggedCompany, ...]  # of its first article, best first


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTold:
    """An event with its articles in the order in which they appeared."""

    story: StoryListed
    articles: tuple[Listed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How much was written about something on one day (UTC)."""

    day: date
    articles: int
    originals: int  # of these, not copies of another source's text


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A text an article once had."""

    number: int  # 1 is the first
    fetched_at: datetime
    replaced_at: datetime | None  # None: the one of today
    title: str
    summary: str | None
    body: str
