"""How much is written about a company, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, case, cast, func, select

from db.answers import Day
from db.tables import TagRow


def trends(
    connection: Connection, company: Sequence[str], since: datetime, until: datetime
) -> list[Day]:
    """One ``Day`` for each day (UTC) from ``since`` to ``until``, those without news included.

    An article about several of the companies ``company`` (ids) counts once.
    """
    if connection.dialect.name == "postgresql":
        spelled: ColumnElement[Any] = cast(func.timezone("UTC", TagRow.published_at), Date)
    else:
        spelled = func.substr(TagRow.published_at, 1, 10)
    # one index holds all of it
    about: Any = select(spelled.label("day"), TagRow.is_copy).where(
        TagRow.company_id.in_(company),
        TagRow.published_at >= since,
        TagRow.published_at <= until,
    )
    if len(company) > 1:
        about = about.add_columns(TagRow.article_id).distinct()
    tagged = about.subquery()
    copies = func.sum(case((tagged.c.is_copy, 1), else_=0))
    rows = connection.execute(
        select(tagged.c.day, func.count().label("number"), copies.label("copies")).group_by(
            tagged.c.day
        )
    )
    found = {_date(row.day): (row.number, row.number - int(row.copies)) for row in rows}
    first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        Day(day=day, articles=articles, originals=originals)
        for day, (articles, originals) in ((day, found.get(day, (0, 0))) for day in days)
    ]


def _date(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)
