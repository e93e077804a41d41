"""Loads the newsroom's pages from ``pages/`` and says what a reader should make of each.

A page is a file of TOML between two ``+++`` lines, then its text: blocks between blank lines, where
``## `` opens a heading, ``> `` a quote, ``- `` a list item, and ``[words](address)`` is a link.
``pages/SITE/later/`` holds what comes in, or is edited, when the clock moves on.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal, TypedDict, cast
from zoneinfo import ZoneInfo

from techwire.demo.sites import BY_SLUG, SITES, Site
from techwire.types import Block, BlockKind, Outcome

# The newsroom's clock, which does not tick: a Monday evening, in the past of any machine, so that
# no article is ever in the future of whoever crawls it.
NOW = datetime(2025, 9, 15, 18, 0, tzinfo=UTC)
LATER = datetime(2025, 9, 16, 6, 30, tzinfo=UTC)  # the same, the morning after

Kind = Literal["article", "video", "live", "dossier", "paywall", "sponsored", "brief", "dead"]

_OUTCOMES: dict[Kind, Outcome] = {
    "article": Outcome.NEW,
    "video": Outcome.VIDEO,
    "live": Outcome.LIVE,
    "dossier": Outcome.LISTING,
    "paywall": Outcome.PAYWALL,
    "sponsored": Outcome.ROBOTS,  # its folder is closed by robots.txt
    "brief": Outcome.TOO_SHORT,
    "dead": Outcome.GONE,  # still linked, no longer there
}
_MARKS = (
    ("## ", BlockKind.HEADING),
    ("> ", BlockKind.QUOTE),
    ("- ", BlockKind.LIST_ITEM),
)
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


class _Head(TypedDict, total=False):
    """The TOML of a page; only ``title``, ``published`` and ``section`` are always there."""

    title: str
    published: datetime
    modified: datetime
    section: str
    authors: list[str]
    lead: str
    caption: str
    tags: list[str]
    companies: list[str]
    unknown: list[str]
    story: str
    kind: Kind
    path: str
    copy_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One page of the newsroom, and what a reader should make of it."""

    site: str  # slug
    slug: str
    url: str  # canonical
    title: str
    authors: tuple[str, ...]
    published_at: datetime  # UTC, to the minute: pages tell no seconds
    modified_at: datetime | None
    language: str
    section: str
    lead: str | None  # set apart from the paragraphs
    caption: str | None  # of the picture; no part of the text
    blocks: tuple[Block, ...]  # text with its links as written: ``[words](address)``
    tags: tuple[str, ...]  # the site's own
    companies: tuple[str, ...]  # display names; the one it is about first
    unknown: tuple[str, ...]  # invented companies, in no catalogue
    story: str | None  # pieces with the same word tell the same event
    kind: Kind
    outcome: Outcome  # of a first visit; of two copies the one read last is the ``COPY``
    copy_of: str | None  # address of the piece whose text this one repeats

    @property
    def path(self) -> str:
        """The address without scheme and host."""
        return "/" + self.url.split("/", 3)[3]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text of its blocks, without links; Le Comptoir sets no-break spaces in its pages."""
        return tuple(plain(block.text) for block in self.blocks)

    @property
    def changed_at(self) -> datetime:
        """When it last changed: UTC."""
        return self.modified_at or self.published_at

    @property
    def local(self) -> datetime:
        """Its publication in its site's own time zone."""
        return self.published_at.astimezone(ZoneInfo(BY_SLUG[self.site].timezone))

    @property
    def local_change(self) -> datetime | None:
        """Its last edit in its site's own time zone; None if it was never edited."""
        zone = ZoneInfo(BY_SLUG[self.site].timezone)
        return self.modified_at.astimezone(zone) if self.modified_at else None


def truth(later: bool = False) -> list[Piece]:
    """Every page the sites link to, newest first: what stands in it and how it should end."""
    return list(_pieces(later))


def plain(text: str) -> str:
    """``text`` without its links."""
    return _LINK.sub(r"\1", text)


def split_links(text: str) -> Iterator[tuple[str, str | None]]:
    """The runs of ``text``: (words, address), the address None outside links."""
    at = 0
    for link in _LINK.finditer(text):
        if link.start() > at:
            yield text[at : link.start()], None
        yield link[1], link[2]
        at = link.end()
    if at < len(text):
        yield text[at:], None


@lru_cache(maxsize=2)
def _pieces(later: bool) -> tuple[Piece, ...]:
    found: dict[str, Piece] = {}
    for site in SITES:
        folder = files("techwire.demo") / "pages" / site.slug
        for layer in (folder, folder / "later") if later else (folder,):
            for piece in _folder(layer, site):
                found[piece.url] = piece
    return tuple(sorted(found.values(), key=lambda piece: piece.published_at, reverse=True))


def _folder(folder: Traversable, site: Site) -> Iterator[Piece]:
    if not folder.is_dir():
        return
    for file in folder.iterdir():
        if file.name.endswith(".md"):
            yield _piece(file.name.removesuffix(".md"), file.read_text(encoding="utf-8"), site)


def _piece(slug: str, text: str, site: Site) -> Piece:
    _, front, body = unicodedata.normalize("NFC", text).split("+++\n", 2)
    head = cast(_Head, tomllib.loads(front))
    kind = head.get("kind", "article")
    modified = head.get("modified")
    return Piece(
        site=site.slug,
        slug=slug,
        url=site.absolute(head.get("path") or _path(slug, head, site)),
        title=head["title"],
        authors=tuple(head.get("authors", ())),
        published_at=head["published"].astimezone(UTC),
        modified_at=modified.astimezone(UTC) if modified else None,
        language=site.language,
        section=head["section"],
        lead=head.get("lead"),
        caption=head.get("caption"),
        blocks=tuple(_blocks(body)),
        tags=tuple(head.get("tags", ())),
        companies=tuple(head.get("companies", ())),
        unknown=tuple(head.get("unknown", ())),
        story=head.get("story"),
        kind=kind,
        outcome=Outcome.COPY if "copy_of" in head else _OUTCOMES[kind],
        copy_of=head.get("copy_of"),
    )


def _path(slug: str, head: _Head, site: Site) -> str:
    number = 100_000 + zlib.crc32(slug.encode()) % 900_000  # six digits, the same for ever
    day = head["published"].astimezone(ZoneInfo(site.timezone))
    return site.address.format(slug=slug, number=number, section=head["section"], day=day)


def _blocks(body: str) -> Iterator[Block]:
    for chunk in body.strip().split("\n\n"):
        text = " ".join(chunk.split())
        for mark, kind in _MARKS:
            if text.startswith(mark):
                yield Block(kind, text.removeprefix(mark))
                break
        else:
            if text:
                yield Block(BlockKind.PARAGRAPH, text)
