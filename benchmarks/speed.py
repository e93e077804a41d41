"""What an article costs, side by side: CPU seconds of whole processes. ``make bench-speed``.

    python -m benchmarks.speed [--sites 50] [--articles 40] [--rounds 2] [--only techwire,bare …]
        [--no-peers] [--idle 1000] [--memory 20000] [--out .bench]
    python -m benchmarks.speed --beside FOLDER [--sites 50] [--articles 40] [--rounds 2]

techwire is measured end to end: feeds polled, articles fetched, read, tagged, stored, search index
and stories included, as ``techwire run --once`` with an empty database. Beside it, in the same
minutes: a bare Scrapy spider that only downloads the same, Scrapy with trafilatura and a commit per
item, and on smaller samples trafilatura's command, news-please and newspaper4k, each in a virtual
environment of its own under ``.venv-peers``. The least of the rounds counts. The simulator's own
CPU is in nobody's figure. With ``--beside``, an archive that ``benchmarks.db --keep FOLDER`` made,
only techwire is measured, beside nothing and beside that (``benchmarks.speed_beside``).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import fetch, speed_chart
from benchmarks.speed_beside import FLAT_BAR, beside
from benchmarks.speed_run import Cost, cpu_of, run
from benchmarks.speed_world import ROOT, World, furnish, python_path, stored, world
from techwire.urls import canonical

PEERS = Path(__file__).with_name("speed_peers.py")
PAGES_OF_SLOW = 150  # articles that the slow peers are given
SITES_OF_SLOW = 5  # front pages that newspaper4k is given
INSTALLS = {"newspaper4k": ("newspaper4k", "lxml_html_clean"), "news-please": ("news-please",)}
# CPU of techwire per article: at most so many times the contender's (the project's own bars).
BARS = {
    "bare Scrapy": 2.0,
    "Scrapy + trafilatura": 0.4,
    "trafilatura's command": 1 / 4,
    "newspaper4k": 1 / 10,
    "news-please": 1 / 25,
}
IDLE_BAR, MAIN_BAR, WORKER_BAR, START_BAR = 1.5, 250.0, 150.0, 3.0  # ×, MiB, MiB, s
LATEST_BAR = 300.0  # ms of CPU


@dataclass(frozen=True, slots=True)
class Result:
    """A contender's run."""

    cost: Cost
    articles: int  # that it was to find
    found: int  # of those
    twice: int = 0  # stored more than once
    start: float = 0.0  # CPU seconds before any work, left out where the sample is small

    @property
    def milliseconds(self) -> float:
        """CPU per article that was there, whether found or not."""
        return (self.cost.cpu - self.start) / self.articles * 1000


Contender = Callable[[World, Path], Result]


def techwire(of: World, folder: Path) -> Result:
    """``techwire run --once`` into an empty database."""
    furnish(folder, of)
    cost = run([sys.executable, "-m", "techwire", "-q", "run", "--once"], folder, python_path())
    there = stored(folder) if cost.code == 0 else []
    have = set(there)
    found = sum(bool(have & known) for known in of.articles.values())
    return Result(cost, len(of.articles), found, len(there) - len(have))


def _peer(name: str, of: World, folder: Path, asked: Sequence[str], python: str) -> Result:
    (folder / "asked.txt").write_text("\n".join(asked))
    script = f'exec "{python}" "{PEERS}" "{name}" < asked.txt'
    cost = run(["/bin/sh", "-c", script], folder, of.environment)
    if cost.code:
        raise SystemExit(f"{name} failed:\n{cost.stderr[-2000:]}")
    told = json.loads(cost.stdout.splitlines()[-1])
    found = {canonical(url) for url in told["found"]}
    return Result(cost, len(of.articles), len(found), start=told["start"])


def bare(of: World, folder: Path) -> Result:
    """A Scrapy spider that asks the feeds and downloads every page."""
    return _whole(_peer("bare", of, folder, of.feeds, sys.executable))


def with_trafilatura(of: World, folder: Path) -> Result:
    """The same, with trafilatura and a commit per item."""
    return _whole(_peer("scrapy+trafilatura", of, folder, of.feeds, sys.executable))


def _whole(result: Result) -> Result:
    return Result(result.cost, result.articles, result.found)


def trafilatura_command(of: World, folder: Path) -> Result:
    """trafilatura's own command over a folder of saved pages: it downloads nothing (it refuses
    loopback), which is in its favour; its start is counted with the work."""
    asked = _saved(of, folder)
    command = [sys.executable, "-m", "trafilatura.cli", "--input-dir", "pages"]
    cost = run([*command, "--output-dir", "read", "--json", "--with-metadata"], folder)
    written = sum(file.stat().st_size > 0 for file in (folder / "read").rglob("*.json"))
    return Result(cost, len(asked), written)


def newspaper4k(of: World, folder: Path) -> Result:
    """newspaper4k from the front pages of a few sites, its start left out."""
    homes = of.homes[:SITES_OF_SLOW]
    result = _peer("newspaper4k", of, folder, homes, _installed("newspaper4k"))
    there = sum(url.startswith(tuple(homes)) for url in of.pages)
    return Result(result.cost, there, result.found, start=result.start)


def news_please(of: World, folder: Path) -> Result:
    """news-please over saved pages (it downloads nothing), its start left out."""
    asked = _saved(of, folder)
    result = _peer("news-please", of, folder, asked, _installed("news-please"))
    return Result(result.cost, len(asked), result.found, start=result.start)


CONTENDERS: dict[str, Contender] = {
    "techwire": techwire,
    "bare Scrapy": bare,
    "Scrapy + trafilatura": with_trafilatura,
    "trafilatura's command": trafilatura_command,
    "newspaper4k": newspaper4k,
    "news-please": news_please,
}
SLOW = ("trafilatura's command", "newspaper4k", "news-please")


def _saved(of: World, folder: Path) -> list[str]:
    """Some pages, spread over the sites, in the folder ``pages``; returns their addresses."""
    (folder / "pages").mkdir()
    step = max(1, len(of.pages) // PAGES_OF_SLOW)
    asked = of.pages[::step][:PAGES_OF_SLOW]
    for place, url in enumerate(asked):
        (folder / "pages" / f"{place:05}.html").write_bytes(of.fetch(url))
    return asked


class NotInstalled(Exception):
    """A peer that cannot be had here."""


def _installed(peer: str) -> str:
    """The Python of the peer's virtual environment, made at its first use."""
    home = ROOT / ".venv-peers" / peer
    python = home / "bin" / "python"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        venv.create(home, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *INSTALLS[peer]]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotInstalled(f"{peer} could not be installed: {done.stderr.splitlines()[-1]}")
        (home / "complete").touch()
    return str(python)


# One measurement after the other.


def measure(of: World, names: Sequence[str], rounds: int) -> dict[str, Result]:
    """The least of ``rounds`` runs of each contender, in turn; the slow ones run once."""
    best: dict[str, Result] = {}
    for number in range(rounds):
        for name in names:
            if number and name in SLOW:
                continue
            with tempfile.TemporaryDirectory(prefix="techwire-speed-") as folder:
                try:
                    result = CONTENDERS[name](of, Path(folder))
                except NotInstalled as missing:
                    print(f"skipped: {missing}")
                    continue
            if result.cost.code:
                raise SystemExit(f"{name} failed:\n{result.cost.stderr[-2000:]}")
            print(
                f"  {name:24}{result.milliseconds:8.2f} ms  {result.cost.wall:6.1f} s", flush=True
            )
            if name not in best or result.milliseconds < best[name].milliseconds:
                best[name] = result
    return best


def start_up(of: World, folder: Path) -> tuple[float, float, float]:
    """Seconds until the daemon is ready (its first tick done, the database made), the CPU seconds
    it had spent by then, and the CPU of ``latest`` afterwards in ms."""
    furnish(folder, of)
    place = folder / "ready"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind(str(place))
        ears.settimeout(60)
        began = time.monotonic()
        daemon = subprocess.Popen(
            [sys.executable, "-m", "techwire", "daemon"],
            cwd=folder,
            env={**os.environ, **python_path(), "NOTIFY_SOCKET": str(place)},
            stderr=subprocess.DEVNULL,
        )
        try:
            while b"READY=1" not in ears.recv(4096):
                pass
            seconds = time.monotonic() - began
            spent = cpu_of(daemon.pid)
        finally:
            daemon.terminate()
            daemon.wait(60)
    latest = [sys.executable, "-m", "techwire", "-q", "latest"]
    cheapest = min(run(latest, folder, python_path()).cpu for _ in range(3)) * 1000
    return seconds, spent, cheapest


def idle(feeds: int) -> dict[str, float]:
    """A poll of unchanged feeds inside a process that lives on, as the daemon's, and Scrapy's."""
    with (
        tempfile.TemporaryDirectory() as name,
        fetch.world(f"--sites={feeds}", "--history=1"),
    ):
        figures = fetch.measured("idle", Path(name))
    return {key: figures[key] for key in ("ours_ms", "bare_ms", "peak_mib", "not_modified")}


def memory_of(articles: int) -> dict[str, float]:
    """One run over many articles: peaks, and MiB gained per thousand articles in its last half."""
    with (
        tempfile.TemporaryDirectory() as name,
        world(sites=max(1, articles // 200), history=200) as of,
    ):
        result = techwire(of, Path(name))
    looks = result.cost.resident
    late = [look for look in looks if look[0] > result.cost.wall / 2]
    middle = late[: len(late) // 2], late[len(late) // 2 :]
    thousands = result.articles / 1000 / 4  # between the middles of the last two quarters
    main, worker = (
        (_mean([look[k] for look in middle[1]]) - _mean([look[k] for look in middle[0]]))
        / thousands
        for k in (1, 2)
    )
    return {
        "articles": result.articles,
        "found": result.found,
        "main_mib": result.cost.main_mib,
        "worker_mib": result.cost.worker_mib,
        "main_gain_per_1000": main,
        "worker_gain_per_1000": worker,
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))


# What is told.


def bars(best: dict[str, Result]) -> list[tuple[str, float, float]]:
    """Name, our share of the contender's cost, the most it may be."""
    ours = best["techwire"].milliseconds
    return [
        (name, ours / best[name].milliseconds, most) for name, most in BARS.items() if name in best
    ]


def table(best: dict[str, Result]) -> None:
    """One line for each contender, one for each bar."""
    print(f"\n{'':24}{'ms CPU/article':>15}{'found':>14}{'twice':>7}{'main MiB':>10}{'worker':>8}")
    for name, one in best.items():
        print(
            f"{name:24}{one.milliseconds:15.2f}{f'{one.found} of {one.articles}':>14}"
            f"{one.twice:7}{one.cost.main_mib:10.0f}{one.cost.worker_mib:8.0f}"
        )
    if "techwire" in best:
        for name, share, most in bars(best):
            _verdict(f"techwire / {name}", share, most, "×")


def _verdict(name: str, value: float, most: float, unit: str) -> None:
    word = "within" if value <= most else "OVER"
    print(f"  {name:40}{value:9.3f} {unit:3} (bar {most:.3g}: {word})")


def _keep(folder: Path, figures: dict[str, object]) -> None:
    """Writes ``figures`` into ``speed.json``; what was measured otherwise stays there."""
    folder.mkdir(exist_ok=True)
    place = folder / "speed.json"
    known = json.loads(place.read_text()) if place.exists() else {}
    place.write_text(json.dumps(known | figures, indent=1))


def main() -> None:
    """Measures, prints, and writes ``speed.json`` and ``speed.svg``."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sites", type=int, default=50)
    parser.add_argument("--articles", type=int, default=40, help="of each site")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", help="contenders, by the beginning of their names")
    parser.add_argument("--no-peers", action="store_true", help="only what is installed here")
    parser.add_argument("--idle", type=int, default=1000, help="feeds of the idle poll; 0: none")
    parser.add_argument("--memory", type=int, default=0, help="articles of a long run; 0: none")
    parser.add_argument("--beside", type=Path, help="folder of an archive to measure beside")
    parser.add_argument("--out", type=Path, default=ROOT / ".bench")
    given = parser.parse_args()
    wanted = tuple(given.only.split(",")) if given.only else ("",)
    names = [name for name in CONTENDERS if name.startswith(wanted)]
    names = [name for name in names if not (given.no_peers and name in INSTALLS)]
    figures: dict[str, object] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}",
    }
    if given.beside:
        with world(given.sites, given.articles) as of:
            found = beside(of, given.beside, given.rounds)
        _verdict(f"beside {found['archive']:,} / beside nothing", found["ratio"], FLAT_BAR, "×")
        _keep(given.out, {"beside": figures | found})
        return
    with world(given.sites, given.articles) as of:
        if not of.is_simulated:
            print("no simulator at ../shared/world: our own newsroom, so small that starting up")
            print("is most of each figure; the bars are not meant for it")
        best = measure(of, names, given.rounds)
        table(best)
        if "techwire" in names:
            with tempfile.TemporaryDirectory() as folder:
                seconds, spent, latest = start_up(of, Path(folder))
            _verdict("daemon ready after", seconds, START_BAR, "s")
            print(f"  {'(CPU of it)':40}{spent:9.3f} s")
            _verdict("CPU of `techwire latest`", latest, LATEST_BAR, "ms")
            _verdict("main process, at most", best["techwire"].cost.main_mib, MAIN_BAR, "MiB")
            _verdict("reading worker, at most", best["techwire"].cost.worker_mib, WORKER_BAR, "MiB")
            figures |= {
                "daemon_ready_s": seconds,
                "daemon_ready_cpu_s": spent,
                "latest_cpu_ms": latest,
            }
        figures["simulated"] = of.is_simulated
        figures["contenders"] = {
            name: {
                "ms": one.milliseconds,
                "cpu_s": one.cost.cpu,
                "wall_s": one.cost.wall,
                "articles": one.articles,
                "found": one.found,
                "twice": one.twice,
                "main_mib": one.cost.main_mib,
                "worker_mib": one.cost.worker_mib,
            }
            for name, one in best.items()
        }
    if given.idle and of.is_simulated:
        figures["idle"] = polled = idle(given.idle)
        _verdict("idle poll / bare Scrapy", polled["ours_ms"] / polled["bare_ms"], IDLE_BAR, "×")
    if given.memory and of.is_simulated:
        figures["memory"] = memory = memory_of(given.memory)
        print("  " + ", ".join(f"{key} {value:.1f}" for key, value in memory.items()))
    _keep(given.out, figures)
    speed_chart.draw(
        {name: one.milliseconds for name, one in best.items()},
        f"CPU per article, {sum(one.articles for one in best.values()):,} articles in all",
        given.out / "speed.svg",
    )
    print(f"{given.out / 'speed.json'}, {given.out / 'speed.svg'}")


if __name__ == "__main__":
    main()
