"""People's own SQL: reads, and nothing else, within its time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import Database, connect, plain_sql
from techwire.errors import UsageError
from tests.db.build import with_sources


@pytest.fixture
def reader(database: Database, database_url: str) -> Iterator[Database]:
    with_sources(database)
    with connect(database_url, read_only=True) as opened:
        yield opened


def run(reader: Database, sql: str, seconds: float = 10, most: int = 100) -> plain_sql.Result:
    return plain_sql.run(reader, sql, seconds=seconds, most=most)


def test_a_select_gives_rows_and_unique_columns(reader: Database) -> None:
    result = run(reader, "SELECT slug, name, name FROM source ORDER BY slug")
    assert result.columns == ("slug", "name", "name_2")
    assert result.rows[0] == ("gazette", "La Gazette", "La Gazette")
    assert not result.is_cut
    assert run(reader, "SELECT slug FROM source", most=1).is_cut


def test_with_like_and_percent_signs(reader: Database) -> None:
    sql = "WITH s AS (SELECT slug FROM source) SELECT slug FROM s WHERE slug LIKE 'g%'"
    assert run(reader, sql).rows == [("gazette",)]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM source",
        "UPDATE source SET name = 'x'",
        "DROP TABLE source",
        "CREATE TABLE x (y int)",
        "WITH gone AS (DELETE FROM source RETURNING *) SELECT * FROM gone",
        "SELECT 1; DELETE FROM source",
        "COMMIT; DELETE FROM source",
        "BEGIN",
        "ROLLBACK",
        "VACUUM",
    ],
)
def test_what_writes_is_refused_in_one_line(reader: Database, sql: str) -> None:
    with pytest.raises(UsageError, match=r"^sql: ") as told:
        run(reader, sql)
    assert "\n" not in str(told.value)
    assert len(run(reader, "SELECT * FROM source").rows) == 2


def test_no_other_file_is_reached(reader: Database, tmp_path: Path) -> None:
    if reader.dialect != "sqlite":
        pytest.skip("ATTACH is SQLite's")
    for sql in (f"ATTACH '{tmp_path / 'other.db'}' AS other", "PRAGMA query_only = OFF"):
        with pytest.raises(UsageError, match="allowed is one SELECT"):
            run(reader, sql)
    assert not (tmp_path / "other.db").exists()


def test_a_question_without_end_is_stopped(reader: Database) -> None:
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
        " SELECT count(*) FROM n WHERE x < 0"
    )
    with pytest.raises(UsageError, match=r"stopped after 0\.2 s"):
        run(reader, endless, seconds=0.2)
    assert run(reader, "SELECT 1").rows == [(1,)]


def test_a_slip_is_told_in_the_database_s_words(reader: Database) -> None:
    with pytest.raises(UsageError, match="titel") as told:
        run(reader, "SELECT titel FROM article")
    assert "\n" not in str(told.value)
    with pytest.raises(UsageError, match=r"^sql: "):
        run(reader, "SELEC 1")
