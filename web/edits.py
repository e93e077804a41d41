"""What changed between two versions of an article: paragraphs, and the words within them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from db.answers import Version

LONGEST = 4_000  # words of a paragraph that are compared; longer ones are shown whole
ALIKE = 0.5  # share of common words above which a paragraph was edited, not replaced
_WORD = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of words: kept, taken out or put in."""

    kind: str  # same, del, ins
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One step from a version to the next."""

    before: Version
    after: Version
    title: tuple[Change, ...]  # empty: the same
    paragraphs: tuple[tuple[Change, ...], ...]  # only those that changed


def edits(versions: tuple[Version, ...]) -> list[Edit]:
    """Every step, the latest first."""
    steps = []
    for before, after in pairwise(versions):
        title = () if before.title == after.title else tuple(words(before.title, after.title))
        old = _paragraphs(before)
        new = _paragraphs(after)
        steps.append(Edit(before, after, title, tuple(_changed(old, new))))
    return steps[::-1]


def _paragraphs(version: Version) -> list[str]:
    texts = [version.summary or "", *version.body.split("\n\n")]
    return [text for text in texts if text.strip()]


def _changed(old: list[str], new: list[str]) -> Iterator[tuple[Change, ...]]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        gone, come = old[a:b], new[c:d]
        for before, after in zip(gone, come, strict=False):
            yield tuple(words(before, after))
        for text in gone[len(come) :]:
            yield (Change("del", text),)
        for text in come[len(gone) :]:
            yield (Change("ins", text),)


def words(before: str, after: str) -> Iterator[Change]:
    """The words of both, the common ones once; the whole texts when little is common."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) > LONGEST or len(new) > LONGEST:
        yield from (Change("del", before), Change("ins", after))
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        yield from (Change("del", before), Change("ins", after))
        return
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield Change("same", "".join(old[a:b]))
        else:
            if b > a:
                yield Change("del", "".join(old[a:b]))
            if d > c:
                yield Change("ins", "".join(new[c:d]))
