"""Pieces of HTML that several layouts share: text with links, lists of links, the page's frame."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

from techwire.demo.newsroom import Piece, split_links
from techwire.demo.sites import BY_SLUG, Site
from techwire.types import Block, BlockKind

_TAGS = {
    BlockKind.PARAGRAPH: "p",
    BlockKind.HEADING: "h2",
    BlockKind.QUOTE: "blockquote",
    BlockKind.LIST_ITEM: "li",
}


def slugged(words: str) -> str:
    """``Mistral AI`` as a path segment: ``mistral-ai``."""
    bare = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


def inline(text: str) -> str:
    """Text of a block as HTML, its links as anchors."""
    return "".join(
        f'<a href="{escape(address)}">{escape(words, quote=False)}</a>'
        if address
        else escape(words, quote=False)
        for words, address in split_links(text)
    )


def body(blocks: Sequence[Block], between: Iterable[str] = (), klass: str = "") -> str:
    """The blocks as HTML; ``between`` holds what the site puts after the 1st, 2nd … paragraph."""
    asides = iter(between)
    attribute = f' class="{klass}"' if klass else ""
    out: list[str] = []
    in_list = False
    for block in blocks:
        if in_list != (block.kind is BlockKind.LIST_ITEM):
            out.append("</ul>" if in_list else "<ul>")
            in_list = not in_list
        tag = _TAGS[block.kind]
        out.append(f"<{tag}{attribute if tag == 'p' else ''}>{inline(block.text)}</{tag}>")
        if block.kind is BlockKind.PARAGRAPH:
            out.append(next(asides, ""))
    if in_list:
        out.append("</ul>")
    return "\n".join(line for line in out if line)


def french_spaces(text: str) -> str:
    """``text`` with the no-break spaces a French publishing tool sets beside its marks."""
    text = re.sub(r" (?=[!?;])", "\u202f", text)
    return re.sub(r"(?<=«) | (?=[»:])", "\u00a0", text)


def links(pieces: Sequence[Piece], item: str = "li") -> str:
    """A link to each piece, with its title."""
    return "\n".join(
        f'<{item}><a href="{escape(piece.path)}">{escape(piece.title, quote=False)}</a></{item}>'
        for piece in pieces
    )


def section_name(piece: Piece) -> str:
    """The section of ``piece`` as readers see it."""
    return dict(BY_SLUG[piece.site].sections).get(piece.section, piece.section.capitalize())


def menu(site: Site) -> str:
    """The sections of ``site`` as list items."""
    return "".join(
        f'<li><a href="/{path}/">{escape(name, quote=False)}</a></li>'
        for path, name in site.sections
    )


def picture(piece: Piece) -> str:
    """The path of its picture."""
    return f"/media/{piece.slug}.svg"


def described(piece: Piece) -> str:
    """What the page's head says of it: its lead as an attribute's value."""
    return escape(piece.lead or piece.title)
