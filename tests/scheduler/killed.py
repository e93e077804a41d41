"""``techwire run --once`` that kills itself (SIGKILL) at one arrow of an article's walk.

``tests/nursery.py`` forks it and calls ``main`` with ARROW and CROSSING: a key of ARROWS, or
"none", and at which time it is crossed. Pages are read in this process: a pool would only take
longer to die."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
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
from techwire import cli

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
# made once, before the forks: what reads pages, and companies to write rows of (ten thousand rows
# say nothing about a kill: a handful is written)
READ = crawler.pool.prepare_pipelines()
WHOLE = companies.load()
FEW = replace(WHOLE, companies=dict(islice(WHOLE.companies.items(), 5)))


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


def read_here() -> None:
    """Let offices read pages in this process, by what was prepared before the fork."""
    setattr(crawler.office, "new_pool", lambda _: crawler.pool.Inline(lambda: READ))  # noqa: B010


def command(words: Sequence[str]) -> None:
    """A command of techwire that reads pages in its own process."""
    read_here()
    cli.main(list(words))


def main(words: Sequence[str]) -> None:
    """Run once, and die at the arrow."""
    arrow, crossing = words
    if arrow != "none":
        arm(arrow, int(crossing))
    read_here()
    scheduler.open_office = partial(scheduler.open_office, catalogue=FEW)
    cli.main(["run", "--once"])
