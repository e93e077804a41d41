"""What is wrong with the sources: silence and drift, measured by each source's own habits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import exp

from sqlalchemy import Connection, func, select

from db.rhythms import rhythms
from db.tables import ArticleRow, AuthorRow, SourceRow
from techwire.durations import format_duration
from techwire.rhythm import Rhythm

HISTORY = 300  # publication times a rhythm is learnt from
UNLIKELY = 0.001  # chance of so long a silence from which it is told
LEAST_ARTICLES = 20  # in either period, before a share says anything
DROP = 0.5  # of the articles: so much less than before is drift
RECENT, BEFORE = timedelta(days=3), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a person should look at."""

    source: str
    kind: str  # "failing", "silence" or "drift"
    text: str  # one line


def alarms(connection: Connection, now: datetime) -> list[Alarm]:
    """The alarms of all sources in use, by slug."""
    rows = connection.execute(
        select(
            SourceRow.slug, SourceRow.failures, SourceRow.last_detail, SourceRow.last_outcome
        ).where(SourceRow.is_active, SourceRow.paused_at.is_(None))
    ).all()
    found = [
        Alarm(
            row.slug,
            "failing",
            f"{row.failures} visits failed in a row: {row.last_outcome}"
            + (f", {row.last_detail}" if row.last_detail else ""),
        )
        for row in rows
        if row.failures >= 3
    ]
    known = rhythms(connection, [row.slug for row in rows], HISTORY)
    for slug, rhythm in known.items():
        if silence := _silence(rhythm.published, now):
            found.append(Alarm(slug, "silence", silence))
    found += _drifts(connection, now)
    return sorted(found, key=lambda alarm: (alarm.source, alarm.kind))


def _silence(published: tuple[datetime, ...], now: datetime) -> str | None:
    """How long nothing has come, when the source's own rhythm makes that all but impossible."""
    past = [moment for moment in published if moment <= now]
    if len(past) < LEAST_ARTICLES:
        return None
    rhythm = Rhythm()
    rhythm.learn(past)
    last = past[-1]
    days = rhythm.operational(last.timestamp(), now.timestamp())
    heads = rhythm.rate(last.timestamp(), 0.0) * (1 - rhythm.burst) * days
    if exp(-heads) >= UNLIKELY:
        return None
    gaps = sorted(later - earlier for earlier, later in pairwise(past))
    usual = gaps[len(gaps) // 2]
    return f"no article for {format_duration(now - last)}, usual gap {format_duration(usual)}"


def _drifts(connection: Connection, now: datetime) -> list[Alarm]:
    """Sources whose articles have lost their authors lately: the page was redesigned."""
    has_author = select(AuthorRow.article_id).where(AuthorRow.article_id == ArticleRow.id).exists()
    is_recent = ArticleRow.first_seen_at >= now - RECENT
    rows = connection.execute(
        select(SourceRow.slug, is_recent, has_author, func.count())
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .where(ArticleRow.first_seen_at >= now - BEFORE)
        .group_by(SourceRow.slug, is_recent, has_author)
    )
    counts: dict[str, dict[tuple[bool, bool], int]] = {}
    for slug, recent, named, count in rows:
        counts.setdefault(slug, {})[bool(recent), bool(named)] = count
    found = []
    for slug, each in counts.items():
        late = each.get((True, True), 0) + each.get((True, False), 0)
        early = each.get((False, True), 0) + each.get((False, False), 0)
        if min(late, early) >= LEAST_ARTICLES:
            share, before = each.get((True, True), 0) / late, each.get((False, True), 0) / early
            if before - share >= DROP:
                text = f"authors found on {share:.0%} of pages in 3 days, {before:.0%} before"
                found.append(Alarm(slug, "drift", text))
    return found
