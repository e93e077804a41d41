"""Sites on loopback for a daemon to watch: the simulator of ../shared, or the bundled newsroom."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from techwire.demo import Newsroom, hosts, sources_toml

WORLD = Path(__file__).parent.parent.parent / "shared" / "world" / "newsworld.py"
PORT, CONTROL = 18_700, 18_701


@dataclass(frozen=True, slots=True)
class Town:
    """What a folder needs to watch it."""

    sources: str  # sources.toml
    network: str  # lines of techwire.toml's [network]
    articles: int | None = None  # unique articles, when the town can count them
    control: int = 0  # port of the simulator's control; 0: the newsroom, where time stands still

    def tick(self, hours: float = 1.0) -> None:
        """Let time pass: about an article a site and hour is published."""
        if self.control:
            asked(f"/__tick?hours={hours}", self.control)


def free_port() -> int:
    """A port of loopback nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end_in_order() -> None:
    """SIGTERM ends this process as Ctrl-C does: whoever it has started is ended with it."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))


@contextmanager
def town(
    sites: int,
    *,
    history: int = 20,
    every: str | None = None,
    tick: float = 0,
    delay: float = 0.0,
    more: Sequence[str] = ("--no-crawl-delay",),
    ports: tuple[int, int] = (PORT, CONTROL),
) -> Iterator[Town]:
    """``sites`` sites with ``history`` articles each; ``tick``: seconds for a simulated hour.

    ``every``: a fixed interval for all of them; None: adaptive. ``delay``: seconds between two
    requests to a site. ``more``: words for the simulator. ``ports``: of its sites, its control."""
    if not WORLD.exists():
        with Newsroom().serve() as room:
            lines = "\n".join(f'"{host}" = "{room.address}"' for host in hosts())
            yield Town(sources_toml(), f"delay_seconds = {delay}\n[network.host_map]\n{lines}")
        return
    words = ["--sites", sites, "--history", history, "--port", ports[0]]
    words += ["--control", ports[1], "--autotick", tick, "--no-uvloop", "--cache-mb", 100]
    words += ["--feed-items", history, *more]
    world = subprocess.Popen(
        [sys.executable, str(WORLD), *map(str, words)], stdout=subprocess.DEVNULL
    )
    try:
        yield _described(ports[1], every, delay)
    finally:
        world.kill()
        world.wait()


def asked(path: str, control: int = CONTROL) -> bytes:
    """What the simulator's control says, once it listens."""
    for _ in range(120):
        try:
            with urlopen(f"http://127.0.0.1:{control}{path}", timeout=60) as answer:
                return bytes(answer.read())
        except URLError:
            time.sleep(0.5)
    raise SystemExit("the simulator does not answer")


def _described(control: int, every: str | None, delay: float) -> Town:
    pace = f'every = "{every}"\n' if every else ""
    tables = [
        f'[[source]]\nslug = "site{site["i"]}"\nname = "{site["name"]}"\nurl = "{site["base"]}/"\n'
        f'language = "{site["lang"]}"\nfeeds = ["{site["feed"]}"]\n{pace}'
        for site in json.loads(asked("/__sites.json", control))
    ]
    network = f'delay_seconds = {delay}\nallow_private_networks = ["127.0.0.0/16"]'
    unique = json.loads(asked("/__truth_count", control))["unique"]
    return Town("\n".join(tables), network, unique, control)


def furnish(folder: Path, of: Town, database: str) -> None:
    """Write the configuration of a daemon that watches the town."""
    (folder / "techwire.toml").write_text(
        f'[database]\nurl = "{database}"\n[schedule]\ntick_seconds = 1.0\n'
        f'[reading]\nworkers = 1\n[log]\nlevel = "warning"\n[network]\n{of.network}\n'
    )
    (folder / "sources.toml").write_text(of.sources)
