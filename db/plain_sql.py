"""Runs people's own SQL: one statement that only reads, within a time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError

from db.engine import Database, one_line
from techwire.errors import UsageError

ALLOWED = "one SELECT (or WITH … SELECT, EXPLAIN) that only reads"
_STEPS = 20_000  # SQLite virtual machine steps between two looks at the clock: some 2 ms
_ACTIONS = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}


@dataclass(frozen=True, slots=True)
class Result:
    """Rows as the database gives them."""

    columns: tuple[str, ...]  # unique
    rows: list[tuple[Any, ...]]
    is_cut: bool  # there were more rows


def run(database: Database, sql: str, *, seconds: float, most: int) -> Result:
    """The first ``most`` rows of ``sql``; UsageError when it writes, is wrong or takes too long.

    Open ``database`` with ``read_only=True``: this function adds the time limit, and in SQLite
    refuses what a read-only connection would still allow, such as attaching other files.
    """
    limited = _postgresql if database.dialect == "postgresql" else _sqlite
    try:
        with limited(database, seconds) as cursor:
            _execute(database, cursor, sql)
            if cursor.description is None:
                raise UsageError(f"sql: gives no rows; allowed is {ALLOWED}")
            columns = _unique([column[0] for column in cursor.description])
            rows = [tuple(row) for row in cursor.fetchmany(most + 1)]
    except DBAPIError as problem:  # the connection could not be made
        raise UsageError(f"sql: {one_line(problem)}") from None
    except database.engine.dialect.dbapi.Error as problem:  # type: ignore[union-attr]
        raise _refusal(problem, seconds) from None
    return Result(columns, rows[:most], len(rows) > most)


def _execute(database: Database, cursor: Any, sql: str) -> None:
    if database.dialect == "postgresql":
        cursor.execute(sql, prepare=True)  # a prepared statement is one statement, never several
        return
    try:
        cursor.execute(sql)
    except sqlite3.Warning:  # Python 3.11 and earlier call several statements a warning
        raise UsageError(f"sql: several statements; allowed is {ALLOWED}") from None


@contextmanager
def _postgresql(database: Database, seconds: float) -> Iterator[Any]:
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute(f"SET LOCAL statement_timeout = {round(seconds * 1000)}")
        yield cursor
    finally:
        raw.rollback()
        raw.close()


@contextmanager
def _sqlite(database: Database, seconds: float) -> Iterator[Any]:
    raw = database.engine.raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101  (the only SQLite driver we open)
    until = time.monotonic() + seconds

    def permit(action: int, *_: object) -> int:
        return sqlite3.SQLITE_OK if action in _ACTIONS else sqlite3.SQLITE_DENY

    driver.set_authorizer(permit)
    driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        yield driver.cursor()
    finally:
        raw.invalidate()  # its limits go with it
        raw.close()


def _refusal(problem: Exception, seconds: float) -> UsageError:
    said = " ".join(str(problem).split()) or type(problem).__name__
    if "interrupted" in said or "statement timeout" in said:
        return UsageError(f"sql: stopped after {seconds:g} s; narrow it, or raise --seconds")
    if any(word in said for word in ("not authorized", "readonly", "read-only", "prohibited")):
        return UsageError(f"sql: this would write or reach outside; allowed is {ALLOWED}")
    if "one statement at a time" in said or "multiple commands" in said:
        return UsageError(f"sql: several statements; allowed is {ALLOWED}")
    return UsageError(f"sql: {said}")


def _unique(names: list[str]) -> tuple[str, ...]:
    """``names``, a repeated one with its number: id, id_2."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(found)
