"""The pure parts: charts, highlighted mentions, versions, languages, the TOML of a correction."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest

from db.answers import Version
from pipelines import companies
from techwire.types import Level, Mention, Tag, VisitOutcome, Zone
from web.charts import chart, rounded_up, smoothed
from web.chips import hue
from web.complaints import in_french
from web.corrections import correction
from web.edits import edits, words
from web.marks import pieces, sought
from web.sectors import IN_FRENCH
from web.wording import WORDS, Wording

FIRST = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (2, 2), (5, 5), (7, 8), (9, 10), (11, 15), (61, 80)]
)
def test_an_axis_ends_on_a_round_number(value: int, top: int) -> None:
    assert rounded_up(value) == top


def test_bars_are_as_high_as_their_days_and_inside_the_plot() -> None:
    drawn = chart([(FIRST + timedelta(days=n), n) for n in range(10)], [FIRST + timedelta(days=9)])
    assert [bar.value for bar in drawn.bars] == list(range(1, 10))
    assert drawn.bars[-1].height == 90
    assert drawn.bars[-1].x + drawn.bars[-1].width <= 100
    assert [(mark.number, mark.x) for mark in drawn.marks] == [(1, 95)]


def test_the_average_of_equal_days_is_that_day() -> None:
    assert smoothed([3] * 20) == [3.0] * 20
    assert smoothed([0, 0, 0, 7, 0, 0, 0])[3] == 1.0


def named(text: str, *spans: tuple[int, int], company: str = "apple") -> Tag:
    return Tag(
        company=company,
        name=company.title(),
        relevance=0.9,
        level=Level.PRIMARY,
        confidence=0.9,
        mentions=tuple(
            Mention(zone=Zone.BODY, start=a, end=b, surface=text[a:b], rule="alias")
            for a, b in spans
        ),
    )


def test_pieces_put_together_are_the_text() -> None:
    text = "Apple et Google, puis Apple"
    found = pieces(text, [named(text, (0, 5), (22, 27)), named(text, (9, 15))], Zone.BODY)
    assert "".join(piece.text for piece in found) == text
    assert [piece.text for piece in found if piece.tag] == ["Apple", "Google", "Apple"]


def test_of_mentions_that_overlap_the_longer_one_is_shown() -> None:
    text = "Google Cloud grandit"
    tags = [named(text, (0, 6), company="google"), named(text, (0, 12), company="google-cloud")]
    assert [p.text for p in pieces(text, tags, Zone.BODY) if p.tag] == ["Google Cloud"]


def test_a_mention_of_another_paragraph_is_left_out() -> None:
    text = "Apple"
    assert [p.tag for p in pieces(text, [named("x" * 99 + text, (99, 104))], Zone.BODY)] == [None]


def version(number: int, body: str) -> Version:
    moment = datetime(2026, 3, number, tzinfo=UTC)
    return Version(
        number=number,
        title="T",
        summary=None,
        body=body,
        fetched_at=moment,
        replaced_at=moment + timedelta(hours=1),
    )


def test_an_edit_shows_only_what_changed() -> None:
    (edit,) = edits((version(1, "a b c\n\nsame"), version(2, "a x c\n\nsame\n\nnew")))
    assert [[(c.kind, c.text) for c in p] for p in edit.paragraphs] == [
        [("same", "a "), ("del", "b"), ("ins", "x"), ("same", " c")],
        [("ins", "new")],
    ]


def test_the_words_of_a_change_give_both_texts_back() -> None:
    before, after = "one two  three four", "one 2  three four five"
    changes = list(words(before, after))
    assert "".join(c.text for c in changes if c.kind != "ins") == before
    assert "".join(c.text for c in changes if c.kind != "del") == after


def test_a_correction_is_toml() -> None:
    tag = named('Or"ange', (0, 7), company="orange")
    (entry,) = tomllib.loads(correction(tag))["company"]
    assert entry == {"id": "orange", "ambiguous": ['Or"ange']}


def test_every_word_has_both_languages() -> None:
    for key, (english, french) in WORDS.items():
        assert english.count("{") == french.count("{"), key
        assert english.strip(), key
        assert french.strip(), key


def test_every_line_of_business_of_the_catalogue_has_its_french_name() -> None:
    stored = {company.sector for company in companies.load().companies.values()} - {None}
    assert stored <= set(IN_FRENCH)
    french, english = Wording("fr"), Wording("en")
    assert french.sectors(["defence", "food", "health", "weaving"]) == [
        ("food", "alimentation"),
        ("defence", "défense"),
        ("health", "santé"),
        ("weaving", "weaving"),
    ]
    assert english.sectors(["food"]) == [("food", "food")]


def test_numbers_and_spans_are_written_as_each_language_does() -> None:
    english, french = Wording("en", UTC), Wording("fr", UTC)
    assert (english.number(12345.5), french.number(12345.5)) == ("12,345.5", "12 345,5")
    assert (english.span(200_000), french.span(200_000)) == ("2 d 7 h", "2 j 7 h")
    assert (english.count(0, "story", "stories"), french.count(0, "story", "stories")) == (
        "0 stories",
        "0 histoire",
    )


def test_a_company_keeps_its_colour() -> None:
    assert hue("apple") == hue("apple")
    assert len({hue(f"company-{n}") for n in range(500)}) == 16


def test_a_year_of_bars_is_one_outline() -> None:
    year = chart([(FIRST + timedelta(days=n), 1 + n % 7) for n in range(365)])
    quarter = chart([(FIRST + timedelta(days=n), 1 + n % 7) for n in range(90)])
    assert (year.is_long, quarter.is_long) == (True, False)
    assert year.outline.count("z") == 365


def test_marks_that_are_near_stand_above_each_other() -> None:
    days = [FIRST + timedelta(days=n) for n in range(90)]
    drawn = chart([(day, 1) for day in days], [days[10], days[12], days[13], days[60]])
    assert [mark.level for mark in drawn.marks] == [0, 1, 2, 0]
    assert drawn.levels == 3


def test_only_what_was_sought_is_marked_in_a_snippet() -> None:
    assert sought("… dit « oui » aux «voisins» d’«Apple»") == [
        ("… dit « oui » aux ", False),
        ("voisins", True),
        (" d’", False),
        ("Apple", True),
    ]


@pytest.mark.parametrize(
    ("reason", "french"),
    [
        ("adaptive: 0.3 articles a day this week", "à son rythme : 0,3 article par jour"),
        ("adaptive: 12.5 articles a day this week", "à son rythme : 12,5 articles par jour"),
        ("every 30m", "toutes les 30m"),
        ("1 failure: slower", "1 échec : moins souvent"),
        ("3 failures in a row: slower", "3 échecs d’affilée : moins souvent"),
        ("the server asks for 2h", "le serveur demande 2h"),
    ],
)
def test_why_a_source_is_visited_is_said_in_french(reason: str, french: str) -> None:
    assert in_french(reason) == french


def test_every_end_of_a_visit_has_its_words() -> None:
    for outcome in VisitOutcome:
        assert f"outcome {outcome.value}" in WORDS
