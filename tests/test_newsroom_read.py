"""The pipeline reads the bundled newsroom: what it says is what stands in the pages."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

import pipelines
from pipelines.companies import Catalogue
from pipelines.companies import load as load_companies
from techwire.demo import Piece, truth
from techwire.demo.desk import Desk
from techwire.demo.sites import BY_SLUG
from techwire.types import Article, Page, Rejected, Source

LATER = truth(later=True)
ARTICLES = [piece for piece in LATER if piece.kind == "article"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_companies()


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(later=True)


def read(piece: Piece, desk: Desk, catalogue: Catalogue) -> Article | Rejected:
    """What the pipeline makes of a page, knowing of its site what the demo's sources file says."""
    site = BY_SLUG[piece.site]
    address = urlsplit(piece.url)
    document = desk.find(address.netloc, address.path, address.query)
    page = Page(
        url=piece.url,
        final_url=piece.url,
        source=piece.site,
        fetched_at=desk.now,
        body=document.body,
        content_type=document.content_type,
    )
    source = Source(
        slug=site.slug,
        name=site.name,
        url=site.home,
        language=site.language,
        country=site.country,
        timezone=site.timezone,
    )
    return pipelines.read(page, source, catalogue)


def folded(text: str | None) -> str:
    """White space folded: no-break spaces are spaces."""
    return " ".join((text or "").split())


@pytest.mark.parametrize("piece", ARTICLES, ids=lambda piece: f"{piece.site}-{piece.slug}")
def test_an_article_is_read_as_it_was_written(
    piece: Piece, desk: Desk, catalogue: Catalogue
) -> None:
    article = read(piece, desk, catalogue)
    assert isinstance(article, Article), article
    assert folded(article.title) == piece.title
    assert article.authors == piece.authors
    assert article.published_at == piece.published_at
    assert article.modified_at in (piece.modified_at, piece.changed_at)
    assert article.language == piece.language
    assert folded(article.summary) == piece.lead
    said = [folded(text) for text in article.body.split("\n\n")]
    assert [text for text in said if text in piece.paragraphs] == list(piece.paragraphs)


@pytest.mark.parametrize(
    "piece",
    [piece for piece in LATER if piece.kind not in ("article", "sponsored", "dead")],
    ids=lambda piece: piece.kind,
)
def test_a_page_that_is_no_article_ends_under_its_own_word(
    piece: Piece, desk: Desk, catalogue: Catalogue
) -> None:
    rejected = read(piece, desk, catalogue)
    assert isinstance(rejected, Rejected), rejected
    assert rejected.outcome is piece.outcome


PRECISION = 0.95  # floor; the rest are ordinary words that are also names ("Noise", "Block")
RECALL = 0.95  # floor of the companies the newsroom's authors name


def test_the_companies_of_the_articles_are_found_and_few_others(
    desk: Desk, catalogue: Catalogue
) -> None:
    named = right = expected_of_all = found_of_all = 0
    for piece in ARTICLES:
        article = read(piece, desk, catalogue)
        assert isinstance(article, Article)
        found = {tag.name for tag in article.tags}
        expected_of_all += len(piece.companies)
        found_of_all += len(found & set(piece.companies))
        expected = {*piece.companies, *piece.unknown}
        named += len(found)
        right += len(found & expected)
    assert right / named >= PRECISION
    assert found_of_all / expected_of_all >= RECALL


def test_the_company_an_article_is_about_comes_first(desk: Desk, catalogue: Catalogue) -> None:
    about_one = [piece for piece in ARTICLES if len(piece.companies) == 1 and not piece.unknown]
    for piece in about_one:
        article = read(piece, desk, catalogue)
        assert isinstance(article, Article)
        assert article.tags[0].name == piece.companies[0], piece.url
        assert article.tags[0].level == "primary", piece.url
