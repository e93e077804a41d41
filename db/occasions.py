"""What the rules of the watches find in the articles: each occasion is told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from db import companies
from db.days import day_of, period
from db.dialects import insert_new
from db.movement import score
from db.tables import AlertRow, ArticleRow, RevisionRow, SourceRow, TagRow, WatchRow
from db.watches import Watch, listed

LEVELS = {
    "primary": ("primary",),
    "secondary": ("primary", "secondary"),
    "edited": ("primary",),
}
AGAIN = timedelta(hours=1)  # edits looked at once more: one may be stored long after its page came
AGAIN_ARTICLES = 1_000  # newest articles looked at once more: on PostgreSQL the transaction of a
# lower number may end after that of a higher one. Nothing is told twice: see ``occasion``
LATE = timedelta(days=1)  # an article found later than this after its publication is no news
SPIKE = 4.0  # score of ``db.movement``: chance gives it to one day in a few thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Something a rule has found."""

    occasion: str  # told once
    article_id: int
    story_id: int
    title: str
    url: str
    source: str  # slug
    published_at: datetime
    summary: str | None


def look(connection: Connection, now: datetime) -> int:
    """Looks at what came since the last time, for every watch; returns how many alerts are new."""
    told = 0
    for watch in listed(connection):
        last = connection.scalar(select(func.max(ArticleRow.id))) or 0
        if watch.rule == "edited":
            since = max(watch.created_at, watch.seen_at - AGAIN)
            seen = _edited(connection, watch, since, now)
        else:
            is_new = (ArticleRow.id > watch.seen_article_id) | (
                (ArticleRow.id > watch.seen_article_id - AGAIN_ARTICLES)
                & (ArticleRow.first_seen_at >= watch.created_at)
            )
            seen = matches(
                connection,
                watch,
                [
                    is_new,
                    ArticleRow.id <= last,
                    ArticleRow.published_at >= watch.created_at - LATE,
                    ArticleRow.published_at >= now - 7 * LATE,
                ],
                watch.created_at,
            )
        for one in seen:
            row = {
                "watch_id": watch.id,
                "occasion": one.occasion,
                "article_id": one.article_id,
                "created_at": now,
                "tries": 0,
                "next_try_at": now,
            }
            told += connection.execute(insert_new(connection, AlertRow), row).rowcount
        connection.execute(
            update(WatchRow)
            .where(WatchRow.id == watch.id)
            .values(seen_article_id=last, seen_at=now)
        )
    return told


def rehearse(connection: Connection, watch: Watch, since: datetime, until: datetime) -> list[Seen]:
    """What ``watch`` would have told of the time from ``since`` to ``until``, in order."""
    if watch.rule == "edited":
        found = _edited(connection, watch, since, until)
    else:
        window = [ArticleRow.published_at >= since, ArticleRow.published_at <= until]
        found = matches(connection, watch, window)
    once = {one.occasion: one for one in reversed(found)}
    return sorted(once.values(), key=lambda one: one.published_at)


def matches(
    connection: Connection,
    watch: Watch,
    where: Sequence[ColumnElement[bool]],
    stored_before: datetime | None = None,
) -> list[Seen]:
    """What the rule finds among the articles ``where`` holds for, the oldest first.

    Who is named in an article ``stored_before`` is not named for the first time."""
    ids = _ids(connection, watch.company)
    rows = connection.execute(_tagged(watch, ids).where(*where)).all()
    if watch.rule == "first":
        if not rows or _named_before(connection, watch, ids, rows[0], stored_before):
            return []
        return [seen_of(rows[0], "first")]
    if watch.rule == "spike":
        return _spikes(connection, ids, rows)
    return [seen_of(row, f"story {row.story_id}") for row in rows]


def _ids(connection: Connection, company: str) -> tuple[str, ...]:
    return companies.find(connection, company).ids


def _tagged(watch: Watch, ids: Sequence[str]) -> Any:
    """The articles about ``ids`` as the rule wants them, once each."""
    about = select(TagRow.article_id).where(
        TagRow.article_id == ArticleRow.id, TagRow.company_id.in_(ids)
    )
    if levels := LEVELS.get(watch.rule):
        about = about.where(TagRow.level.in_(levels))
    else:
        about = about.where(TagRow.level != "source_only")
    statement = (
        select(
            ArticleRow.id.label("article_id"),
            ArticleRow.story_id,
            ArticleRow.title,
            ArticleRow.url,
            ArticleRow.published_at,
            ArticleRow.summary,
            SourceRow.slug,
        )
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .where(about.exists())
        .order_by(ArticleRow.published_at, ArticleRow.id)
    )
    if watch.beside is not None:
        other = select(TagRow.article_id).where(
            TagRow.article_id == ArticleRow.id, TagRow.company_id == watch.beside
        )
        statement = statement.where(other.exists())
    if watch.language is not None:
        statement = statement.where(ArticleRow.language == watch.language)
    return statement


def seen_of(row: Any, occasion: str) -> Seen:
    """A row of an article, its number as ``article_id``, as what was seen."""
    return Seen(
        occasion=occasion,
        article_id=row.article_id,
        story_id=row.story_id,
        title=row.title,
        url=row.url,
        source=row.slug,
        published_at=row.published_at,
        summary=row.summary,
    )


def _named_before(
    connection: Connection,
    watch: Watch,
    ids: Sequence[str],
    first: Any,
    stored_before: datetime | None,
) -> bool:
    """An article that was published before ``first``, or stored by then, names it already."""
    is_earlier = ArticleRow.published_at < first.published_at
    if stored_before is not None:
        is_earlier |= ArticleRow.first_seen_at < stored_before
    earlier = _tagged(watch, ids).where(is_earlier, ArticleRow.id != first.article_id)
    return connection.execute(earlier.limit(1)).first() is not None


def _spikes(connection: Connection, ids: Sequence[str], rows: Sequence[Any]) -> list[Seen]:
    """Days among the rows' on which more stories than usual tell of it."""
    days: dict[str, list[Any]] = {}
    for row in rows:
        days.setdefault(row.published_at.strftime("%Y-%m-%d"), []).append(row)
    if not days:
        return []
    start, _ = period(rows[0].published_at, 57)
    _, end = period(rows[-1].published_at, 1)
    day = day_of(connection.dialect.name, TagRow.published_at)
    counted = connection.execute(
        select(day.label("day"), func.count(ArticleRow.story_id.distinct()).label("stories"))
        .join(ArticleRow, ArticleRow.id == TagRow.article_id)
        .where(TagRow.company_id.in_(ids), TagRow.published_at >= start, TagRow.published_at < end)
        .group_by("day")
    )
    stories = {row.day: row.stories for row in counted}
    found = []
    for text, told in days.items():
        begin, _ = period(told[0].published_at, 57)
        before = sum(
            stories.get((begin + timedelta(days=n)).strftime("%Y-%m-%d"), 0) for n in range(56)
        )
        # the score divides by seven: a day against the mean of the 56 days before it
        if score(stories.get(text, 0), round(before / 8)) >= SPIKE:
            enough = next(n for n in count(1) if score(n, round(before / 8)) >= SPIKE)
            reached = _reached(connection, ids, told[0].published_at, enough)
            at = next((row for row in told if row.published_at >= reached), told[-1])
            found.append(seen_of(at, f"day {text}"))
    return found


def _reached(
    connection: Connection, ids: Sequence[str], moment: datetime, stories: int
) -> datetime:
    """When, on the day of ``moment``, so many stories had told of ``ids``."""
    start, end = period(moment, 1)
    first = func.min(TagRow.published_at).label("first")
    begun = (
        select(first)
        .where(TagRow.company_id.in_(ids), TagRow.published_at >= start, TagRow.published_at < end)
        .group_by(TagRow.story_id)
        .order_by(first)
    )
    reached: datetime = connection.scalars(begun.offset(stories - 1).limit(1)).one()
    return reached


def _edited(connection: Connection, watch: Watch, since: datetime, until: datetime) -> list[Seen]:
    ids = _ids(connection, watch.company)
    edited = (
        _tagged(watch, ids)
        .join(RevisionRow, RevisionRow.article_id == ArticleRow.id)
        .add_columns(RevisionRow.number)
        .where(RevisionRow.replaced_at > since, RevisionRow.replaced_at <= until)
    )
    return [
        seen_of(row, f"edit {row.number} of article {row.article_id}")
        for row in connection.execute(edited)
    ]
