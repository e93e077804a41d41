"""The parts of benchmarks.scale with faults: workers killed or frozen, PostgreSQL restarted."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime
from functools import partial
from typing import Any

from benchmarks.scale_fleet import LATENCY, PORTS, WORKERS, Fleet, Stage, felt, published
from benchmarks.towns import town
from db import fleet as rows


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
        made.until(lambda: not made.ask(LEFT_TO_DO)[0][0] and made.visits() > sites, 900)
        felt_now, truth = felt(), published()
        articles, urls, revisions = made.ask(
            "SELECT count(*), count(DISTINCT url), coalesce(max(revisions), 0) FROM article"
        )[0]
        alive = sum(worker.poll() is None for worker in made.workers)
    longest, mean = max(waits, default=0.0), sum(waits) / (len(waits) or 1)
    is_well = bool(waits) and articles == urls == truth and not revisions and longest < 30
    print(
        f"{len(done)} kills; went on after {mean:.1f} s on average, "
        f"{longest:.1f} at most; {articles} of {truth} articles, {articles - urls} "
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


LEFT_TO_DO = "SELECT count(*) FROM address WHERE state IN ('new', 'fetched')"


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
        made.until(lambda: not made.ask(LEFT_TO_DO)[0][0] and made.visits() > sites * 1.5, 600)
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
