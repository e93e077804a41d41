"""Pages broken at random: whatever is cut, doubled or swapped, ``read`` ends with a value."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import read
from pipelines.companies import load
from techwire.types import Article, Outcome, Page, Rejected, Source

NOW = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)
SOURCE = Source(slug="gazette", name="La Gazette", url="https://gazette.example/")
CATALOGUE = load()
TEXT = "Le conseil a validé mardi la cession de sa filiale, pour un montant tenu secret. " * 4
WHOLE = f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Une cession</title>
<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Une cession","author":[{{"name":"Lou Ferrand"}}],
"datePublished":"2024-03-04T10:00:00+01:00","isAccessibleForFree":true}}</script></head><body><nav><a href="/">x</a></nav>
<article><h1>Une cession</h1><p class="byline">Par Lou Ferrand, le 4 mars 2024 à 10 h</p><p>{TEXT}</p>
<ul><li>un</li><li>deux</li></ul><table><tr><td>1</td></tr></table><p>{TEXT}</p></article></body></html>"""
PIECES = (
    "<", ">", '"', "</div>", "<table>", "<p", "<!--", "-->", "<script>", "</script>", "\x00", "\ufeff", "\u202e", "&#xD800;",
    "<svg>", "<template>", "{", "]", '\\ud83d', "<br><br>", "é", "<a href='", "<li>", "<title>", "9" * 30, "31/02/2024", "\udcff",
)  # fmt: skip
cuts = st.tuples(
    st.integers(0, len(WHOLE)), st.integers(0, 400), st.sampled_from(PIECES), st.integers(1, 50)
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(cuts, max_size=8), st.sampled_from(["utf-8", "cp1252", "utf-16", "latin-1"]))
def test_a_page_broken_at_random_still_ends_in_a_value(
    mutations: list[tuple[int, int, str, int]], charset: str
) -> None:
    html = WHOLE
    for start, length, piece, times in mutations:
        html = html[:start] + piece * times + html[start + length :]
    body = html.encode(charset, "replace" if charset != "utf-8" else "surrogatepass")
    address = "https://gazette.example/une-cession"
    result = read(
        Page(url=address, final_url=address, source="gazette", fetched_at=NOW, body=body),
        SOURCE,
        CATALOGUE,
    )
    if isinstance(result, Rejected):
        assert result.outcome is not Outcome.UNREADABLE, result.detail
    else:
        assert isinstance(result, Article)
        (result.title + (result.summary or "") + result.body + "".join(result.authors)).encode()
        assert result.published_at is None or result.published_at.tzinfo is not None
