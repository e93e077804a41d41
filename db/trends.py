"""How much is written about a company, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, cast, func, select

from db.answers import Day
from db.tables import ArticleRow, TagRow


def trends(
    connection: Connection, company: Sequence[str], since: datetime, until: datetime
) -> list[Day]:
    """One ``Day`` for each day (UTC) from ``since`` to ``until``, those without news included.

    An article about several of the companies ``company`` (ids) counts once.
    """
    if connection.dialect.name == "postgresql":
        day: ColumnElement[Any] = cast(func.timezone("UTC", TagRow.published_at), Date)
    else:
        day = func.substr(TagRow.published_at, 1, 10)  # an index holds it all
    tagged = (
        select(TagRow.article_id, day.label("day"))
        .where(
            TagRow.company_id.in_(company),
            TagRow.published_at >= since,
            TagRow.published_at <= until,
        )
        .distinct()
        .subquery()
    )
    articles = select(tagged.c.day, func.count().label("number")).group_by(tagged.c.day)
    copies = (
        select(tagged.c.day, func.count().label("number"))
        .join(ArticleRow, ArticleRow.id == tagged.c.article_id)
        .where(ArticleRow.copy_of_id.is_not(None))
        .group_by(tagged.c.day)
    )
    found = {_date(row.day): row.number for row in connection.execute(articles)}
    copied = {_date(row.day): row.number for row in connection.execute(copies)}
    first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        Day(day=d, articles=found.get(d, 0), originals=found.get(d, 0) - copied.get(d, 0))
        for d in days
    ]


def _date(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)
