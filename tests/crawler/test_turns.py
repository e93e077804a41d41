"""Whose page is read next, and who never holds up the others."""

from __future__ import annotations

import asyncio

import pytest

from crawler import turns
from crawler.turns import Turns


class Desk:
    """Readers whose pages end when the test says so; notes whom they were lent to."""

    def __init__(self, readers: int) -> None:
        self.turns = Turns([f"reader {n}" for n in range(readers)])
        self.served: list[str] = []
        self._lent: dict[str, list[tuple[str, float]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def ask(self, *sources: str) -> None:
        """One page more of each source waits for its turn."""
        for source in sources:
            self._tasks.append(asyncio.create_task(self._wait(source)))
        await settled()

    async def _wait(self, source: str) -> None:
        lent = await self.turns.take(source)
        self.served.append(source)
        self._lent.setdefault(source, []).append(lent)

    async def end(self, source: str, took: float) -> None:
        """The first page of ``source`` under way ends after ``took`` seconds."""
        reader, began = self._lent[source].pop(0)
        began = asyncio.get_running_loop().time() - took
        self.turns.give_back(source, reader, began)
        await settled()

    def leave(self) -> None:
        """Whoever waits gives up."""
        for task in self._tasks:
            task.cancel()


async def settled() -> None:
    """Everything that can go on has."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_one_page_of_a_quiet_source_comes_before_the_many_of_another() -> None:
    async def main() -> list[str]:
        desk = Desk(1)
        await desk.ask("heavy", *["heavy"] * 50, "light")
        await desk.end("heavy", 0.05)
        return desk.served

    assert asyncio.run(main()) == ["heavy", "light"]


def test_a_source_whose_pages_take_long_has_fewer_of_them_read() -> None:
    async def main() -> list[str]:
        desk = Desk(1)
        await desk.ask(*["slow", "quick"] * 10)
        for _ in range(8):
            await desk.end(desk.served[-1], 0.5 if desk.served[-1] == "slow" else 0.1)
        desk.leave()
        return desk.served

    served = asyncio.run(main())
    assert served.count("quick") >= 3 * served.count("slow")


def test_a_source_not_known_to_be_quick_leaves_a_reader_to_others() -> None:
    async def main() -> list[str]:
        desk = Desk(2)
        await desk.ask("hanging", "hanging")
        await desk.ask("healthy")
        await desk.end("hanging", turns.QUICK * 20)
        desk.leave()
        return desk.served

    assert asyncio.run(main()) == ["hanging", "healthy", "hanging"]


def test_a_source_known_to_be_quick_may_use_every_reader() -> None:
    async def main() -> list[str]:
        desk = Desk(2)
        await desk.ask("one", "one", "one")
        await desk.end("one", 0.05)
        desk.leave()
        return desk.served

    assert asyncio.run(main()) == ["one", "one", "one"]


def test_time_without_pages_is_not_saved_up() -> None:
    async def main() -> list[str]:
        desk = Desk(1)
        await desk.ask("old", "old")
        for _ in range(10):
            await desk.ask("old")
            await desk.end("old", 0.5)
        await desk.ask("new", "new", "new", "new")
        for _ in range(4):
            await desk.end(desk.served[-1], 0.5)
        desk.leave()
        return desk.served[-4:]

    assert asyncio.run(main()).count("new") <= 3


def test_who_gives_up_waiting_leaves_no_trace() -> None:
    async def main() -> None:
        lent = Turns(["reader"])
        reader, began = await lent.take("one")
        waiting = asyncio.create_task(lent.take("two"))
        await settled()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        lent.give_back("one", reader, began)
        assert (await lent.take("three"))[0] == "reader"

    asyncio.run(main())
