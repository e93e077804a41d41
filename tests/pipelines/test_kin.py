"""What a template made alike is ruled out as one, before any of it is scored."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from pipelines.body import Reader
from pipelines.explain import explain
from pipelines.extract import Extract, extract
from pipelines.features import features_of, kin_rows_of
from pipelines.kin import kins_of
from pipelines.rows import KIN_NAMES, NAMES
from techwire.types import Source

NOW = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)
SOURCE = Source(slug="courier", name="The Courier", url="https://courier.example/", country="gb")
LEAD = "Harrow Cells will open its first plant in Leeds this summer, after two years of delays."
TEXT = [
    f"Hall {number} will hold machines that were built in Sheffield, the company said, and were "
    f"tried for {number + 2} months. Nobody outside was shown them so far, its director added."
    for number in range(1, 13)
]
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in TEXT)
COMMENTS = [
    f"I waited for this since {year}, and I still do not believe that they open."
    for year in range(2014, 2024)
]
PAGE = f"""<html lang="en"><head><title>Harrow Cells opens a plant in Leeds</title></head><body>
<main><h1>Harrow Cells opens a plant in Leeds</h1><div class="lead"><p>{LEAD}</p></div>
<article class="story"><div class="story-body">{PARAGRAPHS}</div></article>
</main><section class="comments">
{"".join(map('<div class="comment"><p>{}</p></div>'.format, COMMENTS))}
</section></body></html>"""


@pytest.fixture(scope="module")
def found() -> Extract:
    return extract(PAGE, "https://courier.example/harrow", SOURCE, NOW)


def places(reader: Reader, texts: list[str]) -> list[int]:
    return [i for i, s in enumerate(reader.page.segments) if s.text in texts]


def test_the_comments_below_a_text_are_never_scored(found: Extract) -> None:
    comments = places(found.reader, COMMENTS)
    assert len(comments) == len(COMMENTS)
    assert not any(found.reader.rows[i] for i in comments)
    assert all(found.reader.rows[i] for i in places(found.reader, TEXT))
    assert found.reader.chosen[-len(TEXT) :] == places(found.reader, TEXT)


def test_a_paragraph_like_no_other_is_heard(found: Extract) -> None:
    (lead,) = places(found.reader, [LEAD])
    assert found.reader.rows[lead] is not None
    assert kin_rows_of(found.reader.page, found.reader.witnesses)[lead] is None


def test_an_account_says_what_was_ruled_out_early(found: Extract) -> None:
    said = {row.text: row.reason for row in explain(found)}
    assert {said[text] for text in COMMENTS} == {"ruled out early, with all that is made like it"}


def test_what_is_left_gets_the_row_it_would_have_got(found: Extract) -> None:
    every = features_of(found.reader.page, found.reader.witnesses)
    assert all(row in (None, alone) for row, alone in zip(found.reader.rows, every, strict=True))


def test_kin_has_the_same_tags_and_classes_here_and_above(found: Extract) -> None:
    kins = {id(kin): kin for kin in kins_of(found.reader.page).values()}.values()
    sizes = sorted(len(kin.members) for kin in kins)
    assert sizes == [1, 1, len(COMMENTS), len(TEXT)]  # the title and the lead have none


def test_the_committed_trees_were_trained_on_what_a_kin_is_told_by() -> None:
    model = json.loads(files("pipelines").joinpath("body_model.json").read_text("utf-8"))
    assert model["first"]["features"] == list(KIN_NAMES)
    assert model["features"] == list(NAMES)
