"""Under which address an article is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.identity import identity, settled
from crawler.rights import directives, is_reserved, parse
from techwire.types import Page
from tests.crawler.town import plain_read, source

ASKED = "https://gazette.example/2026/une-puce-12345.html"


def page(canonical: str = "", *, final: str = ASKED) -> Page:
    """A page asked for at ASKED, which answered at ``final`` and calls itself ``canonical``."""
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    return Page(
        url=ASKED,
        final_url=final,
        source="gazette",
        fetched_at=datetime.now(UTC),
        body=f"<html><head>{link}</head><h1>A</h1></html>".encode(),
    )


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("", ASKED),
        (ASKED, ASKED),
        ("/2026/une-puce-de-grenoble-12345.html", "https://gazette.example/2026/une-puce-de-grenoble-12345.html"),
        ("https://gazette.example/", ASKED),
        ("https://gazette.example/2026/", ASKED),
        ("https://gazette.example/2026/une-autre-67890.html", ASKED),
        ("https://octet.example/une-puce-12345.html", ASKED),
        ("https://tech.gazette.example/une-puce-12345.html", "https://tech.gazette.example/une-puce-12345.html"),
        ("javascript:x", ASKED),
    ],
)  # fmt: skip
def test_a_page_s_own_word_is_taken_with_care(canonical: str, expected: str) -> None:
    assert identity(page(canonical)) == expected


def test_two_words_that_disagree_are_none() -> None:
    both = page("https://gazette.example/a-b-c-12345.html")
    other = both.body.replace(b"<h1>", b'<link rel=canonical href="/d-e-f-12345.html"><h1>')
    assert (
        identity(
            Page(**{**{n: getattr(both, n) for n in Page.__dataclass_fields__}, "body": other})
        )
        == ASKED
    )


def test_an_article_behind_a_redirect_is_known_where_it_is() -> None:
    there = "https://gazette.example/2026/une-puce-12345.html?utm_source=hop"
    hop = page(final=there)
    assert identity(hop) == ASKED
    assert identity(page(final="https://gazette.example/")) == ASKED


def test_a_page_of_a_front_controller_keeps_its_number() -> None:
    final = "https://gazette.example/index.php?id=12345"
    assert identity(page("https://gazette.example/index.php", final=final)) == (
        "https://gazette.example/?id=12345"
    )


def test_a_rejected_page_keeps_the_address_asked_for() -> None:
    body = page().body.replace(b"<h1>A</h1>", b"")
    bare = Page(**{**{n: getattr(page(), n) for n in Page.__dataclass_fields__}, "body": body})
    assert settled(plain_read(bare, source()), bare).url == ASKED


def test_a_tdmrep_file_speaks_for_its_longest_location() -> None:
    rules = parse(
        b'[{"location": "/*", "tdm-reservation": 1}, {"location": "/open/", "tdm-reservation": 0}]'
    )
    assert rules.covers("https://g.example/a")
    assert not rules.covers("https://g.example/open/a")
    assert not parse(b"<html>").covers("https://g.example/a")
    assert not parse(b'{"location": "/"}').covers("https://g.example/a")


def test_directives_are_for_everybody_or_for_us() -> None:
    headers = {"x-robots-tag": "noarchive, otherbot: noindex, techwire: nosnippet"}
    body = (
        b'<META NAME="robots" CONTENT="NoFollow,max-snippet:20"><meta name=otherbot content=none>'
    )
    assert directives(headers, body, "techwire/1.0") == {
        "noarchive", "nosnippet", "nofollow", "max-snippet:20"
    }  # fmt: skip
    assert not is_reserved({"tdm-reservation": "0"}, b"<meta name='tdm-reservation' content='0'>")
