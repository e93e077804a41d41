"""When a source published and was visited: what its next visit is planned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from db.dialects import chunks
from db.tables import ArticleRow, SourceRow


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is known of a source's habits."""

    published: tuple[datetime, ...]  # of its latest articles that say when, oldest first
    last_visit_at: datetime | None  # end of the visit before the one being noted
    failures: int  # visits failed in a row


def rhythms(connection: Connection, slugs: Sequence[str], limit: int) -> dict[str, Rhythm]:
    """The rhythm of each of ``slugs``, from its ``limit`` latest articles."""
    found: dict[str, Rhythm] = {}
    for part in chunks(slugs):
        rows = connection.execute(
            select(SourceRow.id, SourceRow.slug, SourceRow.last_visit_at, SourceRow.failures).where(
                SourceRow.slug.in_(part)
            )
        ).all()
        published: dict[int, list[datetime]] = {row.id: [] for row in rows}
        newest_first = func.row_number().over(
            partition_by=ArticleRow.source_id, order_by=ArticleRow.published_at.desc()
        )
        ranked = (
            select(ArticleRow.source_id, ArticleRow.published_at, newest_first.label("rank"))
            .where(ArticleRow.source_id.in_(published), ArticleRow.published_origin != "first_seen")
            .subquery()
        )
        dated = select(ranked.c.source_id, ranked.c.published_at).where(ranked.c.rank <= limit)
        for source_id, moment in connection.execute(dated.order_by(ranked.c.published_at)):
            published[source_id].append(moment)
        for row in rows:
            found[row.slug] = Rhythm(tuple(published[row.id]), row.last_visit_at, row.failures)
    return found


def rates(connection: Connection, now: datetime, window: timedelta) -> dict[str, float]:
    """Articles a day that each source in use has published during the last ``window``."""
    recent = func.count(ArticleRow.id)
    rows = connection.execute(
        select(SourceRow.slug, recent)
        .outerjoin(
            ArticleRow,
            (ArticleRow.source_id == SourceRow.id)
            & ArticleRow.published_at.between(now - window, now),
        )
        .where(SourceRow.is_active, SourceRow.paused_at.is_(None))
        .group_by(SourceRow.slug)
    )
    days = window / timedelta(days=1)
    return {slug: count / days for slug, count in rows}
