"""Looking after a database: its size, a check, a backup, giving back free space."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text, update

from db import search_index, words
from db.engine import Database
from db.schema import SEARCH_VERSION
from db.search_index import Indexed
from db.tables import ArticleRow, PropertyRow, TagRow, VisitOutcomeRow, VisitRow
from techwire.errors import DatabaseError, UsageError

BATCH = 500  # articles indexed in one step


def size(connection: Connection) -> int:
    """Bytes the database takes, indexes included."""
    if connection.dialect.name == "postgresql":
        return connection.scalar(text("SELECT pg_database_size(current_database())")) or 0
    pages = connection.scalar(text("SELECT page_count FROM pragma_page_count()")) or 0
    each = connection.scalar(text("SELECT page_size FROM pragma_page_size()")) or 0
    return int(pages * each)


def problems(connection: Connection) -> list[str]:
    """What is wrong with the database, a line each; empty when it is sound."""
    found: list[str] = []
    if connection.dialect.name == "sqlite":
        found += [
            f"integrity: {line}"
            for line in connection.scalars(text("PRAGMA integrity_check"))
            if line != "ok"
        ]
        for row in connection.execute(text("PRAGMA foreign_key_check")):
            found.append(f"foreign key: row {row[1]} of {row[0]} points to a missing {row[2]}")
    made_by = connection.scalar(select(PropertyRow.value).where(PropertyRow.name == SEARCH_VERSION))
    if made_by != words.version():
        found.append(
            f"search index made by {made_by}, this is {words.version()}: run techwire db reindex"
        )
    articles = connection.scalar(select(func.count()).select_from(ArticleRow))
    indexed = connection.scalar(text(f"SELECT count(*) FROM {_indexed_rows(connection)}"))  # noqa: S608
    if articles != indexed:
        found.append(f"search index holds {indexed} of {articles} articles: techwire db reindex")
    copied = connection.scalar(
        select(func.count())
        .select_from(TagRow)
        .join(ArticleRow, ArticleRow.id == TagRow.article_id)
        .where(ArticleRow.published_at != TagRow.published_at)
    )
    if copied:
        found.append(f"{copied} tags have another time than their article")
    ended = select(func.coalesce(func.sum(VisitOutcomeRow.pages), 0)).scalar_subquery()
    visited = select(func.coalesce(func.sum(VisitRow.pages), 0)).scalar_subquery()
    pages = connection.execute(select(ended.label("ended"), visited.label("visited"))).one()
    if pages.ended != pages.visited:
        found.append(f"visits saw {pages.visited} pages, {pages.ended} of them ended")
    return found


def _indexed_rows(connection: Connection) -> str:
    is_lite = connection.dialect.name == "sqlite"
    return "article_search_docsize" if is_lite else "article_search"


def backup(database: Database, target: Path) -> None:
    """Copies an SQLite database while others read and write it; the target appears when whole."""
    if database.dialect != "sqlite":
        raise UsageError("db backup copies SQLite files; for PostgreSQL there is pg_dump")
    if target.exists():
        raise UsageError(f"{target} exists: name another file")
    part = target.with_name(target.name + ".part")
    raw = database.engine.raw_connection()
    try:
        source = raw.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101  (the only driver we open)
        with sqlite3.connect(part) as copy:
            source.backup(copy, pages=2_000)
        copy.close()
        part.replace(target)
    except (sqlite3.Error, OSError) as problem:
        raise DatabaseError(f"{target}: {problem}") from problem
    finally:
        raw.close()
        part.unlink(missing_ok=True)


def vacuum(database: Database) -> None:
    """Gives free space back and renews the planner's statistics; takes the database for itself."""
    raw = database.engine.raw_connection()
    driver: Any = raw.driver_connection
    try:
        if database.dialect == "postgresql":
            driver.autocommit = True  # VACUUM wants no transaction around it
        for command in ("VACUUM", "ANALYZE"):
            driver.execute(command)
    except database.engine.dialect.loaded_dbapi.Error as problem:
        raise DatabaseError(f"{database.url}: {problem}") from problem
    finally:
        raw.invalidate()
        raw.close()


def reindex(connection: Connection) -> int:
    """Makes the full-text index anew from the stored texts; returns how many articles."""
    if connection.dialect.name == "sqlite":
        connection.execute(
            text("INSERT INTO article_search (article_search) VALUES ('delete-all')")
        )
    else:
        connection.execute(text("TRUNCATE article_search"))
    done, last = 0, 0
    while rows := connection.execute(
        select(
            ArticleRow.id,
            ArticleRow.title,
            ArticleRow.summary,
            ArticleRow.body,
            ArticleRow.language,
        )
        .where(ArticleRow.id > last)
        .order_by(ArticleRow.id)
        .limit(BATCH)
    ).all():
        search_index.add(connection, [Indexed.of(*row) for row in rows])
        done, last = done + len(rows), rows[-1].id
    connection.execute(
        update(PropertyRow).where(PropertyRow.name == SEARCH_VERSION).values(value=words.version())
    )
    return done
