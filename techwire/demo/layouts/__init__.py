"""The page layouts of the newsroom: each site has its own, and its own habits of marking up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from techwire.demo.layouts import comptoir, devicedesk, gazette, labo, lantern, others
from techwire.demo.newsroom import Piece
from techwire.demo.sites import BY_SLUG

_ARTICLES: dict[str, Callable[[Piece, Sequence[Piece]], str]] = {
    "gazette": gazette.article,
    "comptoir": comptoir.article,
    "lantern": lantern.article,
    "devicedesk": devicedesk.article,
    "labo": labo.article,
}


def page(piece: Piece, pieces: Sequence[Piece]) -> str:
    """The HTML page of ``piece``; ``pieces`` are all those of its site, newest first."""
    site = BY_SLUG[piece.site]
    same = [other for other in pieces if other.url != piece.url and other.kind == "article"]
    if piece.kind == "video":
        return others.video(site, piece, same)
    if piece.kind == "live":
        return others.live(site, piece, same)
    if piece.kind == "dossier":
        return others.listing(site, piece.title, same[:6])
    # Readers are sent to the pieces of the same section first, as sites do.
    near = sorted(same, key=lambda other: other.section != piece.section)
    return _ARTICLES[piece.site](piece, near)


listing = others.listing
notice = others.notice
amp = devicedesk.amp
printed = devicedesk.printed
