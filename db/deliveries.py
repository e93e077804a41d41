"""Alerts on their way: which are due, how each try to deliver them ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from db.occasions import Seen, seen_of
from db.places import places
from db.tables import AlertRow, ArticleRow, CompanyRow, DeliveryRow, SourceRow, WatchRow
from db.watches import Watch, watch_of

BACK_OFF = tuple(timedelta(minutes=n) for n in (1, 5, 30, 120, 480, 1440))
"""Between two tries; after the last one an alert is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An alert to deliver."""

    id: int
    tries: int
    watch: Watch
    company_name: str
    seen: Seen
    place: str  # where its page is: ``seen.url`` as the server spells it


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
            watch=watch_of(row),
            company_name=row.company_name,
            seen=seen_of(row, row.occasion),
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
