"""Forgetting: everything of it goes, nothing of it comes back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db import Database, articles, connect, pages, queries
from db.forget import forget
from db.tables import AddressRow, ArticleRow, Base, FingerprintRow, PageRow, StoryRow, TagRow
from db.upkeep import problems
from techwire.types import Entry, Outcome
from tests.db.build import HOUR, NOW, TEXT, article, mention, page, tag, with_sources

URL = "https://gazette.example/usine"
OTHER = "https://herald.example/plant"
FEED = "https://gazette.example/feed"
GONE = ("author", "fingerprint", "mention", "page", "revision", "tag")


@pytest.fixture
def archive(database: Database) -> Database:
    """An edited article of the Gazette with its raw page, and its copy in the Herald."""
    with_sources(database)
    about = (tag("apple", "Apple", mention(TEXT, "puces")),)
    with database.writing() as connection:
        entry = Entry(url=f"{URL}?utm_source=x", title="Une usine", authors=("Ana Roux",))
        pages.offer(connection, "gazette", [entry], FEED, NOW)
        pages.keep(connection, page(URL))
        articles.save(connection, article(URL, title="Avant", tags=about, fingerprint=7), NOW)
        articles.save(connection, article(URL, tags=about, fingerprint=7), NOW + HOUR)
        copy = article(OTHER, source="herald", authors=("Herald",), tags=about, fingerprint=7)
        assert articles.save(connection, copy, NOW + HOUR) is Outcome.COPY
    return database


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("url", "http://www.gazette.example/usine?utm_medium=mail"),
        ("host", "www.gazette.example"),
        ("host", "https://gazette.example/"),
        ("author", "ana  roux"),
    ],
)
def test_nothing_is_left_of_it_and_nothing_else_is_touched(
    archive: Database, kind: str, value: str
) -> None:
    with archive.writing() as connection:
        gone = forget(connection, kind, value, NOW, "letter of 2 March")  # type: ignore[arg-type]
        assert (gone.articles, gone.addresses, gone.copies) == (1, 1, 1)
    with archive.reading() as connection:
        assert connection.scalars(select(ArticleRow.url)).all() == [OTHER]
        assert connection.scalar(select(ArticleRow.copy_of_id)) is None
        assert set(connection.scalars(select(TagRow.is_copy))) == {False}
        for name in GONE:
            table = Base.metadata.tables[name]
            own = select(func.count()).select_from(table)
            if "article_id" in table.columns:
                herald = connection.scalar(select(ArticleRow.id))
                own = own.where(table.columns["article_id"] != herald)
            assert connection.scalar(own) == 0, name
        row = connection.execute(select(AddressRow).where(AddressRow.url == URL)).one()
        assert (row.state, row.outcome, row.entry, row.etag) == (
            "rejected",
            Outcome.FORGOTTEN,
            None,
            None,
        )
        found = queries.search(connection, "usine", now=NOW)
        assert [article.url for article in found] == [OTHER]
        story = connection.execute(select(StoryRow)).one()
        assert (story.articles, story.outlets) == (1, 1)
        assert connection.scalar(select(func.count()).select_from(FingerprintRow)) == 4
        assert problems(connection) == []


@pytest.mark.parametrize(
    ("kind", "value"), [("url", URL), ("host", "gazette.example"), ("author", "Ana Roux")]
)
def test_it_does_not_come_back(archive: Database, kind: str, value: str) -> None:
    with archive.writing() as connection:
        forget(connection, kind, value, NOW)  # type: ignore[arg-type]
        again = Entry(url=URL, title="Un autre titre")
        if kind != "author":
            assert pages.offer(connection, "gazette", [again], FEED, NOW) == []
            pages.keep(connection, page(URL))
            assert pages.unread(connection, 10) == []
        assert articles.save(connection, article(URL), NOW) is Outcome.FORGOTTEN
        assert connection.execute(select(PageRow)).all() == []
        assert connection.scalars(select(ArticleRow.url)).all() == [OTHER]


def test_an_author_is_forgotten_under_any_address(archive: Database) -> None:
    with archive.writing() as connection:
        forget(connection, "author", "Ana Roux", NOW)
        new = article("https://herald.example/new", source="herald", authors=("Bo", "ANA ROUX"))
        assert articles.save(connection, new, NOW) is Outcome.FORGOTTEN


def test_a_host_covers_what_is_under_it_and_no_namesake(archive: Database) -> None:
    urls = [
        "https://blog.gazette.example/1",
        "https://notgazette.example/2",
        "https://herald.example/gazette.example/3",
    ]
    with archive.writing() as connection:
        for n, url in enumerate(urls):
            articles.save(connection, article(url, body=f"Texte {n}", authors=()), NOW)
        assert forget(connection, "host", "gazette.example", NOW).articles == 2
        left = connection.scalars(select(ArticleRow.url).order_by(ArticleRow.id)).all()
        assert left == [OTHER, *urls[1:]]
        assert articles.save(connection, article(urls[0]), NOW) is Outcome.FORGOTTEN


def test_forgetting_twice_is_forgetting_once(archive: Database) -> None:
    with archive.writing() as connection:
        forget(connection, "url", URL, NOW)
        assert forget(connection, "url", URL, NOW).articles == 0


def test_what_was_forgotten_is_not_left_in_the_file(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    shutil.copy(sqlite_template, path)
    said = "Un ingénieur raconte la panne de Villemolle."  # among more than a page holds
    body = f"{TEXT}\n\n" + f"{'Rien à signaler. ' * 400}\n\n{said}"
    with connect(str(path)) as database:
        with_sources(database)
        with database.writing() as connection:
            for url in (URL, f"{URL}-2", f"{URL}-3"):
                articles.save(connection, article(url, body=body), NOW)
        with database.writing() as connection:
            forget(connection, "host", "gazette.example", NOW)
    assert said.encode() not in path.read_bytes()
