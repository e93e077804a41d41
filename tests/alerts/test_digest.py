"""The digest: stories and not copies, what counts first, safe in Markdown, HTML and mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from email import message_from_string, policy
from pathlib import Path

import pytest

from alerts import digest as digests
from alerts.digest import PARAGRAPH
from db import Database, connect
from techwire.errors import NotFound
from tests.command import techwire
from tests.web.news import DAY, EVIL, NOW, SPELT, fill


@pytest.fixture
def news(database: Database) -> Database:
    fill(database)
    return database


def test_the_most_told_story_comes_first_and_once(news: Database) -> None:
    made = digests.gather(news, NOW - 30 * DAY, NOW, UTC)
    assert made.stories[0].title == "Apple ouvre enfin un atelier à Bordeaux"
    assert len(made.stories) == 9  # ten articles
    assert made.companies[0] == ("Meta", 7)
    assert digests.who(made.stories[0]) == "La Gazette, The Herald"


def test_a_digest_keeps_to_its_companies_and_its_time(news: Database) -> None:
    made = digests.gather(news, NOW - 3 * DAY, NOW, UTC, ["meta"])
    assert {card.title for card in made.stories} == {EVIL, "Photos", "Day 3"}
    assert made.title == "Meta: 2026-03-02"
    with pytest.raises(NotFound):
        digests.gather(news, NOW - DAY, NOW, UTC, ["appel"])
    assert digests.gather(news, NOW - 30 * DAY, NOW, UTC, limit=2).left_out == 7


def test_a_digest_leads_to_the_address_that_was_fetched(news: Database) -> None:
    made = digests.gather(news, NOW - 30 * DAY, NOW, UTC)
    assert [telling.url for telling in made.stories[0].tellings][1] == SPELT


def test_no_headline_is_markup(news: Database) -> None:
    made = digests.gather(news, NOW - 30 * DAY, NOW, UTC)
    assert "<script>" not in digests.html(made, UTC)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in digests.html(made, UTC)
    assert "<script>" not in digests.markdown(made, UTC)


def test_a_paragraph_ends_with_a_sentence(news: Database) -> None:
    card = digests.gather(news, NOW - DAY, NOW, UTC).stories[0]
    long = replace(card, lead="Une phrase de taille moyenne, dirait-on. " * 20)
    assert digests.paragraph(long).endswith("dirait-on.")
    assert PARAGRAPH / 2 < len(digests.paragraph(long)) <= PARAGRAPH
    assert digests.paragraph(replace(card, lead="mot " * 500)).endswith(" …")
    assert digests.paragraph(replace(card, lead=None)) == ""


def test_a_digest_speaks_french_and_leaves_the_stories_as_they_are(news: Database) -> None:
    made = digests.gather(news, NOW - 30 * DAY, NOW, UTC, limit=2)
    french = digests.markdown(made, UTC, "fr")
    assert "2 histoires, du 2026-01-31 09:00 au 2026-03-02 09:00." in french
    assert french.endswith("Et 7 de plus.\n")
    assert "Et 7 de plus." in digests.html(made, UTC, "fr")
    english = digests.markdown(made, UTC)
    assert "2 stories, 2026-01-31 09:00 to 2026-03-02 09:00." in english
    assert french.splitlines()[4:-2] == english.splitlines()[4:-2]


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "fr_CH.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "fr_BE"}, "fr"),
        ({"LANG": "fr", "LC_ALL": ""}, "fr"),
    ],
)
def test_a_digest_speaks_the_language_of_the_locale(environ: dict[str, str], language: str) -> None:
    assert digests.language_of(environ) == language


def test_the_command_prints_each_format(tmp_path: Path) -> None:
    assert techwire("init", folder=tmp_path).returncode == 0
    assert techwire("digest", folder=tmp_path).returncode == 1
    with connect(str(tmp_path / "techwire.db")) as database:
        fill(database)
    text = techwire("digest", "--since", "30d", "--language", "fr", folder=tmp_path)
    assert "9 histoires, du 2026-" in text.stdout
    assert text.stdout.startswith("# techwire, 2026-03-02\n")
    page = techwire("digest", "--since", "30d", "--format", "html", folder=tmp_path)
    assert page.stdout.startswith("<!doctype html>")
    letter = message_from_string(
        techwire("digest", "--since", "30d", "--format", "email", folder=tmp_path).stdout,
        policy=policy.default,
    )
    kinds = [part.get_content_type() for part in letter.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    wrong = techwire("digest", "--since", "soon", folder=tmp_path)
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
