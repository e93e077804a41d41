"""How many pages may wait in memory, and what stops when they do."""

import asyncio
from datetime import UTC, datetime

from crawler.backlog import Backlog
from techwire.types import Page


def page(size: int) -> Page:
    return Page(
        url="https://gazette.example/a",
        final_url="https://gazette.example/a",
        source="gazette",
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
