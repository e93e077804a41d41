"""What an answer's headers and a channel's entries tell, each in one small word."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.middleware import HELD
from techwire.types import Channel, Entry, Outcome, Source

_FUTURE = timedelta(days=1)  # an entry dated later than this lies


def held(response: Response, outcome: Outcome) -> float | None:
    """The seconds a busy host asked us to stay away; None when it is not busy."""
    return response.meta.get(HELD) if outcome is Outcome.BUSY and response.request else None


def error_of(failure: Failure) -> BaseException:
    """What a failure is about; Twisted's types leave it open."""
    return failure.value or RuntimeError("no reason given")


def headers_of(response: Response) -> dict[str, str]:
    """The headers as text, names in lower case; the last of repeated ones."""
    return {
        name.decode("latin-1").lower(): values[-1].decode("latin-1")
        for name, values in response.headers.items()
        if values
    }


def remembered(channel: Channel, headers: dict[str, str], now: datetime) -> Channel:
    """The channel with the validators of this answer; a 304 need not repeat them."""
    return replace(
        channel,
        etag=headers.get("etag") or channel.etag,
        last_modified=headers.get("last-modified") or channel.last_modified,
    )


def max_age(headers: dict[str, str]) -> int | None:
    """Cache-Control: max-age in seconds, at most a day."""
    found = re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})", headers.get("cache-control", ""))
    return min(int(found.group(1)), 86400) if found else None


def moved(response: Response) -> str | None:
    """Where the channel moved to for good, for ``source check`` to say."""
    reasons = response.meta.get("redirect_reasons", []) if response.request else []
    if reasons and all(reason in (301, 308) for reason in reasons):
        return f"moved permanently to {response.url}"
    return None


def links_of(source: Source) -> str | None:
    return next((s.links for s in source.selectors if s.links), None)


def newest(entry: Entry) -> datetime:
    moment = entry.published_at or entry.modified_at
    assert moment is not None  # noqa: S101 - only dated entries are sorted
    return moment


def plausible(entry: Entry, now: datetime) -> Entry:
    """The entry without dates of the future."""
    if entry.published_at is not None and entry.published_at > now + _FUTURE:
        entry = replace(entry, published_at=None)
    if entry.modified_at is not None and entry.modified_at > now + _FUTURE:
        entry = replace(entry, modified_at=None)
    return entry
