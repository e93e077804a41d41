"""Days and seconds in SQL, alike on either engine; days are those of UTC."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, String, cast, func, literal, select

from db.columns import to_the_second


def day_of(dialect: str, moment: Any) -> ColumnElement[str]:
    """The UTC day of a time, as text, on either engine."""
    if dialect == "postgresql":
        return func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD")
    return func.substr(moment, 1, 10)


def midnight(dialect: str, start: ColumnElement[datetime], days: ColumnElement[int]) -> Any:
    """``start``, a midnight (UTC), so many ``days`` later, in the database."""
    if dialect == "postgresql":
        return start + days * literal(timedelta(days=1))
    return func.strftime("%Y-%m-%dT00:00:00Z", start, cast(days, String) + " days")


def period(until: datetime, days: int) -> tuple[datetime, datetime]:
    """The beginning and the end of the ``days`` UTC days of which ``until`` is in the last."""
    end = to_the_second(until).replace(hour=0, minute=0, second=0) + timedelta(days=1)
    return end - timedelta(days=days), end


def seconds(dialect: str, moment: Any) -> ColumnElement[int]:
    """The seconds since 1970 of a time."""
    if dialect == "postgresql":
        return cast(func.extract("epoch", moment), Integer)
    return cast(func.strftime("%s", moment), Integer)


def numbers(count: ColumnElement[int]) -> CTE:
    """The rows 0 to ``count`` - 1, in a column ``n``."""
    start = select(literal(0).label("n")).cte("number", recursive=True)
    return start.union_all(select(start.c.n + 1).where(start.c.n < count - 1))


def packed(*numbers: ColumnElement[Any]) -> ColumnElement[str]:
    """Several values as one text, a space between them: what a scalar subquery, which can look
    at one source or one day at a time on either engine, may answer."""
    text: ColumnElement[str] = cast(numbers[0], String)
    for number in numbers[1:]:
        text = text.concat(" ").concat(cast(number, String))
    return text
