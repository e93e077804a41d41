"""One page taken apart: everything it says, before anybody judges whether it is an article."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.body import Reader, witnesses_of
from pipelines.document import Document, parse
from pipelines.features import folded
from pipelines.language import language_of
from pipelines.metadata import Found, Metadata, read_metadata
from techwire.types import Block, BlockKind, Source

_APART = frozenset({BlockKind.CAPTION, BlockKind.EMBED})


@dataclass(frozen=True, slots=True)
class Extract:
    """A page's fields."""

    document: Document
    metadata: Metadata
    blocks: tuple[Block, ...]
    language: str | None

    @property
    def body(self) -> str:
        """The paragraphs joined by blank lines, without captions and embeds."""
        return "\n\n".join(b.text for b in self.blocks if b.kind not in _APART)


def extract(html: str, url: str, source: Source, fetched_at: datetime) -> Extract:
    """Takes apart the page ``html`` found at ``url``. ``fetched_at`` bars dates of the future."""
    document = parse(html, url)
    metadata = read_metadata(document, source, fetched_at)
    reader = Reader(document, witnesses_of(document, metadata))
    blocks = tuple(reader.block(index) for index in reader.chosen)
    metadata = _with_dek(metadata, reader)
    body = "\n".join(b.text for b in blocks)
    language = language_of(
        body or (metadata.title.value if metadata.title else ""), metadata.locale
    )
    return Extract(document, metadata, blocks, language or source.language)


def _with_dek(metadata: Metadata, reader: Reader) -> Metadata:
    """The lead a page shows is worth more than the description it gives to search engines."""
    if reader.dek is None:
        return metadata
    text = reader.page.segments[reader.dek].text
    if metadata.title and folded(text) == folded(metadata.title.value):
        return metadata
    return replace(metadata, summary=Found(text, "dek", 0.85))
