"""Daemons enqueue, workers visit: each source once, each host by one of them at a time."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import OperationalError

from crawler.reactor import Background
from db import connect
from db import fleet as rows
from fleet.worker import Worker, session
from techwire.errors import LeaseLost, OtherVersion
from tests.crawler.town import Answer, Asked, Town, article, rss, source
from tests.fleet.conftest import Fleet

PAPERS = ("gazette", "octet", "pixel", "clavier")


def publish(town: Town, host: str, *pages: str, feed: str = "feed.xml") -> None:
    """A feed at ``host`` and the pages it lists."""
    town[f"{host}/{feed}"] = Answer(rss(*(f"https://{host}/{page}" for page in pages)))
    for page in pages:
        town[f"{host}/{page}"] = article(f"{host} {page}")


@asynccontextmanager
async def at_work(workers: Iterable[Worker]) -> AsyncIterator[None]:
    """The workers work meanwhile."""
    workers = list(workers)
    lives = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()
        await asyncio.gather(*lives)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that is going to happen."""
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 - what it waits for happens in other threads too
            await asyncio.sleep(0.02)


def visited(machines: Fleet, count: int) -> Callable[[], bool]:
    """Whether so many visits have ended, and nothing waits or is under way."""
    return lambda: (
        machines.ask(
            "SELECT (SELECT count(*) FROM visit), (SELECT count(*) FROM procrastinate_jobs)"
        )
        == [(count, 0)]
    )


def test_two_daemons_and_three_workers_visit_every_source_once_and_every_host_alone(
    fleet: Fleet, town: Town, reactor: Background
) -> None:
    for name in PAPERS:
        publish(town, f"{name}.example", "1", "2", "3")
    publish(town, "pixel.example", "4", "5", feed="more.xml")
    # another paper's feed leads to pages of the gazette
    town["octet.example/links.xml"] = rss("https://gazette.example/9", "https://octet.example/9")
    town["gazette.example/9"] = article("Nine")
    town["octet.example/9"] = article("Nine, too")
    fleet.watch(
        *(source(name) for name in PAPERS),
        source("more", url="https://pixel.example/", feeds=("https://pixel.example/more.xml",)),
        source("links", url="https://octet.example/", feeds=("https://octet.example/links.xml",)),
    )
    daemons = [fleet.dispatcher() for _ in range(2)]

    async def main() -> None:
        async with AsyncExitStack() as stack:
            for daemon in daemons:
                await stack.enter_async_context(daemon.queue.opened())
            async with at_work(fleet.worker(f"machine:{n}") for n in range(3)):
                for _ in range(3):
                    now = datetime.now(UTC)
                    await asyncio.gather(*(daemon.start_due(now) for daemon in daemons))
                await until(visited(fleet, 6))

    reactor.call(main())
    visits = fleet.ask("SELECT s.slug, v.outcome FROM visit v JOIN source s ON s.id = v.source_id")
    assert sorted(visits) == sorted((slug, "ok") for slug in fleet.sources)
    pages = Counter(f"{one.host}{one.path}" for one in town.asked if one.path != "/robots.txt")
    assert {page: n for page, n in pages.items() if n > 1 and ".well-known" not in page} == {}
    assert fleet.ask("SELECT count(*), count(DISTINCT url), max(revisions) FROM article") == [
        (16, 16, 0)
    ]
    assert set(town.most_at_once.values()) == {1}
    assert fleet.ask("SELECT count(*) FROM source WHERE leased_by IS NOT NULL") == [(0,)]
    assert fleet.ask("SELECT count(*) FROM host WHERE held_by IS NOT NULL") == [(0,)]
    with fleet.database.reading() as connection:
        assert rows.workers(connection) == []


class Gate:
    """A page that answers when it is told to, the first time it is asked for."""

    def __init__(self, page: bytes) -> None:
        self.asked, self.opened = threading.Event(), threading.Event()
        self._page = page

    def __call__(self, _: Asked) -> Answer:
        """The answer, late the first time."""
        if not self.asked.is_set():
            self.asked.set()
            self.opened.wait(30)
        return Answer(self._page)


def test_a_worker_taken_for_dead_writes_nothing_more_and_another_makes_its_visit(
    fleet: Fleet, town: Town, reactor: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.queue.SILENT_SECONDS", 0.5)
    publish(town, "gazette.example", "1", "2")
    gate = Gate(article("One"))
    town["gazette.example/1"] = gate
    fleet.watch(source("gazette"))
    frozen, other = fleet.worker("frozen:1"), fleet.worker("other:2")
    daemon = fleet.dispatcher()
    lost: list[str] = []

    async def main() -> None:
        async with daemon.queue.opened(), at_work([frozen]):
            await daemon.start_due(datetime.now(UTC))
            await until(gate.asked.is_set)
            fleet.do("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1h'")
            lost.extend(await daemon.reap())
            async with at_work([other]):
                await until(visited(fleet, 1))
            gate.opened.set()
        # `frozen` has ended by now: what it received late it could not write

    reactor.call(main())
    assert lost == ["gazette"]
    assert fleet.ask("SELECT count(*), count(DISTINCT url), max(revisions) FROM article") == [
        (2, 2, 0)
    ]
    assert fleet.ask("SELECT count(*) FROM visit") == [(1,)]
    assert fleet.ask("SELECT count(*) FROM source WHERE leased_by IS NOT NULL") == [(0,)]


def test_a_worker_that_was_buried_begins_anew(
    fleet: Fleet, town: Town, reactor: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.queue.BEAT_SECONDS", 0.05)
    publish(town, "gazette.example", "1")
    fleet.watch(source("gazette"))
    daemon = fleet.dispatcher()
    living = "SELECT id FROM procrastinate_workers"

    async def main() -> None:
        async with daemon.queue.opened(), at_work([fleet.worker("frozen:1")]):
            await until(lambda: len(fleet.ask(living)) == 1)
            first = fleet.ask(living)
            fleet.do("DELETE FROM procrastinate_workers")
            await until(lambda: fleet.ask(living) not in ([], first))
            await daemon.start_due(datetime.now(UTC))
            await until(visited(fleet, 1))

    reactor.call(main())
    assert fleet.ask("SELECT count(*) FROM article") == [(1,)]


def test_a_transaction_that_a_frozen_worker_left_open_holds_nobody_up(
    fleet: Fleet, reactor: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.queue.SILENT_SECONDS", 0.5)
    fleet.watch(source("gazette"))
    fleet.do(
        "INSERT INTO procrastinate_workers OVERRIDING SYSTEM VALUE"
        " VALUES (1, now() - interval '1h')"
    )
    fleet.do("INSERT INTO worker VALUES (1, 'frozen:1', '0.1.0', 16, now())")
    fleet.do("UPDATE source SET leased_by = 'frozen:1/7', leased_until = now() + interval '1h'")
    daemon = fleet.dispatcher()

    async def main() -> list[str]:
        async with daemon.queue.opened():
            return await daemon.reap()

    with connect(fleet.database.address, session=session("frozen:1")) as database:
        connection = database.engine.connect()
        rows.check(connection, "gazette", "frozen:1/7")  # nobody can take the source meanwhile
        rows.save_alone(connection)
        assert reactor.call(main()) == ["gazette"]
        with pytest.raises(OperationalError, match="terminating connection"):
            rows.check(connection, "gazette", "frozen:1/7")
        connection.close()
    assert fleet.ask("SELECT leased_by FROM source") == [(None,)]
    assert fleet.ask("SELECT count(*) FROM procrastinate_workers") == [(0,)]


def test_a_visit_that_is_not_ours_any_more_is_told_before_it_writes(
    fleet: Fleet, reactor: Background
) -> None:

    fleet.watch(source("gazette"))
    fleet.do(
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, status) VALUES"
        " (7, 'techwire', 'techwire.visit', 'doing'), (8, 'techwire', 'techwire.visit', 'doing')"
    )
    moment, lease = datetime.now(UTC), fleet.office().config.schedule.at_most
    with fleet.database.writing() as connection:
        assert rows.claim(connection, "gazette", moment, "first:1/7", lease)
        assert not rows.claim(connection, "gazette", moment, "second:1/8", lease)
        rows.check(connection, "gazette", "first:1/7")
        assert rows.borrow(connection, "gazette.example", "first:1/7") is not None
        assert rows.borrow(connection, "gazette.example", "second:1/8") is None
    fleet.do("DELETE FROM procrastinate_jobs WHERE id = 7")
    with fleet.database.writing() as connection:
        assert rows.sweep(connection, 5.0) == ["gazette"]
        with pytest.raises(LeaseLost, match=r"first:1/7 visits it no longer \(nobody does\)"):
            rows.check(connection, "gazette", "first:1/7")
        assert not rows.claim(connection, "gazette", moment, "first:1/7", lease)
        manners = rows.borrow(connection, "gazette.example", "second:1/8")
        assert manners is not None
        assert 4.0 < manners.wait <= 5.0  # nobody knows when it was last asked


def test_what_was_learnt_of_a_host_goes_from_machine_to_machine(fleet: Fleet) -> None:

    with fleet.database.writing() as connection:
        fresh = rows.borrow(connection, "gazette.example", "a:1/1")
        assert fresh == rows.Manners(0.0, None, 0)
        learnt = {"gazette.example": rows.Manners(30.0, 10.0, 2)}
        rows.give_back(connection, "b:1/2", learnt)  # not theirs: nothing happens
        assert rows.borrow(connection, "gazette.example", "a:1/1") == fresh
        rows.give_back(connection, "a:1/1", learnt)
        handed = rows.borrow(connection, "gazette.example", "b:1/2")
    assert handed is not None
    assert (handed.crawl_delay, handed.failures) == (10.0, 2)
    assert 29.0 < handed.wait <= 30.0


def test_a_source_that_is_not_due_any_more_is_not_visited(
    fleet: Fleet, town: Town, reactor: Background
) -> None:
    publish(town, "gazette.example", "1")
    fleet.watch(source("gazette"))
    daemon = fleet.dispatcher()

    async def main() -> None:
        async with daemon.queue.opened():
            assert await daemon.start_due(datetime.now(UTC)) == 1
            assert await daemon.start_due(datetime.now(UTC)) == 0  # it waits in the queue
            fleet.do("UPDATE source SET next_due_at = now() + interval '1h'")
            async with at_work([fleet.worker("late:1")]):
                await until(visited(fleet, 0))

    reactor.call(main())
    assert town.asked == []


def test_a_worker_of_another_version_refuses_and_names_both(
    fleet: Fleet, reactor: Background
) -> None:
    fleet.watch(source("gazette"))
    daemon, worker = fleet.dispatcher(), fleet.worker("old:1")

    async def main() -> None:
        async with daemon.queue.opened():
            life = asyncio.create_task(worker.run())
            await until(lambda: fleet.ask("SELECT count(*) FROM worker") == [(1,)])
            fleet.do("UPDATE property SET value = '9.9.9' WHERE name = 'fleet_version'")
            await daemon.start_due(datetime.now(UTC))
            await life

    with pytest.raises(OtherVersion, match=r"the daemon that dispatches is 9\.9\.9"):
        reactor.call(main())
    assert fleet.ask("SELECT count(*) FROM visit") == [(0,)]
    with pytest.raises(OtherVersion, match="install the same version"):
        reactor.call(fleet.worker("old:2").run())
