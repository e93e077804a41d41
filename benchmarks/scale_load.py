"""The parts of benchmarks.scale without faults: manners, throughput, cost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial
from typing import Any

from benchmarks.scale_fleet import (
    LATENCY,
    PORTS,
    ROOT,
    WORKERS,
    Stage,
    cpu_of,
    felt,
    has_begun,
    has_visited,
    published,
)
from benchmarks.towns import furnish, town


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
            before = cpu_of(*(worker.pid for worker in made.workers))
            made.daemon()
            made.daemon()
            made.until(partial(has_begun, made), 60)
            seconds = made.until(partial(has_visited, made, sites), 900)
            articles = made.ask("SELECT count(*) FROM article")[0][0]
            cpu[count] = cpu_of(*(worker.pid for worker in made.workers)) - before
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


def cost(stage: Stage) -> dict[str, Any]:
    """CPU milliseconds a visit and an article, of each part of the fleet."""
    sites, history = 100, 10
    with (
        town(sites, history=history, every="2s", ports=PORTS) as place,
        stage.set("cost", place, sites, 1, 16) as made,
    ):
        parties = {
            "worker": lambda: cpu_of(made.workers[0].pid),
            "daemon": lambda: cpu_of(made.daemons[0].pid),
            "server": stage.postgres.cpu,
        }
        made.daemon()
        before = {name: cpu() for name, cpu in parties.items()}
        made.until(lambda: made.ask(_STORED)[0][0] >= published(), 600)
        made.until(partial(has_visited, made, sites), 600)
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
