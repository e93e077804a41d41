"""A small archive in which every question of the cookbook has an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from db import Database, articles, companies, pages, sources
from techwire.types import (
    Article,
    Company,
    Entry,
    Outcome,
    Rejected,
    Source,
    Visit,
    VisitOutcome,
)
from tests.db.build import APPLE, GAZETTE, HERALD, INSTAGRAM, META, TEXT, article, mention, tag

QUIET = Source(slug="veille", name="La Veille", url="https://veille.example/", language="fr")
NOVA = Company(id="nova", name="Nova", country="FR")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NAMES = {"apple": "Apple", "meta": "Meta", "instagram": "Instagram", "nova": "Nova", "zork": "Zork"}


def fill(database: Database, now: datetime) -> None:
    """Puts two months of news before ``now`` into ``database``."""
    with database.writing() as connection:
        sources.sync(connection, [GAZETTE, HERALD, QUIET], now - 60 * DAY)
        companies.sync(connection, [APPLE, META, INSTAGRAM, NOVA], "1")
        told: dict[str, int] = {}
        for number, (ago, source, language, title, body, about, event) in enumerate(_news()):
            seen = now - ago + timedelta(minutes=5)
            articles.save(
                connection,
                _article(number, seen - timedelta(minutes=5), source, language, title, body, about),
                seen,
                story=_Told(told, event),
            )
        first = _article(0, now - 2 * HOUR, *_news()[0][1:6])
        edited = _edited(first, "Apple ferme une usine de puces", TEXT + " Une phrase de plus.")
        articles.save(connection, edited, now - HOUR)
        articles.save(connection, _edited(edited, edited.title, TEXT), now - HOUR / 2)
        gone = "https://gazette.example/gone"
        pages.end(connection, gone, "gazette", Outcome.GONE, "404", now)
        no = Rejected(
            url="https://gazette.example/short",
            source="gazette",
            outcome=Outcome.TOO_SHORT,
            detail="83 characters",
            fetched_at=now,
        )
        teaser = Entry(
            url=no.url,
            title="Nova lève des fonds",
            summary="La suite est réservée aux abonnés.",
            published_at=now - DAY,
        )
        pages.offer(connection, "gazette", [teaser], "https://gazette.example/feed", now - DAY)
        articles.reject(connection, no, now)
        for slug, outcome in (("gazette", VisitOutcome.OK), ("herald", VisitOutcome.TIMEOUT)):
            visit = Visit(
                source=slug,
                started_at=now - HOUR,
                finished_at=now - HOUR / 2,
                outcome=outcome,
                counts={Outcome.NEW: 3, Outcome.GONE: 1} if slug == "gazette" else {},
            )
            sources.finish(connection, visit, now + HOUR, "every hour")


class _Told:
    """Articles with the same word for their event tell the same story."""

    def __init__(self, told: dict[str, int], event: str) -> None:
        self._told, self._event = told, event

    def __call__(self, article: Article, article_id: int, published_at: datetime) -> int:
        return self._told.setdefault(self._event, article_id)


News = tuple[timedelta, str, str, str, str, str, str]


def _news() -> list[News]:
    """Ago, source, language, title, body, companies, event."""
    rows: list[News] = [
        (2 * HOUR, "gazette", "fr", "Apple ouvre une usine de puces", TEXT, "apple nova", "plant"),
        (HOUR, "herald", "en", "Apple opens a chip plant", "It opens on Monday.", "apple", "plant"),
        (HOUR / 2, "herald", "fr", "Une usine de puces", TEXT, "apple", "plant"),
        (
            3 * DAY,
            "gazette",
            "fr",
            "L'intelligence artificielle chez Meta",
            "Non.",
            "meta zork",
            "ia",
        ),
        (12 * DAY, "herald", "en", "Instagram changes", "It does.", "instagram meta", "insta"),
        (20 * DAY, "gazette", "fr", "Apple et Meta", "Deux.", "apple meta", "both"),
    ]
    rows += [
        (n * DAY + HOUR, "herald", "en", f"Day {n}", f"Body {n}", "meta", f"d{n}")
        for n in range(1, 40, 3)
    ]
    rows += [
        (n * DAY + HOUR, "veille", "fr", f"Jour {n}", f"Bien long {n}.", "meta", f"v{n}")
        for n in range(62, 75)
    ]
    return rows


def _article(
    number: int,
    published: datetime,
    source: str,
    language: str,
    title: str,
    body: str,
    about: str,
) -> Article:
    places = [mention(body, "puces")] if "puces" in body else []
    return article(
        f"https://{source}.example/{number}",
        source=source,
        language=language,
        title=title,
        body=body,
        published_at=published,
        fetched_at=published + timedelta(minutes=5),
        authors=("Ana Roux",) if number % 2 == 0 else (),
        tags=tuple(
            replace(
                tag(
                    company,
                    NAMES[company],
                    *(places if company == "apple" else []),
                    relevance=0.9 if place == 0 else 0.2,
                ),
                known=company != "zork",
            )
            for place, company in enumerate(about.split())
        ),
    )


def _edited(before: Article, title: str, body: str) -> Article:
    return article(
        before.url,
        source=before.source,
        title=title,
        body=body,
        published_at=before.published_at,
        fetched_at=before.fetched_at + HOUR / 2,
        tags=before.tags,
        authors=before.authors,
    )
