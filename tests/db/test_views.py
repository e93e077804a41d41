"""The views, the schema document and the cookbook: what they promise holds on both engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import literal_column, select, table, text

import db
from db import Database, connect
from db.datasette import questions
from db.schema_doc import document
from db.views import _DAYS, VIEWS
from tests.db.archive import fill

DOCS = Path(__file__).parents[2] / "docs"
QUESTIONS = questions()
CLOCK = {"age_days", "silent_hours"}  # columns that move while the test runs


@pytest.fixture(scope="module")
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


Archives = dict[str, Database]


@pytest.fixture(scope="module")
def archives(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, now: datetime
) -> Iterator[Archives]:
    """The same archive in each engine."""
    postgres = request.getfixturevalue("postgres")
    name = postgres.lend()
    lite = tmp_path_factory.mktemp("archive") / "techwire.db"
    opened = {"sqlite": connect(str(lite)), "postgresql": connect(postgres.url(name))}
    for database in opened.values():
        fill(database, now)
    yield opened
    for database in opened.values():
        database.close()
    postgres.take_back(name)


def answer(database: Database, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with database.reading() as connection:
        result = connection.exec_driver_sql(
            sql.replace("%", "%%") if database.dialect == "postgresql" else sql
        )
        return list(result.keys()), [tuple(_plain(value) for value in row) for row in result]


def _plain(value: Any) -> Any:
    """The value as SQLite gives it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bool):
        return int(value)
    if value is not None and not isinstance(value, str | int):
        return round(float(value), 6)
    return value


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_the_columns_it_is_documented_with(archives: Archives, view: str) -> None:
    sql = str(select(literal_column("*")).select_from(table(view)))
    answers = {engine: answer(opened, sql) for engine, opened in archives.items()}
    for columns, rows in answers.values():
        assert columns == list(VIEWS[view].columns)
        assert rows
    assert _without_clock(answers["sqlite"]) == _without_clock(answers["postgresql"])


def test_a_refused_page_keeps_what_its_feed_said_of_it(archives: Archives, now: datetime) -> None:
    sql = "SELECT url, outcome, title, summary, published_at FROM refused WHERE title IS NOT NULL"
    for database in archives.values():
        assert answer(database, sql)[1] == [
            (
                "https://gazette.example/short",
                "too_short",
                "Nova lève des fonds",
                "La suite est réservée aux abonnés.",
                _plain(now - timedelta(days=1)),
            )
        ]


def _without_clock(found: tuple[list[str], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    columns, rows = found
    kept = [place for place, name in enumerate(columns) if name not in CLOCK]
    return sorted((tuple(row[place] for place in kept) for row in rows), key=repr)


@pytest.mark.parametrize(("question", "sql"), QUESTIONS, ids=[q[:50] for q, _ in QUESTIONS])
def test_every_question_of_the_cookbook_has_an_answer(
    archives: Archives, question: str, sql: str
) -> None:
    columns, lite = answer(archives["sqlite"], sql)
    _, post = answer(archives["postgresql"], sql)
    assert lite, question
    moving = [place for place, name in enumerate(columns) if name in CLOCK]
    assert _without(lite, moving) == _without(post, moving)


def _without(rows: list[tuple[Any, ...]], places: list[int]) -> list[list[Any]]:
    return [[value for place, value in enumerate(row) if place not in places] for row in rows]


def test_the_cookbook_has_thirty_questions_at_least() -> None:
    assert len(QUESTIONS) >= 30
    assert all(question.endswith("?") for question, _ in QUESTIONS)


def test_the_cookbook_for_people_is_the_one_that_ships() -> None:
    shipped = Path(db.__file__).parent / "questions.md"
    assert (DOCS / "queries.md").read_text("utf-8") == shipped.read_text("utf-8")


def test_the_schema_document_is_the_code_s() -> None:
    assert (DOCS / "schema.md").read_text("utf-8") == document()


@pytest.mark.parametrize(
    "day",
    [date(2020, 12, 31), date(2021, 1, 3), date(2024, 12, 30), date(2026, 1, 1), date(2027, 1, 4)],
)
def test_weeks_are_those_of_iso_8601(archives: Archives, day: date) -> None:
    year, week, _ = day.isocalendar()
    expected = f"{year}-W{week:02}"
    for engine, database in archives.items():
        moment = f"'{day}T12:00:00Z'"

        sql = _DAYS[engine]["week"].format(
            moment if engine == "sqlite" else f"CAST({moment} AS timestamptz)"
        )
        assert answer(database, f"SELECT {sql}")[1] == [(expected,)]


def test_the_latest_come_first_without_asking(archives: Archives) -> None:
    for database in archives.values():
        _, rows = answer(database, "SELECT published_at FROM latest LIMIT 5")
        assert rows == sorted(rows, reverse=True)


def test_postgresql_carries_the_comments(archives: Archives) -> None:
    with archives["postgresql"].reading() as connection:
        count = connection.scalar(
            text(
                "SELECT count(*) FROM pg_description d JOIN pg_class c ON c.oid = d.objoid"
                " WHERE c.relname = 'story_overview'"
            )
        )
    assert count == 1 + len(VIEWS["story_overview"].columns)


def test_one_company_s_day_counts_its_articles(archives: Archives, now: datetime) -> None:
    today = (now - timedelta(hours=2)).date().isoformat()
    for database in archives.values():
        _, rows = answer(
            database,
            "SELECT sum(articles), sum(originals) FROM company_day"
            " WHERE company_id = 'apple' AND day >= 'TODAY'".replace("TODAY", today),
        )
        assert rows == [(3, 2)]


def test_every_panel_of_the_dashboard_has_an_answer(archives: Archives) -> None:
    board = json.loads((DOCS.parent / "deploy" / "grafana-news.json").read_text("utf-8"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            for database in archives.values():
                assert answer(database, target["rawSql"])[1], panel["title"]
