"""What one feed, sitemap or listing told us, in one shape whatever its format."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from techwire.types import ChannelKind, Entry

_SPACE = re.compile(r"\s+")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\ufeff\ufffe\uffff]")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|li|mark|ol|p|q|s|small|span|"
    r"strike|strong|sub|sup|tt|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(
    r"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)>|<[^<>]*>", re.DOTALL | re.IGNORECASE
)
_ESCAPED = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
SUMMARY = 2000  # characters kept of a summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A channel read. ``kind`` None: it is no feed, sitemap or listing at all."""

    kind: ChannelKind | None
    format: str = ""  # "rss", "atom", "json", "sitemap", "sitemap index", "listing"
    entries: tuple[Entry, ...] = ()
    title: str | None = None  # of the feed
    language: str | None = None  # of the feed, ISO 639-1
    hint_seconds: int | None = None  # how long the publisher asks us to wait between two visits
    next_pages: tuple[str, ...] = ()  # older entries
    children: tuple[Child, ...] = ()  # sitemaps of an index, newest first
    problem: str | None = None  # one line for people, when something was wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap that an index points to."""

    url: str
    modified_at: datetime | None = None  # UTC


def line(text: str | None) -> str | None:
    """``text`` on one line: NFC, no control characters, white space folded; None when empty."""
    if not text:
        return None
    text = _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()
    return unicodedata.normalize("NFC", text) or None


def title_of(text: str | None, *, is_markup: bool = True) -> str | None:
    """A title as plain text. Feeds escape theirs once or twice, with or without inline tags."""
    if not text:
        return None
    if is_markup:
        text = _INLINE.sub("", text)
        if _ESCAPED.search(text):
            text = _INLINE.sub("", html.unescape(text))
    return line(text)


def plain(markup: str | None) -> str | None:
    """The text of a summary's markup, at most ``SUMMARY`` characters."""
    if not markup:
        return None
    if "<" in markup:
        markup = _ANY_TAG.sub(" ", markup)
    text = line(html.unescape(markup)) if "&" in markup else line(markup)
    if text and "<" in text:
        text = line(_INLINE.sub(" ", text))
    return text[:SUMMARY] if text else None


def language_of(tag: str | None) -> str | None:
    """The ISO 639-1 part of "fr-FR"; None for what is no language tag."""
    found = re.match(r"\s*([A-Za-z]{2})(?:[-_]|\s*$)", tag or "")
    return found.group(1).lower() if found else None
