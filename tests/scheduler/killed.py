"""``techwire run --once`` that kills itself (SIGKILL) at one arrow of an article's walk.

    python -m tests.scheduler.killed ARROW CROSSING

ARROW is a key of ARROWS, or "none"; CROSSING says at which time it is crossed. Pages are read in
this process: a pool would only take longer to die."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

import crawler.office
import crawler.pool
import crawler.store
import db.articles
import scheduler
from pipelines import companies
from techwire.cli import main

STORE = crawler.store.DatabaseStore
ARROWS: dict[str, tuple[Any, str, bool]] = {
    # what is called there, and whether it is a coroutine; the kill comes right after it
    "claimed": (scheduler, "claim", True),  # leased, committed
    "discovered": (STORE, "offer", True),  # addresses committed
    "fetched": (STORE, "keep", True),  # raw page committed
    "read": (crawler.pool.Inline, "read", True),  # read and tagged, nothing written of it
    "stored": (db.articles, "save_many", False),  # written, not committed
    "committed": (STORE, "save", True),  # article, tags, story and the address's end
    "settled": (crawler.office, "_settle", False),  # the visit written, not committed
}


def arm(arrow: str, crossing: int) -> None:
    """Replace the arrow's function by one that does the same and then kills the process."""
    place, name, is_coroutine = ARROWS[arrow]
    original: Callable[..., Any] = getattr(place, name)
    crossed = 0

    def kill() -> None:
        nonlocal crossed
        crossed += 1
        if crossed >= crossing:
            os.kill(os.getpid(), signal.SIGKILL)

    async def later(*args: Any, **named: Any) -> Any:
        result = await original(*args, **named)
        kill()
        return result

    def at_once(*args: Any, **named: Any) -> Any:
        result = original(*args, **named)
        kill()
        return result

    setattr(place, name, later if is_coroutine else at_once)


if __name__ == "__main__":
    if sys.argv[1] != "none":
        arm(sys.argv[1], int(sys.argv[2]))
    # ten thousand rows of companies say nothing about a kill: a handful is written
    whole = companies.load()
    few = replace(whole, companies=dict(islice(whole.companies.items(), 5)))
    scheduler.open_office = partial(scheduler.open_office, inline=True, catalogue=few)
    main(["run", "--once"])
