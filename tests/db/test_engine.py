"""Opening databases: new, old, foreign, broken, not ours."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text
from sqlalchemy.exc import OperationalError, StatementError

import db
from db import Database, connect, revisions
from db.engine import told
from db.tables import Base, TombstoneRow
from techwire.errors import DatabaseError, SchemaTooNew

MIGRATIONS = Path(db.__file__).parent / "migrations"


def test_an_empty_database_gets_the_schema_and_the_next_time_it_is_there(empty_url: str) -> None:
    with connect(empty_url) as first:
        assert first.is_new
        assert first.upgraded_from is None
    with connect(empty_url) as second:
        assert not second.is_new
        assert second.upgraded_from is None


def test_the_migrations_make_the_tables_of_the_code(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: (
                    kind != "table" or not str(name).startswith("article_search")
                )
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_there_is_one_head_and_the_code_knows_every_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [revisions.HEAD]
    assert [s.revision for s in scripts.walk_revisions()] == list(reversed(revisions.REVISIONS))


def test_every_table_and_column_has_a_comment() -> None:
    for table in Base.metadata.sorted_tables:
        assert table.comment, table.name
        for column in table.columns:
            assert column.comment, f"{table.name}.{column.name}"


def test_a_later_schema_is_refused(database: Database, database_url: str) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match="later version of techwire") as told:
        connect(database_url)
    assert "\n" not in str(told.value)


def test_an_empty_database_is_not_created_for_a_reader(empty_url: str) -> None:
    with pytest.raises(DatabaseError, match="techwire init"):
        connect(empty_url, read_only=True)
    with pytest.raises(DatabaseError, match="techwire init"):
        connect(empty_url, upgrade=False)


def test_tables_of_another_program_are_left_alone(empty_url: str) -> None:
    with connect(empty_url) as opened, opened.writing() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(DatabaseError, match="not techwire's"):
        connect(empty_url)


def test_a_reader_cannot_write(database: Database, database_url: str) -> None:
    with (
        connect(database_url, read_only=True) as reader,
        pytest.raises(DatabaseError, match=r"read-?only"),
        reader.writing() as connection,
    ):
        connection.execute(text("DELETE FROM property"))


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text(
        "no database at all, only a text that is long enough to be read as a header\n" * 9
    )
    with pytest.raises(DatabaseError, match=r"notes\.db: file is not a database"):
        connect(str(path))


def test_a_truncated_file_is_told_in_one_line(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.db"
    shutil.copy(sqlite_template, path)
    with path.open("r+b") as file:
        file.truncate(6_000)
    with pytest.raises(DatabaseError, match=r"cut\.db: ") as told:
        connect(str(path))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        pytest.param("", "no database named", id="empty"),
        pytest.param("mysql://u:p@h/x", "mysql is no database of ours", id="another engine"),
        pytest.param("sqlite://", "in memory", id="memory"),
        pytest.param("/no/such/folder/x.db", "no folder", id="missing folder"),
        pytest.param("sqlite:////no/such/folder/x.db", "no folder", id="missing folder, as URL"),
        pytest.param("postgres://u:word@127.0.0.1:1/x", "connection", id="nobody listens"),
        pytest.param("postgresql://u@h:port/x", "cannot read the address", id="broken URL"),
    ],
)
def test_an_unusable_address_is_one_line(url: str, says: str) -> None:
    with pytest.raises(DatabaseError, match=says) as told:
        connect(url)
    assert "\n" not in str(told.value)
    assert "word" not in str(told.value).replace("password", "")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="is a folder"):
        connect(str(tmp_path))


def test_names_with_spaces_and_percent_signs_are_files_too(tmp_path: Path) -> None:
    folder = tmp_path / "my 100% news #1?"
    folder.mkdir()
    connect(str(folder / "été.db")).close()
    assert (folder / "été.db").exists()


def test_times_come_back_aware_in_utc_to_the_second(database: Database) -> None:
    paris = timezone(timedelta(hours=2))
    moment = datetime(2026, 7, 1, 0, 30, 15, 999_999, tzinfo=paris)
    with database.writing() as connection:
        connection.execute(insert(TombstoneRow).values(kind="url", value="x", created_at=moment))
        kept = connection.scalar(select(TombstoneRow.created_at))
        as_text = connection.scalar(text("SELECT CAST(created_at AS text) FROM tombstone"))
    assert kept == datetime(2026, 6, 30, 22, 30, 15, tzinfo=UTC)
    assert kept is not None
    assert kept.tzinfo is UTC
    if database.dialect == "sqlite":
        assert as_text == "2026-06-30T22:30:15Z"


def test_a_naive_time_is_refused(database: Database) -> None:
    naive = datetime(2026, 7, 1)  # noqa: DTZ001  (that is the point)
    with pytest.raises(StatementError, match="naive datetime"), database.writing() as connection:
        connection.execute(insert(TombstoneRow).values(kind="url", value="x", created_at=naive))


def test_what_fails_is_rolled_back(database: Database) -> None:
    now = datetime(2026, 7, 1, tzinfo=UTC)
    row = {"kind": "url", "value": "x", "created_at": now}

    def write_and_fail() -> None:
        with database.writing() as connection:
            connection.execute(insert(TombstoneRow), row)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with database.reading() as connection:
        assert connection.execute(select(TombstoneRow.id)).all() == []


def test_what_sqlite_says_of_a_full_disk_is_understood() -> None:
    failed = OperationalError("SELECT 1", {}, sqlite3.OperationalError("disk I/O error"))
    with pytest.raises(DatabaseError, match=r"is the disk full\?"), told("x.db"):
        raise failed
