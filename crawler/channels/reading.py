"""What one feed, sitemap or listing told us, in one shape whatever its format."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from html.entities import html5

from techwire.types import ChannelKind, Entry

_SPACE = re.compile(r"\s+")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d\u200b\ufeff\ufffe\uffff]"
)
_CONTROLS = re.compile(r"[\x80-\x9f]")  # letters of Windows-1252 that were taken for ISO 8859-1
_INLINE = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|li|mark|ol|p|q|s|small|span|"
    r"strike|strong|sub|sup|tt|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"</?(?:br|div|h[1-6]|li|ol|p|ul)\b[^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(
    r"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)>|<[^<>]*>", re.DOTALL | re.IGNORECASE
)
_HTML_TAG = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|</?[A-Za-z][^<>]*>", re.DOTALL | re.IGNORECASE
)
_ESCAPED = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
_OPEN = re.compile(  # "caf&eacute noir": HTML reads it, "&copy=3" of an address it does not
    r"&(" + "|".join(name for name in html5 if not name.endswith(";")) + r")(?![\w;=])"
)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
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
    children: tuple[Child, ...] = ()  # sitemaps of an index
    problem: str | None = None  # one line for people, when something was wrong

    @property
    def newest_children(self) -> list[Child]:
        """The sitemaps of an index, the last to change first, those that do not say last."""
        return sorted(self.children, key=lambda c: c.modified_at or _LONG_AGO, reverse=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap that an index points to."""

    url: str
    modified_at: datetime | None = None  # UTC


def line(text: str | None) -> str | None:
    """``text`` on one line: NFC, no control characters, white space folded; None when empty."""
    if not text:
        return None
    if not text.isascii() and _CONTROLS.search(text):
        text = _CONTROLS.sub(
            lambda found: found.group().encode("latin-1").decode("cp1252", "ignore"), text
        )
    text = _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()
    return unicodedata.normalize("NFC", text) or None


def title_of(text: str | None, *, is_markup: bool = True, is_html: bool = False) -> str | None:
    """A title as plain text. Feeds escape theirs once or twice, with or without inline tags; one
    that says it is HTML (``is_html``) is read as that and no more."""
    if not text:
        return None
    if is_html:
        return line(html.unescape(_HTML_TAG.sub("", _BREAK.sub(" ", text))))
    if "&" in text:
        text = _OPEN.sub(lambda found: html5[found.group(1)], text)
    if is_markup:
        text = without_tags(text)
        if _ESCAPED.search(text):
            text = without_tags(html.unescape(text))
    return line(text)


def without_tags(text: str) -> str:
    """``text`` without the tags that titles are dressed with; others may be what it is about."""
    return _INLINE.sub("", _BREAK.sub(" ", text)) if "<" in text else text


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
