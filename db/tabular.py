"""The tables as rows of plain values: what a spreadsheet or another program takes away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, LargeBinary, select

from db.columns import stamp
from db.tables import Base

OPEN = (
    "source",
    "visit",
    "visit_outcome",
    "story",
    "article",
    "revision",
    "author",
    "company",
    "tag",
    "mention",
)
"""Tables that may be read whole. Not ``address`` and ``page`` (raw pages), nor what holds the
addresses and secrets of the people who are told."""

AT_ONCE = 500  # rows fetched from the database at a time


def columns(table: str) -> list[str]:
    """The columns of a table of ``OPEN``, in order; bytes are left out."""
    return [
        column.name
        for column in Base.metadata.tables[table].columns
        if not isinstance(column.type, LargeBinary)
    ]


def rows(connection: Connection, table: str, limit: int) -> Iterator[dict[str, Any]]:
    """The first ``limit`` rows by primary key; times as text (``2026-11-22T08:00:00Z``)."""
    found = Base.metadata.tables[table]
    chosen = [found.columns[name] for name in columns(table)]
    statement = select(*chosen).order_by(*found.primary_key.columns).limit(limit)
    # on the statement: the connection's own BEGIN is no query to stream
    with connection.execute(
        statement.execution_options(yield_per=AT_ONCE)
    ) as result:  # closed even when the reader goes away
        for row in result.mappings():
            yield {
                name: stamp(value) if isinstance(value, datetime) else value
                for name, value in row.items()
            }
