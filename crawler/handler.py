"""Scrapy's HTTP handler, with the map of hosts and the guard's word for what was refused.

A mapped host ("gazette.example" → 127.0.0.1:8123) is asked as through a forward proxy: plain HTTP,
the request line in absolute form, the fictional Host. No name is looked up for it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from scrapy.utils import deprecate

from crawler import proxies
from crawler.guard import ForbiddenAddress, Guard, GuardedResolver
from crawler.politeness import Hosts


@contextmanager
def unexamined() -> Iterator[None]:
    """What is imported meanwhile does not look for who imports it. Scrapy 2.19 gives three old
    names a class each, and reads the source of every caller and the path of every module to tell
    where it stands: three tenths of a second of CPU at each start, for names that we do not use."""
    blind = SimpleNamespace(
        isclass=inspect.isclass, stack=lambda: ((None,), (None,)), getmodule=lambda frame: None
    )
    vars(deprecate)["inspect"] = blind
    try:
        yield
    finally:
        vars(deprecate)["inspect"] = inspect


with unexamined():
    from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler


class Handler(HTTP11DownloadHandler):
    """One answer for one request, or an exception that says why not."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider: Any = crawler.spider
        self._map: dict[str, str] = spider.host_map
        self._hosts: Hosts = spider.hosts
        self._guard: Guard = spider.guard

    async def download_request(self, request: Request) -> Response:
        """Fetch; see the module."""
        parts = urlsplit(request.url)
        self._hosts.sent(parts.hostname or "", monotonic())
        target = self._map.get(parts.hostname or "")
        if target is not None:
            plain = urlunsplit(parts._replace(scheme="http"))
            meta = {**request.meta, "proxy": f"http://{target}"}
            response = await super().download_request(request.replace(url=plain, meta=meta))
            return response.replace(url=request.url)
        if proxy := request.meta.get("proxy"):
            return await super().download_request(self._through(proxy, request))
        try:
            return await super().download_request(request)
        except CannotResolveHostError:
            if reason := _refusal(parts.hostname or ""):
                raise ForbiddenAddress(parts.hostname or "", reason) from None
            raise

    def _through(self, proxy: str, request: Request) -> Request:
        """``request`` as the proxy wants it. Raises ForbiddenAddress."""
        proxies.check(urlsplit(request.url).hostname or "", self._guard)
        bare, word = proxies.door(proxy)
        asked = request.replace(meta={**request.meta, "proxy": bare})
        if word is not None:
            asked.headers["Proxy-Authorization"] = word
        return asked


def _refusal(host: str) -> str | None:
    """The address that ``host`` resolved to, when the guard refused it."""
    from twisted.internet import reactor

    resolver: object = reactor.nameResolver
    return resolver.refused.get(host) if isinstance(resolver, GuardedResolver) else None
