"""The hosts of one visit among many machines: each is borrowed before it is asked.

Until a host is lent it counts as busy, so the lanes wait for it as they wait for a host that is
being asked. What was learnt of it goes back with it: when it may be asked next, its Crawl-delay,
its failures. So the manners of all machines together are those of one process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from crawler.politeness import Host, Hosts
from techwire.errors import LeaseLost, TechwireError

ASK_AGAIN_SECONDS = 0.5  # another machine has the host: it is asked for again so much later
UNSURE_SECONDS = 0.5  # between two looks whether we still count as alive


@dataclass(frozen=True, slots=True)
class Loan:
    """How a borrowed host is to be asked."""

    wait: float  # seconds until it may be asked
    crawl_delay: float | None  # seconds, of its robots.txt
    failures: int  # in a row


class BorrowedHosts(Hosts):
    """Hosts that are asked by this visit and, as long as it lasts, by no other."""

    def __init__(
        self,
        delay: float,
        *,
        backoff: float,
        patience: float,
        refused_for: float,
        borrow: Callable[[str], Awaitable[Loan | None]],
        is_sure: Callable[[], bool],
    ) -> None:
        """``borrow``: gives a host's loan, or None while somebody else has it; after ``patience``
        seconds of that its requests hear that they would have to wait ``refused_for`` seconds.
        ``is_sure``: whether everybody still takes us for alive; while we do not know, nothing is
        sent."""
        super().__init__(delay, backoff=backoff)
        self._patience, self._refused_for = patience, refused_for
        self._borrow, self._is_sure = borrow, is_sure
        self._borrowing: dict[str, asyncio.Task[None]] = {}
        self._borrowed: set[str] = set()
        self.problem: TechwireError | None = None  # why nothing more is borrowed

    def __getitem__(self, name: str) -> Host:
        is_new = name not in self._hosts
        host = super().__getitem__(name)
        if is_new:
            host.is_busy = True
            self._borrowing[name] = asyncio.create_task(self._fetch(name), name="borrow")
        return host

    def wait(self, name: str, now: float) -> float:
        """Seconds until ``name`` may be asked; longer while we may have been taken for dead."""
        wait = super().wait(name, now)
        if name not in self._borrowed:
            return max(wait, self._refused_for)
        return wait if self._is_sure() else max(wait, UNSURE_SECONDS)

    def sent(self, name: str, now: float) -> None:
        """A request leaves just now. LeaseLost when we may have been taken for dead meanwhile."""
        if not self._is_sure():
            raise LeaseLost(f"{name} is not asked: this worker was out of touch")
        super().sent(name, now)

    async def _fetch(self, name: str) -> None:
        host = self._hosts[name]
        until = monotonic() + self._patience
        loan: Loan | None = None
        while loan is None and monotonic() < until:
            try:
                loan = await self._borrow(name)
            except TechwireError as problem:  # the visit's own writes end it; this only waits
                self.problem = problem
                break
            if loan is None:
                await asyncio.sleep(ASK_AGAIN_SECONDS)
        if loan is not None:
            self._borrowed.add(name)
            host.crawl_delay, host.failures = loan.crawl_delay, loan.failures
            self.hold(name, loan.wait, monotonic())
        self.leave(name)

    async def settle(self) -> dict[str, Loan]:
        """The visit is over: what is to be given back, with what was learnt."""
        tasks = list(self._borrowing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        now = monotonic()
        return {
            name: Loan(max(0.0, host.next_at - now), host.crawl_delay, host.failures)
            for name, host in self._hosts.items()
            if name in self._borrowed
        }
