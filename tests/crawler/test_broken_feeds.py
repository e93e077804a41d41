"""Feeds with wrong letters, torn tags and bad intentions: every whole entry is read."""

# ruff: noqa: E501  (feeds are long lines)

from __future__ import annotations

import json

import pytest

from tests.crawler.feeds import A, B, item, read, urls

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
