"""The reading pool: warm, replaceable, patient for so long and no longer."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from crawler.pool import Pool, _serve
from crawler.reactor import Background
from techwire.types import Article, Outcome, Page, Rejected, Source
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
