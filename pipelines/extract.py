"""One page taken apart: everything it says, before anybody judges whether it is an article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from pipelines.body import read_body
from pipelines.document import Document, parse
from pipelines.language import language_of
from pipelines.metadata import Found, Metadata, read_metadata
from techwire.types import Block, BlockKind, Source

_APART = frozenset({BlockKind.CAPTION, BlockKind.EMBED})


@dataclass(frozen=True, slots=True)
class Extract:
    """A page's fields. ``metadata.summary`` stands apart: it is not repeated in ``blocks``."""

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
    blocks = _without_repeats(read_body(html, document), metadata)
    body = "\n".join(b.text for b in blocks)
    language = language_of(
        body or (metadata.title.value if metadata.title else ""), metadata.locale
    )
    return Extract(document, metadata, blocks, language or source.language)


def _without_repeats(blocks: tuple[Block, ...], metadata: Metadata) -> tuple[Block, ...]:
    """The body without title, dek and captions that are said elsewhere."""
    said = {_folded(f.value) for f in (metadata.title, metadata.summary) if isinstance(f, Found)}
    kept = [b for i, b in enumerate(blocks) if i > 5 or _folded(b.text) not in said]
    while kept and len(kept) > 1 and len(kept[0].text) < 80 and kept[0].text[-1:].isalnum():
        kept.pop(0)  # a caption or byline above the first paragraph
    return tuple(kept)


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
