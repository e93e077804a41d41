"""The requests we send: for a channel, for an article, with the manners of their source."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request

from crawler.lanes import DELAY, Folded
from crawler.middleware import IS_PAGE, LOG
from crawler.parcel import pack
from crawler.rendering import RENDER
from crawler.settings import Network
from crawler.visits import Log
from techwire.types import Channel, ChannelKind, Pending, Source

FULL_ANSWER_EVERY = timedelta(days=1)  # validators can lie: once a day we ask without them
_ACCEPT = {
    ChannelKind.FEED: "application/atom+xml,application/rss+xml,application/feed+json,"
    "application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5",
    ChannelKind.SITEMAP: "application/xml,text/xml,text/plain;q=0.8,*/*;q=0.5",
    ChannelKind.LISTING: "text/html,application/xhtml+xml,*/*;q=0.5",
}
_ACCEPT_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"
CHANNEL_PRIORITY, PAGE_PRIORITY = 10, 0
_MADE_WITH = {LOG, IS_PAGE, RENDER, DELAY, "download_timeout", "techwire_secrets", "proxy"}

Callback = Callable[..., Any]


def for_channel(
    channel: Channel,
    log: Log,
    network: Network,
    now: datetime,
    callback: Callback,
    errback: Callback,
) -> Request:
    """Ask a channel for news, with the validators of last time."""
    headers = _headers(log.source, network, _ACCEPT[channel.kind])
    is_due_in_full = (
        channel.full_answer_at is None or now - channel.full_answer_at >= FULL_ANSWER_EVERY
    )
    is_rendered = log.source.render and channel.kind is ChannelKind.LISTING
    if not is_due_in_full and not is_rendered:  # the shell stays the same, what is in it does not
        if channel.etag:
            headers["If-None-Match"] = channel.etag
        if channel.last_modified:
            headers["If-Modified-Since"] = channel.last_modified
    request = _request(
        channel.url, headers, log, network, CHANNEL_PRIORITY, callback, errback, channel
    )
    if is_rendered:
        request.meta[RENDER] = True
    return request


def for_page(
    pending: Pending, log: Log, network: Network, callback: Callback, errback: Callback
) -> Request:
    """Ask for an article; a page fetched before is asked for only if it changed."""
    headers = _headers(log.source, network, _ACCEPT_PAGE)
    if pending.etag:
        headers["If-None-Match"] = pending.etag
    if pending.last_modified:
        headers["If-Modified-Since"] = pending.last_modified
    url = pending.fetch_url
    request = _request(url, headers, log, network, PAGE_PRIORITY, callback, errback, pending)
    request.meta[IS_PAGE] = True
    if log.source.render:
        request.meta[RENDER] = True
    return request


def folded(request: Request) -> Folded | None:
    """``request`` as the address it asks for, packed, when it is as ``for_page`` makes it; None
    when anything has been noted on it since."""
    subject = request.cb_kwargs.get("subject")
    if not isinstance(subject, Pending):
        return None
    is_plain = (
        _MADE_WITH.issuperset(request.meta)
        and request.cb_kwargs.keys() == {"log", "subject"}
        and request.url == subject.fetch_url
        and request.priority == PAGE_PRIORITY
    )
    return Folded(request.cb_kwargs["log"], pack(subject)) if is_plain else None


def _request(
    url: str,
    headers: dict[str, str],
    log: Log,
    network: Network,
    priority: int,
    callback: Callback,
    errback: Callback,
    subject: Channel | Pending,
) -> Request:
    source = log.source
    meta: dict[str, Any] = {LOG: log, "download_timeout": network.timeout_seconds}
    if source.delay_seconds is not None:
        meta[DELAY] = source.delay_seconds
    if source.headers:
        meta["techwire_secrets"] = tuple(source.headers)
    if proxy := source.proxy or network.proxy:
        meta["proxy"] = proxy
    return Request(
        url,
        callback=callback,
        errback=errback,
        headers=headers,
        meta=meta,
        priority=priority,
        dont_filter=True,
        cb_kwargs={"log": log, "subject": subject},
    )


def _headers(source: Source, network: Network, accept: str) -> dict[str, str]:
    language = source.language or "fr"
    others = ", ".join(f"{tag};q={q}" for tag, q in (("en", 0.6), ("*", 0.4)) if tag != language)
    headers = {
        "User-Agent": network.agent,
        "Accept": accept,
        "Accept-Language": f"{language}, {others}",
    }
    headers.update(source.headers)
    if source.cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in source.cookies.items())
    if source.username is not None:
        pair = f"{source.username}:{source.password or ''}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode("ascii")
    return headers
