"""Fetching against many hostile sites: what is found, what it costs, whom it disturbs.

``python -m benchmarks.fetch`` prints the tables of docs/benchmarks.md. The sites are those of
``../shared/world/newsworld.py``; without it there is nothing to measure.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import scrapy
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response

import db
from benchmarks.towns import end_in_order
from crawler.discover import Probe, discover, probe
from crawler.entries import read_channel
from crawler.pool import Inline, Pool, prepare_pipelines
from crawler.reactor import run
from crawler.run import crawl
from crawler.settings import Network
from crawler.tools import Tools
from db import sources as source_rows
from db.writer import Writer
from techwire.types import Article, ChannelKind, Outcome, Page, Rejected, Source, Visit
from techwire.urls import canonical

ROOT = Path(__file__).parent.parent
WORLD = ROOT.parent / "shared" / "world" / "newsworld.py"
PORT, CONTROL = 8431, 8432
SITES = 60
TIMEOUT = 10.0  # seconds for one answer; the slowest fault that still answers takes 8
BUDGET = 120.0  # seconds a run may take


# The world.


@contextlib.contextmanager
def world(*arguments: str) -> Iterator[None]:
    """The simulator, while it is needed."""
    command = [sys.executable, str(WORLD), f"--port={PORT}", f"--control={CONTROL}", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.terminate()


def control(path: str) -> Any:
    """The simulator's own account."""
    with urlopen(f"http://127.0.0.1:{CONTROL}{path}") as answer:
        return json.load(answer)


def truth() -> list[dict[str, Any]]:
    """Every article there is."""
    with urlopen(f"http://127.0.0.1:{CONTROL}/__truth.jsonl") as answer:
        return [json.loads(line) for line in answer]


def sources(*, with_sitemaps: bool) -> list[Source]:
    """The simulator's sites."""
    return [
        Source(
            slug=f"site-{site['i']}",
            name=site["name"],
            url=site["base"] + "/",
            language=site["lang"],
            feeds=(site["feed"],),
            sitemaps=(site["base"] + "/sitemap.xml",) if with_sitemaps else (),
        )
        for site in control("/__sites.json")
    ]


# One crawl, in a process of its own.


def prepare_nothing() -> Callable[[Page, Source], Article | Rejected]:
    """A reader that reads nothing: for measuring fetching alone."""

    def read(page: Page, source: Source) -> Article | Rejected:
        return Rejected(
            url=page.url,
            source=source.slug,
            outcome=Outcome.NOT_ARTICLE,
            detail="not read",
            fetched_at=page.fetched_at,
        )

    return read


def child(kind: str, folder: Path) -> None:
    """Runs one measurement and prints its figures as JSON."""
    wanted = sources(with_sitemaps=kind == "crawl")
    database = db.connect(f"sqlite:///{folder / 'fetch.db'}")
    writer = Writer(database)
    writer.submit(lambda c: source_rows.sync(c, wanted, datetime.now(UTC))).result()
    network = Network(
        contact="benchmark@techwire.example",
        delay_seconds=0.0,
        timeout_seconds=TIMEOUT,
        concurrency=64,
        visit_seconds=BUDGET,
        allow_private_networks=("127.0.0.0/16",) if kind == "idle" else ("127.0.1.0/24",),
    )
    pool = Pool(prepare_pipelines) if kind == "crawl" else Inline(prepare_nothing)
    tools = Tools(network=network, reader=pool, database=database, writer=writer)
    work = {"crawl": crawl_figures, "idle": idle_figures, "discover": discover_figures}[kind]
    figures = run(partial(work, wanted, tools))
    pool.close()
    writer.close()
    database.close()
    figures["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(figures))


async def crawl_figures(wanted: list[Source], tools: Tools) -> dict[str, Any]:
    """A first visit of every site, and a second one at once."""
    await tools.reader.warm()
    started, cpu = time.monotonic(), time.process_time()
    ends: dict[str, float] = {}

    def told(visit: Visit, is_over: bool) -> None:
        if is_over:
            ends[visit.source] = time.monotonic() - started

    first = await crawl(wanted, tools, on_progress=told)
    seconds, cpu = time.monotonic() - started, time.process_time() - cpu
    second = await crawl(wanted, tools)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "ends": ends,
        "visits": {visit.source: str(visit.outcome) for visit in first},
        "details": {visit.source: visit.detail for visit in first},
        "counts": dict(sum((Counter(visit.counts) for visit in first), Counter())),
        "second": dict(sum((Counter(visit.counts) for visit in second), Counter())),
    }


async def idle_figures(wanted: list[Source], tools: Tools) -> dict[str, Any]:
    """A poll of feeds that have nothing new, ours and bare Scrapy's, in turn."""
    await crawl(wanted, tools)
    control("/__stats?reset=1")
    ours: list[float] = []
    bare: list[float] = []
    validators = await remembered(wanted, tools)
    answers: Counter[int] = Counter()
    for _ in range(3):
        cpu = time.process_time()
        visits = await crawl(wanted, tools)
        ours.append(time.process_time() - cpu)
        answers.update({304: sum(visit.not_modified for visit in visits)})
        cpu = time.process_time()
        await bare_poll(validators)
        bare.append(time.process_time() - cpu)
    stats = control("/__stats?brief=1")
    return {
        "feeds": len(wanted),
        "ours_ms": min(ours) / len(wanted) * 1000,
        "bare_ms": min(bare) / len(wanted) * 1000,
        "not_modified": answers[304] / 3 / len(wanted),
        "robots": stats["kinds"].get("robots", 0),
        "refetched": stats["refetched_unchanged"],
    }


async def discover_figures(wanted: list[Source], tools: Tools) -> dict[str, Any]:
    """Each site from its home page alone: is its feed found, and what does its front page list?"""
    by_site: dict[str, set[str]] = {}
    for one in truth():
        by_site.setdefault(one["host"], set()).add(canonical(one["url"]))
    found = 0
    listed = right = there = 0
    for source in wanted:
        finding = await discover(source.url, tools)
        found += source.feeds[0] in finding.source.feeds

        async def front(spider: Probe, url: str = source.url) -> None:
            nonlocal listed, right, there
            got = await spider.fetch(url)
            reading = read_channel(got.body, got.url, None, ChannelKind.LISTING)
            seen = {canonical(entry.url) for entry in reading.entries}
            articles = by_site[url.rstrip("/")]
            listed, right = listed + len(seen), right + len(seen & articles)
            there += min(30, len(articles))  # what a front page shows

        await probe(tools, front)
    return {
        "sites": len(wanted),
        "feeds": found,
        "precision": right / max(listed, 1),
        "recall": right / max(there, 1),
    }


async def remembered(wanted: list[Source], tools: Tools) -> list[tuple[str, dict[str, str]]]:
    """Each feed with the headers of a conditional request."""
    assert tools.store is not None
    channels = await tools.store.channels([source.slug for source in wanted])
    found = []
    for source in wanted:
        for channel in channels[source.slug]:
            headers = {"If-None-Match": channel.etag, "If-Modified-Since": channel.last_modified}
            found.append((channel.url, {k: v for k, v in headers.items() if v}))
    return found


class Bare(scrapy.Spider):
    """The least that asks every feed once: no robots, no database, no outcome."""

    name = "bare"

    def __init__(self, asked: list[tuple[str, dict[str, str]]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.asked = asked

    async def start(self) -> AsyncIterator[Any]:
        """All feeds."""
        for url, headers in self.asked:
            yield scrapy.Request(url, headers=headers, dont_filter=True)

    def parse(self, response: Response, **_: Any) -> None:
        """Nothing to do with it."""


async def bare_poll(asked: list[tuple[str, dict[str, str]]]) -> None:
    """One crawl of ``Bare``, with Scrapy's defaults but for its consoles and its log."""
    settings = {
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_LEVEL": "ERROR",
        "HTTPERROR_ALLOW_ALL": True,
        "CONCURRENT_REQUESTS": 64,
        "DOWNLOAD_DELAY": 0,
    }
    await AsyncCrawlerRunner(settings).crawl(Bare, asked=asked)


# The tables.


def measured(kind: str, folder: Path) -> dict[str, Any]:
    """The figures of a child process."""
    command = [sys.executable, "-m", "benchmarks.fetch", "--child", kind, "--folder", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    sys.stderr.write(done.stderr)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def stored(folder: Path) -> list[str]:
    """The addresses of the articles in the database."""
    from sqlalchemy import text

    with (
        db.connect(f"sqlite:///{folder / 'fetch.db'}") as database,
        database.reading() as connection,
    ):
        return list(connection.scalars(text("SELECT url FROM article")))


def hostile(faults: list[str]) -> None:
    """Sixty sites: a clean run, then one with every fault on a site of its own."""
    rows: dict[str, dict[str, Any]] = {}
    for label, switched in (("clean", []), ("every fault", faults)):
        spec = ",".join(f"{number}:{fault}" for number, fault in enumerate(switched))
        with (
            tempfile.TemporaryDirectory() as name,
            world(f"--sites={SITES}", "--history=12", "--latency-ms=5", f"--faults={spec}"),
        ):
            folder = Path(name)
            figures = measured("crawl", folder)
            figures["stats"] = control("/__stats")
            figures["found"] = scores(truth(), stored(folder), len(faults))
            rows[label] = figures
    print_hostile(rows, faults)


def scores(articles: list[dict[str, Any]], found: list[str], sick: int) -> dict[str, Any]:
    """How much of the healthy sites is stored, and whether anything is there twice."""
    healthy = {
        canonical(a["url"]): canonical(a["canonical"]) for a in articles if a["site"] >= sick
    }
    have = set(found)
    there = sum(url in have or own in have for url, own in healthy.items())
    return {"healthy": len(healthy), "there": there, "twice": len(found) - len(have)}


def print_hostile(rows: dict[str, dict[str, Any]], faults: list[str]) -> None:
    """One table for both runs, one for the faults."""
    last = {
        label: max(s for slug, s in row["ends"].items() if int(slug[5:]) >= len(faults))
        for label, row in rows.items()
    }
    print(f"{'':44}{'clean':>12}{'every fault':>14}")
    lines: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
        (
            "articles of healthy sites found",
            lambda r: f"{r['found']['there']}/{r['found']['healthy']}",
        ),
        ("articles stored twice", lambda r: str(r["found"]["twice"])),
        ("robots.txt violations", lambda r: str(r["stats"]["robots_violations"])),
        ("requests before robots.txt", lambda r: str(r["stats"]["before_robots"])),
        ("requests to /__secret", lambda r: str(r["stats"]["ssrf_hits"])),
        ("requests into the trap", lambda r: str(r["stats"]["trap"])),
        ("Crawl-delay violations", lambda r: str(r["stats"]["crawl_delay_violations"])),
        ("Retry-After violations", lambda r: str(r["stats"]["retry_after_violations"])),
        ("most connections to one site", lambda r: str(r["stats"]["max_conns_per_site"])),
        ("unchanged pages fetched again", lambda r: str(r["stats"]["refetched_unchanged"])),
        ("whole run, seconds", lambda r: f"{r['seconds']:.1f}"),
        ("CPU of the crawling process, seconds", lambda r: f"{r['cpu']:.1f}"),
        ("peak memory of the crawling process, MiB", lambda r: f"{r['peak_mib']:.0f}"),
        ("pages of a second visit at once", lambda r: json.dumps(r["second"])),
    ]
    for label, show in lines:
        print(f"{label:44}{show(rows['clean']):>12}{show(rows['every fault']):>14}")
    clean, hostile_ = last["clean"], last["every fault"]
    print(f"{'healthy sites done after, seconds':44}{clean:>12.1f}{hostile_:>14.1f}")
    print("\nhow the sick sites' visits ended")
    visits, details = rows["every fault"]["visits"], rows["every fault"]["details"]
    for number, fault in enumerate(faults):
        slug = f"site-{number}"
        print(f"  {fault:16}{visits[slug]:18}{(details[slug] or '')[:90]}")
    print("pages:", json.dumps(rows["every fault"]["counts"]))


def idle() -> None:
    """A thousand feeds, nine in ten of which say 304."""
    with tempfile.TemporaryDirectory() as name, world("--sites=1000", "--history=1"):
        figures = measured("idle", Path(name))
    print(f"\nidle poll of {figures['feeds']} feeds, CPU per feed")
    ratio = figures["ours_ms"] / figures["bare_ms"]
    print(f"  techwire    {figures['ours_ms']:.2f} ms   ({ratio:.2f} ×)")
    print(f"  bare Scrapy {figures['bare_ms']:.2f} ms")
    print(f"  answered 304: {figures['not_modified']:.1%}")
    print(f"  robots.txt asked again: {figures['robots']}")
    print(f"  unchanged articles fetched again: {figures['refetched']}")
    print(f"  peak memory: {figures['peak_mib']:.0f} MiB")


def discovery() -> None:
    """Twenty sites, each from its home page."""
    with tempfile.TemporaryDirectory() as name, world("--sites=20", "--no-crawl-delay"):
        figures = measured("discover", Path(name))
    print(f"\ndiscovery from the home page: {figures['feeds']} of {figures['sites']} feeds")
    print(f"  links of the front pages taken for articles: precision {figures['precision']:.3f}")
    print(f"  articles of the front pages found: recall {figures['recall']:.3f}")


def main() -> None:
    """Prints every table, or measures as a child."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", choices=["crawl", "idle", "discover"])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", choices=["hostile", "idle", "discover"])
    given = parser.parse_args()
    if given.child:
        child(given.child, given.folder)
        return
    end_in_order()
    if not WORLD.exists():
        raise SystemExit("../shared/world/newsworld.py is not there: nothing to measure")
    if given.only in (None, "hostile"):
        with world("--sites=1"):
            faults = list(control("/__faults")["names"])
        hostile(faults)
    if given.only in (None, "idle"):
        idle()
    if given.only in (None, "discover"):
        discovery()


if __name__ == "__main__":
    main()
