"""Bylines and dates that no markup points at: they stand under the headline."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.document import parse
from pipelines.metadata import read_metadata
from techwire.types import Source

SOURCE = Source(
    slug="desk", name="The Desk", url="http://desk.example/", timezone="America/New_York"
)
NOW = datetime(2025, 9, 15, 18, 0, tzinfo=UTC)
PAGE = """<html lang="en"><body><div><h1>Four screws and no glue</h1>
<div class="k">A new pair of earbuds opens with a fingernail.</div>
<div class="by">{line}</div><ul><li>By Nobody Atall</li></ul>
<div class="x">{text}</div></div><div>By the way, see also: By Someone Else</div></body></html>"""
TEXT = "<p>" + "By Friday morning the first pairs had reached their owners in Ohio. " * 6 + "</p>"


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        pytest.param("By Hannah Cole | September 12, 2025", ("Hannah Cole",), id="bar"),
        pytest.param(
            "By Hannah Cole and Tomás Reyes | today", ("Hannah Cole", "Tomás Reyes"), id="two"
        ),
        pytest.param(
            "PAR Maëlle Dauphin - Publié le 12 Sep 2025", ("Maëlle Dauphin",), id="French"
        ),
        pytest.param("by the end of the week", (), id="no name"),
        pytest.param("Bytes and pieces", (), id="no byline"),
    ],
)
def test_a_line_that_signs_under_the_headline_names_the_authors(
    line: str, authors: tuple[str, ...]
) -> None:
    document = parse(PAGE.format(line=line, text=TEXT), "http://desk.example/news/screws")
    found = read_metadata(document, SOURCE, NOW).authors
    assert (found.value if found else ()) == authors


def test_a_date_in_such_a_line_is_the_publication() -> None:
    line = "By Hannah Cole | September 12, 2025, 2:10 p.m. EDT"
    document = parse(PAGE.format(line=line, text=TEXT), "http://desk.example/news/screws")
    published = read_metadata(document, SOURCE, NOW).published
    assert published
    assert published.value.at.astimezone(UTC) == datetime(2025, 9, 12, 18, 10, tzinfo=UTC)
    assert published.rule == "visible text"


@pytest.mark.parametrize(
    ("line", "modified"),
    [
        pytest.param(
            "Par A. Bel - Publié le 12 Sep 2025 à 10:10 - Modifié le 13 Sep 2025 à 08:00",
            datetime(2025, 9, 13, 12, 0, tzinfo=UTC),
            id="French",
        ),
        pytest.param(
            "By A. Bell | September 12, 2025 | Updated September 13, 2025, 8:00 a.m. EDT",
            datetime(2025, 9, 13, 12, 0, tzinfo=UTC),
            id="English",
        ),
        pytest.param("By A. Bell | September 12, 2025 | Updated daily", None, id="no moment"),
        pytest.param("By A. Bell | September 12, 2025", None, id="never edited"),
    ],
)
def test_an_edit_told_to_people_only_is_the_modification(
    line: str, modified: datetime | None
) -> None:
    document = parse(PAGE.format(line=line, text=TEXT), "http://desk.example/news/screws")
    found = read_metadata(document, SOURCE, NOW).modified
    assert (found.value.at if found else None) == modified
