"""How each source does, for its page: rhythm, freshness, fields, last visits. Five statements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, select

from db import counts
from db.answers import SourceStatus
from db.profile import day_of, period
from db.tables import ArticleRow, AuthorRow, SourceRow, VisitRow

SPARK = 30  # days of the little chart
VISITS = 8  # visits of each source that are shown
RECENT = timedelta(days=7)  # articles whose way to us is timed
MEASURED = 20_000  # articles timed at most
FIELDS = ("authors", "summary", "date", "image", "section")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLine:
    """One visit in a row of them."""

    started_at: datetime
    outcome: str
    detail: str | None
    fresh: int  # addresses that were not known


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePulse:
    """A source, and how it does."""

    status: SourceStatus
    url: str  # home page
    language: str | None
    days: tuple[tuple[date, int], ...]  # articles per day (UTC), the oldest first
    p50_seconds: int | None  # from publication to our database; None: not measured yet
    p95_seconds: int | None
    filled: tuple[tuple[str, float], ...]  # field, share of the period's articles that have it
    visits: tuple[VisitLine, ...]  # the latest first


def pulse(connection: Connection, until: datetime) -> list[SourcePulse]:
    """Every source that is listed today, by slug; periods end with the day of ``until``."""
    known = {row.slug: row for row in connection.execute(_SOURCES)}
    per_day, filled = _articles(connection, until)
    delays = _delays(connection, until)
    visits = _visits(connection)
    start, _ = period(until, SPARK)
    days = [(start + timedelta(days=n)).date() for n in range(SPARK)]
    found = []
    for status in counts.status(connection):
        row = known[status.slug]
        waits = sorted(delays.get(row.id, ()))
        found.append(
            SourcePulse(
                status=status,
                url=row.url,
                language=row.language,
                days=tuple((d, per_day.get((row.id, d.isoformat()), 0)) for d in days),
                p50_seconds=percentile(waits, 0.5),
                p95_seconds=percentile(waits, 0.95),
                filled=filled.get(row.id, ()),
                visits=tuple(visits.get(row.id, ())),
            )
        )
    return found


_SOURCES = select(SourceRow.id, SourceRow.slug, SourceRow.url, SourceRow.language)


def percentile(ordered: Sequence[int], share: float) -> int | None:
    """The smallest value that ``share`` of them do not exceed (nearest rank); None of none."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _articles(
    connection: Connection, until: datetime
) -> tuple[dict[tuple[int, str], int], dict[int, tuple[tuple[str, float], ...]]]:
    """Articles per source and day, and how often each field is there, from one statement."""
    start, end = period(until, SPARK)
    day = day_of(connection, ArticleRow.published_at)
    signed = select(AuthorRow.article_id).where(AuthorRow.article_id == ArticleRow.id).exists()
    present: list[Any] = [
        signed,
        ArticleRow.summary.is_not(None),
        ArticleRow.published_origin != "first_seen",
        ArticleRow.image_url.is_not(None),
        ArticleRow.section.is_not(None),
    ]
    rows = connection.execute(
        select(
            ArticleRow.source_id,
            day.label("day"),
            func.count().label("articles"),
            *(
                func.sum(case((there, 1), else_=0)).label(name)
                for name, there in zip(FIELDS, present, strict=True)
            ),
        )
        .where(ArticleRow.published_at >= start, ArticleRow.published_at < end)
        .group_by(ArticleRow.source_id, "day")
    )
    per_day: dict[tuple[int, str], int] = {}
    sums: dict[int, list[int]] = {}
    for row in rows:
        per_day[row.source_id, row.day] = row.articles
        totals = sums.setdefault(row.source_id, [0] * (len(FIELDS) + 1))
        for place, value in enumerate((row.articles, *(getattr(row, n) for n in FIELDS))):
            totals[place] += int(value)
    filled = {
        key: tuple((name, n / totals[0]) for name, n in zip(FIELDS, totals[1:], strict=True))
        for key, totals in sums.items()
    }
    return per_day, filled


def _delays(connection: Connection, until: datetime) -> dict[int, list[int]]:
    """Seconds from publication to the database, of articles that appeared while we watched."""
    rows = connection.execute(
        select(ArticleRow.source_id, ArticleRow.published_at, ArticleRow.first_seen_at)
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .where(
            ArticleRow.published_at >= until - RECENT,
            ArticleRow.published_at >= SourceRow.added_at,  # older ones were waiting for us
            ArticleRow.published_origin != "first_seen",
        )
        .order_by(ArticleRow.published_at.desc())
        .limit(MEASURED)
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        seconds = round((row.first_seen_at - row.published_at).total_seconds())
        found.setdefault(row.source_id, []).append(seconds)
    return found


def _visits(connection: Connection) -> dict[int, list[VisitLine]]:
    place = (
        func.row_number()
        .over(partition_by=VisitRow.source_id, order_by=VisitRow.started_at.desc())
        .label("place")
    )
    ranked = select(
        VisitRow.source_id,
        VisitRow.started_at,
        VisitRow.outcome,
        VisitRow.detail,
        VisitRow.fresh,
        place,
    ).subquery()
    rows = connection.execute(
        select(ranked).where(ranked.c.place <= VISITS).order_by(ranked.c.source_id, ranked.c.place)
    )
    found: dict[int, list[VisitLine]] = {}
    for row in rows:
        found.setdefault(row.source_id, []).append(
            VisitLine(
                started_at=row.started_at,
                outcome=row.outcome,
                detail=row.detail,
                fresh=row.fresh,
            )
        )
    return found
