"""Where an entry leads, however its link is spelled."""

# ruff: noqa: E501  (feeds are long lines)

from __future__ import annotations

import json

import pytest

from tests.crawler.feeds import A, B, entry, item, read, urls

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
