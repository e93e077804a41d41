"""Scrapy's log lines at the level they deserve: the outcome of a page is a row, no warning."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Request, Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class Quiet(LogFormatter):
    """Says of each request and item nothing; of what went wrong in our own code everything."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        return {"level": logging.DEBUG, "msg": "%(url)s", "args": {"url": request.url}}

    def scraped(  # type: ignore[override]  # None is documented: say nothing
        self, item: Any, response: Any, spider: Spider
    ) -> LogFormatterResult | None:
        return None

    def dropped(  # type: ignore[override]  # as above
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult | None:
        return None

    def download_error(
        self,
        failure: Failure,
        request: Request,
        spider: Spider,
        errmsg: str | None = None,
    ) -> LogFormatterResult:
        return {
            "level": logging.DEBUG,
            "msg": "%(url)s: %(error)s",
            "args": {"url": request.url, "error": errmsg or failure.value},
        }
