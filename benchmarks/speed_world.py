"""What the contenders of ``benchmarks.speed`` fetch: the simulator's sites, or our own newsroom."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener, urlopen

from techwire.demo import Newsroom, hosts, sources_toml, truth
from techwire.urls import canonical

ROOT = Path(__file__).resolve().parent.parent
WORLD = ROOT.parent / "shared" / "world" / "newsworld.py"
PORT, CONTROL = 18_730, 18_731


@dataclass(frozen=True, slots=True)
class World:
    """Sites with their articles, while they are served."""

    sources: str  # our sources.toml
    network: str  # the lines of our [network]
    feeds: list[str]
    homes: list[str]
    articles: dict[str, frozenset[str]]  # address → all addresses it may rightly be stored under
    pages: list[str]  # addresses, site by site
    environment: dict[str, str] = field(default_factory=dict)  # of contenders, to reach the sites
    is_simulated: bool = True

    def fetch(self, url: str) -> bytes:
        """A page as served, for contenders that read from a folder."""
        proxies = {"http": self.environment["http_proxy"]} if self.environment else {}
        with build_opener(ProxyHandler(proxies)).open(url) as answer:
            return bytes(answer.read())


@contextmanager
def world(sites: int, history: int) -> Iterator[World]:
    """``sites`` sites with ``history`` articles of about 113 kB each; without the simulator our own
    newsroom, which is much smaller."""
    if not WORLD.exists():
        with Newsroom().serve() as room:
            yield _newsroom(room.address)
        return
    words: list[object] = ["--sites", sites, "--history", history, "--feed-items", history]
    words += ["--port", PORT, "--control", CONTROL, "--no-crawl-delay"]
    # articles of the last three weeks, so that stories are told of what is new
    words += ["--start", datetime.now(UTC).replace(microsecond=0).isoformat()]
    server = subprocess.Popen(
        [sys.executable, str(WORLD), *map(str, words)], stdout=subprocess.DEVNULL
    )
    try:
        yield _simulated()
    finally:
        server.terminate()
        server.wait()


def control(path: str) -> bytes:
    """What the simulator's control says, once it listens."""
    for _ in range(240):
        try:
            with urlopen(f"http://127.0.0.1:{CONTROL}{path}", timeout=60) as answer:
                return bytes(answer.read())
        except URLError:
            time.sleep(0.5)
    raise SystemExit("the simulator does not answer")


def _simulated() -> World:
    listed: list[dict[str, Any]] = json.loads(control("/__sites.json"))
    tables = [
        f'[[source]]\nslug = "site{site["i"]}"\nname = "{site["name"]}"\nurl = "{site["base"]}/"\n'
        f'language = "{site["lang"]}"\nfeeds = ["{site["feed"]}"]\n'
        for site in listed
    ]
    told = [json.loads(line) for line in control("/__truth.jsonl").splitlines()]
    return World(
        sources="\n".join(tables),
        network='allow_private_networks = ["127.0.0.0/16"]',
        feeds=[site["feed"] for site in listed],
        homes=[site["base"] + "/" for site in listed],
        articles={
            canonical(one["url"]): frozenset({canonical(one["url"]), canonical(one["canonical"])})
            for one in told
        },
        pages=[one["url"] for one in told],
    )


def _newsroom(address: str) -> World:
    lines = "\n".join(f'"{host}" = "{address}"' for host in hosts())
    import tomllib

    listed = tomllib.loads(sources_toml())["source"]
    pages = [piece.url for piece in truth() if piece.outcome.is_stored]
    return World(
        sources=sources_toml(),
        network=f"[network.host_map]\n{lines}",
        feeds=[feed for source in listed for feed in source.get("feeds", ())],
        homes=[source["url"] for source in listed],
        articles={canonical(url): frozenset({canonical(url)}) for url in pages},
        pages=pages,
        environment={"http_proxy": f"http://{address}", "no_proxy": ""},
        is_simulated=False,
    )


def furnish(folder: Path, of: World, *, workers: int = 2) -> None:
    """Write the configuration of a techwire that watches ``of``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "techwire.toml").write_text(
        f'[database]\nurl = "sqlite:///speed.db"\n[reading]\nworkers = {workers}\n'
        f'[log]\nlevel = "warning"\n[network]\ndelay_seconds = 0.0\n{of.network}\n'
    )
    (folder / "sources.toml").write_text(of.sources)


def stored(folder: Path) -> list[str]:
    """The addresses of the articles in techwire's database, copies under their own address too."""
    import sqlite3

    connection = sqlite3.connect(folder / "speed.db")
    try:
        rows = connection.execute("SELECT url FROM address WHERE state = 'stored'")
        return [url for (url,) in rows]
    finally:
        connection.close()


def python_path() -> dict[str, str]:
    """The environment in which our own packages are found."""
    return {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
