"""Check, backup, copy: a database that moves house arrives whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from db import Database, articles, connect, queries, transfer, upkeep
from techwire.errors import DatabaseError, UsageError
from tests.db.archive import fill
from tests.db.build import NOW, article

MakeUrl = Callable[[str], str]
NOWADAYS = datetime.now(UTC).replace(microsecond=0)


@pytest.mark.parametrize(
    ("old", "new"), [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite")]
)
def test_a_copy_holds_the_same_rows_and_answers_alike(
    old: str, new: str, new_database_url: MakeUrl
) -> None:
    heard: list[str] = []
    with connect(new_database_url(old)) as source, connect(new_database_url(new)) as target:
        fill(source, NOWADAYS)
        length = transfer.length(source)
        moved = transfer.copy(source, target, lambda table, rows: heard.append(table))
        with source.reading() as here, target.reading() as there:
            assert queries.latest(here) == queries.latest(there)
            assert queries.counts(here) == queries.counts(there)
            words = "usine OR intelligence OR day"
            assert queries.search(here, words, now=NOWADAYS) == queries.search(
                there, words, now=NOWADAYS
            )
            assert upkeep.problems(there) == []
        with target.writing() as connection:  # row numbers go on where they were
            articles.save(connection, article("https://gazette.example/new"), NOWADAYS)
    rows = {one.table: one.rows for one in moved}
    assert rows["article"] > 20
    assert rows["revision"] == 2
    assert set(heard) <= rows.keys()
    assert sum(rows.values()) == length


def test_a_database_with_rows_is_no_target(new_database_url: MakeUrl) -> None:
    with connect(new_database_url("sqlite")) as source, connect(new_database_url("sqlite")) as full:
        fill(full, NOWADAYS)
        with pytest.raises(UsageError, match="not empty"):
            transfer.copy(source, full)


def test_a_copy_that_lost_a_row_is_not_kept(
    new_database_url: MakeUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(new_database_url("sqlite")) as source, connect(new_database_url("sqlite")) as new:
        fill(source, NOWADAYS)
        with new.writing() as connection:
            connection.execute(
                text(
                    "CREATE TRIGGER lose AFTER INSERT ON mention"
                    " BEGIN DELETE FROM mention WHERE start = new.start; END"
                )
            )
        with pytest.raises(DatabaseError, match="mention differs"):
            transfer.copy(source, new)
        with new.reading() as connection:
            assert connection.scalar(text("SELECT count(*) FROM article")) == 0


def test_a_sound_database_has_no_problems_and_an_ill_one_names_them(database: Database) -> None:
    fill(database, NOW)
    with database.writing() as connection:
        assert upkeep.problems(connection) == []
        connection.execute(
            text(
                "UPDATE tag SET published_at = first_seen_at FROM article"
                " WHERE article.id = tag.article_id"
            )
        )
        connection.execute(text("UPDATE visit SET pages = pages + 1"))
        connection.execute(text("UPDATE property SET value = 'older'"))
        found = " ".join(upkeep.problems(connection))
    assert "another time than their article" in found
    assert "visits saw" in found
    assert "search index made by older" in found


def test_the_index_can_be_made_anew(database: Database) -> None:
    fill(database, NOWADAYS)
    with database.writing() as connection:
        before = queries.search(connection, "usine puces", now=NOWADAYS)
        assert upkeep.reindex(connection) == queries.counts(connection).articles
        assert queries.search(connection, "usine puces", now=NOWADAYS) == before
        assert before


def test_a_backup_is_a_database_of_its_own(new_database_url: MakeUrl, tmp_path: Path) -> None:
    with connect(new_database_url("sqlite")) as source:
        fill(source, NOWADAYS)
        upkeep.backup(source, tmp_path / "copy.db")
        copy = connect(str(tmp_path / "copy.db"))
        with copy, copy.reading() as there, source.reading() as here:
            assert queries.counts(there) == queries.counts(here)
        with pytest.raises(UsageError, match="exists"):
            upkeep.backup(source, tmp_path / "copy.db")
        with pytest.raises(DatabaseError, match="no/such"):
            upkeep.backup(source, tmp_path / "no/such/copy.db")
    assert not list(tmp_path.glob("*.part"))


def test_vacuum_leaves_everything_in_its_place(database: Database) -> None:
    fill(database, NOWADAYS)
    with database.reading() as connection:
        before = queries.counts(connection)
    upkeep.vacuum(database)
    with database.reading() as connection:
        assert queries.counts(connection) == before
        assert upkeep.size(connection) > 100_000


def test_a_database_of_the_sqlite3_shell_is_found_sound(new_database_url: MakeUrl) -> None:
    url = new_database_url("sqlite")
    with sqlite3.connect(url.removeprefix("sqlite:///")) as plain:
        rows = plain.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    plain.close()
    assert ("latest",) in rows
