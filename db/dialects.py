"""The few things the two engines spell differently: upserts, new row numbers, big lists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Insert, bindparam, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from db.tables import Base

T = TypeVar("T")

MANY = 500  # values in one IN (…): well under what either engine takes, few round trips


def chunks(values: Sequence[T], size: int = MANY) -> Iterator[Sequence[T]]:
    """``values`` in pieces of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def upsert(
    connection: Connection, table: type[Base], key: list[str], replacing: list[str]
) -> Insert:
    """INSERT that replaces the columns ``replacing`` of the row with the same ``key``."""
    if connection.dialect.name == "postgresql":
        pg = postgresql.insert(table)
        return pg.on_conflict_do_update(
            index_elements=key, set_={name: pg.excluded[name] for name in replacing}
        )
    lite = sqlite.insert(table)
    return lite.on_conflict_do_update(
        index_elements=key, set_={name: lite.excluded[name] for name in replacing}
    )


def insert_new(connection: Connection, table: type[Base]) -> Insert:
    """INSERT that leaves a row that is there already as it is."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def among(column: ColumnElement[int], dialect: str) -> ColumnElement[bool]:
    """``column`` is one of the numbers that parameter ``ids`` holds (see ``numbers``).

    SQLite gets them as one JSON text: writing fifty parameters into a statement takes SQLAlchemy as
    long as SQLite takes to find the rows."""
    if dialect == "postgresql":
        return column.in_(bindparam("ids", expanding=True))
    given = select(text("value")).select_from(func.json_each(bindparam("ids")))
    return column.in_(given.scalar_subquery())


def numbers(connection: Connection, ids: Sequence[int]) -> dict[str, object]:
    """The parameter of a statement with ``among``."""
    return {"ids": list(ids) if connection.dialect.name == "postgresql" else json.dumps(list(ids))}


def next_article_ids(connection: Connection, count: int) -> list[int]:
    """Row numbers for new articles, never used before; known before the rows are written."""
    if connection.dialect.name == "postgresql":
        statement = text("SELECT nextval('article_id_seq') FROM generate_series(1, :count)")
        return [int(number) for number in connection.scalars(statement, {"count": count})]
    # the write lock is ours (BEGIN IMMEDIATE): nobody takes the same numbers meanwhile
    last = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'article'")) or 0
    return list(range(last + 1, last + 1 + count))
