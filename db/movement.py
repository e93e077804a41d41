"""Which companies rise: this week's articles against their own average. Two statements."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, bindparam, func, literal_column, select

from db.days import day_of, period
from db.tables import NOTABLE, CompanyRow, TagRow

WEEKS = 8  # this week and the seven it is compared with
ENOUGH = 2  # articles this week below which nothing is called a rise: one is chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Riser:
    """A company and its weeks."""

    id: str
    name: str
    sector: str | None
    this_week: int  # articles it carries or takes part in
    usual: float  # articles in a week, mean of the weeks before
    score: float  # how far beyond its own chance variation; the higher the rarer
    days: tuple[tuple[date, int], ...]  # every day (UTC) of the weeks, the oldest first

    @property
    def is_first(self) -> bool:
        """Nothing was written about it in the weeks before."""
        return self.usual == 0


def rising(connection: Connection, until: datetime, limit: int = 12) -> list[Riser]:
    """The companies that rise most in the seven days up to that of ``until``.

    The score is (this week - usual) / sqrt(usual + 1): what Poisson chance would make 1 at most,
    two weeks out of three."""
    start, end = period(until, 7 * WEEKS)
    week = end - timedelta(days=7)
    values = {"start": start, "week": week, "end": end}
    scored = (
        (-score(this_week, before), -this_week, key, name, sector, before)
        for key, name, sector, this_week, before in connection.execute(_counted(), values)
    )
    chosen = [one for one in heapq.nsmallest(limit, scored) if one[0] < 0]
    days = _days(connection, [key for _, _, key, *_ in chosen], start, end)
    return [
        Riser(
            id=key,
            name=name,
            sector=sector,
            this_week=-this_week,
            usual=before / (WEEKS - 1),
            score=round(-value, 2),
            days=days[key],
        )
        for value, this_week, key, name, sector, before in chosen
    ]


@cache
def _counted() -> Select[*tuple[Any, ...]]:
    """Per company, the articles it carries or takes part in: of the last week, and before.

    Two looks into an index a company: what is read is the weeks' notable tags, whatever the size
    of the archive."""

    def articles(since: str, until: str) -> ScalarSelect[int]:
        return (
            select(func.count())
            .where(
                TagRow.company_id == CompanyRow.id,
                TagRow.published_at >= bindparam(since),
                TagRow.published_at < bindparam(until),
                literal_column(f"tag.{NOTABLE}"),
            )
            .correlate(CompanyRow)
            .scalar_subquery()
        )

    this_week = articles("week", "end")
    return select(
        CompanyRow.id.label("company_id"),
        CompanyRow.name,
        CompanyRow.sector,
        this_week.label("this_week"),
        articles("start", "week").label("before"),
    ).where(this_week >= ENOUGH)


def score(this_week: int, before: int) -> float:
    """How unusual ``this_week`` articles are after ``before`` in the weeks before it."""
    usual = before / (WEEKS - 1)
    return (this_week - usual) / math.sqrt(usual + 1)


def _days(
    connection: Connection, ids: Sequence[str], start: datetime, end: datetime
) -> dict[str, tuple[tuple[date, int], ...]]:
    statement = _per_day(connection.dialect.name)
    rows = connection.execute(statement, {"ids": list(ids), "start": start, "end": end})
    found = {(company, day): articles for company, day, articles in rows}
    dates = [(start + timedelta(days=n)).date() for n in range((end - start).days)]
    named = [(day, day.isoformat()) for day in dates]
    return {key: tuple((d, found.get((key, name), 0)) for d, name in named) for key in ids}


@cache
def _per_day(dialect: str) -> Select[*tuple[Any, ...]]:
    day = day_of(dialect, TagRow.published_at)
    ids: Any = bindparam("ids", expanding=True)
    return (
        select(TagRow.company_id, day.label("day"), func.count())
        .where(
            TagRow.company_id.in_(ids),
            TagRow.published_at >= bindparam("start"),
            TagRow.published_at < bindparam("end"),
            literal_column(f"tag.{NOTABLE}"),  # as the index says it, to the letter
        )
        .group_by(TagRow.company_id, "day")
    )
