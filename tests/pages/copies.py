"""The articles that the layouts are filled with."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from techwire.demo.newsroom import truth
from techwire.types import BlockKind
from tests.pages.layouts import Copy

EACH = 4  # articles in each language


def copies() -> list[Copy]:
    """Articles of the bundled newsroom, ``EACH`` in each language, as a layout wants them."""
    pieces = [p for p in truth(False) if p.kind == "article" and p.lead and len(p.authors) == 1]
    chosen = [p for lang in ("fr", "en") for p in [q for q in pieces if q.language == lang][:EACH]]
    return [
        Copy(
            title=p.title,
            lead=p.lead or "",
            caption=p.caption or "",
            author=p.authors[0],
            at=p.published_at.astimezone(ZoneInfo("Europe/Paris")),
            paragraphs=[
                re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", b.text)
                for b in p.blocks
                if b.kind is BlockKind.PARAGRAPH
            ],
            language=p.language,
            others=[q.title for q in pieces if q is not p and q.language == p.language][:5],
        )
        for p in chosen
    ]
