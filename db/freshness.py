"""How fresh what we store is, and whether a source says nothing of late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from db.tables import ArticleRow, SourceRow

WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Freshness:
    """Of the articles a source published in the last week, after we began to watch it."""

    articles: int
    today: int  # of them, since the start of the day asked for
    p50_minutes: float | None  # from publication to our database; None: no article
    p95_minutes: float | None


def freshness(connection: Connection, now: datetime, day_start: datetime) -> dict[str, Freshness]:
    """The freshness of every source that published lately, by slug."""
    rows = connection.execute(
        select(SourceRow.slug, ArticleRow.published_at, ArticleRow.first_seen_at)
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .where(
            ArticleRow.published_at.between(now - WINDOW, now),
            ArticleRow.published_at >= SourceRow.added_at,
            ArticleRow.published_origin != "first_seen",
        )
    )
    waits: dict[str, list[float]] = {}
    today: dict[str, int] = {}
    for slug, published, seen in rows:
        waits.setdefault(slug, []).append(max(0.0, (seen - published).total_seconds() / 60))
        today[slug] = today.get(slug, 0) + (published >= day_start)
    return {
        slug: Freshness(len(each), today[slug], _quantile(each, 0.5), _quantile(each, 0.95))
        for slug, each in waits.items()
    }


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
