"""Opens a database, SQLite or PostgreSQL, and brings its schema up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from db import companies, revisions, schema, sources
from techwire.errors import DatabaseError, NoDatabase

BUSY_TIMEOUT = 15_000  # milliseconds a connection waits for another process's write to SQLite
CACHE = 16_000  # KiB of pages each SQLite connection may hold in memory; a daemon has several
# Pages written to SQLite's log (64 MB) before they go to their places in the file: pages that many
# articles change go there once. A tenth fewer writes than with its default of 1,000.
CHECKPOINT = 16_000
WRITING = "techwire_writing"  # execution option: this transaction is going to write


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. Safe to share between threads; every transaction has its own connection."""

    engine: Engine
    url: str  # for people: the password is masked
    dialect: str  # "sqlite" or "postgresql"
    is_new: bool = False  # the schema was created by this connect
    upgraded_from: str | None = None  # schema revision found, when this connect upgraded it
    _writing: Engine = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        options: dict[str, Any] = {WRITING: True}
        if self.dialect == "postgresql":
            options["isolation_level"] = "READ COMMITTED"
        object.__setattr__(self, "_writing", self.engine.execution_options(**options))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of the database: what others write meanwhile is not seen."""
        with told(self.url), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: committed at the end, rolled back on any exception.

        In SQLite it takes the write lock at once (BEGIN IMMEDIATE): a transaction that reads first
        and wants to write later would fail with "database is locked", whatever the time-out.
        """
        with told(self.url), self._writing.begin() as connection:
            yield connection

    @property
    def address(self) -> str:
        """The address with its password, as libpq reads it. PostgreSQL only."""
        url = self.engine.url.set(drivername="postgresql")
        return url.render_as_string(hide_password=False)

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(
    url: str, *, upgrade: bool = True, read_only: bool = False, session: str = "techwire"
) -> Database:
    """Opens the database at ``url``: a path, ``sqlite:///…``, ``postgres://…``, ``postgresql://…``.

    An empty one gets the schema, an older one is upgraded (see ``Database.is_new`` and
    ``upgraded_from``); with ``upgrade=False`` or ``read_only`` both are refused. DatabaseError when
    it cannot be used, SchemaTooNew when a later version of techwire made it. ``session`` is what a
    PostgreSQL server calls our connections.
    """
    parsed = parse_url(url)
    shown = parsed.render_as_string(hide_password=True)
    may_create = upgrade and not read_only
    if parsed.get_backend_name() == "sqlite":
        _check_file(parsed, may_create=may_create)
    engine = _engine(parsed, session, read_only=read_only)
    event.listen(engine, "rollback", sources.forget)
    event.listen(engine, "rollback", companies.forget)
    database = Database(engine, shown, engine.dialect.name)
    try:
        with database.reading() as connection:
            found = schema.revision(connection, shown)
        if found == revisions.HEAD:
            return database
        if not may_create:
            raise DatabaseError(schema.refusal(found, shown))
        with database.writing() as connection:
            found = schema.upgrade(connection, shown)
    except BaseException:
        engine.dispose()
        raise
    return Database(engine, shown, engine.dialect.name, is_new=found is None, upgraded_from=found)


def parse_url(url: str) -> URL:
    """``url`` as SQLAlchemy spells it. A bare path is an SQLite file."""
    url = url.strip()
    if not url:
        raise DatabaseError("no database named: give a path or an address such as sqlite:///x.db")
    if "://" not in url:
        return URL.create("sqlite", database=str(Path(url).expanduser()))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseError(
            "cannot read the address of the database; it looks like "
            "sqlite:///techwire.db or postgresql://user:password@host/name"
        ) from None
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise DatabaseError(
            f"{parsed.drivername} is no database of ours: use sqlite:///… or postgresql://…"
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise DatabaseError("an SQLite database in memory would be lost at once: name a file")
    return parsed


def _check_file(url: URL, *, may_create: bool) -> None:
    """Says in one line what SQLite would only call "unable to open database file"."""
    path = Path(url.database or "")
    if path.is_dir():
        raise DatabaseError(f"{path} is a folder, not a database")
    if not path.exists():
        if not may_create:
            raise NoDatabase(f"no database at {path}: create it with techwire init")
        if not path.parent.is_dir():
            raise DatabaseError(f"cannot create {path}: there is no folder {path.parent}")
    elif not os.access(path, os.R_OK):
        raise DatabaseError(f"cannot read {path}: permission denied")


def _engine(url: URL, session: str, *, read_only: bool) -> Engine:
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url, read_only=read_only)
        return _postgresql(url, session, read_only=read_only)
    except NoSuchModuleError as problem:
        raise DatabaseError(str(problem)) from None


def _sqlite(url: URL, *, read_only: bool) -> Engine:
    path = Path(url.database or "").absolute()
    engine = create_engine(
        URL.create(
            "sqlite",
            database=f"{path.as_uri()}?mode={'ro' if read_only else 'rwc'}",
            query={"uri": "true"},
        ),
        # one connection per thread that needs one at the time; threads hand them over, the one
        # used last first: the pages it holds in memory are the newest
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT / 1000},
        pool_use_lifo=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # BEGIN is ours (below), not the driver's
        pragmas = [f"cache_size = -{CACHE}", "foreign_keys = ON"]
        if read_only:
            pragmas.append("query_only = ON")
        else:
            pragmas += ["journal_mode = WAL", "synchronous = FULL"]
            # Some builds of SQLite write zeros over pages that are no longer used, such as those
            # that FTS5 merges: a third of what is written. What was asked to be forgotten is
            # another matter (db/forget.py).
            pragmas += [f"wal_autocheckpoint = {CHECKPOINT}", "secure_delete = FAST"]
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql(url: URL, session: str, *, read_only: bool) -> Engine:
    options = "-c timezone=UTC"
    if read_only:
        options += " -c default_transaction_read_only=on"
    return create_engine(
        url,
        pool_pre_ping=True,  # a server that was restarted costs nobody a transaction
        isolation_level="REPEATABLE READ",  # said by BEGIN itself; writing has another
        connect_args={"options": options, "connect_timeout": 10, "application_name": session},
    )


@contextmanager
def told(shown: str) -> Iterator[None]:
    """Turns what the driver says of a database it cannot use into one line that names it."""
    try:
        yield
    except OperationalError as problem:
        raise DatabaseError(f"{shown}: {one_line(problem)}") from problem
    except DBAPIError as problem:
        if type(problem.orig).__name__ in (
            "DatabaseError",
            "InternalError",
            "ReadOnlySqlTransaction",
        ):
            raise DatabaseError(f"{shown}: {one_line(problem)}") from problem
        raise


def one_line(problem: DBAPIError) -> str:
    """The driver's own words, on one line; SQLite says of a full disk only that it has failed."""
    words = " ".join(str(problem.orig).split()) or type(problem.orig).__name__
    return f"{words} (is the disk full?)" if words == "disk I/O error" else words
