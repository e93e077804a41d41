"""A click leads to the address that was fetched, while the article is called by its own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from db import Database, articles, pages
from db.places import places
from db.tables import ArticleRow
from techwire.types import Entry
from tests.db.build import NOW, article, page, with_sources

URL = "https://gazette.example/a"


@pytest.mark.parametrize(
    ("offered", "final", "place"),
    [
        (None, None, URL),
        ("http://www.gazette.example/a", None, "http://www.gazette.example/a"),
        (
            "http://gazette.example/a",
            "http://www.gazette.example/a",
            "http://www.gazette.example/a",
        ),
        ("http://gazette.example/a", "https://gazette.example/b", "http://gazette.example/a"),
        (None, "https://elsewhere.example/login", URL),
    ],
    ids=["unknown", "as offered", "after redirects", "led elsewhere", "never there"],
)
def test_a_click_leads_where_the_page_was_found(
    database: Database, offered: str | None, final: str | None, place: str
) -> None:
    with_sources(database)
    with database.writing() as connection:
        if offered:
            pages.offer(connection, "gazette", [Entry(url=offered)], "feed", NOW)
        if final:
            pages.keep(connection, page(URL, final_url=final))
        articles.save(connection, article(URL), NOW)
        key = connection.scalar(select(ArticleRow.id))
        assert key is not None
        assert places(connection, {key: URL}) == {key: place}
        assert places(connection, {}) == {}
