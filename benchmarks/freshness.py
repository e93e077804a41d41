"""How long an article waits to be seen, by visiting policy at equal numbers of visits.

`make bench-freshness`.
Posting traces are generated from a seed, each source on its own: log-normal rates, a working day in
some time zone, weekends, bursts, daily batches, a change of rate half way, a silence. The first
week is for learning and not counted. Four references at the same number of visits: a fixed
interval; the interval inverse to the true rate; to its square root; and `informed`, which knows the
true intensity of every hour (not the bursts). The measure is the mean waiting of an article; the
95th percentile beside it. With `--policy` another function of the same signature is measured;
with ../shared beside the project, its scorer and its traces are used instead of ours.
"""

from __future__ import annotations

import argparse
import bisect
import importlib
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, log, sin, sqrt, tau
from pathlib import Path
from random import Random

SHARED = Path(__file__).parent.parent.parent / "shared" / "tools" / "score_freshness.py"
START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
LEAST, MOST = timedelta(minutes=5), timedelta(hours=24)
LEARNING_DAYS, LISTED = 7, 20  # not counted; posts that a feed lists at the first visit

Walk = Callable[["Trace"], list[float]]  # the visits of one source, seconds since START


@dataclass(frozen=True, slots=True)
class Trace:
    """What one source publishes."""

    posts: list[float]  # seconds since START, some before it
    intensity: Callable[[float], float]  # expected posts a second, followers included
    phase: float  # [0, 1): where its first visit falls


def generate(seed: int, number: int, days: int) -> list[Trace]:
    """The traces of ``number`` sources over ``days``."""
    return [_trace(Random(f"{seed} {n}"), days) for n in range(number)]


def _trace(random: Random, days: int) -> Trace:
    rate = min(100.0, max(0.3, exp(random.gauss(log(6), 1.0)))) / DAY
    zone, weekend = random.randint(-9, 10) * HOUR, random.uniform(0.2, 0.9)
    depth, burst = random.uniform(0.3, 0.97), random.uniform(0, 0.5)
    batches = random.sample(range(6, 20), 2) if random.random() < 0.1 else []
    factor = random.uniform(0.25, 3.0) if random.random() < 0.15 else 1.0
    silence = random.uniform(9, days - 12) if random.random() < 0.05 else None

    def intensity(at: float) -> float:
        day, hour = divmod((at + zone) / HOUR, 24)
        if silence is not None and silence <= at / DAY < silence + 10:
            return 0.0
        if batches:
            curve = 11.5 if int(hour) in batches else 0.05
        else:  # highest at 14 h, lowest at 2 h
            curve = 1 + depth * sin((hour - 8) / 24 * tau)
        week = weekend if day % 7 >= 5 else 1.0
        return rate * curve * week * (factor if at > days / 2 * DAY else 1.0)

    top = rate * (11.5 if batches else 2.0) * max(1.0, factor)
    posts, at = [], -6 * DAY
    while at < days * DAY:
        at += random.expovariate(top)
        if random.random() * top <= intensity(at):
            last = at
            posts.append(last)
            while random.random() < burst:
                last += random.expovariate(1 / (15 * MINUTE))
                posts.append(last)
    posts = sorted(post for post in posts if post < days * DAY)
    return Trace(posts, lambda at: intensity(at) / (1 - burst), random.random())


@dataclass(frozen=True, slots=True)
class Waiting:
    """The figures of one policy, in minutes, and the visits per source and day it took."""

    mean: float
    median: float
    p95: float
    visits: float


def measure(world: list[Trace], walk: Walk, days: int) -> Waiting:
    """The waiting of the posts after the learning days."""
    waits: list[float] = []
    visits = 0
    for trace in world:
        moments = walk(trace)
        visits += sum(moment >= LEARNING_DAYS * DAY for moment in moments)
        for post in trace.posts[bisect.bisect_left(trace.posts, LEARNING_DAYS * DAY) :]:
            seen = bisect.bisect_left(moments, post)
            if seen < len(moments):
                waits.append((moments[seen] - post) / MINUTE)
    waits.sort()
    count = max(1, len(waits))
    per_day = visits / len(world) / (days - LEARNING_DAYS)
    return Waiting(sum(waits) / count, waits[count // 2], waits[int(count * 0.95)], per_day)


def tuned(world: list[Trace], make: Callable[[float], Walk], days: int, visits: float) -> Waiting:
    """Turn the one knob of a policy (more of it, fewer visits) until the visits match."""
    low, high = 1e-2, 1e6
    found = measure(world, make(sqrt(low * high)), days)
    for _ in range(16):
        middle = sqrt(low * high)
        found = measure(world, make(middle), days)
        if abs(found.visits - visits) <= 0.01 * visits:
            break
        low, high = (middle, high) if found.visits > visits else (low, middle)
    return found


def references(days: int) -> dict[str, Callable[[float], Walk]]:
    """What a policy is compared with; the knob is minutes, or article-minutes."""

    def evenly(trace: Trace, seconds: float) -> list[float]:
        gap = _clipped(seconds)
        return [(trace.phase + n) * gap for n in range(int(days * DAY / gap))]

    def per_day(trace: Trace) -> float:
        return max(len(trace.posts), 1) / (days + 6)

    def informed(knob: float) -> Walk:
        def walk(trace: Trace) -> list[float]:
            moments, at = [], trace.phase * HOUR
            while at < days * DAY:
                moments.append(at)
                waiting = posts = passed = 0.0
                while passed < MOST.total_seconds() and waiting < knob * MINUTE:
                    posts += trace.intensity(at + passed) * 5 * MINUTE
                    waiting += posts * 5 * MINUTE
                    passed += 5 * MINUTE
                at += _clipped(passed)
            return moments

        return walk

    return {
        "fixed": lambda knob: lambda trace: evenly(trace, knob * MINUTE),
        "proportional": lambda knob: lambda trace: evenly(trace, knob * MINUTE / per_day(trace)),
        "square root": lambda knob: lambda t: evenly(t, knob * MINUTE / sqrt(per_day(t))),
        "informed": informed,
    }


def _clipped(seconds: float) -> float:
    return min(MOST.total_seconds(), max(LEAST.total_seconds(), seconds))


Policy = Callable[
    [list[datetime], datetime | None, datetime, float, timedelta, timedelta], datetime
]


def learning(policy: Policy, days: int) -> Callable[[float], Walk]:
    """A policy that sees what its visits have brought, and nothing else."""

    def make(patience: float) -> Walk:
        def walk(trace: Trace) -> list[float]:
            times = [START + timedelta(seconds=post) for post in trace.posts]
            first = max(0, bisect.bisect_right(trace.posts, 0) - LISTED)
            moments, at, last = [], 0.0, None
            while at < days * DAY:
                moments.append(at)
                now = START + timedelta(seconds=at)
                seen = bisect.bisect_right(trace.posts, at)
                due = policy(times[first:seen], last, now, patience, LEAST, MOST)
                at, last = at + _clipped((due - now).total_seconds()), now
            return moments

        return walk

    return make


def main() -> None:
    """Print a table for each seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--policy", default="techwire.cadence:next_visit")
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103])
    parser.add_argument("--sources", type=int, default=60)
    parser.add_argument("--days", type=int, default=35)
    parser.add_argument("--visits", type=float, default=24)
    parser.add_argument("--own", action="store_true", help="our traces even beside ../shared")
    options = parser.parse_args()
    if SHARED.exists() and not options.own:
        for seed in options.seeds:
            print(f"\nseed {seed}, traces and references of {SHARED.name}", flush=True)
            knobs = ["--sources", str(options.sources), "--days", str(options.days)]
            knobs += ["--visits", str(options.visits), "--seed", str(seed)]
            command = [sys.executable, str(SHARED), "--policy", options.policy, *knobs]
            subprocess.run(command, check=True)
        return
    module, name = options.policy.split(":")
    policy: Policy = getattr(importlib.import_module(module), name)
    for seed in options.seeds:
        world = generate(seed, options.sources, options.days)
        makers = references(options.days) | {"policy": learning(policy, options.days)}
        began = time.process_time()
        print(f"\nseed {seed}: {options.sources} sources, {options.days} days")
        print(f"{'minutes':14}{'mean':>8}{'median':>8}{'p95':>8}{'visits':>8}{'× policy':>10}")
        rows = {n: tuned(world, m, options.days, options.visits) for n, m in makers.items()}
        for label, row in rows.items():
            share = rows["policy"].mean / row.mean
            figures = f"{row.mean:8.1f}{row.median:8.1f}{row.p95:8.1f}{row.visits:8.1f}"
            print(f"{label:14}{figures}{share:10.3f}")
        print(f"({time.process_time() - began:.0f} s of CPU)", flush=True)


if __name__ == "__main__":
    main()
