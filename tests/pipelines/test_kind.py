"""Pages that are no articles are told apart: live blogs, videos, lists of links."""

from __future__ import annotations

import pytest

from pipelines.document import parse
from pipelines.kind import Judged, live_blog, without_text
from techwire.types import Outcome

HOURS = "".join(f"<li><time>{hour} h 20</time><p>Un mot.</p></li>" for hour in range(9, 15))
LINKS = "".join(
    f'<li><a href="/{n}">Un titre d’article assez long, numéro {n}</a></li>' for n in range(6)
)
LIVE_DATA = '<script type="application/ld+json">{"@type": "LiveBlogPosting"}</script>'


def outcome(judged: Judged | None) -> Outcome | None:
    return judged.outcome if judged else None


@pytest.mark.parametrize(
    ("url", "title", "html", "expected"),
    [
        pytest.param("/a", "La rentrée", LIVE_DATA, Outcome.LIVE, id="says so itself"),
        pytest.param("/direct/a", "La rentrée", f"<ol>{HOURS}</ol>", Outcome.LIVE, id="address"),
        pytest.param("/a", "EN DIRECT. Ça va", f"<ol>{HOURS}</ol>", Outcome.LIVE, id="title"),
        pytest.param("/a", "La rentrée", f"<ol>{HOURS}</ol>", None, id="an agenda"),
        pytest.param("/direct/a", "Vente", "<main><time>9 h</time></main>", None, id="one hour"),
        pytest.param("/a", "Live music is back", "<main><p>x</p></main>", None, id="about music"),
    ],
)
def test_live_blogs(url: str, title: str, html: str, expected: Outcome | None) -> None:
    assert outcome(live_blog(parse(html, f"http://desk.example{url}"), title)) is expected


@pytest.mark.parametrize(
    ("url", "html", "expected"),
    [
        pytest.param(
            "/a",
            '<head><meta property="og:type" content="video.other"></head><p>Un plan.</p>',
            Outcome.VIDEO,
            id="og:type",
        ),
        pytest.param("/video/a", "<main><video></video></main>", Outcome.VIDEO, id="player"),
        pytest.param("/a", "<main><video></video><p>Court.</p></main>", None, id="a short text"),
        pytest.param(
            "/a", f"<main><h1>Tout</h1><ul>{LINKS}</ul></main>", Outcome.LISTING, id="links"
        ),
        pytest.param(
            "/a",
            f'<meta property="og:type" content="article"><main><ul>{LINKS}</ul></main>',
            None,
            id="a teaser with its related links",
        ),
        pytest.param("/a", "<main><p>Trois mots seulement.</p></main>", None, id="nothing much"),
    ],
)
def test_pages_with_too_little_text(url: str, html: str, expected: Outcome | None) -> None:
    assert outcome(without_text(parse(html, f"http://desk.example{url}"))) is expected
