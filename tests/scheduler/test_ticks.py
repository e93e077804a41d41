"""Ticks of a daemon in this process: what is claimed after a long night, and what a clock that
jumps does to the plan. Visits are only noted: what a visit does is tested elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import scheduler
from db import queries
from pipelines.companies import Catalogue
from scheduler import CRAWLS, IN_ONE_CRAWL, Daemon, open_office
from techwire.config import load
from techwire.types import Page, Source

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Noting(Daemon):
    """Notes what it would visit; the visits end when they are told."""

    def __init__(self, *words: object, **named: object) -> None:
        super().__init__(*words, **named)  # type: ignore[arg-type]
        self.visited: list[list[str]] = []
        self.over = asyncio.Event()

    async def _visit(self, slugs: list[str]) -> None:
        self.visited.append(slugs)
        await self.over.wait()


class Clock:
    """A clock that can be set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def sources(count: int) -> list[Source]:
    return [
        Source(slug=f"s{n:03}", name=f"S {n}", url=f"https://s{n:03}.example/", feeds=())
        for n in range(count)
    ]


@pytest.fixture
def office(
    tmp_path: Path, new_database_url: Callable[[str], str]
) -> Callable[[int, Clock], scheduler.Office]:
    """Opens the office of a daemon that watches some sources."""
    path = tmp_path / "techwire.toml"
    path.write_text(f'[database]\nurl = "{new_database_url("sqlite")}"\n')
    config = load(path, environ={})
    nobody = Catalogue(companies={}, spellings=(), owners={}, context={}, version="none")

    def opened(count: int, clock: Clock) -> scheduler.Office:
        return open_office(config, sources(count), catalogue=nobody, clock=clock, inline=True)

    return opened


def test_a_long_night_is_made_up_for_a_crawl_at_a_time(  # F39
    office: Callable[[int, Clock], scheduler.Office],
) -> None:
    clock = Clock()
    with office(IN_ONE_CRAWL + 30, clock) as opened:

        async def main() -> list[int]:
            daemon = Noting(opened)
            clock.now += timedelta(hours=9)  # everything is due, and the clock has jumped
            for _ in range(3):
                await daemon.tick()
                await asyncio.sleep(0)  # the crawl begins
            daemon.over.set()
            return [len(slugs) for slugs in daemon.visited]

        assert asyncio.run(main()) == [IN_ONE_CRAWL, 30]


class Stubborn(Noting):
    """Its visits do not end when they are told to."""

    async def _visit(self, slugs: list[str]) -> None:
        self.stop()
        try:
            await self.over.wait()
        except asyncio.CancelledError:
            await self.over.wait()


def test_a_visit_that_does_not_end_keeps_nobody_from_ending(  # F37
    office: Callable[[int, Clock], scheduler.Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "LAST_SECONDS", 0.01)
    with office(1, Clock()) as opened:
        schedule = replace(opened.config.schedule, grace_seconds=0.01)
        opened.config = replace(opened.config, schedule=schedule)
        asyncio.run(asyncio.wait_for(Stubborn(opened).run(), 30))


def test_nothing_is_claimed_while_the_readers_are_behind(
    office: Callable[[int, Clock], scheduler.Office],
) -> None:
    clock = Clock()
    heavy = Page(
        url="https://s000.example/a",
        final_url="https://s000.example/a",
        source="s000",
        fetched_at=NOON,
        body=bytes(30_000_000),
    )
    with office(2, clock) as opened:

        async def main() -> list[list[str]]:
            daemon = Noting(opened)
            with opened.tools.backlog.holding(heavy):
                await daemon.tick()
                await asyncio.sleep(0)
                assert daemon.visited == []
            await daemon.tick()
            await asyncio.sleep(0)
            daemon.over.set()
            return daemon.visited

        assert asyncio.run(main()) == [["s000", "s001"]]
        assert CRAWLS * 15 >= 600  # a tick's crawl ends before its slot is missed


def test_a_clock_that_was_set_back_undoes_plans_of_the_wrong_time(  # F39
    office: Callable[[int, Clock], scheduler.Office],
) -> None:
    clock = Clock()
    with office(1, clock) as opened:

        async def main() -> None:
            daemon = Noting(opened)
            clock.now = NOON + timedelta(days=400)
            await daemon.tick()  # leased until a time that will be wrong
            await asyncio.sleep(0)
            clock.now = NOON
            await daemon.tick()
            daemon.over.set()

        asyncio.run(main())
        with opened.database.reading() as connection:
            (status,) = queries.status(connection)
    assert status.next_due_at is not None
    assert status.next_due_at <= NOON + timedelta(days=10)
