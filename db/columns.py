"""Column types that behave alike in SQLite and PostgreSQL: UTC times, JSON, big integer keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, Integer, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import DateTime, TypeDecorator, TypeEngine


def stamp(moment: datetime) -> str:
    """``YYYY-MM-DDTHH:MM:SSZ``, the text of a time in SQLite; sorts as the times do."""
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            raise TypeError(f"naive datetime {moment!r}: times are aware, in UTC")
        moment = moment.astimezone(UTC)
    return f"{moment.isoformat()[:19]}Z"


def to_the_second(moment: datetime) -> datetime:
    """``moment`` in UTC without its fraction, so that both engines give back the same value."""
    if moment.tzinfo is None:
        raise TypeError(f"naive datetime {moment!r}: times are aware, in UTC")
    return moment.astimezone(UTC).replace(microsecond=0)


class Utc(TypeDecorator[datetime]):
    """An aware time, whole seconds: text in SQLite, ``timestamptz`` in PostgreSQL.

    A naive datetime is refused when it is written, because nobody could say later what it meant.
    """

    impl = String(20)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(20))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return to_the_second(value) if dialect.name == "postgresql" else stamp(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """In SQLite one call for a value; the way around it takes three, thirteen times an
        article."""
        return super().bind_processor(dialect) if dialect.name == "postgresql" else _stamped

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        """The same on the way back."""
        if dialect.name == "postgresql":
            return super().result_processor(dialect, coltype)
        return _read


def _stamped(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def _read(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


Json = JSON().with_variant(JSONB(), "postgresql")
"""A list or an object; ``jsonb`` in PostgreSQL, text for SQLite's JSON functions."""

Key = BigInteger().with_variant(Integer(), "sqlite")
"""A row number; SQLite only numbers INTEGER columns by itself."""
