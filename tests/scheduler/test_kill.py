"""F36: kill -9 at every arrow, on both engines: nothing lost, twice, or fetched again."""

import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from db import connect
from db.tables import AddressRow, ArticleRow, PageRow, SourceRow, VisitRow
from techwire.demo import Newsroom, truth
from techwire.urls import canonical
from tests import nursery
from tests.command import ENVIRON
from tests.daemon import furnish
from tests.scheduler.killed import ARROWS

SITES = ("gazette", "lantern")
ARTICLES = 5  # of each that are listed
CROSSINGS = {"claimed": 1, "discovered": 1, "stored": 1, "settled": 1}  # the others: at the third


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom().serve() as open_for_business:
        yield open_for_business


def run(folder: Path, url: str, arrow: str) -> tuple[int, str]:
    """How ``run --once`` ended that dies at ``arrow``, and what it said."""
    said = folder / f"{arrow}.log"
    with said.open("wb") as log, said.open("rb") as nothing:
        process = nursery.start(
            [arrow, str(CROSSINGS.get(arrow, 3))],
            folder=folder,
            environ=ENVIRON | {"TECHWIRE_DATABASE_URL": url},
            streams=(nothing.fileno(), log.fileno(), log.fileno()),
            target="tests.scheduler.killed:main",
        )
        return process.wait(120), said.read_text()


def only(folder: Path, *slugs: str) -> None:
    """Leave only these sources in the folder's ``sources.toml``, and few articles of each."""
    path = folder / "sources.toml"
    head, *tables = path.read_text().split("[[source]]")
    kept = [
        f"{table}\nmax_articles = {ARTICLES}\n"
        for table in tables
        if any(f'slug = "{slug}"' in table for slug in slugs)
    ]
    path.write_text("[[source]]".join([head, *kept]))


@pytest.mark.parametrize("arrow", ARROWS)
def test_a_kill_loses_nothing_and_doubles_nothing(
    arrow: str, tmp_path: Path, database_url: str, newsroom: Newsroom
) -> None:
    furnish(tmp_path, newsroom.address)
    only(tmp_path, *SITES)
    code, said = run(tmp_path, database_url, arrow)
    assert code == -signal.SIGKILL, said

    with connect(database_url) as database, database.reading() as connection:
        kept = set(
            connection.scalars(select(AddressRow.fetch_url).join(PageRow)),
        )
    asked_before = len(newsroom.log)

    code, said = run(tmp_path, database_url, "none")
    assert code == 0, said

    asked_again = {(request.site, request.path) for request in newsroom.log[asked_before:]}
    assert not {(urlsplit(url).hostname, urlsplit(url).path) for url in kept} & asked_again
    with connect(database_url) as database, database.reading() as connection:
        met = set(connection.scalars(select(AddressRow.url)))
        stored = sorted(connection.scalars(select(ArticleRow.url)))
        left = connection.scalar(
            select(func.count()).where(AddressRow.state.in_(("new", "fetched")))
        )
        held = connection.scalars(select(SourceRow.leased_by).where(SourceRow.leased_by != ""))
        assert list(held) == []
        assert connection.scalar(select(func.count(VisitRow.id))) == len(SITES)
    assert left == 0
    assert len(met) == len(SITES) * ARTICLES
    good = {canonical(page.url) for page in truth() if page.outcome.is_stored}
    assert stored == sorted(met & good)
    assert len(stored) >= len(met) - 2  # one site shows a video, one forbids a page
