"""CLEAN and TAG: a page goes in, an article comes out. Pure: no network, no database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from hashlib import sha256

from pipelines.companies import Catalogue
from pipelines.decode import decode
from pipelines.extract import Extract, extract
from pipelines.fingerprint import fingerprint
from pipelines.rawwords import single_spaced
from pipelines.tag import tag
from pipelines.tag_ner import Witness
from pipelines.verdict import judge
from techwire.types import Article, Outcome, Page, Rejected, Source, Tag

__all__ = ["read"]

_HTML_TYPES = ("html", "xml", "text/plain", "octet-stream")
_BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"RIFF",
    b"\x1f\x8b",
    b"OggS",
    b"ID3",
)


def read(
    page: Page, source: Source, catalogue: Catalogue, witness: Witness | None = None
) -> Article | Rejected:
    """Makes an article of a page, or says why it is none. Never raises for the page's sake.

    ``witness`` is asked about names that no catalogue knows (``pipelines.tag_ner``)."""
    try:
        return _read(page, source, catalogue, witness)
    except Exception as error:  # noqa: BLE001  (the page is the border: one bad page ends as one outcome)
        return _rejected(page, Outcome.UNREADABLE, f"{type(error).__name__}: {error}"[:200])


def _read(
    page: Page, source: Source, catalogue: Catalogue, witness: Witness | None
) -> Article | Rejected:
    problem = not_html(page)
    if problem:
        return _rejected(page, Outcome.NOT_HTML, problem)
    decoded = decode(page.body, page.content_type)
    found = extract(decoded.markup, page.final_url or page.url, source, page.fetched_at)
    if (verdict := judge(found)) is not None:
        return _rejected(page, *verdict)
    tags = _tags(found, catalogue, source, witness)
    return _article(page, source, found, decoded.origin, tags, catalogue.version)


def _article(
    page: Page,
    source: Source,
    found: Extract,
    charset_origin: str,
    tags: tuple[Tag, ...],
    catalogue_version: str,
) -> Article:
    metadata = found.metadata
    title = metadata.title.value if metadata.title else ""
    summary = metadata.summary.value if metadata.summary else None
    published = metadata.published
    published_at = published.value.at.astimezone(UTC) if published else None
    return Article(
        url=page.url,
        source=page.source or source.slug,
        title=title,
        body=found.body,
        summary=summary,
        blocks=found.blocks,
        language=found.language,
        authors=metadata.authors.value if metadata.authors else (),
        published_at=published_at,
        published_origin=_published_origin(found),
        modified_at=metadata.modified.value.at.astimezone(UTC) if metadata.modified else None,
        image_url=metadata.image.value if metadata.image else None,
        section=metadata.section.value if metadata.section else None,
        keywords=metadata.keywords.value if metadata.keywords else (),
        is_free=metadata.is_free.value if metadata.is_free else None,
        fetched_at=page.fetched_at,
        origins={**_origins(found), "charset": charset_origin},
        confidences=_confidences(found),
        content_hash=content_hash(title, found.body),
        fingerprint=fingerprint(found.body),
        tags=tags,
        catalogue_version=catalogue_version,
    )


def _published_origin(found: Extract) -> str | None:
    published, zone = found.metadata.published, found.metadata.zone
    if published is None:
        return None
    if published.value.has_zone:
        return f"{published.rule}; zone: page"
    return f"{published.rule}; zone: {zone.origin} ({zone.name})"


_FIELDS = (
    "title",
    "summary",
    "authors",
    "published",
    "modified",
    "image",
    "section",
    "keywords",
    "is_free",
)


def _origins(found: Extract) -> Mapping[str, str]:
    return {f: getattr(found.metadata, f).rule for f in _FIELDS if getattr(found.metadata, f)}


def _confidences(found: Extract) -> Mapping[str, float]:
    return {f: getattr(found.metadata, f).confidence for f in _FIELDS if getattr(found.metadata, f)}


def _tags(
    found: Extract, catalogue: Catalogue, source: Source, witness: Witness | None
) -> tuple[Tag, ...]:
    metadata = found.metadata
    return tag(
        metadata.title.value if metadata.title else "",
        metadata.summary.value if metadata.summary else "",
        found.body,
        language=found.language,
        catalogue=catalogue,
        source_name=source.name,
        on=metadata.published.value.at.date() if metadata.published else None,
        witness=witness,
    )


def content_hash(title: str, body: str) -> str:
    """SHA-256 of title and body with case and white space folded: has the article changed?"""
    return sha256(single_spaced(f"{title}\n{body}".casefold())).hexdigest()


def not_html(page: Page) -> str | None:
    """Why these bytes are no page at all, in a few words; None when they may be one."""
    if not page.body.strip():
        return "empty"
    kind = (page.content_type or "text/html").split(";")[0].strip().lower()
    if not any(t in kind for t in _HTML_TYPES):
        return kind
    head = page.body[:2048].lstrip()
    if head.startswith(_BINARY):
        return f"{kind or 'no type'}, but the bytes are no text"
    if (
        head[:1] in (b"{", b"[")
        or head.startswith((b"<rss", b"<feed"))
        or b"<rss" in head[:300]
        or b"<feed" in head[:300]
    ):
        return "a feed or data, not a page"
    if b"<" not in page.body[:65536]:
        return "no markup"
    return None


def _rejected(page: Page, outcome: Outcome, detail: str) -> Rejected:
    return Rejected(
        url=page.url, source=page.source, outcome=outcome, detail=detail, fetched_at=page.fetched_at
    )
