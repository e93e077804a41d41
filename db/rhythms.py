"""When a source published and was visited: what its next visit is planned from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from db.dialects import chunks
from db.tables import ArticleRow, SourceRow

MOVES = 1 / 3  # part of a full window that may be left out so that its beginning stays
_PERIODS = (28 * 86_400, 7 * 86_400, 86_400, 3_600)  # seconds


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
        published = {row.id: _latest(connection, row.id, limit) for row in rows}
        for row in rows:
            found[row.slug] = Rhythm(tuple(published[row.id]), row.last_visit_at, row.failures)
    return found


def _latest(connection: Connection, source_id: int, limit: int) -> list[datetime]:
    """When the latest articles of a source were published, oldest first; as cheap for a source with
    a million articles as for one with a thousand."""
    newest_first = (
        select(ArticleRow.published_at)
        .where(ArticleRow.source_id == source_id, ArticleRow.published_origin != "first_seen")
        .order_by(ArticleRow.published_at.desc(), ArticleRow.id.desc())
        .limit(limit)
    )
    found = list(connection.scalars(newest_first))[::-1]
    return found[_begin(found) :] if len(found) == limit else found


def _begin(moments: Sequence[datetime]) -> int:
    """Where to begin in a full window of ``moments``: at the turn of a week, a day or an hour that
    leaves most of them. So the window does not move with every new article, and what was learnt
    from it (``techwire.cadence``) need not be learnt anew at every visit."""
    oldest = moments[0].timestamp()
    for period in _PERIODS:
        turn = datetime.fromtimestamp(-(-oldest // period) * period, UTC)
        place = bisect_left(moments, turn)
        if place <= len(moments) * MOVES:
            return place
    return 0


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
