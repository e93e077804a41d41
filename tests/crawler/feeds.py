"""Feeds around one item, and what is read of them."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.entries import Reading, read_channel
from techwire.types import ChannelKind

BASE = "https://gazette.example/feed.xml"
A = "https://gazette.example/a"
B = "https://gazette.example/b"
NOON = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)


def read(
    body: str | bytes, content_type: str | None = None, kind: ChannelKind | None = ChannelKind.FEED
) -> Reading:
    """``body`` as fetched from the gazette."""
    if isinstance(body, str):
        body = body.encode()
    return read_channel(body, BASE, content_type, kind)


def urls(reading: Reading) -> list[str]:
    """Where the entries lead."""
    return [entry.url for entry in reading.entries]


def item(inner: str) -> str:
    """An RSS feed around one item that leads to A, unless ``inner`` has a link."""
    link = "" if "<link" in inner else f"<link>{A}</link>"
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:media="http://search.yahoo.com/mrss/"><channel><title>F</title>'
        f"<item>{link}{inner}</item></channel></rss>"
    )


def entry(inner: str) -> str:
    """An Atom feed around one entry."""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry>{inner}</entry></feed>'
    )
