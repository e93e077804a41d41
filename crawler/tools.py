"""What a crawl works with, made once per process and shared by all its crawls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.backlog import Backlog
from crawler.guard import Guard
from crawler.politeness import Hosts
from crawler.pool import Reader
from crawler.proxies import endpoint
from crawler.rights import Reservation
from crawler.robots import Book, Rules
from crawler.settings import Network
from crawler.store import DatabaseStore, Store

if TYPE_CHECKING:
    from db.engine import Database
    from db.writer import Writer


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Tools:
    """Database, pool and manners. ``store`` replaces the database for a trial."""

    network: Network
    reader: Reader
    database: Database | None = None
    writer: Writer | None = None
    store: Store | None = None
    now: Callable[[], datetime] = now
    noarchive: str = "full"  # "excerpt": of pages that ask not to be archived, keep an excerpt
    robots: Book[Rules] = field(default_factory=Book)
    rights: Book[Reservation] = field(default_factory=Book)
    backlog: Backlog = field(default_factory=Backlog)
    hosts: Hosts = field(init=False)
    guard: Guard = field(init=False)

    def __post_init__(self) -> None:
        self.hosts = Hosts(self.network.delay_seconds, backoff=self.network.backoff_seconds)
        exact = [endpoint(target) for target in self.network.host_map.values()]
        if self.network.proxy:
            exact.append(endpoint(self.network.proxy))
        self.guard = Guard(self.network.allow_private_networks, exact)
        if self.store is None:
            if self.writer is None:
                raise TypeError("Tools needs a writer or a store")
            self.store = DatabaseStore(self.writer, self.now)
