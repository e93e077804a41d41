"""What a crawl no longer needs goes back to the system."""

from __future__ import annotations

import asyncio
import platform
from pathlib import Path

import pytest

from crawler import memory
from crawler.memory import give_back, give_back_now_and_then

PIECE, PIECES = 20_000, 3_000  # bytes; small enough to lie side by side


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked")
def test_the_holes_between_what_stays_go_back_to_the_system() -> None:
    held: list[bytes | None] = [bytes([1]) * PIECE for _ in range(PIECES)]
    for place in range(len(held)):
        if place % 10:
            held[place] = None
    before = resident()
    give_back()
    assert resident() < before - PIECE * PIECES / 3
    assert sum(piece is not None for piece in held) == PIECES / 10


def test_crawls_side_by_side_give_back_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[None] = []
    monkeypatch.setattr(memory, "EVERY", 0.0)
    monkeypatch.setattr(memory, "_given_back_at", 0.0)
    monkeypatch.setattr(memory, "monotonic", lambda: 100.0)  # time stands still
    monkeypatch.setattr(memory, "give_back", lambda: given.append(None))

    async def main() -> None:
        tasks = [asyncio.create_task(give_back_now_and_then()) for _ in range(5)]
        for _ in range(10):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(main())
    assert len(given) == 1


def test_a_crawl_that_is_over_at_once_gives_back_at_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[None] = []
    monkeypatch.setattr(memory, "_given_back_at", 0.0)
    monkeypatch.setattr(memory, "monotonic", lambda: 100.0)
    monkeypatch.setattr(memory, "give_back", lambda: given.append(None))

    async def main() -> None:
        for _ in range(3):
            task = asyncio.create_task(give_back_now_and_then())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    assert len(given) == 1
