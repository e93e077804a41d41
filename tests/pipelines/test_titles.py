"""Titles: which of the several that a page gives is its headline."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.document import parse
from pipelines.metadata import read_metadata
from techwire.types import Source

SOURCE = Source(slug="desk", name="The Desk", url="http://desk.example/")
NOW = datetime(2025, 9, 15, 18, 0, tzinfo=UTC)
LOGO = '<h1><a href="/"><span>The Desk</span></a></h1>'


def title_of(html: str) -> str | None:
    found = read_metadata(parse(html, "http://desk.example/news/screws"), SOURCE, NOW).title
    return found.value if found else None


@pytest.mark.parametrize(
    "home",
    [
        pytest.param(LOGO, id="path"),
        pytest.param(LOGO.replace('"/"', '"http://www.desk.example/"'), id="address"),
        pytest.param(f'<a href="/">{LOGO.replace("a", "i")}</a>', id="link around it"),
    ],
)
def test_a_heading_that_leads_home_is_a_logo(home: str) -> None:
    page = f"<title>Screws: the desk reports</title>{home}<h1>Four screws and no glue</h1>"
    assert title_of(page) == "Four screws and no glue"


def test_a_heading_that_links_to_the_article_itself_is_a_headline() -> None:
    page = '<title>Glue</title><h1><a href="/news/screws">Four screws and no glue</a></h1>'
    assert title_of(page) == "Four screws and no glue"


def test_style_sheets_and_drawings_in_a_heading_are_not_read() -> None:
    inside = "<style>.x{color:red}</style><svg><title>Logo of the Desk</title></svg>"
    assert title_of(f"<h1>{inside}Four screws <em>and no</em> glue</h1>") == (
        "Four screws and no glue"
    )


@pytest.mark.parametrize(
    ("shared", "title"),
    [
        pytest.param(
            "Écouteurs : Quatre vis et aucune colle",
            "Quatre vis et aucune colle",
            id="another topic",
        ),
        pytest.param(
            "Réparation : Quatre vis et aucune colle",
            "Réparation : Quatre vis et aucune colle",
            id="the topic the page shows",
        ),
    ],
)
def test_a_topic_set_apart_in_the_heading_is_no_part_of_the_title(shared: str, title: str) -> None:
    page = (
        f'<meta property="og:title" content="{shared}"><h1><span class="k">Réparation</span>'
        "<span>Quatre vis et aucune colle</span></h1>"
    )
    assert title_of(page) == title


def test_a_title_misspelt_in_its_meta_comes_after_what_the_page_shows() -> None:
    stray = '<meta property="og:title" value="Glue, no thanks">'
    assert title_of(f"{stray}<h1>Four screws and no glue</h1>") == "Four screws and no glue"
    assert title_of(stray) == "Glue, no thanks"


def test_ten_thousand_elements_in_a_heading_are_read() -> None:
    deep = "<h1>" + "<i>" * 10_000 + "Four screws and no glue<style>x</style>"
    assert title_of(deep) == "Four screws and no glue"


def test_a_heading_that_is_never_closed_costs_no_more_than_its_text() -> None:
    page = '<meta property="og:title" content="Glue: Four screws"><h1>' + "<span>text " * 3_000
    assert title_of(page) == "Glue: Four screws"
