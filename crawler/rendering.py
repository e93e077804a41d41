"""Where a crawl hands pages that need JavaScript to the browser, and asks for what they ask for."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.http import Response

from crawler.answers import headers_of
from crawler.browser import Answer, Ask, Browser
from crawler.middleware import AskedFirst, rules_of
from crawler.outcomes import TooLarge
from techwire.urls import host, origin

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

RENDER = "techwire_render"  # meta: the answer is a page whose scripts must run
_SECRETS = ("Cookie", "Authorization")  # of a source: for its own host only


class Rendering(AskedFirst):
    """Replaces what the server sent by what a reader would see."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._browser: Browser | None = None
        crawler.signals.connect(self._closed, signals.spider_closed)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Raises RenderFailed, TimeoutError or TooLarge."""
        headers = headers_of(response)
        is_page = response.status == 200 and "html" in headers.get("content-type", "html")
        if not request.meta.get(RENDER) or not is_page:
            return response
        if self._browser is None:
            self._browser = Browser(self.spider.agent)
        network = self.spider.tools.network
        first = Answer(200, headers, response.body)
        seconds = network.timeout_seconds
        text = await self._browser.render(response.url, first, self._asker(request), seconds)
        body = text.encode("utf-8", "replace")
        if len(body) > network.max_bytes:
            raise TooLarge(f"{len(body)} bytes once rendered")
        given: dict[str, Any] = {**headers, "content-type": "text/html; charset=utf-8"}
        return response.replace(body=body, headers=given)

    def _asker(self, request: Request) -> Ask:
        async def ask(url: str) -> Answer | None:
            try:
                if not await self._may_ask(url, request):
                    return None
                response = await self._aside(url, self._for(url, request))
            except Exception:  # noqa: BLE001 - a script that fails is no reason to lose the page
                return None
            return Answer(response.status, headers_of(response), response.body)

        return ask

    def _secrets(self, request: Request) -> dict[str, Any]:
        """The source's own headers go where the page goes: it may be for subscribers."""
        names = (*_SECRETS, *request.meta.get("techwire_secrets", ()))
        return {name: request.headers[name] for name in names if name in request.headers}

    def _for(self, url: str, request: Request) -> Request:
        """``request`` as the one that ``url`` is asked for: with its secrets on its own host."""
        if host(url) == host(request.url):
            return request
        bare = request.replace()
        for name in (*_SECRETS, *request.meta.get("techwire_secrets", ())):
            bare.headers.pop(name, None)
        return bare

    async def _may_ask(self, url: str, request: Request) -> bool:
        """Whether robots.txt of the script's own site lets us."""
        if not url.startswith(("http://", "https://")):
            return False
        if not self.spider.obeys_robots:
            return True
        book, site = self.spider.tools.robots, origin(url)
        rules = book.get(site, monotonic())
        if rules is None:
            file, lifetime, _ = await self._site_file(f"{site}/robots.txt", self._for(url, request))
            rules = rules_of(file, self.spider.agent)
            book.put(site, rules, monotonic(), lifetime)
        return rules.allows(url)

    async def _closed(self) -> None:
        if self._browser is not None:
            await self._browser.close()
