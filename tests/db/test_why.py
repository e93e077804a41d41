"""``techwire why``: what is told of an address at each stage of its life."""

from datetime import timedelta
from pathlib import Path

import pytest

from db import Database, articles, connect, pages, sources
from db.why import why
from techwire.types import Entry, Outcome, Rejected
from tests.command import techwire_here
from tests.db.build import HOUR, NOW, article, page, with_sources

FEED = "https://gazette.example/rss.xml"
AT = {
    name: f"https://gazette.example/{name}"
    for name in ("new", "kept", "busy", "gone", "told", "copy")
}
BODY = "Une phrase assez longue pour compter. " * 30


def lived(database: Database) -> None:
    """Addresses that have come as far as their names say."""
    with_sources(database)
    with database.writing() as c:
        entries = [Entry(url=url, title=f"Titre {name}") for name, url in AT.items()]
        pages.offer(c, "gazette", entries, FEED, NOW)
        pages.keep(c, page(AT["kept"]))
        for name, outcome in (("busy", Outcome.BUSY), ("gone", Outcome.GONE)):
            later = NOW + HOUR if name == "busy" else None
            pages.end(c, AT[name], "gazette", outcome, "asked", NOW, next_try_at=later)
        for name in ("told", "copy"):
            source = "gazette" if name == "told" else "herald"
            piece = article(AT[name], source=source, title=f"Titre {name}", body=BODY)
            articles.save(c, piece, NOW, story=lambda *_: told_story)
        sources.claim(c, ["gazette"], NOW, "here:1", timedelta(minutes=20))


told_story = 1


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("new", "next       fetched at the next visit of gazette"),
        ("kept", "next       read from the stored page at the next visit of gazette"),
        ("busy", "next       tried again from 2026-03-02 11:00 +01:00 on; failed once so far"),
        ("told", "next       fetched again when its entry in the channel changes"),
        ("told", "announced  Titre told"),
        ("told", "story      1, 2 articles: Titre told"),
        ("told", "no company is named in it (--company NAME says why not that one)"),
        ("copy", "copy of    https://gazette.example/told"),
    ],
)
def test_why_tells_what_was_what_is_and_what_comes_next(
    archive: Path, name: str, says: str
) -> None:
    told = techwire_here("why", AT[name], folder=archive)
    assert told.returncode == 0, told.stderr
    assert says in told.stdout
    assert f"in {FEED}" in told.stdout


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A folder whose database holds those addresses."""
    folder = tmp_path_factory.mktemp("why")
    (folder / "techwire.db").write_bytes(sqlite_template.read_bytes())
    (folder / "techwire.toml").write_text('timezone = "Europe/Paris"\n')
    with connect(str(folder / "techwire.db")) as database:
        lived(database)
    return folder


def test_a_final_end_and_a_source_no_longer_listed_say_so(database: Database) -> None:
    with_sources(database)
    with database.writing() as c:
        pages.offer(c, "gazette", [Entry(url=AT["gone"])], FEED, NOW)
        gone = Rejected(
            url=AT["gone"],
            source="gazette",
            outcome=Outcome.VIDEO,
            detail="a video",
            fetched_at=NOW,
        )
        articles.reject(c, gone, NOW)
        sources.sync(c, [], NOW)
        life = why(c, AT["gone"])
    assert (life.state, life.outcome, life.next_try_at) == ("rejected", Outcome.VIDEO, None)
    assert life.visit_due_at is None
