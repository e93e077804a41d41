"""Sites made with Arc: the text stands, piece by piece, in a script the page is drawn from.

The script says ``Fusion.globalContent={…};``. Its ``content_elements`` are the pieces in order:
``text`` and ``header`` with markup, ``list`` with ``items``, and others (images, links, adverts)
that are no text. Pages of readers without a subscription, or saved before they were drawn, hold
only the first of them as markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pipelines.document import Document

_START = "Fusion.globalContent="
_LEAST = 3  # pieces of text; a script with fewer describes a page that is no article
_MUCH = 1.5  # times as much text as the page's own paragraphs have: else these will do


class Arc:
    """reuters.com and others of the same house."""

    hosts = frozenset(
        ("reuters.com", "lanacion.com.ar", "elespectador.com", "elnuevodia.com", "larepublica.pe")
    )
    until: datetime | None = None

    def markup(self, document: Document) -> str | None:
        """The pieces of the script, where the page shows much less of them."""
        pieces = list(_pieces(_content(document)))
        if len(pieces) < _LEAST:
            return None
        told = sum(len(piece) for piece in pieces)
        shown = sum(len(node.text()) for node in document.tree.css("p"))
        if told < _MUCH * shown:
            return None
        return f"<body><article>{''.join(pieces)}</article></body>"


def _content(document: Document) -> Mapping[str, Any]:
    """What the page is drawn from; empty when there is none, or none that can be read."""
    for node in document.tree.css("script"):
        text = node.text()
        at = text.find(_START)
        if at < 0:
            continue
        try:
            found, _ = json.JSONDecoder().raw_decode(text, at + len(_START))
        except (ValueError, RecursionError):
            return {}
        if isinstance(found, dict):
            inner = found.get("result")  # some wrap it
            return inner if isinstance(inner, dict) else found
    return {}


def _pieces(content: Mapping[str, Any]) -> Iterator[str]:
    elements = content.get("content_elements")
    for element in elements if isinstance(elements, list) else ():
        if not isinstance(element, dict):
            continue
        kind, text = element.get("type"), element.get("content")
        if kind in ("text", "paragraph") and isinstance(text, str) and text.strip():
            yield f"<p>{text}</p>"
        elif kind == "header" and isinstance(text, str):
            yield f"<h2>{text}</h2>"
        elif kind == "list" and isinstance(element.get("items"), list):
            items = (item.get("content") for item in element["items"] if isinstance(item, dict))
            points = [f"<li>{item}</li>" for item in items if isinstance(item, str)]
            yield f"<ul>{''.join(points)}</ul>"
        elif kind == "quote":
            yield f"<blockquote>{''.join(_pieces(element))}</blockquote>"
