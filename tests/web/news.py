"""A newsroom in a database: six articles that the tests of the web page look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from db import Database, articles, companies, pages, sources
from techwire.types import Article, Company, Level, Visit, VisitOutcome, Zone
from tests.db.build import APPLE, GAZETTE, HERALD, INSTAGRAM, META, article, mention, page, tag

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SPELT = "http://www.herald.example/workshop"  # what the server calls https://herald.example/…
EVIL = "<script>alert(1)</script> & <b>Meta</b>"
MISTRAL = Company(
    id="mistral-ai", name="Mistral AI", country="FR", sector="artificial intelligence"
)
PHONES = replace(APPLE, sector="consumer electronics", country="US")
BODY = (
    "Apple ouvre un atelier à Bordeaux, et Mistral AI y prête ses modèles.\n\n"
    "Les voisins d’Apple espèrent des emplois ; la mairie parle de trente postes et d’une rue "
    "neuve.\n\n"
    "Le chantier avait commencé il y a deux ans, selon la direction, qui parle d’un "
    "investissement pour vingt ans au bord de la Garonne."
)
SHORT = "Meta said on Monday that nothing would change for the people who use it every day."


def fill(database: Database) -> None:
    """Puts the news before ``NOW`` into ``database``."""
    with database.writing() as connection:
        sources.sync(connection, [GAZETTE, HERALD], NOW - 20 * DAY)
        companies.sync(connection, [PHONES, META, INSTAGRAM, MISTRAL], "1")
        told: dict[str, int] = {}

        def tell(event: str, written: Article) -> None:
            def choose(article: Article, article_id: int, published_at: datetime) -> int:
                return told.setdefault(event, article_id)

            articles.save(connection, written, written.fetched_at, story=choose)

        first = atelier("https://gazette.example/atelier", NOW - 5 * HOUR)
        tell("workshop", first)
        pages.keep(connection, page("https://herald.example/workshop", final_url=SPELT))
        tell("workshop", english("https://herald.example/workshop", NOW - 3 * HOUR))
        tell("evil", other("https://herald.example/evil", NOW - 30 * HOUR, EVIL, "meta"))
        tell("photos", other("https://herald.example/i", NOW - 2 * DAY, "Photos", "instagram"))
        for n in range(3, 9):
            tell(f"d{n}", other(f"https://herald.example/{n}", NOW - n * DAY, f"Day {n}", "meta"))
        changed = replace(
            first,
            title="Apple ouvre enfin un atelier à Bordeaux",
            body=BODY.replace("trente postes", "quarante postes"),
            fetched_at=NOW - HOUR,
            content_hash="edited",
        )
        tell("workshop", changed)
        for slug, outcome in (("gazette", VisitOutcome.OK), ("herald", VisitOutcome.TIMEOUT)):
            visit = Visit(
                source=slug,
                started_at=NOW - HOUR,
                finished_at=NOW - HOUR / 2,
                outcome=outcome,
                detail=None if slug == "gazette" else "no answer in 30 s",
                fresh=2,
            )
            sources.finish(connection, visit, NOW + HOUR, "its own rhythm")


def atelier(url: str, published: datetime) -> Article:
    """The French article, with every mention."""
    title = "Apple ouvre un atelier à Bordeaux"
    spots = [mention(title, "Apple", Zone.TITLE), mention(BODY, "Apple")]
    again = replace(spots[1], start=BODY.rindex("Apple"), end=BODY.rindex("Apple") + 5)
    return article(
        url,
        title=title,
        body=BODY,
        summary="Trente emplois au bord de la Garonne.",
        published_at=published,
        fetched_at=published + timedelta(minutes=6),
        section="Économie",
        tags=(
            tag("apple", "Apple", *spots, again, relevance=0.9),
            replace(
                tag("mistral-ai", "Mistral AI", mention(BODY, "Mistral AI"), relevance=0.4),
                level=Level.SECONDARY,
            ),
        ),
    )


def english(url: str, published: datetime) -> Article:
    """The same event in English."""
    return article(
        url,
        source="herald",
        language="en",
        title="Apple opens a workshop in Bordeaux",
        body="Apple opens on Monday. " * 12,
        published_at=published,
        fetched_at=published + timedelta(minutes=4),
        tags=(tag("apple", "Apple", relevance=0.9),),
    )


def other(url: str, published: datetime, title: str, company: str) -> Article:
    """An article of the Herald."""
    name = {"meta": "Meta", "instagram": "Instagram"}[company]
    return article(
        url,
        source="herald",
        language="en",
        title=title,
        body=f"{SHORT} {title}",
        published_at=published,
        fetched_at=published + timedelta(minutes=4),
        tags=(tag(company, name, relevance=0.8),),
    )
