"""How many pages may wait in memory, and what stops when they do."""

import asyncio
import contextlib
from datetime import UTC, datetime

from crawler.backlog import Backlog
from techwire.types import Page


def page(size: int, source: str = "gazette") -> Page:
    return Page(
        url="https://gazette.example/a",
        final_url="https://gazette.example/a",
        source=source,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
        body=b"x" * size,
    )


def test_a_backlog_is_full_while_it_holds_more_than_it_may() -> None:
    backlog = Backlog(most=10)
    with backlog.holding(page(8)):
        assert not backlog.is_full
        with backlog.holding(page(8)):
            assert backlog.is_full
        assert not backlog.is_full
    assert backlog.size == 0


def test_who_waits_for_room_goes_on_when_there_is_some() -> None:
    async def main() -> list[str]:
        backlog, said = Backlog(most=10), []

        async def wait() -> None:
            await backlog.room()
            said.append("room")

        with backlog.holding(page(11)):
            waiting = asyncio.create_task(wait())
            await asyncio.sleep(0)
            said.append("full")
        await waiting
        await backlog.room()  # at once, when nothing waits
        return said

    assert asyncio.run(main()) == ["full", "room"]


def test_a_source_that_fills_the_backlog_leaves_room_for_one_that_comes_new() -> None:
    backlog = Backlog(most=100)
    with contextlib.ExitStack() as held:
        while backlog.has_room("greedy"):
            held.enter_context(backlog.holding(page(1, "greedy")))
        assert 20 <= backlog.size < 30
        assert backlog.has_room("new")
    assert backlog.has_room("greedy")


def test_room_is_left_however_many_sources_are_greedy() -> None:
    backlog = Backlog(most=1000)
    with contextlib.ExitStack() as held:
        for number in range(12):
            while backlog.has_room(f"greedy {number}"):
                held.enter_context(backlog.holding(page(1, f"greedy {number}")))
        assert not backlog.is_full
        assert backlog.has_room("new")
