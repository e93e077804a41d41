"""Stories for a front page: the newest that fit a choice, each with its outlets and companies.

A list costs four statements, however long it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, Subquery, bindparam, func, select

from db.answers import TaggedCompany
from db.listing import companies_of, source_id
from db.tables import ArticleRow, CompanyRow, SourceRow, StoryRow, TagRow
from techwire.errors import NotFound

LEAD = 400  # characters of an article's text that a card may show
CANDIDATES = 12  # articles looked at for each story shown: a story is told by fewer on most days
LOOKED_AT = 20_000  # newest articles that are looked at for those in a language: 0.4 s on SQLite
MOST_TELLINGS = 1_000  # articles of the listed stories that are looked up
ALL = 2**31 - 1  # a limit that no archive reaches

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which stories: every condition that is not None has to hold for one of their articles."""

    companies: Sequence[str] | None = None  # ids, of which one is enough
    sector: str | None = None  # line of business of one of its companies
    source: str | None = None  # slug
    language: str | None = None  # ISO 639-1
    since: datetime | None = None  # published at or after
    until: datetime | None = None  # published before

    @property
    def is_by_article(self) -> bool:
        """A condition is on the articles, not only on the time."""
        return bool(self.companies is not None or self.sector or self.source or self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An article as a story lists it."""

    id: int
    story_id: int
    source: str  # slug
    source_name: str
    language: str | None
    title: str
    url: str
    published_at: datetime
    copy_of_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCard:
    """One event: who told it, about whom."""

    id: int
    title: str  # headline of its first article
    lead: str | None  # summary of the first article, else the beginning of its text
    first_article_id: int
    first_source: str  # slug
    first_source_name: str
    first_published_at: datetime
    last_published_at: datetime
    articles: int
    outlets: int  # sources that tell it
    languages: tuple[str, ...]  # ISO 639-1, sorted
    lag_seconds: int | None  # until a second source followed; None while alone
    companies: tuple[TaggedCompany, ...]  # of all its articles, best first
    tellings: tuple[Telling, ...]  # in order of publication


def stories(connection: Connection, choice: Choice, limit: int = 30) -> list[StoryCard]:
    """The newest stories that fit ``choice``; NotFound for an unknown source."""
    return cards(connection, _chosen(connection, choice, limit))


def story(connection: Connection, story_id: int) -> StoryCard:
    """One story by its number; NotFound when there is none."""
    found = cards(connection, [story_id])
    if not found:
        raise NotFound("story", str(story_id))
    return found[0]


def _chosen(connection: Connection, choice: Choice, limit: int) -> list[int]:
    """Ids of the stories, newest first."""
    values = _given(connection, choice)
    given = frozenset(values)
    if choice.companies is not None:
        return _about(connection, values, limit)
    if not choice.is_by_article:
        return list(connection.scalars(_newest_stories(given), values | {"most": limit}))
    if choice.language is not None and choice.source is None:
        values |= _horizon(connection, values)
    if choice.sector is not None:
        return _of_sector(connection, values, limit)
    statement = _newest_articles(frozenset(values))
    found = connection.scalars(statement, values | {"most": limit * CANDIDATES})
    return list(dict.fromkeys(found))[:limit]


def _horizon(connection: Connection, values: dict[str, Any]) -> dict[str, datetime]:
    """Since when articles are looked at for a language that they may all not be in: to look
    through a million takes twenty seconds. An index of languages would be a trap: where SQLite has
    no statistics, it takes such an index for telling, and every list goes through half of all."""
    window = {name: values[name] for name in ("since", "until") if name in values}
    oldest = connection.scalar(_oldest(frozenset(window)), window | {"looked_at": LOOKED_AT})
    return {} if oldest is None else {"since": oldest}


def _of_sector(connection: Connection, values: dict[str, Any], limit: int) -> list[int]:
    """Ids of the stories about companies of a sector: of the newest articles, when it is in the
    news, else by what is told of its companies; to look through all articles takes seconds."""
    given = frozenset(values) - {"sector"}
    few = values | {"most": limit * CANDIDATES, "looked_at": limit * CANDIDATES * 8}
    stories = list(dict.fromkeys(connection.scalars(_newest_of_sector(given), few)))[:limit]
    if len(stories) == limit or connection.scalar(_counted(given), few) < few["looked_at"]:
        return stories  # enough, or there are no other articles
    ids = list(connection.scalars(_IN_SECTOR, {"sector": values["sector"]}))
    rest = {name: value for name, value in values.items() if name != "sector"}
    return _about(connection, rest | {"ids": ids}, limit) if ids else []


def _given(connection: Connection, choice: Choice) -> dict[str, Any]:
    """The conditions that there are, as values of statements."""
    values = {
        "ids": None if choice.companies is None else list(choice.companies),
        "sector": choice.sector,
        "source_id": None if choice.source is None else source_id(connection, choice.source),
        "language": choice.language,
        "since": choice.since,
        "until": choice.until,
    }
    return {name: value for name, value in values.items() if value is not None}


def _about(connection: Connection, values: dict[str, Any], limit: int) -> list[int]:
    """Ids of the stories about companies: their newest tags, which one index holds, and only
    when a condition is on the articles as well more of them, and in the end all."""
    given = frozenset(values)
    stories: list[int] = []
    for most in (limit * CANDIDATES, limit * CANDIDATES * 8, ALL):
        found = connection.scalars(_newest_tags(given), values | {"most": most})
        stories = list(dict.fromkeys(found))[:limit]
        if len(stories) == limit or not given & _OF_ARTICLES:
            return stories
    return stories


_OF_ARTICLES = frozenset({"sector", "source_id", "language"})
"""Conditions that a tag alone does not answer."""
_MOST = bindparam("most", type_=Integer)

# Statements with the conditions that are ``given``, made once: that costs more than to run them.


@cache
def _newest_stories(given: frozenset[str]) -> Rows:
    newest: Rows = select(StoryRow.id)
    newest = newest.where(*_within(given, StoryRow.last_published_at))
    return newest.order_by(StoryRow.last_published_at.desc(), StoryRow.id.desc()).limit(_MOST)


@cache
def _newest_articles(given: frozenset[str]) -> Rows:
    """The stories of the articles that fit."""
    statement = _fitting(given, select(ArticleRow.story_id))
    newest = statement.where(*_within(given, ArticleRow.published_at)).order_by(
        ArticleRow.published_at.desc(), ArticleRow.id.desc()
    )
    return newest.limit(_MOST)


_IN_SECTOR = select(CompanyRow.id).where(CompanyRow.sector == bindparam("sector"))


@cache
def _oldest(given: frozenset[str]) -> Rows:
    """When the last article that is looked at was published; nothing when all of them are."""
    moments = select(ArticleRow.published_at).where(*_within(given, ArticleRow.published_at))
    newest = moments.order_by(ArticleRow.published_at.desc(), ArticleRow.id.desc())
    return newest.offset(bindparam("looked_at", type_=Integer)).limit(1)


@cache
def _newest_of_sector(given: frozenset[str]) -> Rows:
    """The stories of those that fit of the ``looked_at`` newest articles, but for their sector."""
    looked_at = _looked_at(given)
    return (
        select(looked_at.c.story_id)
        .where(_names_sector(looked_at.c.id))
        .order_by(looked_at.c.published_at.desc(), looked_at.c.id.desc())
        .limit(_MOST)
    )


@cache
def _counted(given: frozenset[str]) -> Rows:
    return select(func.count()).select_from(_looked_at(given))


def _looked_at(given: frozenset[str]) -> Subquery:
    return (
        _fitting(given, select(ArticleRow.id, ArticleRow.story_id, ArticleRow.published_at))
        .where(*_within(given, ArticleRow.published_at))
        .order_by(ArticleRow.published_at.desc(), ArticleRow.id.desc())
        .limit(bindparam("looked_at", type_=Integer))
        .subquery()
    )


@cache
def _newest_tags(given: frozenset[str]) -> Rows:
    """The stories of the tags that fit, and of them those whose articles do."""
    ids: Any = bindparam("ids", expanding=True)
    tagged = (
        select(TagRow.story_id, TagRow.article_id, TagRow.published_at)
        .where(TagRow.company_id.in_(ids), *_within(given, TagRow.published_at))
        .order_by(TagRow.published_at.desc(), TagRow.article_id.desc())
        .limit(_MOST)
    )
    if not given & _OF_ARTICLES:
        return tagged
    newest = tagged.subquery()
    statement: Rows = (
        select(newest.c.story_id)
        .select_from(newest)
        .join(ArticleRow, ArticleRow.id == newest.c.article_id)
        .order_by(newest.c.published_at.desc(), newest.c.article_id.desc())
    )
    return _fitting(given, statement)


def _within(given: frozenset[str], moment: Any) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if "since" in given:
        conditions.append(moment >= bindparam("since"))
    if "until" in given:
        conditions.append(moment < bindparam("until"))
    return conditions


def _fitting(given: frozenset[str], statement: Rows) -> Rows:
    """``statement`` with the conditions on an article's source, language and companies' sector."""
    if "source_id" in given:
        statement = statement.where(ArticleRow.source_id == bindparam("source_id"))
    if "language" in given:
        statement = statement.where(ArticleRow.language == bindparam("language"))
    if "sector" in given:
        statement = statement.where(_names_sector(ArticleRow.id))
    return statement


def _names_sector(article_id: Any) -> ColumnElement[bool]:
    """Whether a company of the sector is named in the article of that column."""
    return (
        select(TagRow.article_id)
        .join(CompanyRow, CompanyRow.id == TagRow.company_id)
        .where(TagRow.article_id == article_id, CompanyRow.sector == bindparam("sector"))
        .exists()
    )


def cards(connection: Connection, story_ids: Sequence[int]) -> list[StoryCard]:
    """The stories with these numbers, in this order; those that are no more are left out."""
    if not story_ids:
        return []
    rows = connection.execute(_CARDS, {"keys": story_ids}).all()
    by_id = {row.id: row for row in rows}
    tellings = _tellings(connection, list(by_id))
    told_in = {telling.id: telling.story_id for found in tellings.values() for telling in found}
    companies = _best(companies_of(connection, list(told_in)), told_in)
    return [
        StoryCard(
            id=key,
            title=row.title,
            lead=row.summary or _beginning(row.beginning),
            first_article_id=row.first_article_id,
            first_source=row.slug,
            first_source_name=row.name,
            first_published_at=row.first_published_at,
            last_published_at=row.last_published_at,
            articles=row.articles,
            outlets=row.outlets,
            languages=tuple(code for code in row.languages.split(",") if code),
            lag_seconds=row.lag_seconds,
            companies=companies.get(key, ()),
            tellings=tuple(tellings.get(key, ())),
        )
        for key in story_ids
        if (row := by_id.get(key)) is not None
    ]


def _tellings(connection: Connection, story_ids: Sequence[int]) -> dict[int, list[Telling]]:
    rows = connection.execute(_TELLINGS, {"keys": story_ids})
    found: dict[int, list[Telling]] = {}
    for row in rows:
        found.setdefault(row.story_id, []).append(Telling(**row._asdict()))
    return found


_KEYS: Any = bindparam("keys", expanding=True)
_CARDS = (
    select(
        StoryRow,
        SourceRow.slug,
        SourceRow.name,
        ArticleRow.summary,
        func.substr(ArticleRow.body, 1, LEAD).label("beginning"),
    )
    .join(SourceRow, SourceRow.id == StoryRow.first_source_id)
    .join(ArticleRow, ArticleRow.id == StoryRow.first_article_id)
    .where(StoryRow.id.in_(_KEYS))
)
_TELLINGS = (
    select(
        ArticleRow.id,
        ArticleRow.story_id,
        SourceRow.slug.label("source"),
        SourceRow.name.label("source_name"),
        ArticleRow.language,
        ArticleRow.title,
        ArticleRow.url,
        ArticleRow.published_at,
        ArticleRow.copy_of_id,
    )
    .join(SourceRow, SourceRow.id == ArticleRow.source_id)
    .where(ArticleRow.story_id.in_(_KEYS))
    .order_by(ArticleRow.published_at, ArticleRow.id)
    .limit(MOST_TELLINGS)
)


def _best(
    per_article: dict[int, tuple[TaggedCompany, ...]], told_in: dict[int, int]
) -> dict[int, tuple[TaggedCompany, ...]]:
    """The companies of each story: a company's best tag among the story's articles."""
    found: dict[int, dict[str, TaggedCompany]] = {}
    for article_id, tags in per_article.items():
        best = found.setdefault(told_in[article_id], {})
        for tag in tags:
            if tag.id not in best or best[tag.id].relevance < tag.relevance:
                best[tag.id] = tag
    return {
        key: tuple(sorted(best.values(), key=lambda tag: (-tag.relevance, tag.id)))
        for key, best in found.items()
    }


def _beginning(text: str) -> str | None:
    """A beginning of a text, not cut within a word; None of an empty one."""
    first = text.split("\n\n", 1)[0]
    if len(first) < LEAD:
        return first or None
    return first.rsplit(maxsplit=1)[0] + " …"


def as_of(connection: Connection, now: datetime, fresh_seconds: int = 7 * 86_400) -> datetime:
    """The moment from which periods count back: ``now`` while news comes in.

    An archive that has not grown for a week is shown as of its newest article, so that "the last
    30 days" are not empty."""
    newest = connection.scalar(_NEWEST)
    if newest is None or (now - newest).total_seconds() <= fresh_seconds:
        return now
    moment: datetime = newest
    return moment


_NEWEST = select(func.max(ArticleRow.published_at))


def sectors(connection: Connection) -> list[str]:
    """The lines of business of the catalogue, in order."""
    found = connection.scalars(
        select(CompanyRow.sector).where(CompanyRow.sector.is_not(None)).distinct()
    )
    return sorted(sector for sector in found if sector)


def papers(connection: Connection) -> list[tuple[str, str, str | None]]:
    """Slug, name and language of every source that has ever been listed, by name."""
    rows = connection.execute(select(SourceRow.slug, SourceRow.name, SourceRow.language))
    return sorted(((r.slug, r.name, r.language) for r in rows), key=lambda r: r[1].casefold())
