"""The bundled newsroom, asked by real clients: its pages, its feeds, its manners."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest

from techwire.demo import LATER, NOW, Newsroom, Piece, hosts, sources_toml, truth
from techwire.demo.sites import BY_SLUG, SITES, Site
from techwire.types import Outcome

ARTICLES = [piece for piece in truth() if piece.kind == "article"]
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom().serve() as served:
        yield served


def ask(
    newsroom: Newsroom, url: str, method: str = "GET", **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Asks as through a forward proxy: the whole address in the request line."""
    connection = http.client.HTTPConnection(newsroom.address, timeout=10)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, url, headers=names)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def text_of(page: bytes) -> str:
    """What a reader sees, white space folded."""
    shown = re.sub(r"(?s)<head>.*?</head>|<script.*?</script>", " ", page.decode())
    return " ".join(unescape(re.sub(r"</?(?:a|b|i|span)\b[^>]*>", "", shown)).split())


@pytest.mark.parametrize("piece", ARTICLES, ids=lambda piece: f"{piece.site}-{piece.slug}")
def test_an_article_page_shows_its_title_lead_authors_and_paragraphs_once(piece: Piece) -> None:
    with Newsroom().serve() as newsroom:
        status, headers, page = ask(newsroom, piece.url)
    shown = text_of(page)
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    (heading,) = re.findall(r"<h1[^>]*>(.*?)</h1>", unescape(page.decode()))
    assert " ".join(heading.split()) == piece.title
    for author in piece.authors:
        assert author in shown
    for once in (piece.lead, piece.caption, *piece.paragraphs):
        assert once
        assert shown.count(once) == 1, once
    assert f'<link rel="canonical" href="{piece.url}">' in page.decode()


def test_there_are_enough_articles_in_both_languages_and_each_is_long_enough_to_read() -> None:
    languages = Counter(piece.language for piece in ARTICLES)
    assert len(ARTICLES) >= 44
    assert min(languages["fr"], languages["en"]) >= 15
    for piece in ARTICLES:
        assert 150 <= sum(len(text.split()) for text in piece.paragraphs) <= 400, piece.url


def test_french_is_spelled_with_its_own_marks() -> None:
    for piece in truth(later=True):
        if piece.language == "fr":
            for text in (piece.title, piece.lead or "", *piece.paragraphs):
                assert not re.search(r"['\"“”]", text), (piece.url, text)
                assert not re.search(r"«\S|\S»|\w[!?;:](?=\s|$)", text), (piece.url, text)


def test_every_article_is_published_within_ten_days_of_the_clock() -> None:
    for piece in truth():
        assert 0 < (NOW - piece.published_at).total_seconds() <= 10 * 86_400, piece.url
        assert piece.published_at.tzinfo is UTC


def test_some_stories_are_told_by_several_sites_and_in_both_languages() -> None:
    stories: dict[str, list[Piece]] = {}
    for piece in ARTICLES:
        if piece.story:
            stories.setdefault(piece.story, []).append(piece)
    bilingual = [told for told in stories.values() if {p.language for p in told} == {"fr", "en"}]
    assert len(bilingual) >= 6
    for told in stories.values():
        assert len({piece.site for piece in told}) == len(told) >= 2


def test_one_text_stands_on_two_sites() -> None:
    by_url = {piece.url: piece for piece in ARTICLES}
    copies = [piece for piece in ARTICLES if piece.copy_of]
    assert len(copies) == 1
    original = by_url[copies[0].copy_of or ""]
    assert original.site != copies[0].site
    assert original.paragraphs == copies[0].paragraphs
    assert original.published_at < copies[0].published_at


def test_absolute_form_and_host_header_lead_to_the_same_page(newsroom: Newsroom) -> None:
    piece = ARTICLES[0]
    whole = ask(newsroom, piece.url)[2]
    by_host = ask(newsroom, piece.path, Host=BY_SLUG[piece.site].host)[2]
    with_port = ask(newsroom, piece.path, Host=f"{BY_SLUG[piece.site].host.upper()}:8080")[2]
    assert whole == by_host == with_port


def test_each_host_is_a_site_of_its_own_and_others_are_not_found(newsroom: Newsroom) -> None:
    homes = {ask(newsroom, f"http://{host}/")[2] for host in hosts()}
    assert len(homes) == len(SITES) == 5
    assert ask(newsroom, "http://elsewhere.example/")[0] == 404
    assert ask(newsroom, "http://gazette.example/no-such-page")[0] == 404


def test_one_connection_serves_many_requests(newsroom: Newsroom) -> None:
    connection = http.client.HTTPConnection(newsroom.address, timeout=10)
    connection.connect()
    port = connection.sock.getsockname()[1]
    for host in hosts():
        connection.request("GET", f"http://{host}/robots.txt")
        assert connection.getresponse().read().startswith(b"User-agent: *")
        assert connection.sock.getsockname()[1] == port
    connection.close()


def channels() -> list[str]:
    """The feeds, sitemaps and listings of the demo's sources file."""
    tables = tomllib.loads(sources_toml())["source"]
    return [
        url for t in tables for key in ("feeds", "sitemaps", "listings") for url in t.get(key, [])
    ]


CHANGEABLE = [*channels(), *(f"http://{host}/robots.txt" for host in hosts()), ARTICLES[0].url]


@pytest.mark.parametrize("url", CHANGEABLE)
def test_validators_are_answered_with_304_and_no_body(newsroom: Newsroom, url: str) -> None:
    status, headers, body = ask(newsroom, url)
    assert (status, bool(body)) == (200, True)
    assert headers["Cache-Control"]
    etag, since = headers["ETag"], headers["Last-Modified"]
    for known in (
        {"If_None_Match": etag},
        {"If_None_Match": f'"x", W/{etag}'},
        {"If_Modified_Since": since},
    ):
        again, validators, nothing = ask(newsroom, url, **known)
        assert (again, nothing) == (304, b""), known
        assert validators["ETag"] == etag
    assert ask(newsroom, url, If_None_Match='"other"', If_Modified_Since=since)[0] == 200
    assert ask(newsroom, url, If_Modified_Since="Mon, 01 Jan 2024 00:00:00 GMT")[0] == 200
    assert ask(newsroom, url, If_Modified_Since="yesterday")[0] == 200


def test_a_compressed_answer_holds_the_same_page_under_its_own_etag(newsroom: Newsroom) -> None:
    url = ARTICLES[0].url
    _, headers, body = ask(newsroom, url)
    _, squeezed_headers, squeezed = ask(newsroom, url, Accept_Encoding="gzip, deflate")
    assert squeezed_headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed) == body
    assert squeezed_headers["ETag"] != headers["ETag"]
    again = ask(newsroom, url, Accept_Encoding="gzip", If_None_Match=squeezed_headers["ETag"])
    assert again[0] == 304


def test_head_tells_the_length_and_sends_nothing(newsroom: Newsroom) -> None:
    url = ARTICLES[0].url
    status, headers, body = ask(newsroom, url, method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) == len(ask(newsroom, url)[2])


def listed(newsroom: Newsroom, site: str) -> dict[str, datetime | None]:
    """The addresses a site's main channel names, without queries, and their times."""
    feed = BY_SLUG[site].feed
    body = ask(newsroom, BY_SLUG[site].absolute(feed or BY_SLUG[site].listing or "/"))[2]
    found: dict[str, datetime | None] = {}
    if site in ("gazette", "labo"):
        for item in ElementTree.fromstring(body).iter("item"):  # noqa: S314 - our own feed
            found[item.findtext("link", "")] = parsedate_to_datetime(item.findtext("pubDate", ""))
    elif site == "comptoir":
        for entry in ElementTree.fromstring(body).iter(f"{ATOM}entry"):  # noqa: S314
            link = entry.find(f"{ATOM}link")
            assert link is not None
            when = entry.findtext(f"{ATOM}published", "")
            found[link.attrib["href"]] = datetime.fromisoformat(when)
    elif site == "lantern":
        for item in json.loads(body)["items"]:
            assert "utm_source" in item["url"]
            found[item["url"].split("?")[0]] = datetime.fromisoformat(item["date_published"])
    else:
        for path in re.findall(r'class="card"><a href="([^"]+)"', body.decode()):
            found[BY_SLUG[site].absolute(path)] = None
    return found


@pytest.mark.parametrize("site", [site.slug for site in SITES])
def test_a_channel_names_every_page_of_its_site_at_its_time(newsroom: Newsroom, site: str) -> None:
    found = listed(newsroom, site)
    assert found.keys() == {piece.url for piece in truth() if piece.site == site}
    for piece in truth():
        if piece.site == site and found[piece.url]:
            assert found[piece.url] == piece.published_at


def test_the_news_sitemap_names_the_last_two_days_and_no_withdrawn_page(newsroom: Newsroom) -> None:
    body = ask(newsroom, "http://devicedesk.example/sitemap-news.xml")[2]
    urls = list(ElementTree.fromstring(body).iter(f"{MAP}url"))  # noqa: S314
    expected = {
        p.url: p for p in ARTICLES if p.site == "devicedesk" and (NOW - p.published_at).days < 2
    }
    assert {url.findtext(f"{MAP}loc") for url in urls} == expected.keys() != set()
    for url in urls:
        when = url.findtext(f"{NEWS}news/{NEWS}publication_date", "")
        assert datetime.fromisoformat(when) == expected[url.findtext(f"{MAP}loc", "")].published_at


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.slug)
def test_robots_closes_some_folders_and_names_the_sitemap(newsroom: Newsroom, site: Site) -> None:
    rules = RobotFileParser()
    rules.parse(ask(newsroom, site.absolute("/robots.txt"))[2].decode().splitlines())
    for piece in truth():
        if piece.site == site.slug:
            is_open = piece.outcome is not Outcome.ROBOTS
            assert rules.can_fetch("techwire", piece.url) is is_open, piece.url
    (where,) = rules.site_maps() or []
    assert ask(newsroom, where)[0] == 200


def test_the_visible_dates_are_those_of_the_truth(newsroom: Newsroom) -> None:
    def shown(slug: str, pattern: str) -> str:
        (piece,) = (piece for piece in ARTICLES if piece.slug == slug)
        found = re.search(pattern, text_of(ask(newsroom, piece.url)[2]))
        assert found
        return found[1]

    gazette = shown("tiktok-teste-les-carnets-de-voyage-a-plusieurs", r"(Par .+? à \d\d:\d\d)")
    assert gazette == "Par Maëlle Dauphin - Publié le 11 Sep 2025 à 10:10"
    desk = shown("fairphone-screwdriver-earbuds-review", r"(By .+? EDT)")
    assert desk == "By Hannah Cole and Tomás Reyes | September 13, 2025, 10:00 a.m. EDT"


def test_the_other_forms_of_an_article_name_its_usual_address(newsroom: Newsroom) -> None:
    piece = next(piece for piece in ARTICLES if piece.site == "devicedesk")
    for form in ("/amp", "?print=1", "?utm_source=feed"):
        status, _, page = ask(newsroom, piece.url + form)
        assert status == 200
        assert f'<link rel="canonical" href="{piece.url}">' in page.decode()
        assert text_of(page).count(piece.paragraphs[0]) == 1


def test_every_link_of_a_page_within_its_site_leads_somewhere(newsroom: Newsroom) -> None:
    for site in SITES:
        piece = next(piece for piece in ARTICLES if piece.site == site.slug)
        page = ask(newsroom, piece.url)[2].decode()
        closed = tuple(site.closed)
        for path in set(re.findall(r'(?:href|src)="(/[^"]+)"', page)):
            if not path.startswith(closed):
                assert ask(newsroom, site.absolute(path))[0] in (200, 410), (site.slug, path)


def test_pages_that_are_no_articles_say_so_in_their_own_way(newsroom: Newsroom) -> None:
    others = {piece.kind: piece for piece in truth() if piece.kind != "article"}
    assert {piece.outcome for piece in others.values()} == {
        Outcome.VIDEO,
        Outcome.LIVE,
        Outcome.LISTING,
        Outcome.PAYWALL,
        Outcome.ROBOTS,
        Outcome.TOO_SHORT,
        Outcome.GONE,
    }
    assert b'content="video.other"' in ask(newsroom, others["video"].url)[2]
    assert b"LiveBlogPosting" in ask(newsroom, others["live"].url)[2]
    assert ask(newsroom, others["dossier"].url)[2].count(b'class="card"') >= 5
    assert b'"isAccessibleForFree": false' in ask(newsroom, others["paywall"].url)[2]
    assert ask(newsroom, others["dead"].url)[0] == 410


def test_later_there_are_two_new_articles_and_one_is_edited(newsroom: Newsroom) -> None:
    before = {piece.url: piece for piece in truth()}
    after = {piece.url: piece for piece in truth(later=True)}
    fresh = after.keys() - before.keys()
    edited = [url for url in before if after[url] != before[url]]
    assert before.keys() < after.keys()
    assert len(fresh) == 2
    assert all(NOW < after[url].published_at < LATER for url in fresh)
    (url,) = edited
    assert after[url].title != before[url].title
    assert after[url].paragraphs != before[url].paragraphs
    assert after[url].published_at == before[url].published_at < after[url].changed_at < LATER

    validators = {known: ask(newsroom, known)[1] for known in (url, *channels())}
    newsroom.move_on()
    status, headers, page = ask(newsroom, url, If_None_Match=validators[url]["ETag"])
    assert status == 200
    assert parsedate_to_datetime(headers["Last-Modified"]) == after[url].changed_at
    assert after[url].title in unescape(page.decode())
    changed = {
        known
        for known in channels()
        if ask(newsroom, known, If_None_Match=validators[known]["ETag"])[0] == 200
    }
    concerned = {after[one].site for one in (*fresh, url)}
    assert {known.split("/")[2].split(".")[0] for known in changed} == concerned


def test_the_log_counts_every_answer(newsroom: Newsroom) -> None:
    ask(newsroom, "http://gazette.example/rss.xml?x=1")
    ask(newsroom, "http://gazette.example/rss.xml", method="HEAD")
    ask(newsroom, "http://gazette.example/nothing")
    assert Counter(newsroom.log) == {
        ("gazette.example", "/rss.xml", 200): 2,
        ("gazette.example", "/nothing", 404): 1,
    }


def test_closing_frees_the_port_and_a_taken_port_is_an_error() -> None:
    with Newsroom().serve() as first:
        host, _, port = first.address.partition(":")
        with pytest.raises(OSError, match="in use"):
            Newsroom().serve(host, int(port))
        idle = http.client.HTTPConnection(first.address, timeout=10)
        idle.request("GET", "http://gazette.example/")
        idle.getresponse().read()
    assert idle.sock.recv(1) == b""  # hung up, not left waiting
    idle.close()
    with Newsroom().serve(host, int(port)) as second:
        assert ask(second, "http://gazette.example/")[0] == 200


def test_a_newsroom_that_listens_has_its_address_before_it_answers() -> None:
    with Newsroom().listen() as room:
        address = room.address
        assert ask(room.serve(), "http://gazette.example/")[0] == 200
        assert room.address == address
    with Newsroom().listen() as silent:
        silent.close()


def test_a_client_that_is_gone_is_nothing_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    with Newsroom().listen() as newsroom:
        for problem in (ConnectionResetError("gone"), ValueError("a fault of ours")):
            try:
                raise problem
            except (ConnectionError, ValueError):
                assert newsroom._server is not None
                newsroom._server.handle_error(None, ("127.0.0.1", 9))
    told = capsys.readouterr().err
    assert "ConnectionResetError" not in told
    assert "ValueError: a fault of ours" in told


def test_the_sources_file_names_each_site_and_its_ways_in() -> None:
    tables = tomllib.loads(sources_toml())["source"]
    assert [table["slug"] for table in tables] == [site.slug for site in SITES]
    kinds = Counter(key for table in tables for key in table)
    assert (kinds["feeds"], kinds["sitemaps"], kinds["listings"]) == (4, 1, 1)
