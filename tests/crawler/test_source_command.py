"""``techwire source …`` in a user's folder, against a town of sites."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from crawler import opml, sources
from techwire.types import Source
from tests.command import techwire
from tests.crawler.town import Answer, Town

TEXT = "La puce venue de Grenoble divise par deux la consommation des serveurs. " * 12
HOME = """<html lang="fr"><head><title>La Gazette - actualités</title>
<meta property="og:site_name" content="La Gazette des puces">
<link rel="alternate" type="application/rss+xml" title="Commentaires" href="/comments/feed">
<link rel="alternate" type="application/rss+xml" href="/flux.xml"></head>
<body>Bonjour</body></html>"""


def story(title: str) -> str:
    """A page that the real pipeline takes for an article."""
    return (
        f'<html lang="fr"><head><title>{title}</title>'
        '<meta property="article:published_time" content="2026-03-03T08:00:00+01:00">'
        '<meta name="author" content="Nour Lebrun"></head>'
        f"<body><article><h1>{title}</h1><p>{TEXT}</p><p>{TEXT}</p></article></body></html>"
    )


@pytest.fixture
def folder(tmp_path: Path, town: Town) -> Path:
    """A user's folder; the gazette answers."""
    (tmp_path / "techwire.toml").write_text(
        "[network]\ndelay_seconds = 0\n"
        f'host_map = {{ "gazette.example" = "127.0.0.1:{town.port}" }}\n'
    )
    (tmp_path / "sources.toml").write_text("# mine\n")
    town["gazette.example/"] = HOME
    town["gazette.example/robots.txt"] = (
        "User-agent: *\nDisallow: /private\nSitemap: https://gazette.example/news.xml\n"
    )
    items = "".join(
        f"<item><title>Puce {n}</title><link>https://gazette.example/puce-{n}</link>"
        f"<pubDate>Tue, 0{n} Mar 2026 08:00:00 GMT</pubDate></item>"
        for n in (1, 2, 3)
    )
    town["gazette.example/flux.xml"] = f"<rss><channel><title>Flux</title>{items}</channel></rss>"
    town["gazette.example/news.xml"] = (
        "<urlset><url><loc>https://gazette.example/puce-1</loc></url></urlset>"
    )
    for n in (1, 2, 3):
        town[f"gazette.example/puce-{n}"] = story(f"La puce numéro {n} arrive")
    return tmp_path


@pytest.mark.parametrize("address", ["gazette.example", "https://gazette.example/puce-1"])
def test_a_site_is_added_from_one_address(folder: Path, town: Town, address: str) -> None:
    done = techwire("source", "add", address, "--yes", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "La puce numéro 1 arrive" in done.stderr
    assert "Nour Lebrun" in done.stderr
    (added,) = sources.load(folder / "sources.toml")
    assert added.slug == "gazette"
    assert added.name == "La Gazette des puces"
    assert added.language == "fr"
    assert added.feeds == ("https://gazette.example/flux.xml",)
    assert added.sitemaps == ("https://gazette.example/news.xml",)
    text = (folder / "sources.toml").read_text()
    assert text.startswith("# mine\n")
    assert "3 of 3 sample articles read" in text


def test_a_feed_is_added_as_it_is(folder: Path) -> None:
    done = techwire("source", "add", "https://gazette.example/flux.xml", "-y", folder=folder)
    assert done.returncode == 0, done.stderr
    (added,) = sources.load(folder / "sources.toml")
    assert added.feeds == ("https://gazette.example/flux.xml",)


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    done = techwire("source", "add", "gazette.example", "--dry-run", folder=folder)
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(done.stdout)["source"][0]["slug"] == "gazette"
    assert (folder / "sources.toml").read_text() == "# mine\n"


def test_what_is_watched_is_not_added_twice(folder: Path) -> None:
    techwire("source", "add", "gazette.example", "--yes", folder=folder)
    done = techwire("source", "add", "gazette.example", "--yes", folder=folder)
    assert done.returncode == 2
    assert "gazette in sources.toml watches that already" in done.stderr


def test_a_site_with_nothing_to_watch_is_said_to_have_nothing(folder: Path, town: Town) -> None:
    for path in ("/flux.xml", "/news.xml"):
        town[f"gazette.example{path}"] = Answer(b"", 404)
    done = techwire("source", "add", "gazette.example", "--yes", folder=folder)
    assert done.returncode == 1
    assert "no feed, no sitemap and no list of articles" in done.stderr


def test_a_site_that_is_gone_is_named(folder: Path, town: Town) -> None:
    town["gazette.example/"] = Answer(b"", 410)
    done = techwire("source", "add", "gazette.example", "--yes", folder=folder)
    assert done.returncode == 1
    assert "gone (HTTP 410)" in done.stderr


def test_sources_are_checked_listed_paused_and_removed(folder: Path, town: Town) -> None:
    techwire("source", "add", "gazette.example", "--yes", folder=folder)
    checked = techwire("source", "check", "--strict", folder=folder)
    assert checked.returncode == 0, checked.stderr
    assert sources.load(folder / "sources.toml")[0].verified
    town["gazette.example/flux.xml"] = Answer(b"", 404)
    town["gazette.example/news.xml"] = Answer(b"", 404)
    checked = techwire("source", "check", "--strict", folder=folder)
    assert checked.returncode == 1
    assert "gazette: gone" in checked.stdout
    assert techwire("source", "pause", "gazette", folder=folder).returncode == 0
    listed = techwire("source", "list", "--format", "csv", folder=folder)
    assert "paused" in listed.stdout
    assert techwire("source", "resume", "gazette", folder=folder).returncode == 0
    shown = techwire("source", "show", "gazette", folder=folder)
    assert "last_outcome         gone" in shown.stdout
    assert techwire("source", "show", "gazete", folder=folder).returncode == 1
    assert techwire("source", "remove", "gazette", "--yes", folder=folder).returncode == 0
    assert (folder / "sources.toml").read_text().startswith("# mine")
    assert sources.load(folder / "sources.toml") == []


OPML = """<?xml version="1.0"?><opml version="1.1"><body><outline text="Tech &amp; co">
<outline text="Octet" xmlUrl="https://octet.example/rss" htmlUrl="https://octet.example/"/>
<outline text="Octet IA" xmlUrl="https://octet.example/ia" htmlUrl="https://octet.example/"/>
<outline type="rss" title="Pixel & cie" xmlUrl="https://pixel.example/feed"/></outline>
<outline text="broken" xmlUrl="javascript:x"/></body></opml>"""


def test_opml_is_imported_once_and_exported(folder: Path) -> None:
    (folder / "mine.opml").write_text(OPML)
    done = techwire("source", "import", "mine.opml", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "2 added" in done.stderr
    octet, pixel = sources.load(folder / "sources.toml")
    assert octet.feeds == ("https://octet.example/rss", "https://octet.example/ia")
    assert octet.groups == ("tech-co",)
    assert pixel.name == "Pixel & cie"
    assert "0 added" in techwire("source", "import", "mine.opml", folder=folder).stderr
    exported = techwire("source", "export", "--format", "opml", folder=folder)
    again = opml.read(exported.stdout.encode())
    assert [one.feeds for one in again] == [octet.feeds, pixel.feeds]


def test_what_opml_cannot_say_is_escaped() -> None:
    one = Source(
        slug="a",
        name='A "b" <c> & d',
        url="https://a.example/",
        feeds=("https://a.example/f?x=1&y=2",),
    )
    (back,) = opml.read(opml.write([one]).encode())
    assert (back.name, back.feeds) == (one.name, one.feeds)
