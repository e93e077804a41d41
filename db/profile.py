"""What is known of one company, for its page: days, peaks, company it keeps, who writes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Integer,
    Select,
    bindparam,
    func,
    literal,
    select,
    union_all,
)

from db import companies
from db.columns import Utc
from db.days import midnight, numbers, packed, period
from db.tables import ArticleRow, CompanyRow, SourceRow, StoryRow, TagRow

NEWEST = 500  # articles about it that neighbours and sources are counted in: bounded work
PEAKS = 3  # days of a timeline that are named

Rows = Select[*tuple[Any, ...]]


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
    return connection.execute(_ROW, {"key": key}).first()


def _family(connection: Connection, key: str, owner_id: str | None) -> tuple[Kin | None, list[Kin]]:
    """Its owner, and the brands it owns at any depth."""
    wanted = [*companies.family(connection, key), *([owner_id] if owner_id else [])]
    rows = connection.execute(_KIN, {"ids": wanted})
    kin = {row.id: Kin(id=row.id, name=row.name, sector=row.sector) for row in rows}
    brands = [one for one in kin.values() if one.id not in (key, owner_id)]
    owner = kin.get(owner_id) if owner_id else None
    return owner, sorted(brands, key=lambda one: one.name.casefold())


def timeline(connection: Connection, ids: Sequence[str], until: datetime, days: int) -> list[Day]:
    """One entry for every day of the period, days without an article too."""
    start, _ = period(until, days)
    statement = _timeline(connection.dialect.name, len(ids) > 1)
    rows = connection.execute(statement, {"ids": list(ids), "start": start, "days": days})
    series = []
    for number, counted in rows:
        series.append(Day((start + timedelta(days=number)).date(), *map(int, counted.split())))
    return sorted(series, key=lambda one: one.day)


def _peaks(connection: Connection, ids: Sequence[str], series: Sequence[Day]) -> list[Peak]:
    """The busiest days with their largest story; none of a company that is never busy."""
    busy = sorted((d for d in series if d.stories > 0), key=lambda d: (-d.stories, d.day))[:PEAKS]
    if not busy:
        return []
    values: dict[str, Any] = {"ids": list(ids)}
    for number, d in enumerate(busy):
        values[f"first_{number}"], values[f"after_{number}"] = _ends(d.day)
    peaks = [
        Peak(
            day=busy[row.number].day,
            stories=busy[row.number].stories,
            story_id=row.id,
            title=row.title,
            outlets=row.outlets,
        )
        for row in connection.execute(_peak_stories(len(busy)), values)
    ]
    return sorted(peaks, key=lambda peak: peak.day)


def _ends(day: date) -> tuple[datetime, datetime]:
    first = datetime.combine(day, datetime.min.time(), UTC)
    return first, first + timedelta(days=1)


def _neighbours(connection: Connection, ids: Sequence[str], limit: int = 12) -> list[Kin]:
    rows = connection.execute(_neighbouring(len(ids) > 1), {"ids": list(ids), "most": limit})
    return [
        Kin(id=key, name=name, sector=sector, articles=articles)
        for key, name, sector, articles in rows
    ]


def _sources(
    connection: Connection, ids: Sequence[str], limit: int = 8
) -> list[tuple[str, str, int]]:
    rows = connection.execute(_writing(len(ids) > 1), {"ids": list(ids), "most": limit})
    return [(slug, name, articles) for slug, name, articles in rows]


# Statements, made once: to make one costs more than most of them take to answer.

_IDS: Any = bindparam("ids", expanding=True)
_MOST = bindparam("most", type_=Integer)
_ROW = select(CompanyRow).where(CompanyRow.id == bindparam("key"))
_KIN = select(CompanyRow.id, CompanyRow.name, CompanyRow.sector).where(CompanyRow.id.in_(_IDS))


@cache
def _timeline(dialect: str, are_many: bool) -> Rows:
    """Number of the day; its articles, stories and mentions, packed. Takes ids, start and days.

    Each day is counted by itself, in a few hundred neighbouring index entries: to sort a year of
    a large company's into days first takes two to three times as long."""
    number = numbers(bindparam("days", type_=Integer))
    start = bindparam("start", type_=Utc)
    first, after = (midnight(dialect, start, number.c.n + more) for more in (0, 1))
    # an article names a company once: only one of several companies may stand there twice
    article = TagRow.article_id.distinct() if are_many else TagRow.article_id
    mentions = func.coalesce(func.sum(TagRow.mention_count), 0)
    counted = (
        select(packed(func.count(article), func.count(TagRow.story_id.distinct()), mentions))
        .where(
            TagRow.company_id.in_(_IDS), TagRow.published_at >= first, TagRow.published_at < after
        )
        .correlate(number)
        .scalar_subquery()
    )
    return select(number.c.n, counted)


@cache
def _peak_stories(days: int) -> CompoundSelect[*tuple[Any, ...]]:
    """The largest story of each of so many days, from ``first_0`` to ``after_0`` and so on.

    One search a day: days joined by OR would have the company's every tag and story read."""
    largest = [
        select(
            literal(number).label("number"),
            *select(StoryRow.id, StoryRow.title, StoryRow.outlets)
            .join(TagRow, StoryRow.id == TagRow.story_id)
            .where(
                TagRow.company_id.in_(_IDS),
                TagRow.published_at >= bindparam(f"first_{number}"),
                TagRow.published_at < bindparam(f"after_{number}"),
            )
            .order_by(StoryRow.outlets.desc(), TagRow.relevance.desc(), StoryRow.id)
            .limit(1)
            .subquery()
            .c,
        )
        for number in range(days)
    ]
    return union_all(*largest)


def _newest(are_many: bool) -> Any:
    """The newest articles about ``ids``, once each."""
    about = select(TagRow.article_id, TagRow.published_at).where(TagRow.company_id.in_(_IDS))
    if are_many:  # one company's stand there once, and in order: its others are not read
        about = about.distinct()
    return (
        about.order_by(TagRow.published_at.desc(), TagRow.article_id.desc())
        .limit(NEWEST)
        .subquery()
    )


@cache
def _neighbouring(are_many: bool) -> Rows:
    """Companies of the same articles, most often first."""
    newest = _newest(are_many)
    articles = func.count().label("articles")
    most = (
        select(TagRow.company_id, articles)
        .select_from(newest)
        .join(TagRow, TagRow.article_id == newest.c.article_id)
        .where(TagRow.company_id.not_in(_IDS), TagRow.level != "source_only")
        .group_by(TagRow.company_id)
        .order_by(articles.desc(), TagRow.company_id)
        .limit(_MOST)
        .subquery()
    )
    return (
        select(CompanyRow.id, CompanyRow.name, CompanyRow.sector, most.c.articles)
        .join(most, most.c.company_id == CompanyRow.id)
        .order_by(most.c.articles.desc(), CompanyRow.id)
    )


@cache
def _writing(are_many: bool) -> Rows:
    """Sources of those articles, most first."""
    newest = _newest(are_many)
    counted = (
        select(ArticleRow.source_id, func.count().label("articles"))
        .select_from(newest)
        .join(ArticleRow, ArticleRow.id == newest.c.article_id)
        .group_by(ArticleRow.source_id)
        .subquery()
    )
    return (
        select(SourceRow.slug, SourceRow.name, counted.c.articles)
        .join(counted, counted.c.source_id == SourceRow.id)
        .order_by(counted.c.articles.desc(), SourceRow.slug)
        .limit(_MOST)
    )
