"""The bytes of a channel → the entries it lists. Judged by them, never refused for a flaw."""

from __future__ import annotations

from crawler.channels import feed, jsonfeed, listing, sitemap
from crawler.channels.decode import tamed, text_of, unzipped
from crawler.channels.reading import Child, Reading
from techwire.types import ChannelKind

__all__ = ["Child", "Reading", "read_channel"]


def read_channel(
    body: bytes,
    url: str,
    content_type: str | None,
    kind: ChannelKind | None = None,
    *,
    links: str | None = None,
    timezone: str | None = None,
) -> Reading:
    """What the channel at ``url`` answered. Never raises.

    ``kind`` is what we expect; what it is decides: a feed found where a sitemap was expected is
    read as a feed. Pages are read as listings only when one is expected (or ``kind`` is None).
    ``links`` selects the anchors of a listing; ``timezone`` is for times without zone."""
    body = unzipped(body)
    looks_json = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
    text = text_of(body, content_type, is_json=looks_json)
    if not text.strip():
        return Reading(kind=None, problem="empty answer")
    reading = jsonfeed.read(text, url, timezone)
    if reading is None and "<" in text:
        markup = tamed(text)
        reading = sitemap.read(markup, url, timezone) or feed.read(markup, url, timezone)
    if reading is None and kind is not ChannelKind.LISTING:
        reading = sitemap.read_lines(text, url)
    if reading is None and kind in (ChannelKind.LISTING, None) and "<" in text:
        reading = listing.read(text, url, links)
    if reading is None:
        what = "a page" if "<html" in text[:2000].lower() else "something else"
        return Reading(kind=None, problem=f"{what}, not a {kind or 'channel'}")
    return reading
