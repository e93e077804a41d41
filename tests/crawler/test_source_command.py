"""``techwire source …`` in a user's folder, against a town of sites."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler import opml, sources
from techwire.cli.desk import Desk
from techwire.cli.source import source as source_group
from techwire.errors import NotFound
from techwire.types import Source
from tests.command import techwire
from tests.crawler.town import Answer, Town, open_gazette

TEXT = "La puce venue de Grenoble divise par deux la consommation des serveurs. " * 12


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
    open_gazette(town, story)
    return tmp_path


def test_a_source_from_its_address_to_its_removal(folder: Path, town: Town) -> None:
    added = techwire("source", "add", "gazette.example", "--yes", folder=folder)
    assert added.returncode == 0, added.stderr
    assert "La puce numéro 1 arrive" in added.stderr
    assert "Nour Lebrun" in added.stderr
    assert tomllib.loads(added.stdout)["source"][0]["slug"] == "gazette"
    text = (folder / "sources.toml").read_text()
    assert text.startswith("# mine\n")
    assert "3 of 3 sample articles read" in text
    checked = techwire("source", "check", "--strict", folder=folder)
    assert checked.returncode == 0, checked.stderr
    assert sources.load(folder / "sources.toml")[0].verified
    town["gazette.example/flux.xml"] = Answer(b"", 404)
    town["gazette.example/news.xml"] = Answer(b"", 404)
    checked = techwire("source", "check", "--strict", folder=folder)
    assert checked.returncode == 1
    assert "gazette: gone" in checked.stdout
    assert here("pause", "gazette", folder=folder).exit_code == 0
    assert "paused" in here("list", "--format", "csv", folder=folder).stdout
    assert here("resume", "gazette", folder=folder).exit_code == 0
    assert "last_outcome         gone" in here("show", "gazette", folder=folder).stdout
    with pytest.raises(NotFound, match="did you mean gazette"):
        here("show", "gazete", folder=folder)
    assert here("remove", "gazette", "--yes", folder=folder).exit_code == 0
    assert (folder / "sources.toml").read_text().startswith("# mine")
    assert sources.load(folder / "sources.toml") == []


def here(*words: str, folder: Path) -> Result:
    """A command that needs no reactor, in this process."""
    desk = Desk(config_path=folder / "techwire.toml")
    return CliRunner().invoke(source_group, words, obj=desk, catch_exceptions=False)


OPML = """<?xml version="1.0"?><opml version="1.1"><body><outline text="Tech &amp; co">
<outline text="Octet" xmlUrl="https://octet.example/rss" htmlUrl="https://octet.example/"/>
<outline text="Octet IA" xmlUrl="https://octet.example/ia" htmlUrl="https://octet.example/"/>
<outline type="rss" title="Pixel & cie" xmlUrl="https://pixel.example/feed"/></outline>
<outline text="broken" xmlUrl="javascript:x"/></body></opml>"""


def test_opml_is_imported_once_and_exported(folder: Path) -> None:
    (folder / "mine.opml").write_text(OPML)
    done = here("import", str(folder / "mine.opml"), folder=folder)
    assert done.exit_code == 0
    assert "2 added" in done.stderr
    octet, pixel = sources.load(folder / "sources.toml")
    assert octet.feeds == ("https://octet.example/rss", "https://octet.example/ia")
    assert octet.groups == ("tech-co",)
    assert pixel.name == "Pixel & cie"
    assert "0 added" in here("import", str(folder / "mine.opml"), folder=folder).stderr
    exported = here("export", "--format", "opml", folder=folder)
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
