"""A text in pieces, those that name a company apart: what the article page highlights."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from db.reading import Reading
from techwire.types import BlockKind, Mention, Tag, Zone

_HIT = re.compile(r"«([^\W_]+)»")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; with ``tag`` when it names a company."""

    text: str
    tag: Tag | None = None
    mention: Mention | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of the body with its pieces."""

    kind: str  # of BlockKind
    pieces: tuple[Piece, ...]


def pieces(text: str, tags: Sequence[Tag], zone: Zone, start: int = 0) -> tuple[Piece, ...]:
    """``text``, which begins at ``start`` of its zone, cut at the mentions in it.

    Of two that overlap the first wins, of two that begin alike the longer; a mention that lies
    partly outside is left out."""
    end = start + len(text)
    found = sorted(
        (
            (mention.start, -mention.end, mention, tag)
            for tag in tags
            for mention in tag.mentions
            if mention.zone == zone and start <= mention.start < mention.end <= end
        ),
        key=lambda item: item[:2],
    )
    return tuple(_cut(text, start, [(mention, tag) for _, _, mention, tag in found]))


def _cut(text: str, start: int, found: list[tuple[Mention, Tag]]) -> Iterator[Piece]:
    place = 0
    for mention, tag in found:
        first, last = mention.start - start, mention.end - start
        if first < place:
            continue
        if first > place:
            yield Piece(text[place:first])
        yield Piece(text[first:last], tag, mention)
        place = last
    if place < len(text):
        yield Piece(text[place:])


def passages(reading: Reading) -> list[Passage]:
    """The body in its blocks; in paragraphs when it was stored without blocks."""
    found = []
    place = 0
    kinds = [(block.kind.value, block.text) for block in reading.blocks]
    if not kinds:
        kinds = [(BlockKind.PARAGRAPH.value, text) for text in reading.body.split("\n\n") if text]
    for kind, text in kinds:
        at = reading.body.find(text, place) if text else -1
        if at < 0:  # a caption or an embed: never part of the body, so nothing is tagged in it
            found.append(Passage(kind, (Piece(text),)))
            continue
        found.append(Passage(kind, pieces(text, reading.tags, Zone.BODY, at)))
        place = at + len(text)
    return found


def sought(snippet: str) -> list[tuple[str, bool]]:
    """The pieces of a snippet, and whether each is a word that was sought: «one» without spaces.

    What stands in a French text's own quotation marks, « like this », is none."""
    return [(piece, place % 2 == 1) for place, piece in enumerate(_HIT.split(snippet)) if piece]
