"""Small true objects for the database tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from db import Database, sources
from techwire.types import Article, Company, Level, Mention, Page, Source, Tag, Zone

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GAZETTE = Source(
    slug="gazette", name="La Gazette", url="https://gazette.example/", language="fr", country="FR"
)
HERALD = Source(slug="herald", name="The Herald", url="https://herald.example/", language="en")
APPLE = Company(id="apple", name="Apple", aliases=("Apple Inc.",), products=("iPhone",))
META = Company(id="meta", name="Meta", country="US")
INSTAGRAM = Company(id="instagram", name="Instagram", owner="meta")

TEXT = (
    "La société a ouvert mardi une usine de puces près de Grenoble, avec trois cents salariés.\n\n"
    "Les entreprises voisines espèrent des commandes, et la région promet une nouvelle route.\n\n"
    "Le chantier avait commencé il y a deux ans ; il aura coûté un milliard d'euros en tout, "
    "selon la direction, qui parle d'un investissement pour vingt ans au cœur des Alpes."
)


def with_sources(database: Database, *listed: Source) -> None:
    """Puts sources into ``database``: the two papers unless told otherwise."""
    with database.writing() as connection:
        sources.sync(connection, listed or (GAZETTE, HERALD), NOW)


def page(url: str, body: bytes = b"<p>Bonjour</p>", **changes: Any) -> Page:
    """A page of the Gazette as the crawler yields it."""
    values: dict[str, Any] = {
        "url": url,
        "final_url": url,
        "source": "gazette",
        "fetched_at": NOW,
        "body": body,
        "content_type": "text/html; charset=utf-8",
        "headers": {"etag": '"1"', "content-type": "text/html; charset=utf-8"},
    }
    return Page(**values | changes)


def article(url: str, **changes: Any) -> Article:
    """An article of the Gazette; its hash follows its title and body."""
    values: dict[str, Any] = {
        "url": url,
        "source": "gazette",
        "title": "Une usine ouvre à Grenoble",
        "body": TEXT,
        "language": "fr",
        "authors": ("Ana Roux", "Luc Blé"),
        "published_at": NOW - HOUR,
        "published_origin": "json-ld, zone in the text",
        "fetched_at": NOW,
        "origins": {"title": "json-ld"},
        "catalogue_version": "1",
    }
    values |= changes
    said = f"{values['title']}\0{values['body']}"
    values.setdefault(
        "content_hash", hashlib.sha256(said.encode(errors="replace")).hexdigest()[:16]
    )
    return Article(**values)


def tag(company: str, name: str, *mentions: Mention, relevance: float = 0.8) -> Tag:
    """A tag of the catalogue."""
    return Tag(
        company=company,
        name=name,
        relevance=relevance,
        level=Level.PRIMARY if relevance > 0.5 else Level.PASSING,
        confidence=0.9,
        mentions=mentions,
    )


def mention(text: str, surface: str, zone: Zone = Zone.BODY) -> Mention:
    """The first place of ``surface`` in ``text``."""
    start = text.index(surface)
    return Mention(zone=zone, start=start, end=start + len(surface), surface=surface, rule="alias")
