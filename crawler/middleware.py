"""What every request passes on its way: the door, robots.txt, redirects, the ledger."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler import rights, robots
from crawler.lanes import NESTED, host_of
from crawler.outcomes import (
    Reserved,
    RobotsBusy,
    RobotsForbid,
    RobotsUnavailable,
    TooLarge,
    of_failure,
)
from crawler.politeness import LONGEST_DELAY, retry_after
from techwire.types import Outcome
from techwire.urls import origin

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.spiders.watch import Watch
    from crawler.visits import Log

LOG = "techwire_log"  # meta: the visit a request belongs to
IS_PAGE = "techwire_page"  # meta: an article's page, not a channel
HELD = "techwire_held"  # meta: seconds that the host rests because of this request
RULES_WHEN_DOWN = 900.0  # seconds that a robots.txt behind a server error is taken for a "no"


class _Middleware:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Any:
        """Scrapy's way to build it."""
        return cls(crawler)

    @property
    def spider(self) -> Watch:
        """The spider, which holds the tools."""
        return self.crawler.spider  # type: ignore[return-value]

    async def _aside(self, url: str, request: Request) -> Response:
        """The answer of ``url``, asked for within the turn of ``request``."""
        asked = Request(
            url,
            headers={"User-Agent": self.spider.agent, "Accept": "*/*"},
            meta={
                NESTED: True,
                LOG: request.meta.get(LOG),
                "download_timeout": self.spider.tools.network.timeout_seconds,
                "download_fail_on_dataloss": False,
                **{key: request.meta[key] for key in ("proxy",) if key in request.meta},
            },
        )
        return await self.crawler.engine.download_async(asked)


class Doorkeeper(_Middleware):
    """Refuses addresses that are numbers of private networks, before anything is sent."""

    def process_request(self, request: Request) -> None:
        """Raises ForbiddenAddress."""
        host = urlparse_cached(request).hostname or ""
        if host not in self.spider.host_map:
            self.spider.guard.check_literal(host)


class Temper(_Middleware):
    """Minds the mood of a host before its next request can leave: busy, failing, well."""

    def process_response(self, request: Request, response: Response) -> Response:
        """429 and 503 hold the host as long as it asks; other server errors for a while."""
        hosts, name = self.spider.hosts, host_of(request)
        if response.status in (429, 503):
            raw = response.headers.get("Retry-After")
            value = raw.decode("latin-1") if raw else None
            wait = retry_after(value, self.spider.tools.now())
            if wait is None:
                request.meta[HELD] = hosts.failed(name, monotonic())
            else:
                hosts.hold(name, wait.total_seconds(), monotonic())
                request.meta[HELD] = wait.total_seconds()
        elif response.status >= 500:
            request.meta[HELD] = hosts.failed(name, monotonic())
        elif response.status < 400:
            hosts.succeeded(name)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """No answer: the host rests, unless it was we who refused."""
        if of_failure(exception)[0] in (Outcome.NETWORK, Outcome.TIMEOUT):
            hosts = self.spider.hosts
            request.meta[HELD] = hosts.failed(host_of(request), monotonic())


class Robots(_Middleware):
    """Asks each site's robots.txt first, and believes it for a day."""

    async def process_request(self, request: Request) -> Request | None:
        """Raises RobotsForbid or RobotsUnavailable; a request that had to wait for the rules goes
        back to its lane, to be spaced by them."""
        if request.meta.get(NESTED) or not self.spider.obeys_robots:
            return None
        book, site = self.spider.tools.robots, origin(request.url)
        rules = book.get(site, monotonic())
        if rules is not None:
            if rules is robots.BUSY:
                raise RobotsBusy("robots.txt: asked to come back later")
            if rules is robots.DOWN:
                raise RobotsUnavailable("robots.txt is unavailable")
            if not rules.allows(request.url):
                raise RobotsForbid(request.url)
            return None
        rules = await self._fetch(site, request)
        if rules is not robots.OPEN or not rules.allows(request.url):
            self._slow_down(request, rules)
        return request.replace(dont_filter=True, priority=request.priority + 1)

    def _slow_down(self, request: Request, rules: robots.Rules) -> None:
        hosts, name = self.spider.hosts, host_of(request)
        hosts[name].crawl_delay = min(rules.crawl_delay or 0.0, LONGEST_DELAY) or None
        hosts.hold(name, hosts.spacing(name), monotonic())

    async def _fetch(self, site: str, request: Request) -> robots.Rules:
        response = await self._aside(f"{site}/robots.txt", request)
        status = response.status
        if 200 <= status < 300:
            rules, lifetime = robots.parse(response.body, self.spider.agent), robots.DAY
        elif 400 <= status < 500 and status != 429:
            rules, lifetime = robots.OPEN, robots.DAY
        elif 300 <= status < 400:
            rules, lifetime = robots.OPEN, robots.DAY  # redirected too often (RFC 9309 §2.3.1.2)
        elif status in (429, 503):
            rules, lifetime = robots.BUSY, RULES_WHEN_DOWN
        else:
            rules, lifetime = robots.DOWN, RULES_WHEN_DOWN
        self.spider.tools.robots.put(site, rules, monotonic(), lifetime)
        return rules


class Rights(_Middleware):
    """Asks a site for its tdmrep.json before the first page, and believes it for a day."""

    async def process_request(self, request: Request) -> Request | None:
        """Raises Reserved; a request that had to wait for the file goes back to its lane."""
        if not request.meta.get(IS_PAGE) or not self.spider.obeys_robots:
            return None
        book, site = self.spider.tools.rights, origin(request.url)
        known = book.get(site, monotonic())
        if known is not None:
            if known.covers(request.url):
                raise Reserved(request.url)
            return None
        response = await self._aside(site + rights.WELL_KNOWN, request)
        found = rights.parse(response.body) if response.status == 200 else rights.NONE
        book.put(site, found, monotonic(), robots.DAY)
        hosts, name = self.spider.hosts, host_of(request)
        hosts.hold(name, hosts.spacing(name), monotonic())
        return request.replace(dont_filter=True, priority=request.priority + 1)


class Redirect(RedirectMiddleware):
    """Scrapy's redirects, without a Referer, and without taking a source's secrets elsewhere."""

    def _engine_started(self) -> None:
        """No referer middleware to look for."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """We send no Referer."""
        request.headers.pop("Referer", None)
        asked = urlparse_cached(response).hostname
        if urlparse_cached(request).hostname != asked:
            for name in request.meta.get("techwire_secrets", ()):
                request.headers.pop(name, None)


class Unpack(HttpCompressionMiddleware):
    """Scrapy's decompression. A bomb is let go of at once: the exception Scrapy raises would keep
    what had been unpacked until the next full garbage collection."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Unpacked; raises TooLarge."""
        try:
            return super().process_response(request, response)
        except IgnoreRequest:
            pass
        raise TooLarge("over the size limit once decompressed")


class Ledger(_Middleware):
    """Counts what was really sent and received, for the visit it belongs to."""

    def process_response(self, request: Request, response: Response) -> Response:
        """One answer."""
        log: Log | None = request.meta.get(LOG)
        if log is not None:
            log.requests += 1
            log.bytes_received += len(response.body)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """One request without an answer."""
        log: Log | None = request.meta.get(LOG)
        if log is not None:
            log.requests += 1
