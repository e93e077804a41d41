"""What every request passes on its way: the door, robots.txt, redirects, the ledger."""

from __future__ import annotations

import contextlib
import zlib
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
    AlreadyRead,
    Reserved,
    RobotsBusy,
    RobotsForbid,
    RobotsUnavailable,
    TooLarge,
    of_failure,
)
from crawler.politeness import LONGEST_DELAY, retry_after
from techwire.types import Outcome, SiteFile
from techwire.urls import origin

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.spiders.watch import Watch
    from crawler.visits import Log

LOG = "techwire_log"  # meta: the visit a request belongs to
IS_PAGE = "techwire_page"  # meta: an article's page, not a channel
HELD = "techwire_held"  # meta: seconds that the host rests because of this request
_GZIP = 16 + zlib.MAX_WBITS  # with a gzip header
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

    def _secrets(self, request: Request) -> dict[str, Any]:
        """What is sent aside as well: nothing but who we are."""
        return {}

    async def _aside(self, url: str, request: Request) -> Response:
        """The answer of ``url``, asked for within the turn of ``request``."""
        asked = Request(
            url,
            headers={**self._secrets(request), "User-Agent": self.spider.agent, "Accept": "*/*"},
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


class ReadOnce(_Middleware):
    """Asks for no page twice in a visit, by whichever address (see ``crawler.twins``)."""

    def process_request(self, request: Request) -> None:
        """Raises AlreadyRead."""
        log: Log | None = request.meta.get(LOG)
        if log is not None and request.meta.get(IS_PAGE) and log.twins.has_seen(request.url):
            raise AlreadyRead(request.url)

    def process_response(self, request: Request, response: Response) -> Response:
        """Notes where a page has answered: here, while its host still waits for its next turn."""
        log: Log | None = request.meta.get(LOG)
        if log is not None and request.meta.get(IS_PAGE) and response.status < 300:
            log.twins.note(response.url, response.body)
        return response


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


class AskedFirst(_Middleware):
    """What Robots and Rights share: a file of the site that is asked for once a day at most."""

    async def _site_file(self, url: str, request: Request) -> tuple[SiteFile, float, bool]:
        """The file at ``url``, the seconds it is still to be believed, and whether it was asked for
        just now. An earlier process may have asked: what it heard is in the database."""
        kept = await self.spider.store.site_file(url)
        now = self.spider.tools.now()
        if kept is not None:
            age = (now - kept.fetched_at).total_seconds()
            if 0 <= age < _lifetime(kept.status):
                return kept, _lifetime(kept.status) - age, False
        response = await self._aside(url, request)
        is_found = 200 <= response.status < 300
        body = response.body[: robots.LIMIT] if is_found else b""
        file = SiteFile(url=url, status=response.status, body=body, fetched_at=now)
        await self.spider.store.save_site_file(file)
        return file, _lifetime(file.status), True


def _lifetime(status: int) -> float:
    """Seconds that a site's file is believed; a server in trouble is asked again sooner."""
    return RULES_WHEN_DOWN if status == 429 or status >= 500 else robots.DAY


class Robots(AskedFirst):
    """Asks each site's robots.txt first, and believes it for a day."""

    async def process_request(self, request: Request) -> Request | None:
        """Raises RobotsForbid or RobotsUnavailable; a request that had to wait for the rules goes
        back to its lane, to be spaced by them."""
        if request.meta.get(NESTED) or not self.spider.obeys_robots:
            return None
        book, site = self.spider.tools.robots, origin(request.url)
        rules = book.get(site, monotonic())
        if rules is None:
            file, lifetime, is_new = await self._site_file(f"{site}/robots.txt", request)
            rules = rules_of(file, self.spider.agent)
            book.put(site, rules, monotonic(), lifetime)
            self._set_pace(request, rules, is_new=is_new)
            if is_new:
                return request.replace(dont_filter=True, priority=request.priority + 1)
        if rules is robots.BUSY:
            raise RobotsBusy("robots.txt: asked to come back later")
        if rules is robots.DOWN:
            raise RobotsUnavailable("robots.txt is unavailable")
        if not rules.allows(request.url):
            raise RobotsForbid(request.url)
        return None

    def _set_pace(self, request: Request, rules: robots.Rules, *, is_new: bool) -> None:
        hosts, name = self.spider.hosts, host_of(request)
        hosts[name].crawl_delay = min(rules.crawl_delay or 0.0, LONGEST_DELAY) or None
        if is_new:
            hosts.hold(name, hosts.spacing(name), monotonic())


def rules_of(file: SiteFile, agent: str) -> robots.Rules:
    """What a robots.txt as it answered means for ``agent``."""
    if 200 <= file.status < 300:
        return robots.parse(file.body, agent)
    if file.status in (429, 503):
        return robots.BUSY
    # missing, or redirected too often (RFC 9309 §2.3.1.2, §2.3.1.3)
    return robots.OPEN if 300 <= file.status < 500 else robots.DOWN


class Rights(AskedFirst):
    """Asks a site for its tdmrep.json before the first page, and believes it for a day."""

    async def process_request(self, request: Request) -> Request | None:
        """Raises Reserved; a request that had to wait for the file goes back to its lane."""
        if not request.meta.get(IS_PAGE) or not self.spider.obeys_robots:
            return None
        book, site = self.spider.tools.rights, origin(request.url)
        known = book.get(site, monotonic())
        if known is None:
            file, lifetime, is_new = await self._site_file(site + rights.WELL_KNOWN, request)
            known = rights.parse(file.body) if file.status == 200 else rights.NONE
            book.put(site, known, monotonic(), lifetime)
            if is_new:
                hosts, name = self.spider.hosts, host_of(request)
                hosts.hold(name, hosts.spacing(name), monotonic())
                return request.replace(dont_filter=True, priority=request.priority + 1)
        if known.covers(request.url):
            raise Reserved(request.url)
        return None


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

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        """A whole gzip in one call; all that is odd (truncated, too long, two in one) is Scrapy's,
        which takes a third longer."""
        if encoding in (b"gzip", b"x-gzip"):
            stream = zlib.decompressobj(_GZIP)
            with contextlib.suppress(zlib.error):
                whole = stream.decompress(body, max_size)
                if stream.eof and not stream.unused_data:
                    return whole
        return HttpCompressionMiddleware._decode(body, encoding, max_size)


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
