"""What people want to be told of: their rules, what was seen for them, how telling them went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from db import companies
from db.days import day_of, period
from db.dialects import insert_new
from db.movement import score
from db.places import places
from db.tables import (
    AlertRow,
    ArticleRow,
    CompanyRow,
    DeliveryRow,
    RevisionRow,
    SourceRow,
    TagRow,
    WatchRow,
)
from techwire.errors import NotFound, UsageError

RULES = {
    "primary": "an article carries its story",
    "secondary": "it carries a story or takes part in one",
    "mention": "it is named",
    "first": "it is named for the first time (with another company: beside it)",
    "spike": "more is written of it on a day than its own rhythm lets expect",
    "edited": "an article it carries was edited",
}
LEVELS = {
    "primary": ("primary",),
    "secondary": ("primary", "secondary"),
    "edited": ("primary",),
}
AGAIN = timedelta(hours=1)  # edits looked at once more: one may be stored long after its page came
AGAIN_ARTICLES = 1_000  # newest articles looked at once more: on PostgreSQL the transaction of a
# lower number may end after that of a higher one. Nothing is told twice: see ``occasion``
LATE = timedelta(days=1)  # an article found later than this after its publication is no news
LONGEST_NAME = 200  # letters of a watch's name
SPIKE = 4.0  # score of ``db.movement``: chance gives it to one day in a few thousand
BACK_OFF = tuple(timedelta(minutes=n) for n in (1, 5, 30, 120, 480, 1440))
"""Between two tries; after the last one an alert is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A rule, and whom it tells."""

    id: int
    name: str
    company: str  # id
    beside: str | None  # id of another company that has to be named too
    rule: str  # of RULES
    language: str | None
    target: str
    secret: str
    quiet: str | None  # "22:00-07:00" in the configured zone
    allows_private: bool
    created_at: datetime
    seen_article_id: int
    seen_at: datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An alert to deliver."""

    id: int
    tries: int
    watch: Watch
    company_name: str
    seen: Seen
    place: str  # where its page is: ``seen.url`` as the server spells it


def add(
    connection: Connection,
    *,
    company: str,
    rule: str,
    target: str,
    secret: str,
    now: datetime,
    name: str | None = None,
    beside: str | None = None,
    language: str | None = None,
    quiet: str | None = None,
    allows_private: bool = False,
) -> Watch:
    """Adds a watch that looks at what comes from now on; UsageError when the name is taken."""
    about = companies.find(connection, company)
    other = companies.find(connection, beside).id if beside else None
    named = name or f"{about.id} {rule}" + (f" with {other}" if other else "")
    last = connection.scalar(select(func.max(ArticleRow.id))) or 0
    row = {
        "name": named,
        "company_id": about.id,
        "with_id": other,
        "rule": rule,
        "language": language,
        "target": target,
        "secret": secret,
        "quiet": quiet,
        "allows_private": allows_private,
        "created_at": now,
        "seen_article_id": last,
        "seen_at": now,
    }
    if len(named) > LONGEST_NAME or not named.isprintable():
        raise UsageError(f"watch: a name is one line of at most {LONGEST_NAME} letters")
    if connection.scalar(select(WatchRow.id).where(WatchRow.name == named)) is not None:
        raise UsageError(f"watch: there is one named {named!r}: choose another --name")
    connection.execute(insert(WatchRow), row)
    return find(connection, named)


def listed(connection: Connection) -> list[Watch]:
    """Every watch, by name."""
    return [_watch(row) for row in connection.execute(select(WatchRow).order_by(WatchRow.name))]


def find(connection: Connection, name: str) -> Watch:
    """The watch called ``name``; NotFound with the others."""
    known = {watch.name: watch for watch in listed(connection)}
    if name not in known:
        raise NotFound("watch", name, list(known)[:3])
    return known[name]


def remove(connection: Connection, watch: Watch) -> None:
    """Forgets a watch, its alerts and their deliveries."""
    connection.execute(delete(WatchRow).where(WatchRow.id == watch.id))


def _watch(row: Any) -> Watch:
    return Watch(
        id=row.id,
        name=row.name,
        company=row.company_id,
        beside=row.with_id,
        rule=row.rule,
        language=row.language,
        target=row.target,
        secret=row.secret,
        quiet=row.quiet,
        allows_private=row.allows_private,
        created_at=row.created_at,
        seen_article_id=row.seen_article_id,
        seen_at=row.seen_at,
    )


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
        return [_seen(rows[0], "first")]
    if watch.rule == "spike":
        return _spikes(connection, ids, rows)
    return [_seen(row, f"story {row.story_id}") for row in rows]


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
            ArticleRow.id,
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


def _seen(row: Any, occasion: str) -> Seen:
    return Seen(
        occasion=occasion,
        article_id=row.id,
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
    earlier = _tagged(watch, ids).where(is_earlier, ArticleRow.id != first.id)
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
            found.append(_seen(at, f"day {text}"))
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
        _seen(row, f"edit {row.number} of article {row.id}") for row in connection.execute(edited)
    ]


def due(connection: Connection, now: datetime, limit: int = 50) -> list[Due]:
    """Alerts to deliver now, the oldest first."""
    rows = connection.execute(
        select(
            AlertRow.id.label("alert_id"),
            AlertRow.tries,
            AlertRow.occasion,
            ArticleRow.id.label("article_id"),
            ArticleRow.story_id,
            ArticleRow.title,
            ArticleRow.url,
            ArticleRow.published_at,
            ArticleRow.summary,
            SourceRow.slug,
            CompanyRow.name.label("company_name"),
            WatchRow,
        )
        .join(WatchRow, WatchRow.id == AlertRow.watch_id)
        .join(CompanyRow, CompanyRow.id == WatchRow.company_id)
        .join(ArticleRow, ArticleRow.id == AlertRow.article_id)
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .where(AlertRow.next_try_at <= now)
        .order_by(AlertRow.next_try_at, AlertRow.id)
        .limit(limit)
    ).all()
    there = places(connection, {row.article_id: row.url for row in rows})
    return [
        Due(
            id=row.alert_id,
            tries=row.tries,
            watch=_watch(row),
            company_name=row.company_name,
            seen=Seen(
                occasion=row.occasion,
                article_id=row.article_id,
                story_id=row.story_id,
                title=row.title,
                url=row.url,
                source=row.slug,
                published_at=row.published_at,
                summary=row.summary,
            ),
            place=there[row.article_id],
        )
        for row in rows
    ]


def postpone(connection: Connection, alert: Due, until: datetime) -> None:
    """Quiet hours: not before ``until``."""
    connection.execute(update(AlertRow).where(AlertRow.id == alert.id).values(next_try_at=until))


def record(
    connection: Connection, alert: Due, now: datetime, *, is_delivered: bool, detail: str
) -> None:
    """Writes one try down, and when the next one is due (None: delivered, or given up)."""
    connection.execute(
        insert(DeliveryRow),
        {
            "alert_id": alert.id,
            "tried_at": now,
            "is_delivered": is_delivered,
            "detail": detail[:500],
        },
    )
    again = not is_delivered and alert.tries < len(BACK_OFF)
    connection.execute(
        update(AlertRow)
        .where(AlertRow.id == alert.id)
        .values(
            tries=alert.tries + 1,
            next_try_at=now + BACK_OFF[alert.tries] if again else None,
            delivered_at=now if is_delivered else None,
        )
    )


def log(connection: Connection, limit: int = 20) -> list[tuple[datetime, str, str, bool, str]]:
    """The last tries: time, watch, headline, whether it arrived, detail; the latest first."""
    rows = connection.execute(
        select(
            DeliveryRow.tried_at,
            WatchRow.name,
            ArticleRow.title,
            DeliveryRow.is_delivered,
            DeliveryRow.detail,
        )
        .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
        .join(WatchRow, WatchRow.id == AlertRow.watch_id)
        .join(ArticleRow, ArticleRow.id == AlertRow.article_id)
        .order_by(DeliveryRow.id.desc())
        .limit(limit)
    )
    return [(r.tried_at, r.name, r.title, r.is_delivered, r.detail) for r in rows]
