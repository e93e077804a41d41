"""The newest articles without SQLAlchemy: the same answers, or none."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from db import Database, articles, connect, queries
from db.newest import newest
from tests.db.build import HOUR, NOW, article, mention, tag, with_sources

TITLE = "Une usine ouvre à Grenoble"


@pytest.fixture
def stored(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Database, str]]:
    """Six articles of two sources, one of them a copy; and where they are."""
    path = str(shutil.copy(sqlite_template, tmp_path / "techwire.db"))
    database = connect(path)
    with_sources(database)
    with database.writing() as connection:
        for hours in range(6):
            source = ("gazette", "herald")[hours % 2]
            tags = (
                tag("zork", "Zork", mention(TITLE, "Grenoble"), relevance=0.2),
                tag("apple", "Apple", mention(TITLE, "usine"), relevance=0.9),
            )
            articles.save(
                connection,
                article(
                    f"https://{source}.example/{hours}",
                    source=source,
                    language=("fr", "en", None)[hours % 3],
                    body=f"Texte {min(hours, 4)}",
                    published_at=None if hours == 5 else NOW - hours // 2 * HOUR,
                    tags=tags[: hours % 3],
                ),
                NOW,
            )
    yield database, path
    database.close()


@pytest.mark.parametrize(
    ("limit", "since", "language", "source"),
    [
        (50, None, None, None),
        (2, None, None, None),
        (50, NOW - HOUR, None, None),
        (50, None, "fr", None),
        (50, None, None, "herald"),
        (1, NOW - 2 * HOUR, "fr", "gazette"),
        (50, None, "de", None),
    ],
)
def test_the_answers_are_those_of_the_queries(
    stored: tuple[Database, str],
    limit: int,
    since: datetime | None,
    language: str | None,
    source: str | None,
) -> None:
    database, path = stored
    with database.reading() as connection:
        expected = queries.latest(connection, limit, since, language, source)
    for address in (path, f"sqlite:///{path}"):
        assert newest(address, limit, since, language, source) == expected


def test_whatever_needs_a_word_is_left_to_the_queries(
    stored: tuple[Database, str], tmp_path: Path
) -> None:
    database, path = stored
    (tmp_path / "notes.txt").write_text("no database")
    assert newest(path, 5, source="herold") is None
    assert newest(str(tmp_path / "none.db"), 5) is None
    assert newest(str(tmp_path / "notes.txt"), 5) is None
    assert newest("postgresql://localhost/techwire", 5) is None
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert newest(path, 5) is None


def test_latest_starts_without_sqlalchemy() -> None:
    code = "import sys, db.newest, techwire.cli.latest; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
