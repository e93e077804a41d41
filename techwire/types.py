"""The words of the house: what travels from the schedule to the query.

Frozen and slotted, free of any framework, picklable. ``None`` means "the page does not say".
Every datetime is aware and in UTC; every text is Unicode NFC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How one page ended. Every page we ask for ends in exactly one of these, counted once."""

    # stored
    NEW = "new"  # an article we did not have
    COPY = "copy"  # stored too, but its text is that of an article another source had first
    UPDATED = "updated"  # an article we had, changed: a revision was kept
    UNCHANGED = "unchanged"  # 304, or the same article again
    # read, and not an article
    NOT_HTML = "not_html"  # PDF, image, feed …
    NOT_ARTICLE = "not_article"  # a home page, a form, an error page with status 200
    LISTING = "listing"  # a section or tag page
    LIVE = "live"  # a live blog, edited every minute
    VIDEO = "video"  # a player and a caption
    TOO_SHORT = "too_short"  # a teaser
    PAYWALL = "paywall"  # only the first lines are free, too few to be an article
    UNREADABLE = "unreadable"  # reading it failed or took too long, twice: quarantined
    FORGOTTEN = "forgotten"  # somebody asked us to keep nothing of it (``techwire forget``)
    # not fetched
    ROBOTS = "robots"  # robots.txt says no
    RESERVED = "reserved"  # text and data mining is reserved (TDM reservation protocol)
    BLOCKED = "blocked"  # 401, 403, a bot wall, a consent or login page
    GONE = "gone"  # 404, 410
    BUSY = "busy"  # 429, 503: asked to come back later
    HTTP_ERROR = "http_error"  # any other status
    TIMEOUT = "timeout"  # no answer, or too slow a one
    NETWORK = "network"  # DNS, refused, reset
    INSECURE = "insecure"  # TLS: a certificate that is expired, another host's, or nobody's
    TOO_LARGE = "too_large"  # over the size limit once decompressed
    FORBIDDEN_ADDRESS = "forbidden_address"  # private network, file:, javascript: …

    @property
    def is_stored(self) -> bool:
        """The article is in the database after this."""
        return self in _STORED

    @property
    def is_final(self) -> bool:
        """Trying again soon would not change it; the others are tried again."""
        return self not in _RETRIED


_STORED = frozenset({Outcome.NEW, Outcome.COPY, Outcome.UPDATED, Outcome.UNCHANGED})
_RETRIED = frozenset(
    {
        Outcome.BUSY,
        Outcome.HTTP_ERROR,
        Outcome.TIMEOUT,
        Outcome.NETWORK,
        Outcome.INSECURE,
        Outcome.BLOCKED,
    }
)


class VisitOutcome(StrEnum):
    """How one visit of a source ended."""

    OK = "ok"  # at least one of its feeds, sitemaps or listings answered with entries
    UNCHANGED = "unchanged"  # all that answered said 304, or were byte for byte what we knew
    EMPTY = "empty"  # answered, and held no entry
    UNREADABLE = "unreadable"  # answered, and was no feed, sitemap or listing
    ROBOTS = "robots"
    BLOCKED = "blocked"
    GONE = "gone"
    BUSY = "busy"
    HTTP_ERROR = "http_error"
    TIMEOUT = "timeout"
    NETWORK = "network"
    INSECURE = "insecure"
    TOO_LARGE = "too_large"
    FORBIDDEN_ADDRESS = "forbidden_address"
    INTERRUPTED = "interrupted"  # the daemon was stopped or killed meanwhile

    @property
    def is_success(self) -> bool:
        """The source answered as a source does."""
        return self in (VisitOutcome.OK, VisitOutcome.UNCHANGED, VisitOutcome.EMPTY)


class ChannelKind(StrEnum):
    """A way in which a source tells what it has published."""

    FEED = "feed"  # RSS, Atom, JSON Feed
    SITEMAP = "sitemap"  # sitemap, sitemap index, news sitemap
    LISTING = "listing"  # a page of links


class Zone(StrEnum):
    """The part of an article a mention stands in; offsets count within that part."""

    TITLE = "title"
    SUMMARY = "summary"
    BODY = "body"


class Level(StrEnum):
    """How much an article is about a company."""

    PRIMARY = "primary"  # it carries the story
    SECONDARY = "secondary"  # it takes part in it
    PASSING = "passing"  # it is named
    SOURCE_ONLY = "source_only"  # it is quoted as a source ("Reuters reports")


class BlockKind(StrEnum):
    """What a block of an article's body is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CODE = "code"
    CAPTION = "caption"  # kept apart: never part of ``Article.body``
    EMBED = "embed"  # a tweet or the like; never part of ``Article.body``


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors of a source whose pages the generic reader gets wrong."""

    title: str | None = None
    authors: str | None = None
    published: str | None = None
    summary: str | None = None
    body: str | None = None  # the element(s) that hold the paragraphs
    remove: tuple[str, ...] = ()  # taken out before anything is read
    links: str | None = None  # on a listing page: the anchors that lead to articles
    until: datetime | None = None  # the rule holds for pages published before this


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A news site as data: one ``[[source]]`` table of ``sources.toml``."""

    slug: str  # stable id: lower case, digits, hyphens
    name: str  # as people call it
    url: str  # home page
    language: str | None = None  # ISO 639-1; None: each page says
    country: str | None = None  # ISO 3166-1 alpha-2
    timezone: str | None = None  # IANA; for page times without a zone
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    selectors: tuple[Selectors, ...] = ()
    include: str | None = None  # regular expression an article address must match
    exclude: str | None = None  # regular expression it must not match
    every_seconds: int | None = None  # fixed interval
    cron: str | None = None  # five-field cron expression, in ``timezone``
    at_least_seconds: int | None = None  # bounds of the adaptive interval
    at_most_seconds: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    username: str | None = None  # HTTP basic authentication
    password: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    render: bool = False  # needs JavaScript (extra ``techwire[browser]``)
    max_articles: int = 200  # fetched in one visit at most
    delay_seconds: float | None = None  # between two requests to its host; None: the house's
    keep: str = "full"  # full | excerpt | metadata: how much of the text is stored
    verified: bool = False  # a visit has seen it answer with articles
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A link a source offers us, before we have fetched it."""

    url: str  # absolute, http or https
    title: str | None = None  # as the feed spells it
    summary: str | None = None  # plain text
    published_at: datetime | None = None  # UTC; feeds lie, the page decides
    modified_at: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None  # ISO 639-1
    guid: str | None = None  # an alias only, never an identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What we remember of one feed, sitemap or listing between two visits."""

    url: str
    kind: ChannelKind
    etag: str | None = None  # verbatim, echoed as If-None-Match
    last_modified: str | None = None  # verbatim, echoed as If-Modified-Since
    content_hash: str | None = None  # of the last full answer
    full_answer_at: datetime | None = None  # the last 200; a 304 for a day is checked once
    hint_seconds: int | None = None  # how long the server asks us to wait (TTL, max-age …)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """A robots.txt or tdmrep.json as a site answered it."""

    url: str
    status: int  # HTTP
    body: bytes = field(repr=False)  # empty unless found
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An address to fetch."""

    url: str  # canonical: the identity
    fetch_url: str  # the address to ask for
    source: str  # slug
    entry: Entry | None = None
    etag: str | None = None  # set when we have fetched it before
    last_modified: str | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a server answered, before it is read. Stored first, so that nothing is lost."""

    url: str  # canonical address we asked for: the identity in the database
    final_url: str  # after redirects
    source: str  # slug
    fetched_at: datetime
    body: bytes = field(repr=False)  # decompressed
    status: int = 200
    content_type: str | None = None  # header, verbatim: may name a charset
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names
    entry: Entry | None = None  # what the source said about it: a witness


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of an article's body, in reading order."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A company named at one place."""

    zone: Zone
    start: int  # code points into the text of the zone
    end: int  # exclusive
    surface: str  # the text between, verbatim
    rule: str  # what decided: "alias", "product", "ticker", "context:…", "pattern:…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """An article's company, with the evidence."""

    company: str  # id in the catalogue; a slug of the name when unknown
    name: str  # display name
    owner: str | None = None  # id of the owner at the article's date; None: itself
    relevance: float  # [0, 1]: how much the article is about it
    level: Level
    confidence: float  # [0, 1]: how sure we are that it is this company at all
    known: bool = True  # False: found by a pattern, not in the catalogue
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page read: what it says, and where each field came from."""

    url: str  # canonical address: the identity
    source: str  # slug
    title: str
    body: str  # paragraphs joined by blank lines; without title, summary, captions
    summary: str | None = None  # the lead or dek, when the page sets one apart
    blocks: tuple[Block, ...] = ()
    language: str | None = None  # ISO 639-1
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_origin: str | None = None  # rule, and where its time zone came from
    modified_at: datetime | None = None
    image_url: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()  # the publisher's own tags
    is_free: bool | None = None  # False: behind a paywall
    fetched_at: datetime
    origins: Mapping[str, str] = field(default_factory=dict)  # field → the rule that gave it
    confidences: Mapping[str, float] = field(default_factory=dict)  # field → [0, 1]
    content_hash: str = ""  # of title and body, white space folded: has it changed?
    fingerprint: int = 0  # of the body, 64 bits, signed: near copies differ in few of them
    tags: tuple[Tag, ...] = ()
    catalogue_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A page that is no article, and why."""

    url: str
    source: str
    outcome: Outcome
    detail: str  # one line for people: "83 characters", "16 links, no paragraph"
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company or brand of the catalogue."""

    id: str  # slug, stable
    name: str  # display name, at brand level
    aliases: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    owner: str | None = None  # id
    country: str | None = None  # ISO 3166-1 alpha-2
    sector: str | None = None
    ticker: str | None = None
    domain: str | None = None
    wikidata: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit of a source, finished."""

    source: str
    started_at: datetime
    finished_at: datetime
    outcome: VisitOutcome
    detail: str | None = None  # one line for people
    found: int = 0  # entries its channels listed
    fresh: int = 0  # addresses among them that we did not know
    requests: int = 0
    bytes_received: int = 0
    not_modified: int = 0  # channels that answered 304
    counts: Mapping[Outcome, int] = field(default_factory=dict)  # how its pages ended
    not_before: datetime | None = None  # the server asked us not to come back earlier (Retry-After)
    is_offline: bool = False  # nothing answered anywhere: our network's fault, not the source's

    @property
    def pages(self) -> int:
        """Pages that ended during the visit: the sum of ``counts``."""
        return sum(self.counts.values())
