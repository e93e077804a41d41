"""How each source does, for its page: rhythm, freshness, fields, last visits.

What is wrong is looked for in every source (``signs``: one statement), the rest is read of the
sources of one page (``pulse``: four). Both look at the newest articles of a source, so that they
cost the same beside a million."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    ScalarSelect,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
)

from db import counts
from db.answers import SourceStatus
from db.columns import Utc
from db.days import midnight, numbers, packed, period, seconds
from db.tables import ArticleRow, AuthorRow, SourceRow, VisitRow

SPARK = 30  # days of the little chart
VISITS = 8  # visits of each source that are shown
RECENT = timedelta(days=7)  # articles whose way to us is timed
SAMPLE = 50  # newest articles of a source whose fields and way to us are looked at
JUDGED = 20  # newest articles of every source that are looked at for a date
FIELDS = ("authors", "summary", "date", "image", "section")
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)  # before any visit

Rows = Select[*tuple[Any, ...]]


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
    filled: tuple[tuple[str, float], ...]  # field, share of its newest articles that have it
    visits: tuple[VisitLine, ...]  # the latest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What tells whether something is wrong with a source."""

    slug: str
    name: str
    paused_at: datetime | None
    failures: int  # visits failed in a row
    waiting: int  # pages
    articles: int | None  # of the last ``SPARK`` days; None: it has published within a day
    last_published_at: datetime | None
    judged: int  # newest articles that are looked at for a date
    dated: int  # of these, those whose page says when; not counted beyond half of ``JUDGED``

    @property
    def is_undated(self) -> bool:
        """Fewer than half of its newest articles have a date of their own."""
        return self.dated < min(self.judged, JUDGED) / 2


def signs(connection: Connection, until: datetime) -> list[Signs]:
    """The signs of every source that is listed today, by slug."""
    start, end = period(until, SPARK)
    values = {"start": start, "end": end, "quiet": until - timedelta(days=1)}
    rows = connection.execute(_signs(), values)
    return [Signs(**row) for row in rows.mappings()]


def listed(connection: Connection, after: str, limit: int) -> list[str]:
    """The slugs of the sources that are listed today and come after ``after``, in order."""
    return list(connection.scalars(_LISTED, {"after": after, "most": limit}))


def pulse(connection: Connection, until: datetime, slugs: Sequence[str]) -> list[SourcePulse]:
    """How the sources ``slugs`` do, in this order; those nobody has are left out. Periods end with
    the day of ``until``."""
    statuses = {status.slug: status for status in counts.status(connection, slugs)}
    wanted = [slug for slug in slugs if slug in statuses]
    start, _ = period(until, SPARK)
    per_day = _days(connection, wanted, start)
    sampled = _sampled(connection, wanted, until)
    visits = _visits(connection, wanted)
    days = [(start + timedelta(days=n)).date() for n in range(SPARK)]
    found = []
    for slug in wanted:
        seen = sampled[slug]
        found.append(
            SourcePulse(
                status=statuses[slug],
                url=seen.url,
                language=seen.language,
                days=tuple(zip(days, per_day[slug], strict=True)),
                p50_seconds=percentile(seen.delays, 0.5),
                p95_seconds=percentile(seen.delays, 0.95),
                filled=seen.filled,
                visits=tuple(visits.get(slug, ())),
            )
        )
    return found


def percentile(ordered: Sequence[int], share: float) -> int | None:
    """The smallest value that ``share`` of them do not exceed (nearest rank); None of none."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _days(connection: Connection, slugs: Sequence[str], start: datetime) -> dict[str, list[int]]:
    """Articles per source on each day of the period."""
    statement = _per_day(connection.dialect.name)
    found: dict[str, list[int]] = {}
    for slug, told in connection.execute(statement, {"slugs": list(slugs), "start": start}):
        days = found[slug] = [0] * SPARK
        for one in told.split(","):
            number, articles = one.split()
            days[int(number)] = int(articles)
    return found


@dataclass(frozen=True, slots=True)
class _Sample:
    """What a source's newest articles say."""

    url: str
    language: str | None
    filled: tuple[tuple[str, float], ...]
    delays: tuple[int, ...]  # seconds from publication to the database, the shortest first


def _sampled(connection: Connection, slugs: Sequence[str], until: datetime) -> dict[str, _Sample]:
    """The newest articles of the period, source by source, from one statement."""
    start, end = period(until, SPARK)
    values = {"slugs": list(slugs), "start": start, "end": end, "timed": until - RECENT}
    rows = connection.execute(_telling(connection.dialect.name), values)
    return {slug: _sample(url, language, told) for slug, url, language, told in rows}


def _sample(url: str, language: str | None, told: str) -> _Sample:
    count, *numbers = map(int, told.split())
    filled = [(name, n / count) for name, n in zip(FIELDS, numbers, strict=False) if count]
    return _Sample(url, language, tuple(filled), tuple(sorted(numbers[len(FIELDS) :])))


def _visits(connection: Connection, slugs: Sequence[str]) -> dict[str, list[VisitLine]]:
    """The last visits of each source, the latest first."""
    found: dict[str, list[VisitLine]] = {}
    rows = connection.execute(_visiting(), {"slugs": list(slugs)})
    for slug, started_at, outcome, detail, fresh in rows:
        lines = found.setdefault(slug, [])
        if len(lines) < VISITS:  # two of the same second may both be the eighth
            lines.append(
                VisitLine(started_at=started_at, outcome=outcome, detail=detail, fresh=fresh)
            )
    return found


# Statements, made once: to make one costs as much as it takes to answer for a few sources.

_CHOSEN = SourceRow.slug.in_(bindparam("slugs", expanding=True))
_IN_PERIOD = (
    ArticleRow.published_at >= bindparam("start"),
    ArticleRow.published_at < bindparam("end"),
)
_LISTED = (
    select(SourceRow.slug)
    .where(SourceRow.is_active, SourceRow.slug > bindparam("after"))
    .order_by(SourceRow.slug)
    .limit(bindparam("most", type_=Integer))
)


@cache
def _signs() -> Rows:
    of_it = ArticleRow.source_id == SourceRow.id
    last = select(func.max(ArticleRow.published_at)).where(of_it).scalar_subquery()
    recent = select(func.count()).select_from(ArticleRow).where(of_it, *_IN_PERIOD)
    newest = (
        select(ArticleRow.published_origin)
        .where(of_it)
        .order_by(ArticleRow.published_at.desc())
        .limit(JUDGED)
        .correlate(SourceRow)
        .subquery()
    )
    # articles are large, and lie apart: no more of them are read than it takes to be sure
    says_when = newest.c.published_origin != "first_seen"
    dated = select(literal(1).label("one")).select_from(newest).where(says_when).limit(JUDGED // 2)
    judged = select(ArticleRow.id).where(of_it).limit(JUDGED).correlate(SourceRow)
    waiting = counts.waiting_pages()
    return (
        select(
            SourceRow.slug,
            SourceRow.name,
            SourceRow.paused_at,
            SourceRow.failures,
            func.coalesce(waiting.c.waiting, 0).label("waiting"),
            case((last < bindparam("quiet"), recent.scalar_subquery())).label("articles"),
            last.label("last_published_at"),
            _number(judged).label("judged"),
            _number(dated).label("dated"),
        )
        .outerjoin(waiting, waiting.c.source_id == SourceRow.id)
        .where(SourceRow.is_active)
        .order_by(SourceRow.slug)
    )


def _number(rows: Any) -> ScalarSelect[int]:
    """How many ``rows`` there are."""
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()


@cache
def _per_day(dialect: str) -> Rows:
    """Slug, and "0 12,1 14 …": each day of the period with its articles, counted one by one in a
    few neighbouring index entries each."""
    number = numbers(literal(SPARK, Integer))
    start = bindparam("start", type_=Utc)
    first, after = (midnight(dialect, start, number.c.n + more) for more in (0, 1))
    articles = (
        select(func.count())
        .where(
            ArticleRow.source_id == SourceRow.id,
            ArticleRow.published_at >= first,
            ArticleRow.published_at < after,
        )
        .correlate(SourceRow, number)
        .scalar_subquery()
    )
    told = select(func.aggregate_strings(packed(number.c.n, articles), ",")).select_from(number)
    return select(SourceRow.slug, told.correlate(SourceRow).scalar_subquery()).where(_CHOSEN)


@cache
def _telling(dialect: str) -> Rows:
    """Slug, address and language of each source, and what ``_sample`` unpacks."""
    signed = select(AuthorRow.article_id).where(AuthorRow.article_id == ArticleRow.id).exists()
    is_dated = ArticleRow.published_origin != "first_seen"
    is_timed = is_dated & (ArticleRow.published_at >= bindparam("timed"))
    is_ours = ArticleRow.published_at >= SourceRow.added_at  # older ones were waiting for us
    delay = seconds(dialect, ArticleRow.first_seen_at) - seconds(dialect, ArticleRow.published_at)
    there = [
        signed,
        ArticleRow.summary.is_not(None),
        is_dated,
        ArticleRow.image_url.is_not(None),
        ArticleRow.section.is_not(None),
    ]
    newest = (
        select(
            *(
                case((each, 1), else_=0).label(name)
                for name, each in zip(FIELDS, there, strict=True)
            ),
            case((is_timed & is_ours, cast(delay, String))).label("delay"),
        )
        .where(ArticleRow.source_id == SourceRow.id, *_IN_PERIOD)
        .order_by(ArticleRow.published_at.desc())
        .limit(SAMPLE)
        .correlate(SourceRow)
        .subquery()
    )
    columns = [func.count(), *(func.coalesce(func.sum(newest.c[name]), 0) for name in FIELDS)]
    delays = func.coalesce(func.aggregate_strings(newest.c.delay, " "), "")
    told = select(packed(*columns, delays)).select_from(newest).scalar_subquery()
    return select(SourceRow.slug, SourceRow.url, SourceRow.language, told).where(_CHOSEN)


@cache
def _visiting() -> Rows:
    """Slug, and the visits since the eighth newest of it, the latest first."""
    newest = select(VisitRow.started_at).where(VisitRow.source_id == SourceRow.id)
    eighth = newest.order_by(VisitRow.started_at.desc()).offset(VISITS - 1).limit(1)
    beginning = eighth.correlate(SourceRow).scalar_subquery()  # null when there are fewer
    since = select(SourceRow.id, SourceRow.slug, beginning.label("since")).where(_CHOSEN).subquery()
    return (
        select(since.c.slug, VisitRow.started_at, VisitRow.outcome, VisitRow.detail, VisitRow.fresh)
        .select_from(since)
        .join(
            VisitRow,
            (VisitRow.source_id == since.c.id)
            & (VisitRow.started_at >= func.coalesce(since.c.since, ALWAYS)),
        )
        .order_by(since.c.id, VisitRow.started_at.desc(), VisitRow.id.desc())
    )
