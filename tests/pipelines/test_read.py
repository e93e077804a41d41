"""``pipelines.read``: whole pages in, articles or rejections out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import pytest

from pipelines import read
from pipelines.companies import Catalogue, load
from techwire.types import Article, Outcome, Page, Rejected, Source

NOW = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)
GAZETTE = Source(slug="gazette", name="La Gazette", url="https://gazette.example/", country="fr")
SENTENCE = (
    "Le conseil d’administration a validé mardi la cession de sa filiale à un fonds, pour un montant "
    "que les deux parties n’ont pas voulu préciser à ce stade. "
)
PAGE = f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">
<title>Nordhaven cède sa filiale de batteries | La Gazette</title>
<meta property="og:site_name" content="La Gazette"><meta property="og:image" content="/i/usine.jpg">
</head><body><nav><ul><li><a href="/eco">Économie</a></li><li><a href="/tech">Tech</a></li></ul></nav>
<article><h1>Nordhaven cède sa filiale de batteries</h1>
<p class="byline">Par <a href="/auteur/lou">Lou Ferrand</a> - Publié le mardi 5 mars 2024 à 9 h 12</p>
<p>{SENTENCE * 2}</p><p>{SENTENCE * 3}</p></article>
<footer><p>© La Gazette - Mentions légales</p></footer></body></html>"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def page(body: bytes, content_type: str | None = "text/html; charset=utf-8") -> Page:
    address = "https://gazette.example/eco/nordhaven.html"
    return Page(
        url=address,
        final_url=address,
        source="gazette",
        fetched_at=NOW,
        body=body,
        content_type=content_type,
    )


def test_a_page_becomes_an_article_with_an_aware_time_and_its_origin(catalogue: Catalogue) -> None:
    article = read(page(PAGE.encode()), GAZETTE, catalogue)
    assert isinstance(article, Article)
    assert article.title == "Nordhaven cède sa filiale de batteries"
    assert article.authors == ("Lou Ferrand",)
    assert article.published_at == datetime(2024, 3, 5, 8, 12, tzinfo=UTC)
    assert article.published_origin == "visible text; zone: country (Europe/Paris)"
    assert article.image_url == "https://gazette.example/i/usine.jpg"
    assert article.language == "fr"
    assert article.body.split("\n\n") == [(SENTENCE * 2).strip(), (SENTENCE * 3).strip()]
    assert article.fingerprint
    assert len(article.content_hash) == 64


def test_the_same_page_in_windows_1252_under_a_wrong_name_is_the_same_article(
    catalogue: Catalogue,
) -> None:
    right = read(page(PAGE.encode()), GAZETTE, catalogue)
    wrong = read(page(PAGE.encode("cp1252")), GAZETTE, catalogue)
    assert isinstance(right, Article)
    assert isinstance(wrong, Article)
    assert (right.title, right.body, right.content_hash) == (
        wrong.title,
        wrong.body,
        wrong.content_hash,
    )


@pytest.mark.parametrize(
    ("body", "content_type", "outcome"),
    [
        pytest.param(b"", None, Outcome.NOT_HTML, id="empty"),
        pytest.param(b"%PDF-1.7 ...", "text/html", Outcome.NOT_HTML, id="PDF under a wrong name"),
        pytest.param(b"<rss><channel/></rss>", "application/xml", Outcome.NOT_HTML, id="feed"),
        pytest.param(PAGE.encode(), "application/pdf", Outcome.NOT_HTML, id="declared PDF"),
        pytest.param(
            b"<title>Bient\xc3\xb4t la suite</title><p>Deux mots.</p>",
            None,
            Outcome.TOO_SHORT,
            id="teaser",
        ),
        pytest.param(b"<p></p>", None, Outcome.NOT_ARTICLE, id="no title"),
    ],
)
def test_what_is_no_article_is_rejected_with_its_word(
    body: bytes, content_type: str | None, outcome: Outcome, catalogue: Catalogue
) -> None:
    rejected = read(page(body, content_type), GAZETTE, catalogue)
    assert isinstance(rejected, Rejected)
    assert rejected.outcome is outcome


def test_the_model_page_comes_out_exactly(catalogue: Catalogue) -> None:
    seed = Path(__file__).parents[3] / "shared/seed/page.html"
    if not seed.exists():
        pytest.skip("the model page is not part of the project")
    address = (
        "https://www.airofmelty.fr/tiktok-franchit-le-cap-du-milliard-d-utilisateurs-a773468.html"
    )
    source = Source(slug="airofmelty", name="AirOfMelty", url="https://www.airofmelty.fr/")
    article = read(
        Page(
            url=address,
            final_url=address,
            source="airofmelty",
            fetched_at=NOW,
            body=seed.read_bytes(),
        ),
        source,
        catalogue,
    )
    assert isinstance(article, Article)
    assert article.title == "TikTok franchit le cap du milliard d’utilisateurs"
    assert article.authors == ("Céline Pastezeur",)
    assert article.published_at == datetime(2021, 9, 28, 8, 10, tzinfo=UTC)
    assert article.summary is not None
    assert article.summary.startswith("En ce mois de septembre 2021")
    assert article.summary.endswith("à travers le monde !")
    first, second = article.body.split("\n\n")
    assert first.startswith("Ce mois de septembre 2021")
    assert first.endswith("Génération Z ?")
    assert second.startswith("De la cuisine")
    assert second.endswith("les équipes de TikTok.")


HOSTILE = {
    "nested": "<div>" * 10_000 + SENTENCE * 5,
    "nested inline": "<b><i>" * 8_000 + SENTENCE * 5,
    "one line": "<html><title>Une ligne</title><p>" + "mot " * 2_500_000,
    "links": "<title>Liens</title>" + "<p><a href='/x'>Un lien parmi d’autres</a></p>" * 5_000,
    "nested json": '<title>x y z</title><script type="application/ld+json">'
    + "[" * 100_000
    + "</script>",
    "array json": '<title>x y z</title><script type="application/ld+json">[[1,null,{"@type":["NewsArticle",3],'
    '"author":[null,{"name":{"a":1}},7,"\\ud83d"],"datePublished":{"x":[]},"headline":["\\udc00"]}]]</script>'
    f"<p>{SENTENCE * 3}</p>",
    "bad json": '<title>x y z</title><script type="application/ld+json">{"headline": "a" "b", }</script>',
    "surrogates": "<title>\ud800 Titre \udfff</title><p>" + (SENTENCE + "\udcff") * 4 + "</p>",
    "marks": f"<title>\u202e{SENTENCE[:40]}\u200b</title><p>\u2066{SENTENCE * 4}\ufeff</p>",
    "script in title": f"<title>&lt;script&gt;alert(1)&lt;/script&gt; Une affaire</title><p>{SENTENCE * 4}</p>",
    "japanese": "<title>新しい電池の工場</title>"
    + "<p>"
    + "会社は火曜日、新しい工場を開くと発表した。" * 20
    + "</p>",
    "arabic": "<title>مصنع جديد للبطاريات</title><p>"
    + "أعلنت الشركة يوم الثلاثاء أنها ستفتح مصنعا جديدا، " * 12
    + "</p>",
    "no body": "<html><head><title>Rien du tout</title></head></html>",
    "frameset": "<frameset><frame src=x></frameset>",
    "entities": "<title>&#0;&#xD800;&#x110000;&bogus;</title><p>&#0;" + SENTENCE * 4,
    "quotes": '<title>Guillemets</title><p class="a>b" title=\'"\'>' + SENTENCE * 4,
    "comments": "<title>Commentaires</title><!-- > <p>non</p> --><p>" + SENTENCE * 4 + "<!--",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_however_hostile_raises_or_takes_long(name: str, catalogue: Catalogue) -> None:
    body = HOSTILE[name].encode("utf-8", "surrogatepass")
    start = process_time()
    result = read(page(body), GAZETTE, catalogue)
    assert process_time() - start < 20  # seconds; a hang takes minutes
    assert isinstance(result, (Article, Rejected))
    if isinstance(result, Rejected):
        assert result.outcome is not Outcome.UNREADABLE, result.detail
    else:
        (result.title + result.body).encode()  # no lone surrogate comes through
