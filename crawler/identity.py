"""Under which address an article is known when its page answers elsewhere or names another."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

from crawler import rights
from techwire.types import Article, Page, Rejected
from techwire.urls import absolute, canonical, site

AGENT = "techwire"  # the name under which a page may address us

_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{4,}")  # no year
_LINK = re.compile(rb"<link\b[^>]*>", re.IGNORECASE)
_REL = re.compile(rb"""\brel\s*=\s*["']?\s*canonical\b""", re.IGNORECASE)
_HREF = re.compile(rb"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_HEAD = 300_000  # bytes in which the head of a page ends


def settled(result: Article | Rejected, page: Page) -> Article | Rejected:
    """``result`` under the identity of its page, with what the page tells machines (``origins``:
    "robots"). A rejected page keeps the address we asked for."""
    if isinstance(result, Rejected):
        return result
    said = rights.directives(page.headers, page.body, AGENT)
    origins = {**result.origins, "robots": ", ".join(sorted(said))} if said else result.origins
    return replace(result, url=identity(page), origins=origins)


def identity(page: Page) -> str:
    """The address of the article on ``page``: where it answered, or what it calls its own.

    The page's word (rel=canonical) is taken only within its site, never for a home page, and never
    for an address so much shorter that it can only be a section."""
    answered = canonical(page.final_url) if _is_deep(page.final_url) else page.url
    named = named_canonical(page.final_url, page.body)
    if named is None or not _is_deep(named) or not _same_house(named, page.final_url):
        return answered
    own = canonical(named)
    return own if _may_stand_for(own, answered) else answered


def named_canonical(url: str, body: bytes) -> str | None:
    """The rel=canonical of the page that answered at ``url``, absolute; None without one, or with
    several that disagree."""
    found: set[str] = set()
    for tag in _LINK.findall(body, 0, _HEAD):
        if _REL.search(tag) and (href := _HREF.search(tag)):
            value = next(part for part in href.groups() if part is not None)
            if address := absolute(url, unescape(value.decode("utf-8", "replace"))):
                found.add(address)
    return found.pop() if len(found) == 1 else None


def _is_deep(url: str) -> bool:
    """Whether ``url`` is more than a site's front door."""
    parts = urlsplit(canonical(url))
    return parts.path not in ("", "/") or bool(parts.query)


def _same_house(one: str, other: str) -> bool:
    a, b = site(one), site(other)
    return a == b or a.endswith("." + b) or b.endswith("." + a)


def _may_stand_for(named: str, answered: str) -> bool:
    """An article's own address is no ancestor folder of where it answered, and keeps its number."""
    one, other = urlsplit(named), urlsplit(answered)
    if other.path.startswith(one.path.rstrip("/") + "/") and not one.query:
        return False
    if one.path == other.path and not one.query and other.query:
        return False  # index.php?id=3 that calls itself index.php: every article does
    numbers = set(_NUMBER.findall(other.path + other.query))
    mine = set(_NUMBER.findall(one.path + one.query))
    return not (numbers and mine and numbers.isdisjoint(mine))
