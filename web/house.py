"""What every page stands on: the database, the clock, answers kept a while, templates."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from db import Database
from web.chips import chip, hue, visits
from web.drawing import bars
from web.links import link, web_only
from web.marks import sought
from web.settings import Settings
from web.wording import LANGUAGES, Wording

T = TypeVar("T")
HERE = Path(__file__).parent
MOST_KEPT = 64  # answers
STALE = 10  # times its age: so much older an answer is given while a new one is made
COOKIE = "techwire_language"


@dataclass(slots=True)
class Kept:
    """Answers that cost much, given again until they are ``seconds`` old; each made by one thread
    at a time. Who asks for one that is somewhat older gets it, and a new one is made meanwhile."""

    seconds: float
    clock: Callable[[], float] = time.monotonic  # seconds
    _answers: dict[str, tuple[float, Any]] = field(default_factory=dict)
    _making: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: str, make: Callable[[], T]) -> T:
        """The answer called ``key``, made now when there is none or it is too old."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
            kept = self._answers.get(key)
        age = self.clock() - kept[0] if kept else math.inf
        if kept and self.seconds <= age < STALE * self.seconds:
            if not making.locked():
                threading.Thread(target=self._made, args=(key, making, make), daemon=True).start()
            old: T = kept[1]
            return old
        return self._made(key, making, make)

    def _made(self, key: str, making: threading.Lock, make: Callable[[], T]) -> T:
        """The answer, made unless another thread has just done it."""
        with making:
            found = self._answers.get(key)
            if found is not None and self.clock() - found[0] < self.seconds:
                answer: T = found[1]
                return answer
            try:
                answer = make()
            except BaseException:
                with self._lock:  # or every name that nobody has would leave a lock behind
                    if key not in self._answers:
                        self._making.pop(key, None)
                raise
            with self._lock:
                self._answers[key] = (self.clock(), answer)
                while len(self._answers) > MOST_KEPT:
                    oldest = min(self._answers, key=lambda name: self._answers[name][0])
                    del self._answers[oldest]
                    self._making.pop(oldest, None)
            return answer


class House:
    """Shared by all requests; safe between threads."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.database = database
        self.settings = settings
        self.now = clock
        self.kept = Kept(settings.keep_seconds)
        self.assets = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:10]
            for path in sorted((HERE / "static").iterdir())
        }
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,  # every text of the database is a stranger's
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "asset": self.asset,
            "bars": bars,
            "chip": chip,
            "hue": hue,
            "link": link,
            "sought": sought,
            "visits": visits,
        }
        self._environment.filters["web_only"] = web_only

    def asset(self, name: str) -> str:
        """The address of a file of ours; it changes with the file, which is kept for a year."""
        return f"/static/{name}?{self.assets[name]}"

    def wording(self, request: Request) -> Wording:
        """The reader's language: chosen here, else the browser's, else English."""
        chosen = request.cookies.get(COOKIE)
        if chosen not in LANGUAGES:
            chosen = _preferred(request.headers.get("accept-language", ""))
        return Wording(chosen, self.settings.zone)

    def page(
        self, request: Request, name: str, context: Mapping[str, Any], status: int = 200
    ) -> Response:
        """The page made of a template."""
        words = self.wording(request)
        common = {"t": words, "path": request.url.path, "here": _here(request), "query": ""}
        text = self._environment.get_template(name).render(common | dict(context))
        answer = answered(request, text, "text/html; charset=utf-8", status=status)
        answer.headers["content-language"] = words.language
        answer.headers["vary"] = "Accept-Language, Cookie"
        return answer

    def document(self, name: str, context: Mapping[str, Any]) -> str:
        """A template that is no page (a feed)."""
        return self._environment.get_template(name).render(context)


def answered(
    request: Request, text: str | bytes, media_type: str, *, status: int = 200, seconds: int = 0
) -> Response:
    """An answer with its ETag; 304 without a body when the browser has it already.

    ``seconds`` is how long it need not ask again."""
    body = text.encode("utf-8", "replace") if isinstance(text, str) else text
    headers = {"cache-control": f"private, max-age={seconds}" if seconds else "private, no-cache"}
    if status == 200:
        # weak: the same text may travel compressed or not
        headers["etag"] = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        known = request.headers.get("if-none-match", "")
        if headers["etag"] in {tag.strip() for tag in known.split(",")}:
            return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type)


def _preferred(header: str) -> str:
    """The first language of an Accept-Language header that we speak."""
    weighed = []
    for place, piece in enumerate(header.split(",")[:20]):
        tag, _, weight = piece.partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, tag.strip()[:2].lower()))
        except ValueError:
            continue
    return next((code for _, _, code in sorted(weighed) if code in LANGUAGES), "en")


def _here(request: Request) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")
