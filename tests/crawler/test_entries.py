"""Feeds and sitemaps as they really are: what is read of them, whatever is wrong."""

# ruff: noqa: E501  (feeds are long lines)

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawler.entries import Reading, read_channel
from techwire.types import ChannelKind

BASE = "https://gazette.example/feed.xml"
A = "https://gazette.example/a"
B = "https://gazette.example/b"
NOON = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)


def read(
    body: str | bytes, content_type: str | None = None, kind: ChannelKind | None = ChannelKind.FEED
) -> Reading:
    """``body`` as fetched from the gazette."""
    if isinstance(body, str):
        body = body.encode()
    return read_channel(body, BASE, content_type, kind)


def urls(reading: Reading) -> list[str]:
    """Where the entries lead."""
    return [entry.url for entry in reading.entries]


def item(inner: str) -> str:
    """An RSS feed around one item that leads to A, unless ``inner`` has a link."""
    link = "" if "<link" in inner else f"<link>{A}</link>"
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:media="http://search.yahoo.com/mrss/"><channel><title>F</title>'
        f"<item>{link}{inner}</item></channel></rss>"
    )


def entry(inner: str) -> str:
    """An Atom feed around one entry."""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry>{inner}</entry></feed>'
    )


# Formats

RSS1 = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="{BASE}"><title>F</title>
<items><rdf:Seq><rdf:li rdf:resource="{A}"/></rdf:Seq></items></channel>
<item rdf:about="{A}"><title>Une puce</title><link>{A}</link><dc:date>2024-03-05T13:00:00+01:00</dc:date>
</item></rdf:RDF>"""
ATOM = entry(
    f'<title>Une puce</title><link href="{A}"/><published>2024-03-05T12:00:00Z</published>'
    "<updated>2024-03-06T12:00:00Z</updated><author><name>Nour Lebrun</name></author>"
)
RSS2 = item("<title>Une puce</title><pubDate>Tue, 05 Mar 2024 12:00:00 GMT</pubDate>")
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "F",
        "items": [
            {"id": "1", "url": A, "title": "Une puce", "date_published": "2024-03-05T12:00:00Z"}
        ],
    }
)
NEWS = f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{A}</loc><news:news>
<news:publication><news:name>F</news:name><news:language>fr</news:language></news:publication>
<news:publication_date>2024-03-05T12:00:00Z</news:publication_date><news:title>Une puce</news:title>
</news:news></url></urlset>"""


@pytest.mark.parametrize(
    ("body", "format_", "kind"),
    [
        (RSS1, "rss", ChannelKind.FEED),
        (RSS2, "rss", ChannelKind.FEED),
        (ATOM, "atom", ChannelKind.FEED),
        (JSON_FEED, "json", ChannelKind.FEED),
        (NEWS, "sitemap", ChannelKind.SITEMAP),
    ],
    ids=["rss 1.0", "rss 2.0", "atom", "json", "news sitemap"],
)
@pytest.mark.parametrize("expected", list(ChannelKind))
def test_every_format_is_read_whatever_was_expected(
    body: str, format_: str, kind: ChannelKind, expected: ChannelKind
) -> None:
    reading = read(body, kind=expected)
    assert (reading.kind, reading.format) == (kind, format_)
    (one,) = reading.entries
    assert (one.url, one.title, one.published_at) == (A, "Une puce", NOON)


def test_a_sitemap_index_names_its_sitemaps() -> None:
    reading = read(
        "<sitemapindex><sitemap><loc>https://gazette.example/old.xml</loc>"
        "<lastmod>2020-01-01</lastmod></sitemap><sitemap><loc>/new.xml</loc>"
        "<lastmod>2024-01-01</lastmod></sitemap>"
        f"<sitemap><loc>{BASE}</loc></sitemap><sitemap><loc>file:///etc/passwd</loc></sitemap>"
        "</sitemapindex>",
        kind=ChannelKind.SITEMAP,
    )
    old, new = "https://gazette.example/old.xml", "https://gazette.example/new.xml"
    assert [child.url for child in reading.children] == [old, new]
    assert [child.url for child in reading.newest_children] == [new, old]


def test_a_text_sitemap_is_one_address_a_line() -> None:
    reading = read(f"{A}\n\n{B}\r\nfile:///etc/passwd\n", kind=ChannelKind.SITEMAP)
    assert urls(reading) == [A, B]


def test_images_of_a_sitemap_are_no_pages() -> None:
    reading = read(
        '<urlset xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url>'
        f"<image:image><image:loc>{B}.jpg</image:loc></image:image><loc>{A}</loc>"
        "<lastmod>2024-03-05T12:00:00Z</lastmod></url></urlset>"
    )
    assert urls(reading) == [A]
    assert reading.entries[0].published_at is None
    assert reading.entries[0].modified_at == NOON


# Dates

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


# Links

LINKS = [
    ("<link>/a</link>", [A]),
    ("<link>//gazette.example/a</link>", [A]),
    ("<link>a</link>", [A]),
    ("<link> \n https://gazette.example/a \n </link>", [A]),
    ("<link><![CDATA[https://gazette.example/a]]></link>", [A]),
    ("<link>https://gazette.example/a?x=1&amp;copy=3</link>", [A + "?x=1&copy=3"]),
    ("<link>https://gazette.example/a?x=1&copy=3</link>", [A + "?x=1&copy=3"]),
    ("<link>https://gazette.example/a?x=1&amp;amp;y=2</link>", [A + "?x=1&y=2"]),
    ("<link>https://gazette.example/a?x=1&y=2</link>", [A + "?x=1&y=2"]),
    ("<link>https://gazette.example/été</link>", ["https://gazette.example/%C3%A9t%C3%A9"]),
    ("<link>https://gazette.example/a b</link>", ["https://gazette.example/a%20b"]),
    ("<link>javascript:alert(1)</link>", []),
    ("<link>file:///etc/passwd</link>", []),
    ("<link>data:text/html,x</link>", []),
    ("<link>mailto:desk@gazette.example</link>", []),
    ("<link></link>", []),
    ("<link/>", []),
    (f"<link>javascript:void(0)</link><guid>{A}</guid>", [A]),
    (f"<link></link><guid isPermaLink='true'>{A}</guid>", [A]),
    (f"<link></link><guid isPermaLink='false'>{A}</guid>", []),
    ("<link></link><guid>3f2a-77</guid>", []),
    ("<link></link><guid>tag:gazette.example,2024:1</guid>", []),
    ("<link></link><guid>/a</guid>", []),
    (f'<link href="{A}"/>', [A]),
    (f'<link rel="self" href="{B}"/><link rel="alternate" href="{A}"/>', [A]),
    (f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="{B}"/>'
     f"<link>{A}</link>", [A]),
    (f"<link>https://feeds.example/~r/x</link><feedburner:origLink>{A}</feedburner:origLink>", [A]),
    (f"<link>{A}</link><enclosure url='{B}' type='audio/mpeg' length='1'/>", [A]),
    (f"<link>{A}</link><media:group><media:content url='{B}'/></media:group>", [A]),
    (f"<link>{A}#comments</link>", [A]),
]  # fmt: skip


@pytest.mark.parametrize(("inner", "expected"), LINKS)
def test_a_link_is_a_web_address_or_no_entry(inner: str, expected: list[str]) -> None:
    assert urls(read(item(inner + "<title>T</title>"))) == expected


def test_the_page_of_an_atom_entry_is_its_alternate_link() -> None:
    links = (
        f'<link rel="self" href="{B}"/><link rel="enclosure" href="{B}.mp3"/>'
        f'<link rel="alternate" type="application/pdf" href="{A}.pdf"/>'
        f'<link rel="alternate" type="text/html" href="{A}"/>'
    )
    assert urls(read(entry(f"<title>T</title>{links}"))) == [A]


def test_an_atom_entry_without_link_is_its_id_when_that_is_an_address() -> None:
    assert urls(read(entry(f"<title>T</title><id>{A}</id>"))) == [A]
    assert urls(read(entry("<title>T</title><id>urn:uuid:1</id>"))) == []


@pytest.mark.parametrize(
    "link",
    [
        f'<link rel="http://www.iana.org/assignments/relation/alternate" href="{A}"/>',
        f'<link HREF="{A}"/>',
        f"<link href={A} />",
        f'<link href="{A}">',
        '<link xml:base="https://gazette.example/" href="a"/>',
        '<link href="https:\\\\gazette.example\\a"/>',
        '<link href="https:/gazette.example/a"/>',
    ],
)
def test_a_link_is_read_however_it_is_spelled(link: str) -> None:
    assert urls(read(entry(f"<title>T</title>{link}"))) == [A]


def test_xml_base_is_where_relative_links_start() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://octet.example/x/">'
        '<entry xml:base="y/"><title>T</title><link href="z"/></entry></feed>'
    )
    assert urls(read(body)) == ["https://octet.example/x/y/z"]


def test_one_address_is_one_entry() -> None:
    body = f"<rss><channel><item><link>{A}</link><guid>1</guid></item><item><link>{A}</link></item></channel></rss>"
    assert urls(read(body)) == [A]


def test_two_entries_of_one_guid_are_two() -> None:
    body = (
        f"<rss><channel><item><link>{A}</link><guid isPermaLink='false'>x</guid></item>"
        f"<item><link>{B}</link><guid isPermaLink='false'>x</guid></item></channel></rss>"
    )
    assert urls(read(body)) == [A, B]


def test_a_json_entry_s_address_is_url_then_external_url_then_an_id_that_is_one() -> None:
    def feed(**item: object) -> str:
        return json.dumps({"version": "https://jsonfeed.org/version/1", "items": [item]})

    assert urls(read(feed(id="1", url="/a"))) == [A]
    assert urls(read(feed(id="1", external_url=A))) == [A]
    assert urls(read(feed(id=A))) == [A]
    assert urls(read(feed(id=12))) == []
    assert urls(read(feed(id="1", url="javascript:x", external_url=A))) == [A]


# Titles

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


# Charsets

ACCENTS = item("<title>Été à l’œuvre</title>").replace('<?xml version="1.0"?>', "")


def declared(charset: str) -> str:
    """The feed with accents, declaring ``charset``."""
    return f'<?xml version="1.0" encoding="{charset}"?>{ACCENTS}'


CHARSETS = [
    pytest.param(declared("utf-8").encode(), None, id="utf-8"),
    pytest.param(declared("utf-8").encode("utf-8-sig"), None, id="utf-8 with a mark"),
    pytest.param(
        declared("utf-8").encode("utf-8-sig"), "text/xml; charset=iso-8859-1", id="mark beats http"
    ),
    pytest.param(declared("iso-8859-1").encode(), None, id="says latin-1, is utf-8"),
    pytest.param(declared("us-ascii").encode(), None, id="says ascii, is utf-8"),
    pytest.param(ACCENTS.encode(), "text/xml; charset=iso-8859-1", id="http says latin-1"),
    pytest.param(declared("windows-1252").encode("cp1252"), None, id="windows-1252"),
    pytest.param(declared("iso-8859-1").encode("cp1252"), None, id="latin-1 that is windows"),
    pytest.param(declared("utf-8").encode("cp1252"), None, id="says utf-8, is windows"),
    pytest.param(ACCENTS.encode("cp1252"), None, id="says nothing, is windows"),
    pytest.param(declared("utf-16").encode("utf-16"), None, id="utf-16 with a mark"),
    pytest.param(declared("utf-16").encode("utf-16-le"), None, id="utf-16-le without"),
    pytest.param(declared("utf-16").encode("utf-16-be"), None, id="utf-16-be without"),
    pytest.param(declared("utf-8").encode("utf-16"), None, id="says utf-8, is utf-16"),
    pytest.param(declared("utf-16").encode(), None, id="says utf-16, is utf-8"),
    pytest.param(declared("iso-8859-15").encode("iso-8859-15", "xmlcharrefreplace"), None, id="15"),
    pytest.param(
        declared("utf-8").encode("cp1252"), "text/xml; charset=windows-1252", id="http beats xml"
    ),
    pytest.param(declared("no-such-charset").encode(), None, id="unknown charset"),
    pytest.param(declared("base64").encode(), None, id="no charset at all"),
]


@pytest.mark.parametrize(("body", "content_type"), CHARSETS)
def test_letters_survive_what_is_declared(body: bytes, content_type: str | None) -> None:
    (one,) = read(body, content_type).entries
    assert one.title == "Été à l’œuvre"


def test_one_bad_byte_costs_no_more_than_itself() -> None:
    body = (
        ("<rss><channel><item><title>Été</title><link>/a</link></item><item><title>caf").encode()
        + b"\xe9"
        + " crème</title><link>/b</link></item></channel></rss>".encode()
    )
    first, second = read(body).entries
    assert first.title == "Été"
    assert second.title == "café crème"


def test_one_bad_byte_in_a_feed_that_says_latin_1_over_http_costs_no_more() -> None:
    body = (
        "<rss><channel><title>Été à la plage</title><item><title>Été œuvre</title><link>/a</link>"
        "<description>x"
    ).encode() + b"\xe9</description></item></channel></rss>"
    (one,) = read(body, "text/xml; charset=ISO-8859-1").entries
    assert one.title == "Été œuvre"


def test_another_script_is_read_in_its_charset() -> None:
    body = '<?xml version="1.0" encoding="shift_jis"?>' + item("<title>半導体</title>").replace(
        '<?xml version="1.0"?>', ""
    )
    (one,) = read(body.encode("shift_jis")).entries
    assert one.title == "半導体"


# Broken documents

TWO = f"<item><title>Un</title><link>{A}</link></item><item><title>Deux</title><link>{B}</link></item>"
BROKEN = [
    pytest.param(
        f"\n\n  <?xml version='1.0'?><rss><channel>{TWO}</channel></rss>", id="blank line"
    ),
    pytest.param(f"Warning: line 3<rss><channel>{TWO}</channel></rss>", id="words before"),
    pytest.param(f"<rss><channel>{TWO}</channel></rss><!-- 0.1 s -->\n<script>", id="words after"),
    pytest.param(f"<rss><channel>{TWO}", id="no end"),
    pytest.param(f"<rss><channel>{TWO}<item><title>Trois</ti", id="cut in a third"),
    pytest.param(f"<rss><channel>{TWO}<item><link>https://gazette.exam", id="cut in an address"),
    pytest.param(f"<rss><channel><title>R&D</title>{TWO}</channel></rss>", id="bare ampersand"),
    pytest.param(f"<rss><channel><title>a<b</title>{TWO}</channel></rss>", id="bare bracket"),
    pytest.param(f"<rss><channel><title>a</tilte>{TWO}</channel></rss>", id="wrong end tag"),
    pytest.param(f"<rss><channel><media:x>1</media:x>{TWO}</channel></rss>", id="unknown prefix"),
    pytest.param(f"<rss><channel>{TWO}</channel></rss><rss/>", id="two roots"),
    pytest.param(f"<rss a=1 b><channel>{TWO}</channel></rss>", id="bad attributes"),
    pytest.param(f"<RSS><Channel>{TWO}</Channel></RSS>", id="capitals"),
    pytest.param(f"<rss><channel></channel>{TWO}</rss>", id="items beside the channel"),
    pytest.param(TWO, id="no frame at all"),
    pytest.param(
        f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>{TWO}</channel></rss>',
        id="external entity",
    ),
    pytest.param(
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        f'"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss><channel>{TWO}</channel></rss>',
        id="doctype",
    ),
    pytest.param(
        f"<rss><channel><item><title>Un</title><description><![CDATA[ </item><item> ]]></description>"
        f"<link>{A}</link></item><item><title>Deux</title><link>{B}</link></item></channel></rss>",
        id="tags in cdata",
    ),
    pytest.param(
        f"<rss><channel>{TWO.replace('<item>', '<item >').replace('</item>', '</item >')}</channel></rss>",
        id="spaces in tags",
    ),
    pytest.param(
        f"<?xml-stylesheet href='x.xsl'?><rss><channel>{TWO}</channel></rss>", id="stylesheet"
    ),
    pytest.param(
        f"<rss><channel>{TWO.replace('<link>', '<description><p>a<br>b</description><link>')}",
        id="raw html",
    ),
    pytest.param(
        f"<rss><channel>{TWO.replace('<link>', '<x>1 < 2 and a<b</x><link>')}", id="brackets"
    ),
    pytest.param(
        f"<rss><channel>{TWO.replace('<link>', '<category>a</categorie><link>')}", id="slips"
    ),
    pytest.param(f"<rss><channel>{TWO.replace('</item>', '')}</channel></rss>", id="no item ends"),
    pytest.param(
        f"<rss><channel>{TWO.replace('</title>', '')}</channel></rss>", id="endless titles"
    ),
    pytest.param(
        f"<rss><channel>{TWO.replace('</title>', '</link>').replace('</link></item>', '</title></item>')}"
        "</channel></rss>",
        id="crossed tags",
    ),
    pytest.param(f"<rss><channel>{TWO.replace('</link>', '')}</channel></rss>", id="endless links"),
    pytest.param(
        "<rss><channel>" + TWO.replace("<item>", '<item x="a<b">') + "</channel></rss>",
        id="< in a value",
    ),
    pytest.param(f'<rss xml:base="http://[x"><channel>{TWO}</channel></rss>', id="broken base"),
    pytest.param(
        f"<rss><channel>{TWO}<item><description><![CDATA[ cut</description><link>/x</link>",
        id="endless cdata",
    ),
    pytest.param(
        f"<rss><channel>{TWO.replace('<link>', '<y><![CDATA[ a </y><link>', 1)}</channel></rss>",
        id="cdata without end",
    ),
    pytest.param(
        f"<rss><channel><!-- <item><link>/0</link></item> -->{TWO}</channel></rss>", id="comment"
    ),
    pytest.param(f"<rss><channel>{TWO}<!-- endless", id="endless comment"),
    pytest.param(f"<rss><channel><item/>{TWO}</channel></rss>", id="empty item"),
]


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_feed_gives_every_entry_that_is_whole(body: str) -> None:
    reading = read(body)
    assert urls(reading) == [A, B]
    assert [one.title for one in reading.entries] == ["Un", "Deux"]


def test_an_entity_bomb_is_no_bomb() -> None:
    names = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{names}]><rss><channel><title>&l11;</title>{TWO}</channel></rss>'
    reading = read(body)
    assert urls(reading) == [A, B]
    assert len(reading.title or "") < 100


def test_an_entity_of_the_document_s_own_is_used() -> None:
    body = f'<!DOCTYPE rss [<!ENTITY journal "La Gazette">]>{item("<title>&journal; paraît</title>")[21:]}'
    assert read(body).entries[0].title == "La Gazette paraît"


def test_an_entity_may_hold_another_one() -> None:
    own = '<!ENTITY e "&#233;"><!ENTITY mot "&e;t&e;"><!ENTITY vide SYSTEM "file:///etc/passwd">'
    body = f"<!DOCTYPE rss [{own}]>{item('<title>&mot; &vide;</title>')[21:]}"
    assert read(body).entries[0].title == "été"


def test_nothing_of_a_file_is_ever_read() -> None:
    body = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>{item("<title>&x; a</title>")[21:]}'
    assert "root:" not in (read(body).entries[0].title or "")


def test_a_json_feed_cut_short_gives_every_item_that_is_whole() -> None:
    whole = json.dumps(
        {"version": "https://jsonfeed.org/version/1", "items": [{"url": A}, {"url": B}]}
    )
    assert urls(read(whole[:-20])) == [A]
    assert urls(read("\ufeff" + whole)) == [A, B]
    assert urls(read(whole.replace("}, {", "},\n\t{") + " ")) == [A, B]


def test_a_json_title_with_a_lone_surrogate_or_a_control_is_read() -> None:
    body = '{"version":"https://jsonfeed.org/version/1","items":[{"url":"/a","title":"un \\ud83d deux\x07"}]}'
    (one,) = read(body).entries
    assert one.title == "un \ufffd deux"


NO_FEED = [
    pytest.param("<!DOCTYPE html><html><body><item>x</item></body></html>", id="html"),
    pytest.param("<html><head><title>404</title></head></html>", id="error page"),
    pytest.param("", id="empty"),
    pytest.param("   \n", id="white space"),
    pytest.param('{"error": "not found"}', id="json error"),
    pytest.param("[]", id="json list"),
    pytest.param("null", id="null"),
    pytest.param("Not found", id="words"),
    pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00\x00", id="image"),
    pytest.param(b"\x1f\x8b\x08broken", id="broken gzip"),
    pytest.param("<" * 5000, id="brackets"),
    pytest.param("{" * 100_000, id="deep json"),
]


@pytest.mark.parametrize("body", NO_FEED)
def test_what_is_no_feed_is_said_to_be_none(body: str | bytes) -> None:
    reading = read(body)
    assert reading.kind is None
    assert reading.entries == ()
    assert reading.problem


def test_an_empty_feed_is_a_feed() -> None:
    reading = read("<rss version='2.0'><channel><title>F</title></channel></rss>")
    assert reading.kind is ChannelKind.FEED
    assert reading.entries == ()


def test_a_feed_tells_how_often_to_come() -> None:
    body = (
        '<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><ttl>30</ttl>'
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
        "<language>fr-FR</language></channel></rss>"
    )
    reading = read(body)
    assert reading.hint_seconds == 21600
    assert reading.language == "fr"


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


LISTING = """<html lang="fr"><body><nav><a href="/tag/puces">Puces</a><a href="/contact">Contact</a></nav>
<h2><a href="/2024/03/05/une-puce-venue-de-grenoble.html">Une puce venue de Grenoble fait parler</a></h2>
<a href="https://ailleurs.example/2024/03/05/autre-histoire-longue.html">Une autre histoire ailleurs</a>
<a href="/economie/le-rachat-qui-change-tout-pour-les-operateurs-1234567.html">Le rachat qui change tout</a>
<a href="/2024/03/05/une-puce-venue-de-grenoble.html#comments">12</a>
<a href="javascript:void(0)">Une histoire qui ne mène nulle part du tout</a>
<footer><a href="/mentions-legales">Mentions</a></footer><a rel="next" href="?page=2">Suite</a></body></html>"""


def test_a_listing_s_links_are_judged_by_where_they_lead() -> None:
    reading = read(LISTING, "text/html", ChannelKind.LISTING)
    assert urls(reading) == [
        "https://gazette.example/2024/03/05/une-puce-venue-de-grenoble.html",
        "https://gazette.example/economie/le-rachat-qui-change-tout-pour-les-operateurs-1234567.html",
    ]
    assert reading.entries[0].title == "Une puce venue de Grenoble fait parler"
    assert reading.next_pages == ("https://gazette.example/feed.xml?page=2",)


def test_a_selector_says_which_links_count() -> None:
    reading = read_channel(LISTING.encode(), BASE, None, ChannelKind.LISTING, links="nav a")
    assert urls(reading) == ["https://gazette.example/tag/puces", "https://gazette.example/contact"]
