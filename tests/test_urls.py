"""One article, one address: what is merged, and what must never be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techwire.urls import absolute, canonical, fetchable, host, origin, site

SAME = [
    pytest.param(
        "https://www.gazette.example/a/b", "http://gazette.example/a/b", id="door, scheme"
    ),
    pytest.param("https://m.gazette.example/a", "https://gazette.example/a", id="mobile door"),
    pytest.param("https://gazette.example/a/", "https://gazette.example/a", id="trailing slash"),
    pytest.param("https://gazette.example/a#comments", "https://gazette.example/a", id="fragment"),
    pytest.param("https://gazette.example:443/a", "https://gazette.example/a", id="default port"),
    pytest.param(
        "http://gazette.example:80/a", "https://gazette.example/a", id="default port, http"
    ),
    pytest.param("HTTPS://Gazette.Example/a", "https://gazette.example/a", id="case of the host"),
    pytest.param("https://gazette.example./a", "https://gazette.example/a", id="the root's dot"),
    pytest.param(
        "https://gazette.example/a?utm_source=rss&utm_medium=feed&id=3",
        "https://gazette.example/a?id=3",
        id="campaign",
    ),
    pytest.param(
        "https://gazette.example/a?id=3&amp;utm_source=rss",
        "https://gazette.example/a?id=3",
        id="escaped twice",
    ),
    pytest.param("https://gazette.example/a?xtor=RSS-1", "https://gazette.example/a", id="xtor"),
    pytest.param("https://gazette.example/a?ref=rss", "https://gazette.example/a", id="ref=rss"),
    pytest.param(
        "https://gazette.example/a?b=1&a=2", "https://gazette.example/a?a=2&b=1", id="order"
    ),
    pytest.param(
        "https://gazette.example/%C3%A9t%c3%a9", "https://gazette.example/été", id="percent"
    ),
    pytest.param("https://gazette.example/%7Ejoe", "https://gazette.example/~joe", id="unreserved"),
    pytest.param(
        "https://actualité.example/a", "https://xn--actualit-i1a.example/a", id="punycode"
    ),
    pytest.param("https://gazette.example/a/./b/../c", "https://gazette.example/a/c", id="dots"),
    pytest.param("https://gazette.example//a//b", "https://gazette.example/a/b", id="slashes"),
    pytest.param("https://g.example/x-y-z/amp/", "https://g.example/x-y-z", id="amp at the end"),
    pytest.param("https://g.example/amp/a/b-12", "https://g.example/a/b-12", id="amp in front"),
    pytest.param("https://g.example/news/amp/a-12", "https://g.example/news/a-12", id="amp within"),
    pytest.param("https://g.example/a?replytocom=7#respond", "https://g.example/a", id="answer"),
    pytest.param("https://g.example/a?print=1", "https://g.example/a", id="print"),
    pytest.param("https://g.example/a?page=all", "https://g.example/a", id="all pages"),
    pytest.param("https://g.example/a?_=1709640000", "https://g.example/a", id="cache buster"),
    pytest.param("https://g.example/e%CC%81t", "https://g.example/%C3%A9t", id="composed"),
    pytest.param("//g.example/a", "https://g.example/a", id="no scheme"),
    pytest.param("www.gazette.example/a", "https://gazette.example/a", id="no scheme, www"),
    pytest.param(
        "https://www.google.com/url?q=https://g.example/a%3Fid%3D2&sa=U",
        "https://g.example/a?id=2",
        id="search engine",
    ),
    pytest.param(
        "https://g.example/spip.php?article12&var_recherche=puce",
        "https://g.example/spip.php?article12",
        id="spip search",
    ),
    pytest.param("https://amp.gazette.example/a", "https://gazette.example/a", id="amp door"),
    pytest.param(
        "https://gazette.example/a.amp.html", "https://gazette.example/a.html", id=".amp."
    ),
    pytest.param("https://gazette.example/a?amp=1", "https://gazette.example/a", id="amp=1"),
    pytest.param("https://gazette.example/a?amp", "https://gazette.example/a", id="amp alone"),
    pytest.param(
        "https://gazette-example.cdn.ampproject.org/c/s/gazette.example/a",
        "https://gazette.example/a",
        id="amp cache",
    ),
    pytest.param(
        "https://www.google.com/amp/s/www.gazette.example/a",
        "https://gazette.example/a",
        id="google",
    ),
    pytest.param("https://gazette.example/index.html", "https://gazette.example/", id="index"),
    pytest.param("https://gazette.example/a?", "https://gazette.example/a", id="empty query"),
    pytest.param(
        "https://gazette.example/spip.php?article12&utm_source=x",
        "https://gazette.example/spip.php?article12",
        id="spip with a campaign",
    ),
    pytest.param(
        "https://gazette.example/a;jsessionid=8A9B?id=1",
        "https://gazette.example/a?id=1",
        id="session in the path",
    ),
    pytest.param("  https://gazette.example/a\n", "https://gazette.example/a", id="white space"),
    pytest.param("https://gazette.example/a#/", "https://gazette.example/a", id="empty route"),
    pytest.param("feed://gazette.example/a", "https://gazette.example/a", id="feed scheme"),
    pytest.param("https://gazette.example/a\\b", "https://gazette.example/a/b", id="backslash"),
    pytest.param("https://gazette.example/a%20", "https://gazette.example/a", id="blank end"),
    pytest.param(
        "https://gazette.example/?utm_source=x&#038;id=3",
        "https://gazette.example/?id=3",
        id="escaped by number",
    ),
    pytest.param("https://g.example/a?id=3;utm_source=x", "https://g.example/a?id=3", id=";"),
    pytest.param("https://g.example/index.php?id=3", "https://g.example/?id=3", id="front page"),
    pytest.param("https://g.example/a-7_amp.html", "https://g.example/a-7.html", id="_amp"),
    pytest.param("https://g.example/a-7-amp.html", "https://g.example/a-7.html", id="-amp"),
    pytest.param("https://g.example/a?format=amp", "https://g.example/a", id="format=amp"),
    pytest.param("https://g.example/a?share=facebook&nb=1", "https://g.example/a", id="share"),
    pytest.param(
        "https://g.example/a?sid=0f3c9a6b7d8e4f5a6b7c8d9e0f1a2b3c", "https://g.example/a", id="sid"
    ),
    pytest.param(
        "https://g.example/(S(lit3py55t21z5v55vlm25s55))/a", "https://g.example/a", id="ASP.NET"
    ),
    pytest.param("https://www.github.io/a", "https://github.io/a", id="www of a shared name"),
]

DIFFERENT = [
    ("https://gazette.example/spip.php?article1", "https://gazette.example/spip.php?article2"),
    ("https://gazette.example/a?id=1", "https://gazette.example/a?id=2"),
    ("https://gazette.example/a?p=1", "https://gazette.example/a?page=1"),
    ("https://gazette.example/a", "https://gazette.example/A"),
    ("https://gazette.example/a", "https://gazette.example/b"),
    ("https://tech.gazette.example/a", "https://gazette.example/a"),
    ("https://gazette.example/a%2Fb", "https://gazette.example/a/b"),
    ("https://gazette.example/a?q=1%262", "https://gazette.example/a?q=1&2"),
    ("https://gazette.example:8080/a", "https://gazette.example/a"),
    ("https://gazette.example/#!/a", "https://gazette.example/#!/b"),
    ("https://gazette.example/#/a", "https://gazette.example/#/b"),
    ("https://gazette.example/guitars/amp", "https://gazette.example/guitars"),
    ("https://gazette.example/a?page=2", "https://gazette.example/a"),
    ("https://gazette.example/a?sid=24", "https://gazette.example/a?sid=25"),
    ("https://gazette.example/a?at_id=1", "https://gazette.example/a?at_id=2"),
    ("https://mobile.fr/a", "https://fr/a"),
    ("https://gazette.example/a?ref=1234", "https://gazette.example/a?ref=5678"),
    ("https://gazette.example/a?source=42", "https://gazette.example/a"),
    ("https://www.fr/a", "https://fr/a"),
    ("https://gazette.example/camp", "https://gazette.example/c"),
    ("https://gazette.example/ohm-amp", "https://gazette.example/ohm"),
    ("https://gazette.example/a.html", "https://gazette.example/a"),
    ("https://gazette.example/2024/index-2.html", "https://gazette.example/2024/"),
    ("https://gazette.example/c%2B%2B", "https://gazette.example/c"),
    ("https://m.github.io/a", "https://www.github.io/a"),
    ("https://gazette.example/?s=google", "https://gazette.example/?s=facebook"),
    ("https://gazette.example/a?ns_id=1", "https://gazette.example/a?ns_id=2"),
    ("https://gazette.example/casque-amp.html", "https://gazette.example/casque.html"),
    ("https://gazette.example/a?type=mobile", "https://gazette.example/a?type=app"),
    ("https://gazette.example/a?nb=1", "https://gazette.example/a?nb=2"),
    ("https://gazette.example/a?m=202601", "https://gazette.example/a?m=202602"),
    ("https://gazette.example/a?x=1;y=2", "https://gazette.example/a?x=1;y=3"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_address_are_one(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_articles_are_never_merged(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


_path = st.text(alphabet="abcAZ09-_.~/%é+ ;&=?#", max_size=24)
_name = st.sampled_from(["id", "p", "article12", "q", "utm_source", "xtor", "ref", "é", "a b"])
_value = st.sampled_from(["", "1", "2", "rss", "é", "a+b", "a%20b", "%zz", "x=y"])


@pytest.mark.parametrize("end", [" /", " /.", "%20/ /", "/index.html/ /"])
def test_blanks_and_slashes_at_the_end_are_no_part_of_an_address(end: str) -> None:
    for path in ("", "a"):
        assert canonical(f"https://gazette.example/{path}{end}") in (
            "https://gazette.example/",
            "https://gazette.example/a",
        )


@given(path=_path, door=st.sampled_from(["", "www.", "m."]))
def test_canonical_is_idempotent(path: str, door: str) -> None:
    once = canonical(f"http://{door}gazette.example/{path}")
    assert canonical(once) == once


@given(pairs=st.dictionaries(_name, _value, max_size=5))
def test_the_order_of_parameters_does_not_matter(pairs: dict[str, str]) -> None:
    items = [f"{name}={value}" for name, value in pairs.items()]
    one = canonical("https://gazette.example/a?" + "&".join(items))
    assert one == canonical("https://gazette.example/a?" + "&".join(reversed(items)))


@given(st.text(max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    for value in (text, f"http://{text}", f"https://gazette.example/{text}"):
        assert canonical(canonical(value)) == canonical(value)
        fetchable(value)
        absolute("https://gazette.example/", value)


@pytest.mark.parametrize("path", ["\ud800", "?\udc00=1", "?a=\ud800"])
def test_half_a_letter_makes_it_fail_neither(path: str) -> None:
    once = canonical(f"https://gazette.example/{path}")
    assert canonical(once) == once


@given(one=st.integers(0, 10**9), other=st.integers(0, 10**9))
def test_numbers_are_kept_apart(one: int, other: int) -> None:
    same = canonical(f"https://gazette.example/?article{one}") == canonical(
        f"https://gazette.example/?article{other}"
    )
    assert same == (one == other)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/a", "https://gazette.example/a"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("b?x=é", "https://gazette.example/feeds/b?x=%C3%A9"),
        (" https://gazette.example/a b ", "https://gazette.example/a%20b"),
        ("https://gazette.example/a\n/b", "https://gazette.example/a/b"),
        ("javascript:void(0)", None),
        ("JavaScript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("mailto:a@gazette.example", None),
        ("data:text/html,x", None),
        ("", None),
        ("http://", None),
        ("http://[::1", None),
        ("https://gazette.example/" + "a" * 5000, None),
    ],
)
def test_links_become_absolute_or_nothing(link: str, expected: str | None) -> None:
    assert absolute("https://gazette.example/feeds/rss", link) == expected


def test_the_words_of_an_address() -> None:
    assert host("https://WWW.Gazette.example:8000/x") == "www.gazette.example"
    assert origin("HTTPS://Gazette.example:8000/x") == "https://gazette.example:8000"
    assert site("https://www.gazette.example/x") == site("http://amp.gazette.example/")
