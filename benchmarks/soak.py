"""A day in minutes: `make soak`.

A daemon watches 200 simulated sites; an hour of theirs passes in a few seconds, so that a day of
articles, edits and copies arrives within the measurement. Printed: the memory of the daemon's main
process (resident, MiB) over time and its slope, how many articles were stored, how many wait. The
bound: 250 MiB, and no slope worth the name. Without the simulator the five sites of the newsroom
are watched, which says less.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import db
from benchmarks.chaos import ROOT
from benchmarks.towns import end_in_order, furnish, town
from db.counts import counts

BOUND = 250.0  # MiB, resident, of the main process


def resident(process: int) -> float:
    """MiB of memory a process holds."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("the daemon ended")


def slope(samples: list[tuple[float, float]]) -> float:
    """MiB an hour, by least squares over the last half of the samples."""
    late = samples[len(samples) // 2 :]
    mean_at = sum(at for at, _ in late) / len(late)
    mean = sum(value for _, value in late) / len(late)
    spread = sum((at - mean_at) ** 2 for at, _ in late) or 1.0
    return 3600 * sum((at - mean_at) * (value - mean) for at, value in late) / spread


def watched(process: int, seconds: float) -> list[tuple[float, float]]:
    """Seconds and MiB of a process, every five seconds for so long; printed now and then."""
    samples: list[tuple[float, float]] = []
    began = time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        time.sleep(5)
        samples.append((passed, resident(process)))
        if len(samples) % 6 == 0:
            print(f"{passed:5.0f} s  {samples[-1][1]:6.1f} MiB", flush=True)
    return samples


def main() -> None:
    """Watch the daemon watch; exit 1 over the bound."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=280)
    parser.add_argument("--hour", type=float, default=10.0, help="seconds a simulated hour takes")
    options = parser.parse_args()
    end_in_order()
    with (
        tempfile.TemporaryDirectory(prefix="techwire-soak-") as name,
        town(options.sites, history=5, every="20s", tick=options.hour) as place,
    ):
        folder = Path(name)
        url = f"sqlite:///{folder}/soak.db"
        furnish(folder, place, url)
        daemon = subprocess.Popen(
            [sys.executable, "-m", "techwire", "daemon"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        try:
            samples = watched(daemon.pid, options.seconds)
            daemon.send_signal(signal.SIGTERM)
            code = daemon.wait(60)
        finally:
            daemon.kill()
        with db.connect(url) as database, database.reading() as connection:
            found = counts(connection)
    most = max(value for _, value in samples)
    waiting = found.states.get("new", 0) + found.states.get("fetched", 0)
    print(
        f"{options.seconds / options.hour:.0f} simulated hours: {found.articles} articles,"
        f" {found.revisions} edits, {waiting} wait; at most {most:.0f} MiB (bound {BOUND:.0f}),"
        f" {slope(samples):+.1f} MiB an hour over the last half; exit {code}"
    )
    sys.exit(most > BOUND or code != 0)


if __name__ == "__main__":
    main()
