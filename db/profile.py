"""What is known of one company, for its page: days, peaks, company it keeps, who writes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal, select, union_all

from db import companies
from db.days import midnight, numbers, packed, period
from db.tables import ArticleRow, CompanyRow, SourceRow, StoryRow, TagRow

NEWEST = 500  # articles about it that neighbours and sources are counted in: bounded work
PEAKS = 3  # days of a timeline that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """A company in one line."""

    id: str
    name: str
    sector: str | None = None
    articles: int | None = None  # in how many articles, where that is counted


@dataclass(frozen=True, slots=True)
class Day:
    """What was published about a company on one day (UTC)."""

    day: date
    articles: int
    stories: int
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """A day with more stories than usual, and the largest of them."""

    day: date
    stories: int
    story_id: int
    title: str
    outlets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A company's page, but for its stories."""

    id: str
    name: str
    known: bool  # in the catalogue
    sector: str | None
    country: str | None
    ticker: str | None
    domain: str | None
    aliases: tuple[str, ...]
    products: tuple[str, ...]
    owner: Kin | None
    brands: tuple[Kin, ...]  # that it owns, at any depth
    days: tuple[Day, ...]  # every day of the period, the oldest first
    peaks: tuple[Peak, ...]  # by day
    neighbours: tuple[Kin, ...]  # companies of the same articles, most often first
    sources: tuple[tuple[str, str, int], ...]  # slug, name, articles; most first

    @property
    def ids(self) -> tuple[str, ...]:
        """Itself and its brands."""
        return (self.id, *(brand.id for brand in self.brands))


def profile(connection: Connection, name: str, until: datetime, days: int = 90) -> Profile:
    """The company called ``name`` over the ``days`` before ``until``; NotFound with the nearest.

    Eight statements, two more when ``name`` is not its id."""
    row = _row(connection, name)
    if row is None:
        row = _row(connection, companies.find(connection, name).id)
        assert row is not None  # noqa: S101  (just found, in the same transaction)
    owner, brands = _family(connection, row.id, row.owner_id)
    ids = [row.id, *(brand.id for brand in brands)]
    series = timeline(connection, ids, until, days)
    return Profile(
        id=row.id,
        name=row.name,
        known=row.known,
        sector=row.sector,
        country=row.country,
        ticker=row.ticker,
        domain=row.domain,
        aliases=tuple(row.aliases),
        products=tuple(row.products),
        owner=owner,
        brands=tuple(brands),
        days=tuple(series),
        peaks=tuple(_peaks(connection, ids, series)),
        neighbours=tuple(_neighbours(connection, ids)),
        sources=tuple(_sources(connection, ids)),
    )


def _row(connection: Connection, key: str) -> Any:
    return connection.execute(select(CompanyRow).where(CompanyRow.id == key)).first()


def _family(connection: Connection, key: str, owner_id: str | None) -> tuple[Kin | None, list[Kin]]:
    """Its owner, and the brands it owns at any depth."""
    wanted = [*companies.family(connection, key), *([owner_id] if owner_id else [])]
    rows = connection.execute(
        select(CompanyRow.id, CompanyRow.name, CompanyRow.sector).where(CompanyRow.id.in_(wanted))
    )
    kin = {row.id: Kin(id=row.id, name=row.name, sector=row.sector) for row in rows}
    brands = [one for one in kin.values() if one.id not in (key, owner_id)]
    owner = kin.get(owner_id) if owner_id else None
    return owner, sorted(brands, key=lambda one: one.name.casefold())


def timeline(connection: Connection, ids: Sequence[str], until: datetime, days: int) -> list[Day]:
    """One entry for every day of the period, days without an article too."""
    start, _ = period(until, days)
    # each day is counted by itself, in a few hundred neighbouring index entries: to sort a year of
    # a large company's into days first takes two to three times as long
    number = numbers(days)
    first, after = (midnight(connection, start, number.c.n + more) for more in (0, 1))
    # an article names a company once: only one of several companies may stand there twice
    article = TagRow.article_id.distinct() if len(ids) > 1 else TagRow.article_id
    mentions = func.coalesce(func.sum(TagRow.mention_count), 0)
    counted = (
        select(packed(func.count(article), func.count(TagRow.story_id.distinct()), mentions))
        .where(
            TagRow.company_id.in_(ids), TagRow.published_at >= first, TagRow.published_at < after
        )
        .correlate(number)
        .scalar_subquery()
    )
    series = []
    for row in connection.execute(select(number.c.n, counted.label("counted"))):
        day = (start + timedelta(days=row.n)).date()
        series.append(Day(day, *map(int, row.counted.split())))
    return sorted(series, key=lambda one: one.day)


def _between(start: datetime, end: datetime) -> list[ColumnElement[bool]]:
    return [TagRow.published_at >= start, TagRow.published_at < end]


def _peaks(connection: Connection, ids: Sequence[str], series: Sequence[Day]) -> list[Peak]:
    """The busiest days with their largest story; none of a company that is never busy."""
    busy = sorted((d for d in series if d.stories > 0), key=lambda d: (-d.stories, d.day))[:PEAKS]
    if not busy:
        return []
    # one search a day: days joined by OR would have the company's every tag and story read
    largest = [
        select(
            literal(number).label("number"),
            *select(StoryRow.id, StoryRow.title, StoryRow.outlets)
            .join(TagRow, StoryRow.id == TagRow.story_id)
            .where(TagRow.company_id.in_(ids), *_between(*_ends(d.day)))
            .order_by(StoryRow.outlets.desc(), TagRow.relevance.desc(), StoryRow.id)
            .limit(1)
            .subquery()
            .c,
        )
        for number, d in enumerate(busy)
    ]
    rows = connection.execute(union_all(*largest))
    peaks = [
        Peak(
            day=busy[row.number].day,
            stories=busy[row.number].stories,
            story_id=row.id,
            title=row.title,
            outlets=row.outlets,
        )
        for row in rows
    ]
    return sorted(peaks, key=lambda peak: peak.day)


def _ends(day: date) -> tuple[datetime, datetime]:
    first = datetime.combine(day, datetime.min.time(), UTC)
    return first, first + timedelta(days=1)


def _newest(ids: Sequence[str]) -> Any:
    """The newest articles about ``ids``, once each."""
    about = select(TagRow.article_id, TagRow.published_at).where(TagRow.company_id.in_(ids))
    if len(ids) > 1:  # one company's stand there once, and in order: its others are not read
        about = about.distinct()
    return (
        about.order_by(TagRow.published_at.desc(), TagRow.article_id.desc())
        .limit(NEWEST)
        .subquery()
    )


def _neighbours(connection: Connection, ids: Sequence[str], limit: int = 12) -> list[Kin]:
    newest = _newest(ids)
    articles = func.count().label("articles")
    most = (
        select(TagRow.company_id, articles)
        .select_from(newest)
        .join(TagRow, TagRow.article_id == newest.c.article_id)
        .where(TagRow.company_id.not_in(ids), TagRow.level != "source_only")
        .group_by(TagRow.company_id)
        .order_by(articles.desc(), TagRow.company_id)
        .limit(limit)
        .subquery()
    )
    rows = connection.execute(
        select(CompanyRow.id, CompanyRow.name, CompanyRow.sector, most.c.articles)
        .join(most, most.c.company_id == CompanyRow.id)
        .order_by(most.c.articles.desc(), CompanyRow.id)
    )
    return [Kin(**row._asdict()) for row in rows]


def _sources(
    connection: Connection, ids: Sequence[str], limit: int = 8
) -> list[tuple[str, str, int]]:
    newest = _newest(ids)
    counted = (
        select(ArticleRow.source_id, func.count().label("articles"))
        .select_from(newest)
        .join(ArticleRow, ArticleRow.id == newest.c.article_id)
        .group_by(ArticleRow.source_id)
        .subquery()
    )
    rows = connection.execute(
        select(SourceRow.slug, SourceRow.name, counted.c.articles)
        .join(counted, counted.c.source_id == SourceRow.id)
        .order_by(counted.c.articles.desc(), SourceRow.slug)
        .limit(limit)
    )
    return [(row.slug, row.name, row.articles) for row in rows]
