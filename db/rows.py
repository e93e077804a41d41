"""Writes many rows of one table at once, at a third of what SQLAlchemy asks for each row.

It makes a dictionary of parameters for every row and asks a type for every value; here the
statement is compiled once for a table, and each column is converted by one comprehension.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.dialects import postgresql, sqlite

from db.tables import Base

Row = Mapping[str, Any]
Convert = Callable[[Any], Any]


def write(connection: Connection, table: type[Base], rows: Sequence[Row]) -> None:
    """Inserts ``rows``, which all have the same columns."""
    _write(connection, table, rows, is_new=False)


def write_new(connection: Connection, table: type[Base], rows: Sequence[Row]) -> None:
    """Inserts ``rows``, but leaves a row that is there already as it is."""
    _write(connection, table, rows, is_new=True)


def write_columns(
    connection: Connection, table: type[Base], columns: Mapping[str, Sequence[Any]]
) -> None:
    """Inserts rows given by their columns, all of one length; leaves a row that is there already
    as it is. For the many small rows of an article, which never have to be dictionaries."""
    if any(columns.values()):
        _insert(connection, table, columns, is_new=True)


def _write(connection: Connection, table: type[Base], rows: Sequence[Row], *, is_new: bool) -> None:
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        _insert(connection, table, columns, is_new=is_new)


def _insert(
    connection: Connection, table: type[Base], given: Mapping[str, Sequence[Any]], *, is_new: bool
) -> None:
    dialect = connection.dialect
    sql, converts = _statement(table.__table__, tuple(given), dialect, is_new)
    columns = [
        given[name] if convert is None else list(map(convert, given[name]))
        for name, convert in converts
    ]
    parameters: list[Any] = list(zip(*columns, strict=True))
    if not dialect.positional:
        names = [name for name, _ in converts]
        parameters = [dict(zip(names, one, strict=True)) for one in parameters]
    connection.exec_driver_sql(sql, parameters)


@cache
def _statement(
    table: Table, names: tuple[str, ...], dialect: Dialect, is_new: bool
) -> tuple[str, list[tuple[str, Convert | None]]]:
    """The INSERT as the driver takes it, and its columns in their order, each with what converts
    a value for the driver (None: nothing has to)."""
    statement: Any = insert(table)
    if is_new:
        own = postgresql if dialect.name == "postgresql" else sqlite
        statement = own.insert(table).on_conflict_do_nothing()
    missing = {c.name for c in table.columns if c.default is not None} - set(names)
    assert not missing, f"{table.name}: {missing} have to be given"  # noqa: S101
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    order = compiled.positiontup if dialect.positional else list(names)
    columns = table.columns
    return str(compiled), [
        (name, columns[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order
    ]
