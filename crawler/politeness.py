"""When a host may be asked again: spacing, Crawl-delay, Retry-After, back-off. Knows no framework.

One ``Hosts`` lives as long as the process and is shared by all its crawls, so that a host is never
in two of them at once.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

LONGEST_WAIT = timedelta(days=1)  # servers were seen asking for 88 hours
LONGEST_DELAY = 60.0  # seconds; "Crawl-delay: 86400" is obeyed by not coming back this visit
MOST_BACKOFF = 600.0  # seconds
LEAST_KEPT = 4096  # hosts: with fewer, nothing is looked through for what may be forgotten

_SHORT_YEAR = re.compile(r"[A-Za-z]+,? \d{1,2}-[A-Za-z]{3}-\d\d ")  # RFC 850


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """How long a server asks us to stay away.

    ``value`` is Retry-After as received: seconds ("120") or an HTTP date (RFC 9110 §10.2.3).
    None when absent or unreadable; never negative; at most a day."""
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"\d+", value, re.ASCII):
        seconds = int(value[:9]) if len(value) <= 9 else 10**9
        return min(timedelta(seconds=seconds), LONGEST_WAIT)
    leap = timedelta(seconds=1) if ":60 " in value else timedelta()
    try:
        at = parsedate_to_datetime(value.replace(":60 ", ":59 ")) + leap
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        if _SHORT_YEAR.match(value):
            at = _of_century(at, now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(at - now, timedelta()), LONGEST_WAIT)


def _of_century(at: datetime, now: datetime) -> datetime:
    """``at``, of whose year two digits were given, at most 50 years ahead (RFC 9110 §5.6.7)."""
    year = now.year - now.year % 100 + at.year % 100
    return at.replace(year=year - 100 if year > now.year + 50 else year)


@dataclass(slots=True)
class Host:
    """What we know of one host, in seconds of the monotonic clock."""

    next_at: float = 0.0  # not before
    is_busy: bool = False  # a request is on its way
    crawl_delay: float | None = None  # of its robots.txt
    delay: float | None = None  # of the source that talks to it now
    failures: int = 0  # in a row
    waiting: list[Callable[[], None]] = field(default_factory=list)  # told when it is free again


class Hosts:
    """All hosts we talk to."""

    def __init__(self, delay: float, *, backoff: float = 5.0, jitter: float = 0.5) -> None:
        """``delay``: seconds between two requests to one host, varied by ±``jitter``. ``backoff``:
        seconds after a first failure, doubled at each one more in a row."""
        self._delay, self._backoff, self._jitter = delay, backoff, jitter
        self._hosts: dict[str, Host] = {}
        self._look_round_at = LEAST_KEPT

    def __getitem__(self, name: str) -> Host:
        host = self._hosts.get(name)
        if host is None:
            if len(self._hosts) >= self._look_round_at:
                self._forget_idle(monotonic())
            host = self._hosts[name] = Host()
        return host

    def _forget_idle(self, now: float) -> None:
        """Let go of hosts with nothing to remember: feeds can name new ones for ever."""
        self._hosts = {
            name: host
            for name, host in self._hosts.items()
            if host.is_busy or host.waiting or host.crawl_delay or host.next_at > now - MOST_BACKOFF
        }
        self._look_round_at = max(LEAST_KEPT, 2 * len(self._hosts))

    def wait(self, name: str, now: float) -> float:
        """Seconds until ``name`` may be asked; 0 when now, and free."""
        return max(0.0, self[name].next_at - now)

    def take(self, name: str, now: float, delay: float | None = None) -> None:
        """A request to ``name`` starts; ``delay`` is its source's own spacing."""
        host = self[name]
        host.is_busy = True
        host.delay = delay
        host.next_at = max(host.next_at, now + self.spacing(name, delay))

    def sent(self, name: str, now: float) -> None:
        """A request to ``name`` leaves just now: the next one is spaced from here."""
        host = self[name]
        host.next_at = max(host.next_at, now + self.spacing(name, host.delay))

    def leave(self, name: str, now: float | None = None) -> None:
        """The request to ``name`` has ended, ``now`` if it was sent; who waits for it is told.

        A Crawl-delay counts from here: networks deliver one request later than another, and only
        its answer tells that a request has arrived."""
        host = self[name]
        host.is_busy = False
        if now is not None and host.crawl_delay:
            host.next_at = max(host.next_at, now + host.crawl_delay)
        waiting, host.waiting = host.waiting, []
        for tell in waiting:
            tell()

    def spacing(self, name: str, delay: float | None = None) -> float:
        """Seconds between two requests to ``name``; never less than its Crawl-delay."""
        base = self._delay if delay is None else delay
        spread = base * random.uniform(1 - self._jitter, 1 + self._jitter)  # noqa: S311
        asked = self[name].crawl_delay
        return max(spread, asked) if asked else spread

    def hold(self, name: str, seconds: float, now: float) -> None:
        """The whole host waits: nothing is sent to ``name`` for so long."""
        host = self[name]
        host.next_at = max(host.next_at, now + seconds)

    def failed(self, name: str, now: float) -> float:
        """Another failure in a row: the host is held, longer each time. Returns the seconds."""
        host = self[name]
        host.failures += 1
        pause: float = min(self._backoff * 2 ** (host.failures - 1), MOST_BACKOFF)
        pause = pause * random.uniform(0.75, 1.25)  # noqa: S311
        self.hold(name, pause, now)
        return pause

    def succeeded(self, name: str) -> None:
        """The host answered as it should."""
        self[name].failures = 0
