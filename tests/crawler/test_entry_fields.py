"""What an entry says of itself: dates, titles, authors, a summary, as people write them."""

# ruff: noqa: E501  (feeds are long lines)

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.entries import read_channel
from tests.crawler.feeds import BASE, NOON, A, entry, item, read

DATES = [
    ("Tue, 05 Mar 2024 12:00:00 GMT", NOON),
    ("Tue, 5 Mar 2024 12:00 GMT", NOON),
    ("05 Mar 2024 12:00:00 +0000", NOON),
    ("Tue, 05 Mar 24 12:00:00 UT", NOON),
    ("Tue, 05 Mar 2024 13:00:00 CET", NOON),
    ("Tue, 05 Mar 2024 14:00:00 CEST", NOON),
    ("Tue, 05 Mar 2024 13:00:00 BST", NOON),
    ("Tue, 05 Mar 2024 07:00:00 EST", NOON),
    ("Tue, 05 Mar 2024 08:00:00 EDT", NOON),
    ("Tue, 05 Mar 2024 04:00:00 PST", NOON),
    ("Tue, 05 Mar 2024 13:00:00 +01:00", NOON),
    ("Tue, 05 Mar 2024 13:00:00 GMT+1", NOON),
    ("Tue, 05 Mar 2024 13:00:00 +0100 (CET)", NOON),
    ("Wednesday, 05-Mar-24 12:00:00 GMT", NOON),
    ("Tue Mar  5 12:00:00 2024", NOON),
    ("Tue Mar 5 13:00:00 CET 2024", NOON),
    ("Tue, 05 Mars 2024 12:00:00 GMT", NOON),
    ("mar., 05 mars 2024 13:00:00 +0100", NOON),
    ("mardi 5 mars 2024 à 12 h 00", NOON),
    ("Mardi, 5 mars 2024 12:00:00 GMT", NOON),
    ("Di, 05 Mär 2024 13:00:00 +0100", NOON),
    ("5. März 2024 12:00 Uhr", NOON),
    ("mar, 05 mar 2024 13:00:00 +0100", NOON),
    ("5 de marzo de 2024 12:00", NOON),
    ("March 5, 2024 12:00 PM", NOON),
    ("Tue, 05 Mar 2024 12:00:00 PM GMT", NOON),
    ("2024-03-05T12:00:00Z", NOON),
    ("2024-03-05T12:00Z", NOON),
    ("2024-03-05 12:00:00", NOON),
    ("2024-03-05T13:00:00+0100", NOON),
    ("2024-03-05T13:00:00.000+01:00", NOON),
    ("20240305T120000Z", NOON),
    ("2024-03-05T12:00:00 CET", datetime(2024, 3, 5, 11, tzinfo=UTC)),
    ("2024-03-04T24:00:00Z", datetime(2024, 3, 5, tzinfo=UTC)),
    ("2024-03-05", datetime(2024, 3, 5, tzinfo=UTC)),
    ("2024-03", datetime(2024, 3, 1, tzinfo=UTC)),
    ("05/03/2024 12:00", NOON),
    ("2024/03/05 12:00:00", NOON),
    ("2024-3-5T12:0:0Z", NOON),
    ("Tue, 05 Mar 2024 13.00.00 +0100", NOON),
    ("Tue, 05 Mar 2024 13:00:00 Europe/Paris", NOON),
    ("2024-W10-2", datetime(2024, 3, 5, tzinfo=UTC)),
    ("2024-065", datetime(2024, 3, 5, tzinfo=UTC)),
    ("1709640000", NOON),
    ("sam. 17 août 2024 09:05:00 +0200", datetime(2024, 8, 17, 7, 5, tzinfo=UTC)),
    ("jeu., 1er févr. 2024 00:00:00 +0100", datetime(2024, 1, 31, 23, tzinfo=UTC)),
    ("ven, 27 déc 2024 10:00:00 +0100", datetime(2024, 12, 27, 9, tzinfo=UTC)),
    ("Thu, 01 Jan 1970 00:00:00 GMT", None),
    ("Mon, 01 Jan 0001 00:00:00 +0000", None),
    ("Tue, 02 Jan 2024 25:04:05 GMT", None),
    ("0000-00-00 00:00:00", None),
    ("2024-13-45", None),
    ("yesterday", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), DATES, ids=[text for text, _ in DATES])
def test_dates_are_read_as_people_write_them(text: str, expected: datetime | None) -> None:
    (one,) = read(item(f"<title>T</title><pubDate>{text}</pubDate>")).entries
    assert one.published_at == expected


def test_a_time_without_zone_is_at_home_in_the_source_s() -> None:
    body = item("<pubDate>2024-03-05 13:00:00</pubDate>").encode()
    (one,) = read_channel(body, BASE, None, None, timezone="Europe/Paris").entries
    assert one.published_at == NOON


@pytest.mark.parametrize(
    "inner",
    [
        "<dc:date>2024-03-05T12:00:00Z</dc:date>",
        "<pubDate>nonsense</pubDate><dc:date>2024-03-05T12:00:00Z</dc:date>",
        "<pubDate></pubDate><dc:date>2024-03-05T13:00:00+01:00</dc:date>",
        "<dcterms:issued>2024-03-05T12:00:00Z</dcterms:issued>",
        '<a10:updated xmlns:a10="http://www.w3.org/2005/Atom">2024-03-05T12:00:00Z</a10:updated>',
        "<PubDate>Tue, 05 Mar 2024 12:00:00 GMT</PubDate>",
        "<pubDate><![CDATA[ Tue, 05 Mar 2024 12:00:00 GMT ]]></pubDate>",
        "<pubDate>\n  Tue, 05 Mar\n 2024 12:00:00 GMT\n</pubDate>",
    ],
)
def test_a_date_is_found_wherever_it_stands(inner: str) -> None:
    (one,) = read(item(inner)).entries
    assert one.published_at == NOON


TITLES = [
    ("<title>Une puce</title>", "Une puce"),
    ("<title><![CDATA[Une <b>puce</b>]]></title>", "Une puce"),
    ("<title>L&#8217;été &amp; l&#39;hiver</title>", "L’été & l'hiver"),
    ("<title>L&amp;#8217;été</title>", "L’été"),
    ("<title>R&amp;amp;D</title>", "R&D"),
    ("<title>R&D</title>", "R&D"),
    ("<title>AT&T et Orange</title>", "AT&T et Orange"),
    ("<title>caf&eacute; &nbsp; cr&egrave;me</title>", "café crème"),
    ("<title>a &hellip; b</title>", "a … b"),
    ("<title>un\x00 deux\x08</title>", "un deux"),
    ("<title>un &#0;deux&#x1F;</title>", "un deux"),
    ("<title>\n  un\t\n deux </title>", "un deux"),
    ("<title>e\u0301te\u0301</title>", "été"),
    ("<title>un &#146;deux</title>", "un ’deux"),
    ("<title>1 &lt; 2</title>", "1 < 2"),
    ("<title></title>", None),
    ("", None),
    ("<title>un</title><media:title>deux</media:title>", "un"),
    ("<media:title>deux</media:title><title>un</title>", "un"),
    ("<title>un 🚀 deux</title>", "un 🚀 deux"),
    ("<title>&unknown; deux</title>", "&unknown; deux"),
    ("<title>caf&eacute noir</title>", "café noir"),
    ("<title>x?a=1&copy=3</title>", "x?a=1&copy=3"),
    ("<title>un<br/>deux</title>", "un deux"),
    ("<title>un <?php echo 1 ?>deux</title>", "un deux"),
    ("<title>l\u0092été\u0085 fin</title>", "l’été… fin"),
    ("<title>&#xD83D;&#xDE80; et &#55357;&#56960;</title>", "🚀 et 🚀"),
    ("<title>Vec&lt;T&gt; en Rust</title>", "Vec<T> en Rust"),
    ("<title><![CDATA[un]]>]]></title>", "un"),
    ("<title><![cdata[un]]></title>", "un"),
]


@pytest.mark.parametrize(("inner", "expected"), TITLES)
def test_a_title_is_plain_text(inner: str, expected: str | None) -> None:
    (one,) = read(item(inner)).entries
    assert one.title == expected


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<title>1 &lt; 2 &amp;amp; 3</title>", "1 < 2 &amp; 3"),
        (
            '<title type="html">un &lt;b&gt;deux&lt;/b&gt; &amp;amp; trois</title>',
            "un deux & trois",
        ),
        (
            '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">un <b>deux</b></div></title>',
            "un deux",
        ),
        ("<title>un</title><source><title>no</title></source>", "un"),
        ("<title>un <b>deux</b></title>", "un deux"),
        ('<title type="html">&lt;script&gt;x()&lt;/script&gt;un &amp;lt;T&gt;</title>', "un <T>"),
    ],
)
def test_an_atom_title_says_what_it_is(inner: str, expected: str) -> None:
    (one,) = read(entry(f'{inner}<link href="{A}"/>')).entries
    assert one.title == expected


def test_authors_are_names() -> None:
    (one,) = read(
        item("<dc:creator>Nour Lebrun</dc:creator><dc:creator>Ida Sorel</dc:creator>")
    ).entries
    assert one.authors == ("Nour Lebrun", "Ida Sorel")
    (one,) = read(item("<author>desk@gazette.example (Nour Lebrun)</author>")).entries
    assert one.authors == ("Nour Lebrun",)


def test_a_summary_is_plain_text() -> None:
    (one,) = read(
        item(
            "<description>&lt;p&gt;Un &lt;img src='x'&gt; été &amp;amp; plus&lt;/p&gt;</description>"
        )
    ).entries
    assert one.summary == "Un été & plus"
