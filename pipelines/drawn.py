"""The text of a page that its scripts draw: markup kept as a string in one of them.

Frameworks send what a page is drawn from along with it, as JSON. Where the page itself shows next
to nothing, the longest string with paragraphs in it is the article.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

SHOWN = 400  # characters in paragraphs from which a page shows its text itself
MIN_DRAWN = 400  # characters of markup; a shorter string is a notice
MIN_PARAGRAPHS = 3
MAX_SCRIPT = 2_000_000  # characters of a script looked at
_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_PARAGRAPH = re.compile(r"(?:<|\\u003c)/p(?:>|\\u003e)", re.IGNORECASE)


def drawn_markup(tree: LexborHTMLParser) -> str | None:
    """The article's markup out of a script; None where the page shows text or no script has any.

    ``tree`` still holds its scripts."""
    if _shows_text(tree):
        return None
    found = ""
    for node in tree.css("script"):
        text = node.text(deep=True) or ""
        if MIN_DRAWN < len(text) <= MAX_SCRIPT:
            found = max(found, *_marked_up(text), key=len)
    return f"<body><article>{found}</article></body>" if found else None


def _shows_text(tree: LexborHTMLParser) -> bool:
    shown = 0
    for node in tree.css("p"):
        shown += len(node.text(deep=True) or "")
        if shown > SHOWN:
            return True
    return False


def _marked_up(text: str, *, inner: bool = False) -> Iterator[str]:
    """The strings of a script that hold paragraphs; a string may hold JSON with strings again."""
    yield ""
    if len(_PARAGRAPH.findall(text)) < MIN_PARAGRAPHS:
        return
    for match in _STRING.finditer(text):
        written = match[1]
        if len(written) < MIN_DRAWN or len(_PARAGRAPH.findall(written)) < MIN_PARAGRAPHS:
            continue
        try:
            value = json.loads(f'"{written}"', strict=False)
        except ValueError:
            continue
        if value.count("</p>") >= MIN_PARAGRAPHS and value.lstrip()[:1] == "<":
            yield value
        elif not inner:
            yield from _marked_up(value, inner=True)
