"""Storage that is locked or full: nothing is lost, and work goes on when it is well again."""

import logging
from collections.abc import Callable
from contextlib import closing
from sqlite3 import connect as open_sqlite

import pytest
from sqlalchemy import Connection, Engine, event, func, make_url, select

from db import Database, articles, connect
from db.tables import ArticleRow
from db.writer import Writer
from techwire.errors import DatabaseError
from techwire.types import Outcome
from tests.db.build import NOW, article, with_sources

Work = Callable[[Connection], Outcome]


def saving(number: int, words: int = 20) -> Work:
    piece = article(f"https://gazette.example/{number}", body=f"Texte {number}. " * words)
    return lambda connection: articles.save(connection, piece, NOW)


def stored(database: Database) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count(ArticleRow.id))) or 0


def test_a_database_another_process_locks_is_waited_for(  # F31
    new_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.engine.BUSY_TIMEOUT", 20)  # milliseconds
    monkeypatch.setattr("db.writer.PAUSES", (0.0,) * 5)
    url = new_database_url("sqlite")
    refusals: list[str] = []
    with connect(url) as database:
        with_sources(database)
        file = make_url(url).database
        assert file is not None
        with closing(open_sqlite(file, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")

            class UntilRefusedTwice(logging.Handler):
                def emit(self, record: logging.LogRecord) -> None:
                    refusals.append(record.getMessage())
                    if len(refusals) == 2:
                        other.execute("COMMIT")

            log, handler = logging.getLogger("db.writer"), UntilRefusedTwice()
            log.addHandler(handler)
            try:
                with Writer(database) as writer:
                    assert writer.submit(saving(1)).result(30) is Outcome.NEW
            finally:
                log.removeHandler(handler)
        assert "is locked" in refusals[0]
        assert len(refusals) == 2
        assert stored(database) == 1


def test_a_full_disk_is_one_line_and_loses_nothing_that_was_committed(  # F32
    new_database_url: Callable[[str], str],
) -> None:
    with connect(new_database_url("sqlite")) as database:
        with_sources(database)
        limit = _limited(database.engine)
        with Writer(database) as writer:
            assert writer.submit(saving(1)).result(30) is Outcome.NEW
            limit.append(1)  # no page may be added to the file any more
            full = [writer.submit(saving(n, words=50_000)) for n in (2, 3)]
            for future in full:
                with pytest.raises(DatabaseError, match="full"):
                    future.result(30)
            assert stored(database) == 1
            limit.clear()  # somebody has made room
            assert writer.submit(saving(2, words=50_000)).result(30) is Outcome.NEW
        assert stored(database) == 2


def _limited(engine: Engine) -> list[int]:
    """While the list holds something, transactions find the disk full."""
    limit: list[int] = []

    def begin(connection: Connection) -> None:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar()
        most = used if limit else 1 << 30
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    event.listen(engine, "begin", begin)
    return limit
