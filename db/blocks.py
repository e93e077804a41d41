"""The blocks of an article beside its body, without storing the text twice."""

from __future__ import annotations

from collections.abc import Sequence

from techwire.types import Block, BlockKind

GAP = "\n\n"  # between two blocks of a body

Packed = list[list[str | int]]
"""One item a block: ``[kind, length]`` for the next stretch of the body, else ``[kind, text]``."""


def pack(blocks: Sequence[Block], body: str) -> Packed:
    """``blocks`` as JSON; those that follow each other in ``body`` by their length alone."""
    packed: Packed = []
    place = 0
    for block in blocks:
        if block.text and body.startswith(block.text, place):
            packed.append([block.kind.value, len(block.text)])
            place += len(block.text) + len(GAP)
        else:
            packed.append([block.kind.value, block.text])
    return packed


def unpack(packed: Packed, body: str) -> tuple[Block, ...]:
    """The inverse of ``pack``, given the same body."""
    blocks: list[Block] = []
    place = 0
    for kind, piece in packed:
        if isinstance(piece, int):
            blocks.append(Block(BlockKind(str(kind)), body[place : place + piece]))
            place += piece + len(GAP)
        else:
            blocks.append(Block(BlockKind(str(kind)), piece))
    return tuple(blocks)
