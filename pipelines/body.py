"""The article's own text, in blocks: the page's segments, scored and chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser

from pipelines.choose import KEEP, choose
from pipelines.dates import read_moment
from pipelines.document import Document, first_text
from pipelines.drawn import drawn_markup
from pipelines.features import Witnesses, features_of, folded
from pipelines.forest import body_forest, first_trees
from pipelines.metadata import Metadata
from pipelines.rows import Row
from pipelines.segments import (
    CLASS_GROUPS,
    HIDDEN_BIT,
    TAG_BITS,
    Segment,
    Segments,
    segments_of,
    strip,
)
from techwire.types import Block, BlockKind

DRAWN_MORE = 2  # times as much prose as the page shows: then its text is what a script holds
SURE_PAGE = 0.7  # confidence below which a second opinion is asked (benchmarks/train_body.py)
SECOND_SAY = 0.5  # how much it counts against our own score
TORN_KEPT, TORN_SHARED = 0.7, 0.4  # shares of ours it holds at most, of it that is ours at least
TORN_WORSE = 0.18  # how much worse we score what it holds
MIN_SECOND = 100  # letters; a shorter second opinion is none
MANY_SEGMENTS = 1200  # more: an index, whose second opinion costs more than a second
MAX_SECOND = 400_000  # characters of markup beyond which it would take too long
CANDIDATE = 0.1  # score from which a segment counts towards the page's confidence

DEK_WINDOW = 3  # a dek is one of the first so many segments
MIN_DEK, MAX_DEK = 30, 1200  # characters
DEK_BIT = 1 << [name for name, _ in CLASS_GROUPS].index("dek")
AUTHOR_BIT = 1 << [name for name, _ in CLASS_GROUPS].index("author")
NEAR_TITLE = 14  # segments after the headline that may say who and when
_APART = re.compile(r"chapo|chapeau|standfirst|sub-?head|sub-?title|sub-?line")

MAX_BYLINE = 140  # characters
_BYLINE = re.compile(
    r"(?:(?i:by|par|von|por|di|door|av|text|texte|testo))\s*:?\s+[A-ZÀ-Ý][\w'’.-]+(?:\s+\S+){0,3}\s*(?:$|[|,·•–—-]|\d)",
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())


def witnesses_of(document: Document, metadata: Metadata) -> Witnesses:
    """What the page's metadata says of its text, for the scorer."""
    description = document.meta("description", "og:description")
    return Witnesses(
        title=metadata.title.value if metadata.title else "",
        description=description or first_text(document.article, "description") or "",
    )


@dataclass(frozen=True)
class Reader:
    """The body of one page, step by step; each step can be shown (``techwire read --explain``).

    Takes everything out of the tree that is never text: read the metadata first.
    """

    document: Document
    witnesses: Witnesses
    rule_markup: str | None = None  # what a source's own rule says holds the text: all of it is

    @cached_property
    def markup(self) -> str:
        self.document.__dict__.pop("landmarks", None)  # some of its nodes are about to go
        if self.rule_markup is not None:
            return strip(LexborHTMLParser(self.rule_markup))
        drawn = drawn_markup(self.document.tree)
        shown = strip(self.document.tree)
        if drawn is not None and _prose(drawn) > DRAWN_MORE * _prose(shown):
            return strip(LexborHTMLParser(drawn))
        return shown

    @cached_property
    def page(self) -> Segments:
        return segments_of(self.markup)

    @cached_property
    def rows(self) -> list[Row | None]:
        return features_of(self.page, self.witnesses, first_trees())

    @cached_property
    def first_scores(self) -> list[float]:
        """Our own score of each segment, [0, 1]."""
        return body_forest().scores(self.rows)

    @cached_property
    def confidence(self) -> float:
        """How decided the scores are, [0, 1], weighed by length."""
        pairs = [
            (len(segment.text), score)
            for segment, score in zip(self.page.segments, self.first_scores, strict=True)
            if score > CANDIDATE
        ]
        total = sum(length for length, _ in pairs)
        return sum(n * abs(2 * s - 1) for n, s in pairs) / total if total else 0.0

    @cached_property
    def scores(self) -> list[float]:
        """The scores decided upon: our own, or half another extractor's when we are unsure."""
        if self.rule_markup is not None:
            return [1.0] * len(self.page.segments)
        if self.confidence >= SURE_PAGE or not 0 < len(self.page.segments) <= MANY_SEGMENTS:
            return self.first_scores
        second = folded(second_opinion(self.markup))
        if len(second) < MIN_SECOND:
            return self.first_scores
        told = [folded(segment.text) in second for segment in self.page.segments]
        if self._is_torn(told):
            return self.first_scores
        return [
            (1 - SECOND_SAY) * score + SECOND_SAY * is_told
            for score, is_told in zip(self.first_scores, told, strict=True)
        ]

    def _is_torn(self, told: list[bool]) -> bool:
        """Whether a second opinion is a piece of our own text with worse segments around it.

        It then lost the thread where we did not; one that is another text altogether is heard."""
        ours = both = theirs = 0
        our_score = their_score = 0.0
        for segment, score, is_told in zip(
            self.page.segments, self.first_scores, told, strict=True
        ):
            length = len(segment.text)
            if score >= KEEP:
                ours += length
                our_score += score * length
                both += length * is_told
            if is_told:
                theirs += length
                their_score += score * length
        if not ours or both > TORN_KEPT * ours or both < TORN_SHARED * theirs:
            return False
        return our_score / ours - their_score / max(1, theirs) >= TORN_WORSE

    @cached_property
    def kept(self) -> list[int]:
        """Indexes of the segments that make the text, a dek set apart included."""
        if self.rule_markup is not None:
            return list(range(len(self.page.segments)))
        return choose(self.page, self.scores, self.witnesses.title)

    @cached_property
    def dek(self) -> int | None:
        """Index of the segment the page sets apart as the article's lead; None: it has none."""
        page, kept = self.page, self.kept
        end = kept[min(DEK_WINDOW, len(kept)) - 1] + 1 if kept else len(page.segments)
        for index in range(max(0, end - 60), end):
            segment = page.segments[index]
            length = len(segment.text)
            if not MIN_DEK <= length <= MAX_DEK or segment.link_chars * 2 > length:
                continue
            if self.class_bits(index) & DEK_BIT and (
                index in kept or page.elements[segment.element].tags & HIDDEN_BIT == 0
            ):
                return index
        return None

    def around_title(self) -> list[int]:
        """Indexes of the segments between the headline and the text's second paragraph."""
        title = folded(self.witnesses.title)
        segments = self.page.segments
        start = next(
            (i for i, s in enumerate(segments) if title and folded(s.text[:400]) == title),
            max(0, self.kept[0] - NEAR_TITLE) if self.kept else 0,
        )
        return list(range(start, min(len(segments), start + NEAR_TITLE)))

    def class_bits(self, index: int) -> int:
        """Class groups of a segment's element, and of its parent when that holds little else."""
        element = self.page.elements[self.page.segments[index].element]
        bits = element.own
        if element.parent >= 0 and self.page.elements[element.parent].segments < 3:
            bits |= self.page.elements[element.parent].own
        return bits

    @cached_property
    def chosen(self) -> list[int]:
        """Indexes of the segments that make the text.

        A dek leaves it only when its class says without doubt that it stands apart ("chapo",
        "standfirst", "sub-headline"). Judges disagree on the others: Fundus counts them as text,
        scrapinghub's annotators do not; leaving them in costs 0.3 points of F1 on the latter and
        gains 0.7 on the former (docs/benchmarks.md).
        """
        if self.rule_markup is not None:
            return self.kept
        apart = [
            i
            for i in self.kept[:DEK_WINDOW]
            if _APART.search(self._signature(i)) and len(self.kept) > 1
        ]
        text = [i for i in self.kept if i not in apart]
        while len(text) > 1 and is_byline(self.page.segments[text[0]].text):
            text.pop(0)
        return text

    def _signature(self, index: int) -> str:
        element = self.page.elements[self.page.segments[index].element]
        words = element.signature
        if element.parent >= 0 and self.page.elements[element.parent].segments < 3:
            words += f" {self.page.elements[element.parent].signature}"
        return words.lower()

    def block(self, index: int) -> Block:
        """A segment as a block of the article."""
        segment = self.page.segments[index]
        return Block(kind_of(self.page, segment), segment.text)


def _prose(markup: str) -> int:
    """Characters of ``markup`` that read like sentences."""
    elements = segments_of(markup).elements
    return elements[0].prose if elements else 0


def is_byline(text: str) -> bool:
    """ "Par Lou Ferrand - Publié le 5 mars 2024", "By Ann Lee" : who and when, and nothing else."""
    if len(text) > MAX_BYLINE or text.endswith((".", "!", "?", "”", "»")):
        return False
    if _BYLINE.match(text):
        return True
    return read_moment(text, language="en", zone=UTC, now=None) is not None


def kind_of(page: Segments, segment: Segment) -> BlockKind:
    """What a kept segment is, by the elements around it."""
    element = page.elements[segment.element]
    if element.tag in _HEADINGS:
        return BlockKind.HEADING
    if element.tags & TAG_BITS["figcaption"]:
        return BlockKind.CAPTION
    if element.tags & TAG_BITS["table"] and element.tag in ("td", "th", "table", "tr"):
        return BlockKind.TABLE
    if element.tags & TAG_BITS["blockquote"]:
        return BlockKind.QUOTE
    if element.tags & TAG_BITS["pre"]:
        return BlockKind.CODE
    if element.tags & TAG_BITS["li"]:
        return BlockKind.LIST_ITEM
    return BlockKind.PARAGRAPH


def warm() -> None:
    """Loads what the first page would have to wait for: the scorer, and the second opinion."""
    body_forest()
    second_opinion("<p></p>")


def second_opinion(markup: str) -> str:
    """What trafilatura takes for the text of a page; empty when it finds none."""
    if len(markup) > MAX_SECOND:
        return ""
    import trafilatura  # half a second and 40 MB, for the few pages that need it

    found = trafilatura.extract(markup, include_comments=False, favor_precision=True, fast=True)
    return found or ""
