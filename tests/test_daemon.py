"""``techwire daemon``: visits what is due, says so, ends when told."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import db
from db import queries
from techwire.demo import Newsroom, truth
from techwire.demo.server import Request
from techwire.types import Outcome
from tests.command import techwire
from tests.daemon import daemon, furnish, heard


class Watched(list[Request]):
    """A newsroom's log that says when it has grown to ``enough`` lines."""

    def __init__(self, enough: int) -> None:
        super().__init__()
        self.enough, self.reached = enough, threading.Event()

    def append(self, request: Request) -> None:
        super().append(request)
        if len(self) >= self.enough:
            self.reached.set()


@pytest.fixture
def asked() -> Watched:
    return Watched(25)  # five robots.txt, six channels, and a few articles


@pytest.fixture
def folder(tmp_path: Path, asked: Watched) -> Iterator[Path]:
    room = Newsroom()
    room.log = asked
    with room.serve() as newsroom:
        furnish(tmp_path, newsroom.address)
        yield tmp_path


def test_the_daemon_visits_every_source_and_ends_on_sigterm(folder: Path) -> None:
    with daemon(folder, readers=True) as process:
        heard(process, *(f"{slug}: ok" for slug in ("gazette", "lantern", "comptoir", "labo")))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    with (
        db.connect(str(folder / "techwire.db"), read_only=True) as database,
        database.reading() as connection,
    ):
        counts = queries.counts(connection)
        assert counts.articles > 40
        statuses = queries.status(connection)
    assert all(row.leased_by is None for row in statuses)
    assert all(row.next_due_at and row.due_reason for row in statuses)


def test_a_killed_daemon_loses_nothing_and_stores_nothing_twice(
    folder: Path, asked: Watched
) -> None:
    with daemon(folder) as process:
        assert asked.reached.wait(timeout=60)
        process.kill()
        process.wait()
    done = techwire("run", "--once", folder=folder)
    assert done.returncode == 0, done.stderr
    with (
        db.connect(str(folder / "techwire.db"), read_only=True) as database,
        database.reading() as connection,
    ):
        counts = queries.counts(connection)
    assert counts.states.get("new", 0) == 0
    assert counts.states.get("fetched", 0) == 0
    assert counts.articles == counts.states["stored"]


def test_without_a_network_each_source_is_a_line_and_nothing_is_stored(tmp_path: Path) -> None:
    techwire("init", folder=tmp_path)
    techwire("source", "pause", "numerama", folder=tmp_path)
    done = techwire("run", "--once", folder=tmp_path, TECHWIRE_NETWORK_DELAY_SECONDS="0")
    assert done.returncode == 1
    assert "paused, left out: numerama\n" in done.stderr
    lines = [line for line in done.stderr.splitlines() if " network " in line]
    assert len(lines) == 12, done.stderr
    assert "none of 12 sources answered" in done.stderr


def test_one_page_is_read_from_its_address_with_the_manners_of_a_crawl(folder: Path) -> None:
    piece = next(p for p in truth() if p.outcome is Outcome.NEW and p.language == "fr")
    done = techwire("read", piece.url, folder=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"title      {piece.title}")
    closed = next(p for p in truth() if p.outcome is Outcome.ROBOTS)
    refused = techwire("read", closed.url, folder=folder)
    assert refused.returncode == 1
    assert "robots" in refused.stderr
