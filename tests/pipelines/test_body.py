"""What is kept of a page as the article's text, and as what."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipelines.body import Reader
from pipelines.document import parse
from pipelines.extract import Extract, extract
from pipelines.features import Witnesses
from techwire.types import BlockKind, Source

NOW = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)
SOURCE = Source(slug="herald", name="Harbour Herald", url="https://herald.example/")
FIRST = (
    "Tidewell Robotics said on Monday that it had closed its third funding round, led by two pension "
    "funds that had never before put money into a maker of warehouse machines."
)
SECOND = (
    "The company, which employs about four hundred people, wants to open a second plant next year. "
    "Its chief executive declined to say where, but named lower energy prices as a reason to leave."
)
THIRD = (
    "Rivals have warned that orders are slowing. Analysts at a local bank, who follow the sector, "
    "expect no more than five per cent of growth this year, after eleven per cent the year before."
)


def taken(body: str, head: str = "") -> Extract:
    html = f"<html lang='en'><head><title>Tidewell raises money</title>{head}</head><body>{body}</body></html>"
    return extract(html, "https://herald.example/tidewell.html", SOURCE, NOW)


def article(inside: str, around: str = "") -> Extract:
    menu = "<ul>" + "".join(f"<li><a href='/{n}'>Section {n}</a></li>" for n in range(9)) + "</ul>"
    return taken(
        f"<header>{menu}</header><main><article class='article'><h1>Tidewell raises money</h1>"
        f"<div class='article-body'>{inside}</div></article>{around}</main>"
        f"<footer><p>© Harbour Herald. All rights reserved.</p></footer>"
    )


def test_paragraphs_are_kept_and_the_frame_is_not() -> None:
    found = article(f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>")
    assert found.body.split("\n\n") == [FIRST, SECOND, THIRD]


def test_headings_quotes_and_lists_keep_their_kind() -> None:
    found = article(
        f"<p>{FIRST}</p><h2>A second plant</h2><p>{SECOND}</p>"
        f"<blockquote><p>“We have never been so busy, and we have never been so short of people.”</p>"
        f"</blockquote><p>{THIRD}</p>"
    )
    kinds = [b.kind for b in found.blocks]
    assert kinds == [
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.QUOTE,
        BlockKind.PARAGRAPH,
    ]


def test_text_split_by_line_breaks_comes_out_in_paragraphs() -> None:
    found = article(f"{FIRST}<br><br>{SECOND}<br>&nbsp;<br>{THIRD}")
    assert found.body.split("\n\n") == [FIRST, SECOND, THIRD]


def test_comments_and_related_articles_stay_out() -> None:
    comments = "".join(
        f"<div class='comment'><b>reader{n}</b><p>I worked there once, and I can tell you that nobody was "
        f"surprised, number {n}.</p></div>"
        for n in range(4)
    )
    related = "".join(
        f"<li class='teaser'><a href='/r{n}'>Another story of the day, number {n}</a></li>"
        for n in range(5)
    )
    found = article(
        f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>",
        f"<section class='related'><h3>Read more</h3><ul>{related}</ul></section>"
        f"<section id='comments'><h3>Comments (4)</h3>{comments}</section>",
    )
    assert found.body.split("\n\n") == [FIRST, SECOND, THIRD]


def test_a_lead_set_apart_is_the_summary_and_not_the_text() -> None:
    lead = "A maker of warehouse machines finds new money while its rivals fear for their orders."
    found = taken(
        f"<article><h1>Tidewell raises money</h1><p class='chapo'>{lead}</p>"
        f"<div class='article-body'><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div></article>"
    )
    assert found.metadata.summary is not None
    assert found.metadata.summary.value == lead
    assert found.body.split("\n\n") == [FIRST, SECOND, THIRD]


def test_an_article_spread_over_several_containers_is_whole() -> None:
    found = taken(
        f"<main><h1>Tidewell raises money</h1><div class='row'><div class='text'><p>{FIRST}</p></div></div>"
        f"<div class='ad-slot'>Advertisement</div>"
        f"<div class='row'><div class='text'><p>{SECOND}</p></div></div>"
        f"<div class='row'><div class='text'><p>{THIRD}</p></div></div></main>"
    )
    assert found.body.split("\n\n") == [FIRST, SECOND, THIRD]


def test_a_page_drawn_by_its_scripts_is_read_out_of_them() -> None:
    markup = f"<p>{FIRST}</p><h3>A second plant</h3><p>{SECOND}</p><p>{THIRD}</p>"
    state = json.dumps({"query": {"detail": {"id": "T1", "contentHtml": markup}}})
    escaped = state.replace("<", "\\u003c").replace(">", "\\u003e")
    for script in (f"window.state={escaped};", f"push([1,{json.dumps(state)}])"):
        found = taken(f"<div id='root'></div><script>{script}</script>")
        assert found.body.split("\n\n") == [FIRST, "A second plant", SECOND, THIRD]


def test_a_page_that_shows_its_text_is_not_read_out_of_a_script() -> None:
    other = json.dumps({"contentHtml": f"<p>{THIRD}</p>" * 4}).replace("</", "<\\/")
    found = article(f"<p>{FIRST}</p><p>{SECOND}</p>", around=f"<script>x={other}</script>")
    assert found.body.split("\n\n") == [FIRST, SECOND]


def test_headings_are_kept_where_each_paragraph_has_a_wrapper_of_its_own() -> None:
    pieces = (f"<p>{FIRST}</p>", "<h3>A second plant</h3>", f"<p>{SECOND}</p>", f"<p>{THIRD}</p>")
    wrapped = "".join(f"<section class='story-element'><div>{p}</div></section>" for p in pieces)
    found = article(wrapped)
    assert found.body.split("\n\n") == [FIRST, "A second plant", SECOND, THIRD]


@pytest.mark.parametrize(
    ("told", "torn"),
    [
        pytest.param([True, False, False, True], True, id="a piece of ours and what is worse"),
        pytest.param([True, True, True, True], False, id="all of ours and more"),
        pytest.param([False, False, False, True], False, id="another text altogether"),
        pytest.param([True, False, False, False], False, id="the best of ours"),
    ],
)
def test_a_second_opinion_that_lost_the_thread_is_told_from_another_text(
    told: list[bool], torn: bool
) -> None:
    beside = "Readers of this page have also looked at these stories of the week, we are told."
    html = "".join(f"<p>{text}</p>" for text in (FIRST, SECOND, THIRD, beside))
    reader = Reader(parse(f"<body>{html}</body>", "https://herald.example/"), Witnesses())
    reader.__dict__["first_scores"] = [0.9, 0.9, 0.9, 0.1]
    assert reader._is_torn(told) is torn
