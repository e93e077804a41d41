"""The Atom we write is what a feed reader understands: our own, and any XML parser."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

from crawler.entries import read_channel
from techwire.atom import FeedEntry, feed

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TITLE = 'Nova & Cie : « 3 < 4 », dit "<b>Ana</b>" ]]>'
ATOM = "{http://www.w3.org/2005/Atom}"


def written(*entries: FeedEntry) -> str:
    return feed(title="A & B", identity="tag:techwire,2026:a", updated_at=AT, entries=entries)


def entry(**changed: str | None) -> FeedEntry:
    fields = {"url": "https://gazette.example/1", "title": TITLE, "author": "gazette"} | changed
    return FeedEntry(published_at=AT, updated_at=AT, **fields)  # type: ignore[arg-type]


def test_a_reader_gets_back_titles_summaries_and_times_as_they_were() -> None:
    summary = "Un résumé <em>sans</em> balises & avec"
    text = written(entry(summary=summary))
    read = read_channel(
        text.encode(), "https://here.example/feed", "application/atom+xml", None
    ).entries
    assert [(e.url, e.title, e.published_at) for e in read] == [
        ("https://gazette.example/1", TITLE, AT)
    ]
    root = ElementTree.fromstring(text)  # noqa: S314  (our own)
    assert root.findtext(f"{ATOM}entry/{ATOM}summary") == summary


def test_a_click_leads_to_the_place_and_the_identity_is_the_address() -> None:
    place = 'https://gazette.example/1?id="7"&page=<2>'
    root = ElementTree.fromstring(written(entry(place=place), entry()))  # noqa: S314
    links = [link.get("href") for link in root.iter(f"{ATOM}link")]
    assert links == [place, "https://gazette.example/1"]
    assert {e.findtext(f"{ATOM}id") for e in root.iter(f"{ATOM}entry")} == {
        "https://gazette.example/1"
    }


def test_what_xml_cannot_hold_is_left_out() -> None:
    root = ElementTree.fromstring(written(entry(title="a\x00b\x0bc\ud800d")))  # noqa: S314
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "abcd"


def test_all_that_the_standard_asks_for_is_there() -> None:
    root = ElementTree.fromstring(written(entry(language="fr")))  # noqa: S314
    for part in (root, root.find(f"{ATOM}entry")):
        assert part is not None
        assert part.findtext(f"{ATOM}id")
        assert part.findtext(f"{ATOM}title")
        assert part.findtext(f"{ATOM}updated") == "2026-11-22T09:30:00Z"
    assert root.findtext(f"{ATOM}entry/{ATOM}author/{ATOM}name") == "gazette"
