"""Writes or changes many rows of one table at once, at a third of what SQLAlchemy asks for each.

It makes a dictionary of parameters for every row and asks a type for every value; here the
statement is compiled once for a table, and each column is converted by one comprehension.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from db.tables import Base

Row = Mapping[str, Any]
Convert = Callable[[Any], Any]
Names = tuple[str, ...]

KEY = "key"  # under this name ``change`` is given the number of the row


def write(connection: Connection, table: type[Base], rows: Sequence[Row]) -> None:
    """Inserts ``rows``, which all have the same columns."""
    _run(connection, table, rows, _insert)


def write_new(connection: Connection, table: type[Base], rows: Sequence[Row]) -> None:
    """Inserts ``rows``, but leaves a row that is there already as it is."""
    _run(connection, table, rows, _insert_new)


def write_over(
    connection: Connection, table: type[Base], rows: Sequence[Row], *, by: Names
) -> None:
    """Inserts ``rows``; one that is there already with the same columns ``by`` gets the others."""
    _run(connection, table, rows, _insert_over, by)


def change(connection: Connection, table: type[Base], rows: Sequence[Row]) -> None:
    """Changes rows: each of ``rows`` has the number of one, under ``KEY``, and its new values."""
    _run(connection, table, rows, _change)


def write_columns(
    connection: Connection, table: type[Base], columns: Mapping[str, Sequence[Any]]
) -> None:
    """Inserts rows given by their columns, all of one length; leaves a row that is there already
    as it is. For the many small rows of an article, which never have to be dictionaries."""
    if any(columns.values()):
        _execute(connection, table, columns, _insert_new)


Make = Callable[[Table, Names, Dialect, Names], Any]
"""Makes a statement for a table from the names of what is given for each row."""


def _insert(table: Table, names: Names, dialect: Dialect, by: Names) -> Any:
    missing = {c.name for c in table.columns if c.default is not None} - set(names)
    assert not missing, f"{table.name}: {missing} have to be given"  # noqa: S101
    own = postgresql if dialect.name == "postgresql" else sqlite
    return own.insert(table)


def _insert_new(table: Table, names: Names, dialect: Dialect, by: Names) -> Any:
    return _insert(table, names, dialect, by).on_conflict_do_nothing()


def _insert_over(table: Table, names: Names, dialect: Dialect, by: Names) -> Any:
    made = _insert(table, names, dialect, by)
    others = {name: made.excluded[name] for name in names if name not in by}
    return made.on_conflict_do_update(index_elements=list(by), set_=others)


def _change(table: Table, names: Names, dialect: Dialect, by: Names) -> Any:
    return update(table).where(table.c.id == bindparam(KEY))


def _run(
    connection: Connection, table: type[Base], rows: Sequence[Row], make: Make, by: Names = ()
) -> None:
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        _execute(connection, table, columns, make, by)


def _execute(
    connection: Connection,
    table: type[Base],
    given: Mapping[str, Sequence[Any]],
    make: Make,
    by: Names = (),
) -> None:
    dialect = connection.dialect
    sql, converts = _statement(make, table.__table__, tuple(given), dialect, by)
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
    make: Make, table: Table, names: Names, dialect: Dialect, by: Names
) -> tuple[str, list[tuple[str, Convert | None]]]:
    """The statement as the driver takes it, and what is given in its order, each with what converts
    a value for the driver (None: nothing has to)."""
    compiled = make(table, names, dialect, by).compile(dialect=dialect, column_keys=list(names))
    order = compiled.positiontup if dialect.positional else list(names)
    types = {name: table.columns["id" if name == KEY else name].type for name in order}
    return str(compiled), [
        (name, types[name].dialect_impl(dialect).bind_processor(dialect)) for name in order
    ]
