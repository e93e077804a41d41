"""Every format of feeds, sitemaps and listings, told apart by what they are."""

# ruff: noqa: E501  (feeds are long lines)

from __future__ import annotations

import json

import pytest

from crawler.entries import read_channel
from techwire.types import ChannelKind
from tests.crawler.feeds import BASE, NOON, A, B, entry, item, read, urls

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
