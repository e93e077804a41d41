"""Moves a whole database into another one, of either engine, and proves that it arrived."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from db import upkeep
from db.columns import stamp
from db.engine import Database
from db.tables import Base, PropertyRow
from techwire.errors import DatabaseError, UsageError

BATCH = 1_000  # rows
WIDE_BATCH = 50  # of raw pages: 30 KB each
_MASK = (1 << 64) - 1
TABLES = [table for table in Base.metadata.sorted_tables if table.name != PropertyRow.__tablename__]
"""In an order in which foreign keys find what they point to."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One table, moved and compared."""

    table: str
    rows: int
    checksum: str  # the same for the same rows in any order, on both sides


def copy(
    source: Database, target: Database, told: Callable[[str, int], None] = lambda *_: None
) -> list[Moved]:
    """Copies every row of ``source`` into the empty ``target``, in one transaction, and verifies.

    ``told`` hears each table and the rows it has got so far. DatabaseError when a count or checksum
    differs afterwards: nothing is kept then. The full-text index is made anew.
    """
    moved: list[Moved] = []
    with source.reading() as reader, target.writing() as writer:
        _check_empty(writer, target)
        if target.dialect == "postgresql":
            writer.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        for table in TABLES:
            rows, total = 0, 0
            for batch in _batches(reader, table):
                writer.execute(insert(table), batch)
                rows += len(batch)
                total = (total + sum(_hash(table, row) for row in batch)) & _MASK
                told(table.name, rows)
            moved.append(Moved(table.name, rows, f"{total:016x}"))
        upkeep.reindex(writer)
        if target.dialect == "postgresql":
            _restart_numbers(writer)
        for one in moved:
            _verify(writer, one)
    return moved


def length(source: Database) -> int:
    """How many rows ``copy`` would move."""
    with source.reading() as reader:
        return sum(reader.scalar(select(func.count()).select_from(t)) or 0 for t in TABLES)


def _check_empty(connection: Connection, target: Database) -> None:
    for table in TABLES:
        if connection.execute(select(table).limit(1)).first() is not None:
            raise UsageError(f"{target.url} is not empty ({table.name} has rows): name a new one")


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    size = WIDE_BATCH if table.name == "page" else BATCH
    result = connection.execute(
        select(table).order_by(*table.primary_key.columns), execution_options={"yield_per": size}
    )
    for rows in result.mappings().partitions():
        yield [dict(row) for row in rows]


def _hash(table: Table, row: dict[str, Any]) -> int:
    values = [_spelled(row[column.name]) for column in table.columns]
    digest = hashlib.blake2b("\x1f".join(values).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _spelled(value: Any) -> str:
    """A value as text, the same from both engines."""
    if value is None:
        return "\x00"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):  # jsonb does not keep the order of keys
        return "{" + ",".join(f"{k}:{_spelled(v)}" for k, v in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_spelled(item) for item in value) + "]"
    if hasattr(value, "tzinfo"):
        return stamp(value)
    if isinstance(value, bool):
        return str(int(value))
    return repr(float(value)) if isinstance(value, float) else str(value)


def _verify(connection: Connection, moved: Moved) -> None:
    table = Base.metadata.tables[moved.table]
    rows, total = 0, 0
    for batch in _batches(connection, table):
        rows += len(batch)
        total = (total + sum(_hash(table, row) for row in batch)) & _MASK
    if (rows, f"{total:016x}") != (moved.rows, moved.checksum):
        raise DatabaseError(
            f"copy: {moved.table} differs: {moved.rows} rows ({moved.checksum}) were read, "
            f"{rows} ({total:016x}) arrived; nothing was kept"
        )


def _restart_numbers(connection: Connection) -> None:
    """PostgreSQL counts on from the highest row number."""
    for table in TABLES:
        column = table.primary_key.columns.values()[0]
        sequence = f"{table.name}_{column.name}_seq"
        if table.autoincrement_column is not None:
            highest = connection.scalar(select(func.max(column))) or 0
            connection.execute(
                text("SELECT setval(CAST(:name AS regclass), :value, :used)"),
                {"name": sequence, "value": max(1, highest), "used": highest > 0},
            )
