"""The short lines under a headline, where pages without any markup sign and date themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from pipelines.clean import tidy
from pipelines.document import Document

MAX_LINE = 160  # characters; a longer text is a dek or a paragraph
NEAR = 8  # elements looked at beside the headline, and beside each box around it
BOXES = 2  # boxes around the headline: deeper pages mark their byline up

_SIGNED = re.compile(r"^(?i:by|par|von|por|di|door)\s+(?=[^\W\d_a-zß-ÿ])")
_AFTER_NAMES = re.compile(r"\s[-–—|•·]\s|(?:publié|published|updated|mis à jour)\b", re.IGNORECASE)
_CHANGED = re.compile(
    r"\b(?:modifiée?|mis à jour|mise à jour|actualisée?|updated|edited|aktualisiert|actualizado)\b"
    r"[^\w]*(?:le|on|am|el)?\s*(?=.*\d)",
    re.IGNORECASE,
)
_SKIPPED = frozenset({"script", "style", "nav", "aside", "form", "ul", "ol", "figure", "table"})


def lines_under_headline(document: Document) -> Iterator[str]:
    """Short texts that follow the headline's ``<h1>``, nearest first."""
    node = document.heading
    for _ in range(BOXES + 1):
        if node is None or node.tag in ("body", "html"):
            return
        yield from _beside(node)
        node = node.parent


def signed_lines(document: Document) -> Iterator[str]:
    """Those that name who wrote: "By Hannah Cole | September 10, 2025"."""
    return (line for line in lines_under_headline(document) if _SIGNED.match(line))


def names_part(line: str) -> str:
    """A byline up to what follows the names: a dash, a bar, a date."""
    return _AFTER_NAMES.split(line, maxsplit=1)[0]


def changed_part(line: str) -> str | None:
    """What follows "Modifié le", "Updated": when the page was last edited. None if not said."""
    match = _CHANGED.search(line)
    return line[match.end() :] if match else None


def _beside(node: LexborNode) -> Iterator[str]:
    sibling = node.next
    seen = 0
    while sibling is not None and seen < NEAR:
        if sibling.is_element_node and sibling.tag not in _SKIPPED:
            seen += 1
            text = tidy(sibling.text(separator=" "))
            if 5 < len(text) < MAX_LINE:
                yield text
        sibling = sibling.next
