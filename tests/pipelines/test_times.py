"""When an article was published: what is believed first, and where a date is found at last."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.document import parse
from pipelines.found import Found
from pipelines.metadata import read_metadata
from pipelines.moment import Moment
from techwire.types import Source

SOURCE = Source(slug="desk", name="The Desk", url="http://desk.example/", timezone="Europe/Paris")
NOW = datetime(2025, 9, 15, 18, 0, tzinfo=UTC)


def published(html: str, url: str = "http://desk.example/news/screws") -> Found[Moment] | None:
    return read_metadata(parse(html, url), SOURCE, NOW).published


@pytest.mark.parametrize(
    "address",
    [
        "http://desk.example/2021/03/04/screws",
        "http://desk.example/2021/3/4/screws",
        "http://desk.example/20210304/screws",
    ],
)
def test_the_day_of_the_address_is_believed_before_dates_that_people_see(address: str) -> None:
    found = published('<h1>Screws</h1><div class="date">18 juin 2019, 09:30</div>', address)
    assert found
    assert found.value.at.date() == datetime(2021, 3, 4).date()  # noqa: DTZ001  (a day)
    assert found.rule == "address"


def test_a_time_of_the_day_in_the_address_is_taken_even_across_midnight() -> None:
    page = '<h1>Screws</h1><time datetime="2021-03-05T00:20:00+01:00">tonight</time>'
    found = published(page, "http://desk.example/2021/03/04/screws")
    assert found
    assert found.value.at.astimezone(UTC) == datetime(2021, 3, 4, 23, 20, tzinfo=UTC)


def test_a_date_that_closes_the_title_dates_the_page() -> None:
    found = published("<title>Quatre vis | Europe | 28.04.2023</title><h1>Quatre vis</h1>")
    assert found
    assert found.rule == "title"
    assert found.value.at.isoformat() == "2023-04-28T00:00:00+02:00"


@pytest.mark.parametrize(
    "title", ["Quatre vis | Europe", "Le 28.04.2023 en images", "Glue | 28 ways to go"]
)
def test_a_title_that_only_mentions_a_date_does_not(title: str) -> None:
    assert published(f"<title>{title}</title><h1>Quatre vis</h1>") is None


@pytest.mark.parametrize(
    "script",
    [
        'var layer = {firstPublicationDate: "20230428"};',
        '{"props": {"published_at": "2023-04-28 00:00"}}',
        'push("{\\"deployDt\\":\\"2023.04.28 00:00\\"}")',
    ],
)
def test_a_script_that_knows_the_date_is_asked_last(script: str) -> None:
    page = f"<h1>Quatre vis</h1><script>{script}</script>"
    found = published(page)
    assert found
    assert found.rule == "script"
    assert found.value.at.isoformat() == "2023-04-28T00:00:00+02:00"
    seen = published(f'{page}<div class="date">29 avril 2023</div>')
    assert seen
    assert seen.rule == "visible text"


@pytest.mark.parametrize(
    "mark",
    [
        '<meta name="publish-date" value="2023-04-28T10:00:00+02:00">',
        '<span property="schema:dateCreated" content="2023-04-28T10:00:00+02:00"></span>',
        '<script type="application/ld+json">{"@type": "HowTo", "datePublished": '
        '"2023-04-28T10:00:00+02:00"}</script>',
    ],
)
def test_less_usual_marks_of_the_date_are_read(mark: str) -> None:
    found = published(f"<h1>Quatre vis</h1>{mark}")
    assert found
    assert found.value.at.isoformat() == "2023-04-28T10:00:00+02:00"
