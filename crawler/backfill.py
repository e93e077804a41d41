"""The past of a source, through its sitemaps and the older pages of its feeds and listings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.entries import Reading
from crawler.spiders.watch import Watch
from crawler.visits import Log
from techwire.types import Entry, Source

LEFT = 20_000  # addresses of an earlier run that one run fetches; about 4 KB of memory each
PAGES = 500  # older pages of one source that one run follows
_MARGIN = timedelta(days=31)  # a sitemap last changed before this much before: nothing in it
_DAY = re.compile(
    r"/((?:19|20)\d{2})[/\-](0[1-9]|1[0-2])(?:[/\-](0[1-9]|[12]\d|3[01]))?(?:[/\-]|$)"
)


class Backfill(Watch):
    """Everything since a day, as slowly as the source's spacing says.

    What is found is written down before it is fetched: a run stopped goes on where it was."""

    name = "backfill"
    leftovers = LEFT

    def __init__(self, *, since: datetime, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._since = since
        self._pages: dict[str, int] = {}

    def _children(self, reading: Reading) -> list[str]:
        """Every sitemap that may hold something since the day."""
        return [
            child.url
            for child in reading.children
            if child.modified_at is None or child.modified_at >= self._since - _MARGIN
        ]

    def _wanted(self, entries: Sequence[Entry], source: Source, now: datetime) -> list[Entry]:
        """All entries since the day; those that tell no day too."""
        return [entry for entry in self._allowed(entries, source, now) if self._is_since(entry)]

    def _is_since(self, entry: Entry) -> bool:
        told = entry.published_at or day_of(entry.url) or entry.modified_at
        return told is None or told >= self._since

    def _older(self, reading: Reading, of: Log, *, has_new: bool) -> Iterable[str]:
        """The next page, as long as pages reach back to the day and are not endless."""
        told = [e.published_at or day_of(e.url) for e in reading.entries]
        days = [day for day in told if day is not None]
        if not reading.entries or (days and max(days) < self._since):
            return
        for address in reading.next_pages:
            count = self._pages.get(of.source.slug, 0)
            if address not in self._asked and count < PAGES:
                self._asked.add(address)
                self._pages[of.source.slug] = count + 1
                yield address


def day_of(url: str) -> datetime | None:
    """The last moment of the day (or month) that an address names: ``/2026/03/05/…``."""
    if not (found := _DAY.search(url)):
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    if year is None or month is None:
        return None
    try:
        if day is not None:
            return datetime(year, month, day, tzinfo=UTC) + timedelta(days=1, seconds=-1)
        following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    except ValueError:
        return None
    return following - timedelta(seconds=1)
