"""What a page says about its article: title, authors, times, summary, image, section, keywords.

Every field comes with the rule that gave it and a confidence in [0, 1].
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import urljoin

from pipelines.authors import read_authors
from pipelines.clean import tidy
from pipelines.document import Document, Json, first_text
from pipelines.found import Found
from pipelines.moment import Moment
from pipelines.times import read_modified, read_published
from pipelines.titles import bare, read_title
from pipelines.zones import UNKNOWN_ZONE, PageZone, page_zone
from techwire.types import Source

MAX_SUMMARY = 1200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Everything a page says beside its text. Times are aware, in the page's own zone."""

    title: Found[str] | None = None
    summary: Found[str] | None = None
    authors: Found[tuple[str, ...]] | None = None
    published: Found[Moment] | None = None
    modified: Found[Moment] | None = None
    image: Found[str] | None = None
    section: Found[str] | None = None
    keywords: Found[tuple[str, ...]] | None = None
    is_free: Found[bool] | None = None
    site_name: str | None = None
    locale: str | None = None  # what the page declares: "fr", "en-GB"
    zone: PageZone = UNKNOWN_ZONE


def read_metadata(document: Document, source: Source, fetched_at: datetime) -> Metadata:
    """All fields of a page; a field the page does not give is None."""
    locale = _locale(document)
    zone = page_zone(
        timezone=source.timezone,
        country=source.country,
        host=document.host,
        locale=locale or source.language,
    )
    site = _site_name(document, source)
    title = read_title(document, site)
    return Metadata(
        title=title,
        summary=_summary(document, title.value if title else ""),
        authors=read_authors(document, site, source),
        published=read_published(document, locale, zone, fetched_at),
        modified=read_modified(document, locale, zone, fetched_at),
        image=_image(document),
        section=_section(document),
        keywords=_keywords(document),
        is_free=_is_free(document),
        site_name=site,
        locale=locale,
        zone=zone,
    )


def _locale(document: Document) -> str | None:
    root = document.root
    lang = (root.attributes.get("lang") or root.attributes.get("xml:lang")) if root else None
    named = first_text(document.article, "inLanguage")
    return (
        lang
        or named
        or document.meta("content-language", "og:locale", "language", "dc.language")
        or None
    )


def _site_name(document: Document, source: Source) -> str | None:
    publisher = document.article.get("publisher")
    named = first_text(cast(Json, publisher), "name") if isinstance(publisher, Mapping) else None
    return (
        document.meta("og:site_name")
        or named
        or source.name
        or document.meta("application-name")
        or None
    )


def _summary(document: Document, title: str) -> Found[str] | None:
    for rule, told in (
        ("json-ld:description", first_text(document.article, "description")),
        ("meta:og:description", document.meta("og:description")),
        ("meta:description", document.meta("description", "twitter:description", "dc.description")),
    ):
        if told and 30 <= len(told) <= MAX_SUMMARY and bare(told) != bare(title):
            return Found(told, rule, 0.6)
    return None


def _image(document: Document) -> Found[str] | None:
    for rule, value in (
        ("meta:og:image", document.meta("og:image", "og:image:url", "og:image:secure_url")),
        ("json-ld:image", _image_of(document.article.get("image"))),
        ("meta:twitter:image", document.meta("twitter:image", "twitter:image:src")),
    ):
        if value and not value.startswith("data:"):
            try:
                return Found(urljoin(document.url, value), rule, 0.9)
            except ValueError:
                continue
    return None


def _image_of(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = cast(Json, value).get("url") or cast(Json, value).get("contentUrl")
    return value if isinstance(value, str) else None


def _section(document: Document) -> Found[str] | None:
    if section := first_text(document.article, "articleSection"):
        return Found(section[:100], "json-ld:articleSection", 0.9)
    if section := document.meta(
        "article:section", "og:article:section", "parsely-section", "section"
    ):
        return Found(section[:100], "meta:article:section", 0.9)
    return None


def _keywords(document: Document) -> Found[tuple[str, ...]] | None:
    value = document.article.get("keywords")
    listed: Iterable[object] = value if isinstance(value, list) else [value]
    for rule, values in (
        ("json-ld:keywords", [v for v in listed if isinstance(v, str)]),
        ("meta:article:tag", list(document.metas.get("article:tag", ()))),
        ("meta:news_keywords", list(document.metas.get("news_keywords", ()))),
        ("meta:keywords", list(document.metas.get("keywords", ()))),
    ):
        words = (
            [tidy(w) for v in values for w in re.split(r"[,;]", v)]
            if len(values) == 1
            else map(tidy, values)
        )
        kept = tuple(dict.fromkeys(w for w in words if 1 < len(w) <= 60))[:30]
        if kept:
            return Found(kept, rule, 0.9)
    return None


def _is_free(document: Document) -> Found[bool] | None:
    for node in (document.article, *document.linked_data[:40]):
        value = node.get("isAccessibleForFree")
        if value is not None and (node is document.article or "headline" in node):
            return Found(
                str(value).strip().lower() not in ("false", "no", "0"),
                "json-ld:isAccessibleForFree",
                0.95,
            )
    tier = document.meta("article:content_tier", "og:article:content_tier")
    if tier:
        return Found(
            tier.lower() not in ("locked", "metered", "paid"), "meta:article:content_tier", 0.85
        )
    return None
