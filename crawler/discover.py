"""From one address to a source: its feeds, sitemaps and listing, tried before they are believed."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response
from selectolax.lexbor import LexborHTMLParser

from crawler import guard, outcomes, rights
from crawler.channels.decode import text_of
from crawler.channels.reading import line
from crawler.entries import Reading, read_channel
from crawler.middleware import LOG
from crawler.robots import Rules
from crawler.run import quieten
from crawler.settings import for_scrapy
from crawler.spiders.watch import Watch
from crawler.tools import Tools
from crawler.visits import Log
from techwire.types import Article, ChannelKind, Entry, Outcome, Page, Rejected, Source
from techwire.urls import absolute, canonical, fetchable, host, origin, site

SECONDS = 50.0  # a whole discovery; people wait for it
SAMPLES = 5
MOST_FEEDS = 3
_FEED_TYPES = ("rss+xml", "atom+xml", "feed+json", "rdf+xml")
_FEED_PATHS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/feed.json", "/index.xml")
_SITEMAP_PATHS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml")
_COMMENTS = re.compile(r"comment|commentaire|replies|/feed/.*/feed", re.IGNORECASE)
_NEWS = re.compile(r"news|actu|google", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Got:
    """An address asked for. ``outcome`` None: it answered with a page, a feed or the like."""

    url: str  # after redirects
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    outcome: Outcome | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One article of the source, read by the real pipeline."""

    url: str
    result: Article | Rejected | None  # None: it was not to be had, and ``detail`` says why
    detail: str | None = None


@dataclass(slots=True)
class Finding:
    """What was found at an address."""

    source: Source
    samples: list[Sample] = field(default_factory=list)
    channels: dict[str, tuple[str, int]] = field(default_factory=dict)  # address → format, entries
    robots: str = "allows us"
    is_reserved: bool = False  # text and data mining, for the samples or the site
    every: timedelta | None = None  # between two articles, by the feed's dates
    problem: str | None = None  # one line, when nothing usable was found

    @property
    def is_usable(self) -> bool:
        """At least one channel that lists something."""
        return bool(self.source.feeds or self.source.sitemaps or self.source.listings)


class Probe(Watch):
    """Asks for addresses one by one, with all the manners of a crawl."""

    name = "probe"

    def __init__(self, job: Callable[[Probe], Awaitable[None]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._job = job

    async def start(self) -> AsyncIterator[Any]:
        """The job; it asks by ``fetch``, so there is nothing to yield."""
        await self._job(self)
        if self.problem is not None:
            yield None

    async def fetch(self, url: str) -> Got:
        """The answer of ``url``, or why there is none."""
        log = next(iter(self.logs.values()))
        network = self.tools.network
        request = Request(
            url,
            headers={
                "User-Agent": network.agent,
                "Accept": "*/*",
                "Accept-Language": "fr, en;q=0.7",
            },
            meta={LOG: log, "download_timeout": min(network.timeout_seconds, 15.0)},
            dont_filter=True,
        )
        if network.proxy:
            request.meta["proxy"] = network.proxy
        try:
            response: Response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - the border: every failure has its word
            outcome, detail = outcomes.of_failure(error)
            return Got(url, outcome=outcome, detail=detail)
        headers = {
            name.decode("latin-1").lower(): values[-1].decode("latin-1")
            for name, values in response.headers.items()
            if values
        }
        refusal = outcomes.of_status(response.status, headers, response.body)
        if refusal is not None:
            return Got(response.url, outcome=refusal[0], detail=refusal[1])
        return Got(response.url, response.body, headers)

    def rules(self, url: str) -> Rules | None:
        """The robots.txt of the site of ``url``, if it has been asked."""
        return self.tools.robots.get(origin(url), monotonic())


async def probe(tools: Tools, job: Callable[[Probe], Awaitable[None]]) -> None:
    """Run ``job`` with a probe, on the running reactor."""
    quieten()
    guard.install(tools.guard)
    nobody = Source(slug="probe", name="", url="")
    log = Log(nobody, tools.now(), monotonic() + SECONDS, tools.now)
    runner = AsyncCrawlerRunner(for_scrapy(tools.network))
    await runner.crawl(runner.create_crawler(Probe), job=job, tools=tools, logs=[log])


async def discover(address: str, tools: Tools, *, seconds: float = SECONDS) -> Finding:
    """What can be watched at ``address``: a home page, a feed, a sitemap or one article.

    Never raises for the site's sake, and ends after ``seconds`` with what it has by then."""
    url = fetchable(address if "://" in address else f"https://{address}")
    if url is None:
        return Finding(_blank(address), problem=f"{address} is no web address")
    finding = Finding(_blank(url))

    async def job(spider: Probe) -> None:
        try:
            async with asyncio.timeout(seconds):
                await _explore(url, spider, finding)
        except TimeoutError:
            finding.problem = (
                finding.problem or f"the site was too slow: stopped after {seconds:g} s"
            )

    await probe(tools, job)
    return finding


async def _explore(url: str, spider: Probe, finding: Finding) -> None:
    got = await spider.fetch(url)
    if got.outcome is not None:
        finding.problem = f"{url}: {got.outcome}" + (f" ({got.detail})" if got.detail else "")
        if got.outcome is Outcome.ROBOTS:
            finding.robots = "forbids us"
        return
    reading = read_channel(got.body, got.url, got.headers.get("content-type"), ChannelKind.FEED)
    if reading.kind is None:
        home = got if _is_home(got.url) else await spider.fetch(origin(got.url) + "/")
        pages = [page for page in (home, got) if page.outcome is None]
        await _from_pages(pages or [got], spider, finding)
    else:
        await _from_channel(got, reading, spider, finding)
    rules = spider.rules(finding.source.url)
    if rules is not None and rules.crawl_delay:
        finding.robots = f"allows us, one request every {rules.crawl_delay:g} s"
    if not finding.is_usable and finding.problem is None:
        finding.problem = "no feed, no sitemap and no list of articles was found there"


async def _from_channel(got: Got, reading: Reading, spider: Probe, finding: Finding) -> None:
    """The address given is itself a feed or a sitemap."""
    is_feed = reading.kind is ChannelKind.FEED
    first = reading.entries[0].url if reading.entries else got.url
    home = (origin(first) if site(first) != site(got.url) else origin(got.url)) + "/"
    page = await spider.fetch(home)
    finding.source = replace(
        _named(home, page if page.outcome is None else None, reading),
        feeds=(got.url,) if is_feed else (),
        sitemaps=() if is_feed else (got.url,),
    )
    finding.channels[got.url] = (reading.format, len(reading.entries) or len(reading.children))
    await _sample(reading.entries, spider, finding)


async def _from_pages(pages: list[Got], spider: Probe, finding: Finding) -> None:
    """The address given is a page: look for what it names, then where such things usually are."""
    home = pages[0]
    finding.source = _named(origin(home.url) + "/", home, None)
    named = [link for page in pages for link in _alternates(page)]
    feeds = await _tried(named[:6], ChannelKind.FEED, spider, finding, MOST_FEEDS)
    base = origin(home.url)
    if not feeds:
        usual = [base + path for path in _FEED_PATHS]
        feeds = await _tried(usual, ChannelKind.FEED, spider, finding, 1)
    rules = spider.rules(home.url)
    listed = [a for s in (rules.sitemaps if rules else ()) if (a := absolute(base + "/", s))]
    listed.sort(key=lambda address: not _NEWS.search(address))
    usual = [base + path for path in _SITEMAP_PATHS]
    maps = await _tried(listed[:4] or usual, ChannelKind.SITEMAP, spider, finding, 1)
    links = read_channel(home.body, home.url, home.headers.get("content-type"), ChannelKind.LISTING)
    listings = {} if feeds or len(links.entries) < SAMPLES else {home.url: links}
    if listings:
        finding.channels[home.url] = ("listing", len(links.entries))
    best = next(iter([*feeds.values(), *maps.values(), *listings.values()]), None)
    finding.source = replace(
        finding.source,
        language=finding.source.language or (best.language if best else None),
        feeds=tuple(feeds),
        sitemaps=tuple(maps),
        listings=tuple(listings),
    )
    entries = next((r.entries for r in (*feeds.values(), *maps.values()) if r.entries), ())
    await _sample(entries or links.entries, spider, finding)


async def _tried(
    addresses: list[str], kind: ChannelKind, spider: Probe, finding: Finding, most: int
) -> dict[str, Reading]:
    """Those of ``addresses`` that answer as a channel with something in it."""
    found: dict[str, Reading] = {}
    for address in dict.fromkeys(addresses):
        if len(found) >= most:
            break
        got = await spider.fetch(address)
        if got.outcome is not None or got.url in found:
            continue
        reading = read_channel(got.body, got.url, got.headers.get("content-type"), kind)
        size = len(reading.entries) or len(reading.children)
        if reading.kind is not None and size:
            found[got.url] = reading
            finding.channels[got.url] = (reading.format, size)
    return found


async def _sample(entries: tuple[Entry, ...], spider: Probe, finding: Finding) -> None:
    """Read a few articles as a visit would."""
    dates = sorted(entry.published_at for entry in entries if entry.published_at)
    if len(dates) > 2:
        finding.every = (dates[-1] - dates[0]) / (len(dates) - 1)
    for entry in entries[:SAMPLES]:
        got = await spider.fetch(entry.url)
        if got.outcome is not None:
            finding.samples.append(Sample(entry.url, None, got.detail or str(got.outcome)))
            continue
        if rights.is_reserved(got.headers, got.body):
            finding.is_reserved = True
        page = Page(
            url=canonical(entry.url),
            final_url=got.url,
            source=finding.source.slug,
            fetched_at=spider.tools.now(),
            body=got.body,
            content_type=got.headers.get("content-type"),
            headers=got.headers,
            entry=entry,
        )
        result = await spider.tools.reader.read(page, finding.source)
        finding.samples.append(Sample(entry.url, result))


def _is_home(url: str) -> bool:
    return url.split("?")[0].rstrip("/").count("/") == 2


def _alternates(page: Got) -> list[str]:
    """The feeds a page names, those of comments left out."""
    tree = LexborHTMLParser(text_of(page.body, page.headers.get("content-type")))
    found = []
    for node in tree.css('link[rel~="alternate"][href]'):
        kind = (node.attributes.get("type") or "").lower()
        href = node.attributes.get("href") or ""
        title = node.attributes.get("title") or ""
        if any(known in kind for known in _FEED_TYPES) and not _COMMENTS.search(href + title):
            found.append(absolute(page.url, href))
    return [address for address in found if address]


def _named(home: str, page: Got | None, reading: Reading | None) -> Source:
    """A source of that home page, with the name and the language it gives itself."""
    name, language = reading.title if reading else None, reading.language if reading else None
    if page is not None:
        tree = LexborHTMLParser(text_of(page.body, page.headers.get("content-type")))
        own = tree.css_first('meta[property="og:site_name"]')
        title = tree.css_first("title")
        name = (own.attributes.get("content") if own else None) or name
        name = name or (re.split(r"\s[|–—:-]\s", title.text())[0] if title else None)
        root = tree.css_first("html")
        tag = (root.attributes.get("lang") if root else None) or ""
        if re.match(r"[A-Za-z]{2}(?:[-_]|$)", tag):
            language = tag[:2].lower()
    blank = _blank(home)
    shown = (line(name) or blank.name)[:60]
    return replace(blank, name=shown, url=home, language=language)


def _blank(url: str) -> Source:
    """A source named after its host."""
    bare = site(url) or "source"
    labels = bare.split(".")
    stem = ".".join(labels[:-1]) if len(labels) > 1 and not bare[0].isdigit() else bare
    return Source(slug=slug_of(stem), name=host(url) or url, url=url)


def slug_of(name: str) -> str:
    """A slug for ``name``: ASCII, lower case, hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "source"
