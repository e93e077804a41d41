"""What is packed for another process comes out as it went in."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest

from crawler.parcel import pack, unpack
from techwire.types import (
    Article,
    Block,
    BlockKind,
    Entry,
    Level,
    Mention,
    Outcome,
    Page,
    Rejected,
    Source,
    Tag,
    Zone,
)

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
URL = "https://phare.example/une-cession"
MENTION = Mention(zone=Zone.BODY, start=3, end=9, surface="Kaléis", rule="name")
TAG = Tag(
    company="kaleis",
    name="Kaléis",
    relevance=0.9,
    level=Level.PRIMARY,
    confidence=0.97,
    mentions=(MENTION, replace(MENTION, zone=Zone.TITLE, start=0, end=6)),
)
ARTICLE = Article(
    url=URL,
    source="phare",
    title="Kaléis cède son atelier",
    body="Le Kaléis d’hier.\n\nC’est dit.",
    blocks=(
        Block(BlockKind.PARAGRAPH, "Le Kaléis d’hier."),
        Block(BlockKind.QUOTE, "C’est dit."),
    ),
    authors=("Lou Ferrand",),
    published_at=NOON,
    fetched_at=NOON,
    origins={"title": "h1"},
    confidences={"title": 0.85},
    fingerprint=-7,
    tags=(TAG, replace(TAG, company="rive", mentions=())),
)
PAGE = Page(
    url=URL,
    final_url=URL,
    source="phare",
    fetched_at=NOON,
    body=b"<p>x</p>",
    headers={"etag": "7"},
    entry=Entry(url=URL, authors=("Lou Ferrand",)),
)


@pytest.mark.parametrize(
    "thing",
    [
        ARTICLE,
        replace(ARTICLE, blocks=(), tags=()),
        Rejected(url=URL, source="phare", outcome=Outcome.VIDEO, detail="x", fetched_at=NOON),
        (PAGE, Source(slug="phare", name="Le Phare", url=URL, headers={"a": "b"})),
        len,
    ],
)
def test_a_parcel_holds_what_was_packed(thing: object) -> None:
    assert unpack(pack(thing)) == thing


def test_what_comes_out_is_as_frozen_as_before() -> None:
    mention = unpack(pack(ARTICLE)).tags[0].mentions[1]
    assert mention == ARTICLE.tags[0].mentions[1]
    with pytest.raises(FrozenInstanceError):
        mention.start = 4


def test_a_parcel_is_made_anew_each_time_and_leaves_its_article_alone() -> None:
    before = repr(ARTICLE)
    assert pack(ARTICLE) == pack(ARTICLE)
    assert repr(ARTICLE) == before
