"""One page taken apart: everything it says, before anybody judges whether it is an article."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.body import AUTHOR_BIT, Reader, is_byline, witnesses_of
from pipelines.byline import names_part
from pipelines.clean import authors
from pipelines.dates import read_moment
from pipelines.document import Document, parse
from pipelines.features import folded
from pipelines.found import Found
from pipelines.language import language_of
from pipelines.metadata import Metadata, read_metadata
from pipelines.moment import TOLERANCE, Moment, is_vague, zone_of
from pipelines.selectors import apply, body_markup, prune, rule_for
from pipelines.sites import site_of
from techwire.types import Block, BlockKind, Source

MAX_LINE = 160  # characters of a line that says who and when
MAX_DATE = 50  # characters of a line that is a date and hardly more
NEAR_END = 6  # segments behind the text that may date it
_BY = re.compile(r"(?:by|par|von|por|di|door|av)\b", re.IGNORECASE)
_APART = frozenset({BlockKind.CAPTION, BlockKind.EMBED})


@dataclass(frozen=True, slots=True)
class Extract:
    """A page's fields."""

    document: Document
    metadata: Metadata
    reader: Reader
    blocks: tuple[Block, ...]
    language: str | None

    @property
    def body(self) -> str:
        """The paragraphs joined by blank lines, without captions and embeds."""
        return "\n\n".join(b.text for b in self.blocks if b.kind not in _APART)


def extract(html: str | bytes, url: str, source: Source, fetched_at: datetime) -> Extract:
    """Takes apart the page ``html`` (bytes: valid UTF-8) found at ``url``. ``fetched_at`` bars
    dates of the future."""
    document = parse(html, url)
    metadata = read_metadata(document, source, fetched_at)
    published = metadata.published.value.at if metadata.published else None
    rule = rule_for(source, published, fetched_at) if source.selectors else None
    markup = None
    if rule is not None:
        prune(document, rule)
        metadata = apply(document, rule, metadata, source, fetched_at)
        markup = body_markup(document, rule)
    if markup is None and (site := site_of(document.host, fetched_at)) is not None:
        markup = site.markup(document)
    reader = Reader(document, witnesses_of(document, metadata), rule_markup=markup)
    blocks = tuple(reader.block(index) for index in reader.chosen)
    if rule is None or rule.summary is None:
        metadata = _with_dek(metadata, reader)
    metadata = _with_lines(metadata, reader, document, fetched_at)
    body = "\n".join(b.text for b in blocks)
    language = language_of(
        body or (metadata.title.value if metadata.title else ""), metadata.locale
    )
    return Extract(document, metadata, reader, blocks, language or source.language)


def _with_dek(metadata: Metadata, reader: Reader) -> Metadata:
    """The lead a page shows is worth more than the description it gives to search engines."""
    if reader.dek is None:
        return metadata
    text = reader.page.segments[reader.dek].text
    if metadata.title and folded(text) == folded(metadata.title.value):
        return metadata
    return replace(metadata, summary=Found(text, "dek", 0.85))


def _with_lines(
    metadata: Metadata, reader: Reader, document: Document, fetched_at: datetime
) -> Metadata:
    """Who and when, from the lines around the headline, where nothing else says it."""
    unsigned = metadata.authors is None or metadata.authors.confidence < 0.5
    if not unsigned and metadata.published is not None:
        return metadata
    segments, here = reader.page.segments, zone_of(metadata.zone.name)
    for index in reader.around_title():
        text = segments[index].text
        if len(text) > MAX_LINE:
            continue
        if unsigned and (named := _signed(text, reader.class_bits(index), metadata)):
            metadata = replace(metadata, authors=Found(named, "line near headline", 0.5))
            unsigned = False
        if metadata.published is None:
            moment = read_moment(text, language=metadata.locale, zone=here, now=fetched_at)
            if moment and moment.at <= fetched_at + TOLERANCE:
                metadata = replace(metadata, published=Found(moment, "line near headline", 0.5))
    if metadata.published is None and (found := _lonely_date(reader, metadata, fetched_at)):
        metadata = replace(metadata, published=found)
    return metadata


def _lonely_date(reader: Reader, metadata: Metadata, fetched_at: datetime) -> Found[Moment] | None:
    """The first line of the page, not far below its text, that is little more than a date."""
    last = reader.kept[-1] if reader.kept else 0
    for segment in reader.page.segments[: last + NEAR_END]:
        text = segment.text
        if len(text) <= MAX_DATE and any(map(str.isdigit, text)):
            moment = read_moment(
                text, language=metadata.locale, zone=zone_of(metadata.zone.name), now=fetched_at
            )
            if moment and not is_vague(moment):
                return Found(moment, "line with a date", 0.4)
    return None


def _signed(text: str, classes: int, metadata: Metadata) -> tuple[str, ...]:
    if not is_byline(text) and not classes & AUTHOR_BIT:
        return ()
    names = authors([names_part(text)], [metadata.site_name or ""])
    if _BY.match(text):
        return names[:4]
    # A box of class "author" may hold anything: only what looks like a person's name is one.
    return tuple(n for n in names if n.istitle() and 2 <= len(n.split()) <= 4)[:2]
