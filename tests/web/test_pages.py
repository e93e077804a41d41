"""What each page shows, on both engines: stories, filters, mentions, versions, failures."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import event

from db import Database
from tests.web.news import EVIL
from web.complaints import in_french

PAGES = ("/", "/company/apple", "/article/1", "/story/1", "/sources", "/trends", "/search?q=apple")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_and_is_light(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert len(answer.content) < 150_000
    assert answer.text.count("<h1") == 1
    assert "{{" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_no_page_lets_an_article_run_a_script(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert EVIL not in answer.text
    assert "<script>" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\s(style|on\w+)=", answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_another_host(client: httpx.Client, path: str) -> None:
    loaded = re.findall(r"<(?:link|script|img)[^>]*?(?:href|src)=\"([^\"]+)", client.get(path).text)
    assert loaded
    assert all(address.startswith("/") for address in loaded)


def test_an_evil_headline_is_shown_as_it_was_written(client: httpx.Client) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client.get("/").text


def test_today_shows_the_newest_day_first_and_its_most_told_story(client: httpx.Client) -> None:
    text = client.get("/").text
    assert text.index("2 Mar 2026") < text.index("1 Mar 2026") < text.index("22 Feb 2026")
    told = text[text.index("Apple ouvre enfin un atelier") :]
    assert told.index("2 sources") < told.index("second source after 2 h")
    assert text.count('class="go"') == 9


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("company=Meta", "Photos", "atelier"),  # its brand Instagram counts too
        ("company=instagram", "Photos", "Day 3"),
        ("sector=consumer+electronics", "atelier", "Photos"),
        ("source=gazette", "atelier", "Photos"),
        ("lang=en", "Photos", None),
        ("since=1d", "atelier", "Photos"),
        ("until=2026-03-01", "Day 3", "atelier"),
        ("lang=fr&company=meta", "Nothing matches", "Photos"),
    ],
)
def test_filters_choose_stories(
    client: httpx.Client, query: str, shown: str, hidden: str | None
) -> None:
    text = client.get(f"/?{query}").text
    assert shown in text
    assert hidden is None or hidden not in text


def test_a_company_page_says_who_it_owns_and_when_it_was_busy(client: httpx.Client) -> None:
    text = client.get("/company/meta").text
    assert "Instagram" in text
    assert '<svg class="plot" role="img" aria-label="Stories per day, Meta"' in text
    assert "Busiest days" in text
    assert text.count('<rect class="bar"') == 8  # days with stories; no mention is counted
    assert "/feed?q=company%3Ameta" in text


def test_a_company_is_found_by_its_name(client: httpx.Client) -> None:
    answer = client.get("/companies?name=Mistral ai")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/company/mistral-ai"
    assert client.get("/company/Apple Inc.").headers["location"] == "/company/apple"


def test_each_mention_is_highlighted_and_explained(client: httpx.Client) -> None:
    text = client.get("/article/1").text
    assert text.count('class="mention ') == 4  # one of them in the headline
    assert "alias « Mistral AI »" in text
    assert "relevance 0.90" in text
    assert "takes part in it" in text


def test_an_edit_is_shown_word_by_word(client: httpx.Client) -> None:
    text = client.get("/article/1").text
    assert "<del>trente</del><ins>quarante</ins>" in text
    assert re.search("<ins> ?enfin ?</ins>", text)


def test_a_wrong_tag_shows_the_toml_that_corrects_it(client: httpx.Client) -> None:
    text = client.get("/article/1").text
    assert "id = &#34;apple&#34;" in text
    assert "ambiguous = [&#34;Apple&#34;]" in text


def test_sources_say_what_is_wrong_first(client: httpx.Client) -> None:
    text = client.get("/sources").text
    assert "p50 6 min" in text
    assert "no answer in 30 s" in text
    assert "its own rhythm" in text
    assert "author 100 %" in text


def test_the_company_that_rises_is_a_trend(client: httpx.Client) -> None:
    text = client.get("/trends").text
    assert "Meta" in text
    assert "5 articles" in text.replace("</strong>", "")


def test_a_search_marks_what_was_sought(client: httpx.Client) -> None:
    text = client.get("/search", params={"q": "voisin lang:fr"}).text
    assert "<mark>voisins</mark>" in text
    assert "1 result" in text


def test_the_interface_speaks_french(client: httpx.Client) -> None:
    french = {"accept-language": "fr-FR,fr;q=0.9,en;q=0.5"}
    assert '<html lang="fr">' in client.get("/", headers=french).text
    assert "À la une" in client.get("/", headers=french).text
    chosen = client.get("/language?to=fr&back=/trends")
    assert chosen.headers["location"] == "/trends"
    client.cookies.update(chosen.cookies)
    assert "En hausse cette semaine" in client.get("/trends").text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_language_link_never_leads_elsewhere(client: httpx.Client, back: str) -> None:
    assert client.get("/language", params={"to": "fr", "back": back}).headers["location"] == "/"


def test_a_page_that_did_not_change_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/")
    again = client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/trends").headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/company/appel", "/companies?name=Apple"),
        ("/article/99", "no article named"),
        ("/story/99", "no story named"),
        ("/story/99999999999999999999999", "no article or story"),
        ("/?source=gazete", "/?source=gazette"),
        ("/nowhere", "nothing at /nowhere"),
        ("/static/../app.py", "nothing at"),
    ],
)
def test_what_does_not_exist_is_a_404_with_the_nearest_names(
    client: httpx.Client, path: str, said: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert said in answer.text


def test_a_malformed_search_is_a_400_with_the_place(client: httpx.Client) -> None:
    answer = client.get("/search", params={"q": 'apple "un'})
    assert answer.status_code == 400
    assert "position 7: this quotation mark is not closed" in answer.text
    assert "apple &#34;un\n      ^</pre>" in answer.text


@pytest.mark.parametrize(
    "query", ["since=lately", "days=1", "days=x", "company=" + "x" * 3_000, "lang=%00"]
)
def test_a_wrong_value_is_a_400_with_a_sentence(client: httpx.Client, query: str) -> None:
    path = "/company/apple" if query.startswith("days") else "/"
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 400
    assert query.split("=")[0] in answer.text


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/", 7),
        ("/?source=gazette&lang=fr", 8),
        ("/company/apple", 12),
        ("/article/1", 9),
        ("/story/1", 4),
        ("/sources", 6),
        ("/trends", 4),
    ],
)
def test_a_page_costs_a_fixed_number_of_statements(
    client: httpx.Client, news: Database, path: str, most: int
) -> None:
    client.get(path)
    with counted(news) as statements:
        assert client.get(path).status_code == 200
    said = [text for text in statements if not text.startswith(("BEGIN", "SET"))]
    assert 0 < len(said) <= most


ENGLISH = re.compile(
    r"\b(?:the|this|is|are|no|not|nothing|write|there|follows|lacks|of|or|at|did)\b"
)
WRONG_SEARCHES = (
    "a)", "(a", 'a "b', "a OR", "a - -", "comany:apple", "zzzz:apple", "company:",
    "a (company:apple)", "-since:7d", "since:bientôt", "a*b", "*", "x" * 3000, "a\0b", "(" * 200,
)  # fmt: skip


def test_complaints_are_in_the_language_of_the_page(client: httpx.Client) -> None:
    asked = [("/search", {"q": text}) for text in WRONG_SEARCHES]
    asked += [("/", {"since": "bientôt"}), ("/", {"lang": "zzzz"}), ("/nowhere", {})]
    asked += [
        ("/company/aple", {}),
        ("/company/zzzzzz", {}),
        ("/story/999", {}),
        ("/article/x", {}),
    ]
    answers = [client.get(p, params=g, headers={"accept-language": "fr"}) for p, g in asked]
    assert {answer.status_code for answer in answers} <= {200, 400, 404}
    wrong = [answer for answer in answers if answer.status_code != 200]
    assert len(wrong) > 15  # the page forgives some of them
    for answer in wrong:
        (said,) = re.findall(r"<h1>.*?</h1>\s*<p>(.*?)</p>", answer.text, re.DOTALL)
        bare = re.sub(r"'[^']*'|\S+:", "", html.unescape(said))
        assert not ENGLISH.search(bare), said


def test_a_complaint_nobody_translated_stays_as_it_is() -> None:
    assert in_french("something else") == "something else"
    assert in_french("search: position 3: this parenthesis closes nothing") == (
        "recherche : position 3 : cette parenthèse ne ferme rien"
    )
