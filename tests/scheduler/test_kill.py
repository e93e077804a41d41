"""F36: kill -9 at every arrow, on both engines: nothing lost, twice, or fetched again."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from db import connect
from db.tables import AddressRow, ArticleRow, PageRow, SourceRow, VisitRow
from techwire.demo import Newsroom, truth
from techwire.urls import canonical
from tests.command import ROOT
from tests.daemon import furnish
from tests.scheduler.killed import ARROWS

SITES = ("gazette", "lantern")
CROSSINGS = {"claimed": 1, "discovered": 1, "stored": 1, "settled": 1}  # the others: at the third


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom().serve() as open_for_business:
        yield open_for_business


def run(folder: Path, url: str, arrow: str) -> subprocess.CompletedProcess[bytes]:
    crossing = str(CROSSINGS.get(arrow, 3))
    return subprocess.run(
        [sys.executable, "-m", "tests.scheduler.killed", arrow, crossing],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "TECHWIRE_DATABASE_URL": url},
        capture_output=True,
        check=False,
        timeout=120,
    )


def only(folder: Path, *slugs: str) -> None:
    """Leave only these sources in the folder's ``sources.toml``."""
    path = folder / "sources.toml"
    head, *tables = path.read_text().split("[[source]]")
    kept = [table for table in tables if any(f'slug = "{slug}"' in table for slug in slugs)]
    path.write_text("[[source]]".join([head, *kept]))


@pytest.mark.parametrize("arrow", ARROWS)
def test_a_kill_loses_nothing_and_doubles_nothing(
    arrow: str, tmp_path: Path, database_url: str, newsroom: Newsroom
) -> None:
    furnish(tmp_path, newsroom.address)
    only(tmp_path, *SITES)
    killed = run(tmp_path, database_url, arrow)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()

    with connect(database_url) as database, database.reading() as connection:
        kept = set(
            connection.scalars(select(AddressRow.fetch_url).join(PageRow)),
        )
    asked_before = len(newsroom.log)

    again = run(tmp_path, database_url, "none")
    assert again.returncode == 0, again.stderr.decode()

    asked_again = {(request.site, request.path) for request in newsroom.log[asked_before:]}
    assert not {(urlsplit(url).hostname, urlsplit(url).path) for url in kept} & asked_again
    with connect(database_url) as database, database.reading() as connection:
        stored = sorted(connection.scalars(select(ArticleRow.url)))
        left = connection.scalar(
            select(func.count()).where(AddressRow.state.in_(("new", "fetched")))
        )
        held = connection.scalars(select(SourceRow.leased_by).where(SourceRow.leased_by != ""))
        assert list(held) == []
        assert connection.scalar(select(func.count(VisitRow.id))) == len(SITES)
    assert left == 0
    assert stored == sorted(
        {canonical(page.url) for page in truth() if page.site in SITES and page.outcome.is_stored}
    )
