"""The article's own text, in blocks."""

from __future__ import annotations

from pipelines.clean import tidy
from pipelines.document import Document
from techwire.types import Block, BlockKind


def read_body(text: str, document: Document) -> tuple[Block, ...]:
    """The blocks of the article on a page, in reading order; empty when there is none."""
    import trafilatura

    found = trafilatura.extract(
        text,
        url=document.url or None,
        include_comments=False,
        favor_precision=True,
        with_metadata=False,
    )
    lines = [tidy(line.lstrip("- ")) for line in (found or "").split("\n")]
    return tuple(Block(BlockKind.PARAGRAPH, line) for line in lines if line)
