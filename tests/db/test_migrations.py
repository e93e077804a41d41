"""A database made by every earlier schema opens, upgraded, with all it held."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from db import articles, connect, queries, revisions, schema, upkeep
from db.engine import parse_url
from db.events import stories
from db.migrations import versions
from db.tables import TagRow
from techwire.errors import DatabaseError
from techwire.types import Outcome
from tests.db.build import NOW, article

ROWS = {
    "0001": [
        "INSERT INTO source (id, slug, name, url, keep, is_active, failures, added_at) VALUES"
        " (1, 'gazette', 'La Gazette', 'https://gazette.example/', 'full', true, 0, :now)",
        "INSERT INTO company (id, name, aliases, products, known) VALUES"
        " ('apple', 'Apple', '[]', '[]', true)",
        "INSERT INTO story (id, title, first_article_id, first_source_id, first_published_at,"
        " last_published_at, articles, outlets, languages) VALUES"
        " (1, 'Une usine', 1, 1, :now, :now, 1, 1, 'fr')",
        "INSERT INTO article (id, url, source_id, story_id, published_at, published_origin,"
        " first_seen_at, fetched_at, title, words, revisions, content_hash, fingerprint,"
        " catalogue_version, keywords, origins, confidences, body, blocks, language) VALUES"
        " (1, 'https://gazette.example/1', 1, 1, :now, 'page', :now, :now, 'Une usine', 2, 0, 'h',"
        " 0, '1', '[]', '{}', '{}', 'Deux mots', '[]', 'fr')",
        "INSERT INTO tag (article_id, company_id, published_at, relevance, level, confidence,"
        " known, mention_count, catalogue_version) VALUES"
        " (1, 'apple', :now, 0.5, 'primary', 0.9, true, 1, '1')",
    ]
}
"""A few rows as each schema had them; what follows a schema has the rows of the one before."""
ROWS["0006"] = [  # tags know their story and whether it is a copy
    *ROWS["0001"][:-1],
    "INSERT INTO tag (article_id, company_id, published_at, story_id, is_copy, relevance, level,"
    " confidence, known, mention_count, catalogue_version) VALUES"
    " (1, 'apple', :now, 1, false, 0.5, 'primary', 0.9, true, 1, '1')",
]
INDEX = {
    "sqlite": "INSERT INTO article_search (rowid, title, text) VALUES (1, 'une usin', 'deux mot')",
    "postgresql": "INSERT INTO article_search VALUES (1, '''usin'':2A ''mot'':12'::tsvector)",
}


def test_every_schema_has_one_number_and_one_file_that_says_what_came_before() -> None:
    found = sorted(Path(versions.__file__).parent.glob("[0-9]*.py"))
    steps = [import_module(f"{versions.__name__}.{path.stem}") for path in found]
    assert [step.revision for step in steps] == list(revisions.REVISIONS)
    assert [step.down_revision for step in steps] == [None, *revisions.REVISIONS[:-1]]
    assert all(path.name.startswith(f"{s.revision}_") for path, s in zip(found, steps, strict=True))
    assert len(set(revisions.REVISIONS)) == len(revisions.REVISIONS)


def rows_of(revision: str) -> list[str]:
    """The rows that a schema had: those of the latest one before it that says so."""
    until = revisions.REVISIONS[: revisions.REVISIONS.index(revision) + 1]
    return next(ROWS[earlier] for earlier in reversed(until) if earlier in ROWS)


def make(url: str, revision: str) -> None:
    """A database as the version of techwire with that schema left it."""
    engine = create_engine(parse_url(url))
    with engine.begin() as connection:
        schema.upgrade(connection, url, to=revision)
        lite = connection.dialect.name == "sqlite"
        now = NOW.strftime("%Y-%m-%dT%H:%M:%SZ") if lite else NOW
        for statement in rows_of(revision):
            connection.execute(text(statement), {"now": now} if ":now" in statement else {})
        connection.exec_driver_sql(INDEX[connection.dialect.name])
        if not lite:
            connection.execute(
                text("SELECT setval('article_id_seq', 1), setval('source_id_seq', 1)")
            )
    engine.dispose()


@pytest.mark.parametrize("revision", revisions.REVISIONS[:-1])
def test_an_older_database_is_upgraded_with_all_it_held(empty_url: str, revision: str) -> None:
    make(empty_url, revision)
    with pytest.raises(DatabaseError, match=f"schema {revision}, older than {revisions.HEAD}"):
        connect(empty_url, read_only=True)
    with connect(empty_url) as database:
        assert database.upgraded_from == revision
        with database.writing() as connection:
            (found,) = queries.latest(connection, company=["apple"])
            assert (found.title, found.published_at) == ("Une usine", NOW)
            assert [story.title for story in stories(connection)] == ["Une usine"]
            assert [row.url for row in queries.search(connection, "usines", now=NOW)] == [found.url]
            assert upkeep.problems(connection) == []
            tags = connection.execute(select(TagRow.story_id, TagRow.is_copy)).all()
            assert [tuple(tag) for tag in tags] == [(1, False)]
            new = article("https://gazette.example/2", body="Tout autre chose.")
            assert articles.save(connection, new, datetime.now(UTC)) is Outcome.NEW
            assert len(connection.execute(text("SELECT * FROM latest")).all()) == 2
    with connect(empty_url) as again:
        assert again.upgraded_from is None


def test_every_schema_has_rows_to_be_carried_over() -> None:
    assert all(rows_of(revision) for revision in revisions.REVISIONS)


def test_the_full_text_index_of_an_older_database_gathers_as_much_as_that_of_a_new_one(
    tmp_path: Path,
) -> None:
    said = "SELECT v FROM article_search_config WHERE k = 'hashsize'"
    make(str(tmp_path / "older.db"), "0008")
    for name in ("older.db", "new.db"):
        with connect(str(tmp_path / name)) as database, database.reading() as connection:
            assert connection.scalar(text(said)) == 4 << 20
