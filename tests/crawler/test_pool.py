"""The reading pool: warm, replaceable, patient for so long and no longer."""

from __future__ import annotations

import json
import multiprocessing
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.pool import Pool
from crawler.process import _serve, can_fork
from crawler.reactor import Background
from techwire.types import Article, Outcome, Page, Rejected, Source
from tests import nursery
from tests.command import ENVIRON
from tests.crawler.town import plain_read, source


def page(body: bytes) -> Page:
    """A page of the gazette."""
    url = "https://gazette.example/a"
    return Page(url=url, final_url=url, source="gazette", fetched_at=datetime.now(UTC), body=body)


def moody_read(page: Page, of: Source) -> Article | Rejected:
    """Does what the page says."""
    if page.body == b"hang":
        time.sleep(60)
    if page.body == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    if page.body == b"raise":
        raise ValueError("no")
    return plain_read(page, of)


def prepare_moody() -> Callable[[Page, Source], Article | Rejected]:
    """``moody_read`` as a pool wants it."""
    return moody_read


@pytest.fixture(scope="module")
def pool(reactor: Background) -> Iterator[Pool]:
    """Two workers with little patience: enough of it for a page on a busy machine."""
    pool = Pool(prepare_moody, workers=2, timeout=1.5)
    reactor.call(pool.warm())
    yield pool
    pool.close()


def test_a_page_is_read_in_another_process(pool: Pool, reactor: Background) -> None:
    result = reactor.call(pool.read(page(b"<h1>Far away</h1>"), source()))
    assert isinstance(result, Article)
    assert result.title == "Far away"
    assert os.getpid() not in pool.processes


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        pytest.param(b"hang", "not read within 1.5 s, 2 times", id="hangs"),
        pytest.param(b"die", "the reading process died, 2 times", id="dies"),
        pytest.param(b"raise", "ValueError: no", id="raises"),
    ],
)
def test_a_page_that_cannot_be_read_is_given_up(
    pool: Pool, reactor: Background, body: bytes, detail: str
) -> None:
    result = reactor.call(pool.read(page(body), source()))
    assert isinstance(result, Rejected)
    assert result.outcome is Outcome.UNREADABLE
    assert result.detail == detail
    after = reactor.call(pool.read(page(b"<h1>Still here</h1>"), source()))
    assert isinstance(after, Article)


def test_a_worker_killed_from_outside_is_replaced(pool: Pool, reactor: Background) -> None:
    reactor.call(pool.warm())  # another test may have left one of them ended, not yet replaced
    for worker in pool._workers:
        assert worker._process is not None
        os.kill(worker._process.pid or 0, signal.SIGKILL)
        worker._process.join(10)  # SIGKILL takes a moment to arrive
    results = [reactor.call(pool.read(page(b"<h1>Again</h1>"), source())) for _ in range(3)]
    assert all(isinstance(result, Article) for result in results)


def test_a_worker_whose_master_was_killed_ends_without_a_word(
    capfd: pytest.CaptureFixture[str],
) -> None:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    ours.close()
    before = signal.getsignal(signal.SIGINT)
    try:
        _serve(theirs, prepare_moody)
    finally:
        signal.signal(signal.SIGINT, before)
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(sys.platform != "linux", reason="readers are forked on Linux only")
def test_readers_forked_beforehand_read_and_end_with_who_forked_them(tmp_path: Path) -> None:
    with (tmp_path / "said").open("w+b") as said:
        streams = (said.fileno(),) * 3
        process = nursery.start(
            [],
            folder=tmp_path,
            environ=ENVIRON,
            streams=streams,
            target="tests.crawler.forked:main",
        )
        assert process.wait(60) == -signal.SIGKILL
        said.seek(0)
        told = json.loads(said.read())
    assert len(told["forked"]) == 2
    assert told["reading"] == told["forked"]  # none was spawned
    assert told["body"].startswith("Des machines neuves")
    assert all(ended(number, 20) for number in told["forked"])


def ended(process: int, seconds: float) -> bool:
    """Whether a process that is nobody's child here ends in time."""
    try:
        fd = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([fd], [], [], seconds)[0])
    finally:
        os.close(fd)


def test_no_process_is_forked_beside_a_thread() -> None:
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        assert not can_fork()
    finally:
        over.set()
        thread.join()


def test_no_process_is_forked_on_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not can_fork()
