"""Puts the pages, the API and the feeds together; says every failure in one sentence."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db import Database
from techwire.errors import DatabaseError, NotFound, UsageError
from web.access import Access
from web.api import Api
from web.complaints import in_french
from web.feeds import Feeds
from web.house import HERE, House, answered
from web.links import link
from web.openapi import BASE
from web.pages import Pages
from web.plain import as_json
from web.settings import Settings

log = logging.getLogger(__name__)

_POSITION = re.compile(r"position (\d+)")
_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
A_YEAR = 31_536_000  # seconds; a file's address changes when it does
SMALLEST = 600  # bytes that are worth compressing
HARD = 4  # of 9: half the time of the hardest, and 7 % more bytes of a page


def create(
    database: Database,
    settings: Settings,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Starlette:
    """The web application over ``database``, which should be open read-only."""
    house = House(database, settings, clock)
    files = Files(house)
    failures = Failures(house)
    return Starlette(
        routes=[
            *Pages(house).routes(),
            *Feeds(house).routes(),
            *Api(house).routes(),
            Route("/static/{name}", files.file),
            Route("/health", files.health),
            Route("/favicon.ico", files.icon),
        ],
        middleware=[
            Middleware(Access, settings=settings),
            Middleware(GZipMiddleware, minimum_size=SMALLEST, compresslevel=HARD),
        ],
        exception_handlers={
            NotFound: failures.not_found,
            UsageError: failures.wrong_request,
            DatabaseError: failures.unavailable,
            HTTPException: failures.refused,
            Exception: failures.unexpected,
        },
    )


class Files:
    """Our own stylesheet, script and icon, and a sign of life."""

    def __init__(self, house: House) -> None:
        self._house = house

    def file(self, request: Request) -> Response:
        """One of ``web/static``."""
        name = request.path_params["name"]
        if name not in self._house.assets:
            raise HTTPException(404)
        path = HERE / "static" / name
        kind = _KINDS.get(path.suffix, "image/svg+xml")
        return answered(request, path.read_bytes(), kind, seconds=A_YEAR)

    def icon(self, request: Request) -> Response:
        """What browsers ask for unasked."""
        return answered(
            request, (HERE / "static" / "icon.svg").read_bytes(), "image/svg+xml", seconds=A_YEAR
        )

    def health(self, request: Request) -> Response:
        """200 while the database answers."""
        with self._house.database.reading() as connection:
            connection.exec_driver_sql("SELECT 1")
        return answered(request, "ok\n", "text/plain; charset=utf-8")


class Failures:
    """What cannot be answered: a page for people, JSON for programs; always one sentence."""

    def __init__(self, house: House) -> None:
        self._house = house

    def not_found(self, request: Request, error: Exception) -> Response:
        """404, with the nearest names."""
        assert isinstance(error, NotFound)  # noqa: S101
        near = [(name, _where(error.what, name)) for name in error.nearest]
        return self._said(request, 404, "not found", str(error), nearest=near)

    def wrong_request(self, request: Request, error: Exception) -> Response:
        """400, with the place of the mistake in a search."""
        found = _POSITION.search(str(error))
        position = int(found[1]) if found else None
        heading = "wrong search" if str(error).startswith("search:") else "wrong request"
        return self._said(request, 400, heading, str(error), position=position)

    def unavailable(self, request: Request, error: Exception) -> Response:
        """503: the database does not answer."""
        log.error("%s: %s", request.url.path, error)
        return self._said(request, 503, "wrong server", "The database does not answer.")

    def refused(self, request: Request, error: Exception) -> Response:
        """404 and 405 of the router."""
        assert isinstance(error, HTTPException)  # noqa: S101
        if error.status_code == 404:
            return self._said(request, 404, "not found", f"nothing at {request.url.path[:200]}")
        answer = self._said(request, error.status_code, "wrong request", error.detail)
        answer.headers.update(error.headers or {})
        return answer

    def unexpected(self, request: Request, error: Exception) -> Response:
        """500: a mistake of ours; the log has it whole."""
        log.error("%s failed", request.url.path, exc_info=error)
        return self._said(request, 500, "wrong server", "The log of techwire serve says more.")

    def _said(
        self,
        request: Request,
        status: int,
        heading: str,
        message: str,
        *,
        position: int | None = None,
        nearest: list[tuple[str, str]] | None = None,
    ) -> Response:
        if request.url.path.startswith(BASE):
            error: dict[str, object] = {"status": status, "message": message}
            if position is not None:
                error["position"] = position
            if nearest:
                error["nearest"] = [name for name, _ in nearest]
            return answered(request, as_json({"error": error}), "application/json", status=status)
        query = request.query_params.get("q", "")[:2_000]
        words = self._house.wording(request)
        return self._house.page(
            request,
            "error.html",
            {
                "status": status,
                "heading": words(heading),
                "message": in_french(message) if words.language == "fr" else message,
                "pointer": " " * (position - 1) + "^" if position and query else None,
                "nearest": nearest or [],
                "query": query,
            },
            status,
        )


def _where(what: str, name: str) -> str:
    """The page of a thing that exists."""
    if what == "company":
        return link("/companies", name=name)
    if what == "source":
        return link("/", source=name)
    return "/"
