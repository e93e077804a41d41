"""What is wrong with the sources: silence and drift, measured by each source's own habits.

Drift is a field that articles used to have and lately do not: the site was redesigned, or our rules
no longer fit. ``alarms`` looks; the daemon keeps what it saw (``note``) for ``source_health``,
``techwire status`` and the metrics, which ask ``noted``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from math import exp

from sqlalchemy import Connection, case, delete, func, insert, select

from db.rhythms import rhythms
from db.tables import AlarmRow, ArticleRow, AuthorRow, SourceRow, TagRow
from techwire.durations import format_duration
from techwire.rhythm import Rhythm

HISTORY = 300  # publication times a rhythm is learnt from
UNLIKELY = 0.001  # chance of so long a silence from which it is told
LEAST_ARTICLES = 20  # in either period, before a share says anything
DROP = 0.5  # of the articles: so much less than before is drift; of the text: of its mean length
RECENT, BEFORE = timedelta(days=3), timedelta(days=30)

_SIGNED = select(AuthorRow.article_id).where(AuthorRow.article_id == ArticleRow.id).exists()
_TAGGED = select(TagRow.article_id).where(TagRow.article_id == ArticleRow.id).exists()
_FIELDS = {  # what of an article may get lost, as a number; titles: see _shares and _series
    "authors": case((_SIGNED, 1.0), else_=0.0),
    "companies": case((_TAGGED, 1.0), else_=0.0),
    "date": case((ArticleRow.published_origin != "first_seen", 1.0), else_=0.0),
    "text": ArticleRow.words * 1.0,
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a person should look at."""

    source: str
    kind: str  # "failing", "silence" or "drift"
    text: str  # one line
    field: str = ""  # what drifted: authors, companies, date, text or title
    before: float | None = None  # share of articles that had it; of the text: its mean words
    after: float | None = None  # the same since then
    since_at: datetime | None = None  # the first article of the drift, or the last before a silence


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
            past = max(moment for moment in rhythm.published if moment <= now)
            found.append(Alarm(slug, "silence", silence, since_at=past))
    found += _drifts(connection, now)
    return sorted(found, key=lambda alarm: (alarm.source, alarm.kind, alarm.field))


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
    """Sources whose articles have lost a field lately."""
    found = []
    for (slug, source_id), (early, late) in _shares(connection, now).items():
        for field in sorted(early):
            is_less = early[field] * DROP if field == "text" else early[field] - DROP
            if late[field] <= is_less:
                series = _series(connection, source_id, field, now - BEFORE)
                found.append(_drift(slug, field, series))
    return found


def _shares(
    connection: Connection, now: datetime
) -> dict[tuple[str, int], tuple[dict[str, float], dict[str, float]]]:
    """(slug, row number) → the mean of each field before, and of late; sources with enough."""
    is_recent = ArticleRow.first_seen_at >= now - RECENT
    rows = connection.execute(
        select(
            SourceRow.slug,
            SourceRow.id,
            is_recent.label("is_recent"),
            func.count().label("articles"),
            (func.count(ArticleRow.title.distinct()) * 1.0 / func.count()).label("title"),
            *(func.avg(value).label(name) for name, value in _FIELDS.items()),
        )
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .where(ArticleRow.first_seen_at >= now - BEFORE)
        .where(SourceRow.is_active, SourceRow.paused_at.is_(None))
        .group_by(SourceRow.slug, SourceRow.id, is_recent)
    )
    periods: dict[tuple[str, int], dict[bool, dict[str, float]]] = {}
    for row in rows:
        if row.articles >= LEAST_ARTICLES:
            means = {name: float(getattr(row, name)) for name in ("title", *_FIELDS)}
            periods.setdefault((row.slug, row.id), {})[bool(row.is_recent)] = means
    return {key: (each[False], each[True]) for key, each in periods.items() if len(each) == 2}


def _series(
    connection: Connection, source_id: int, field: str, since: datetime
) -> list[tuple[datetime, float]]:
    """When each article of a source was first seen, and what its field is worth, oldest first."""
    value = ArticleRow.title if field == "title" else _FIELDS[field]
    rows = connection.execute(
        select(ArticleRow.first_seen_at, value)
        .where(ArticleRow.source_id == source_id, ArticleRow.first_seen_at >= since)
        .order_by(ArticleRow.first_seen_at, ArticleRow.id)
    ).all()
    if field != "title":
        return [(at, float(value)) for at, value in rows]
    often = Counter(title for _, title in rows)  # every page called like the site
    return [(at, 1.0 if often[title] == 1 else 0.0) for at, title in rows]


def _drift(slug: str, field: str, series: Sequence[tuple[datetime, float]]) -> Alarm:
    """The alarm of a field, with the moment at which its series splits best in two."""
    sums = [0.0, *accumulate(value for _, value in series)]
    count, total = len(series), sums[-1]

    def between(place: int) -> float:  # variance between the two parts
        apart = sums[place] / place - (total - sums[place]) / (count - place)
        return place * (count - place) * apart * apart

    place = max(range(1, count), key=between)
    before, after = sums[place] / place, (total - sums[place]) / (count - place)
    since = series[place][0]
    if field == "text":
        text = f"text of {after:.0f} words since {since:%Y-%m-%d %H:%M}Z, {before:.0f} before"
    else:
        word = {"title": "titles of their own", "date": "dates"}.get(field, field)
        when = f"{since:%Y-%m-%d %H:%M}Z"
        text = f"{word} found on {after:.0%} of pages since {when}, {before:.0%} before"
    return Alarm(slug, "drift", text, field, before, after, since)


def note(connection: Connection, found: Sequence[Alarm], now: datetime) -> list[Alarm]:
    """Keeps ``found`` in the place of what was noted before; returns those that are new. An alarm
    that lasts keeps the time at which it was first noticed."""
    ids = {row.slug: row.id for row in connection.execute(select(SourceRow.slug, SourceRow.id))}
    known = {
        (row.source_id, row.kind, row.field): row.noticed_at
        for row in connection.execute(
            select(AlarmRow.source_id, AlarmRow.kind, AlarmRow.field, AlarmRow.noticed_at)
        )
    }
    rows = [
        {
            "source_id": ids[alarm.source],
            "kind": alarm.kind,
            "field": alarm.field,
            "text": alarm.text,
            "before": alarm.before,
            "after": alarm.after,
            "since_at": alarm.since_at,
            "noticed_at": known.get((ids[alarm.source], alarm.kind, alarm.field), now),
        }
        for alarm in found
        if alarm.source in ids
    ]
    connection.execute(delete(AlarmRow))
    if rows:
        connection.execute(insert(AlarmRow), rows)
    return [a for a in found if a.source in ids and (ids[a.source], a.kind, a.field) not in known]


def noted(connection: Connection) -> list[Alarm]:
    """The alarms that were noted last, by slug."""
    rows = connection.execute(
        select(
            SourceRow.slug,
            AlarmRow.kind,
            AlarmRow.text,
            AlarmRow.field,
            AlarmRow.before,
            AlarmRow.after,
            AlarmRow.since_at,
        )
        .join(SourceRow, SourceRow.id == AlarmRow.source_id)
        .order_by(SourceRow.slug, AlarmRow.kind, AlarmRow.field)
    )
    return [Alarm(*row) for row in rows]
