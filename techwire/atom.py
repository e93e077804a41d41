"""Writes Atom feeds (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry of a feed."""

    url: str
    title: str
    published_at: datetime
    updated_at: datetime
    author: str  # a source's name, when the page names nobody
    summary: str | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None  # ISO 639-1
    place: str | None = None  # where a click leads, when it is not ``url``, the identity


def feed(*, title: str, identity: str, updated_at: datetime, entries: Iterable[FeedEntry]) -> str:
    """The feed as XML. ``identity`` is a URI that stays the same from one writing to the next."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(title)}</title>",
        f"<id>{_text(identity)}</id>",
        f"<updated>{_moment(updated_at)}</updated>",
        "<generator>techwire</generator>",
    ]
    for entry in entries:
        lines += _entry(entry)
    return "\n".join([*lines, "</feed>", ""])


def _entry(entry: FeedEntry) -> list[str]:
    language = f" xml:lang={quoteattr(entry.language)}" if entry.language else ""
    lines = [
        f"<entry{language}>",
        f"<title>{_text(entry.title)}</title>",
        f"<link href={quoteattr(_NO_XML.sub('', entry.place or entry.url))}/>",
        f"<id>{_text(entry.url)}</id>",
        f"<published>{_moment(entry.published_at)}</published>",
        f"<updated>{_moment(entry.updated_at)}</updated>",
        f"<author><name>{_text(entry.author)}</name></author>",
    ]
    if entry.summary:
        lines.append(f"<summary>{_text(entry.summary)}</summary>")
    lines += [f"<category term={quoteattr(_NO_XML.sub('', c))}/>" for c in entry.categories]
    return [*lines, "</entry>"]


def _text(text: str) -> str:
    return escape(_NO_XML.sub("", text))


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
