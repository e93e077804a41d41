"""A process that forks two readers, has a page read, tells of it on stdout, and is killed.

``tests/nursery.py`` forks it: a copy of pytest's process, which has threads, would not be whole."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Sequence
from datetime import UTC, datetime

from crawler.pool import Pool
from pipelines.companies import EMPTY
from techwire.types import Article, Page
from tests.crawler.test_pool import prepare_moody
from tests.crawler.town import source

STORY = f"<h1>Une usine</h1><p>{'Des machines neuves y sont montées depuis lundi. ' * 20}</p>"


def main(_: Sequence[str]) -> None:
    """Fork, read, tell, die."""
    pool = Pool(prepare_moody, workers=2)
    pool.fork(EMPTY)
    forked = pool.processes
    url = "https://gazette.example/a"
    page = Page(
        url=url,
        final_url=url,
        source="gazette",
        fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
        body=f"<html><body>{STORY}</body></html>".encode(),
    )

    async def read() -> tuple[object, list[int]]:
        await pool.warm()
        return await pool.read(page, source()), pool.processes

    result, reading = asyncio.run(read())
    body = result.body if isinstance(result, Article) else str(result)
    told = {"forked": forked, "reading": reading, "body": body}
    os.write(1, json.dumps(told).encode())
    os.kill(os.getpid(), signal.SIGKILL)
