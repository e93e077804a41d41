"""What an article costs beside an archive: the same crawl into a new database and a large one.

The whole way (feeds, fetching, reading, tagging, storing, index, stories) as CPU of all processes,
by turns in the same minutes. The sites stand for the archive's own first sources, so that each has
thousands of older articles. A turn is of five runs: one source, to make or sync the database; three
more, one by one, for what a start costs; then all. An article costs what the last run spent beyond
the mean of those three for each article it stored beyond theirs: a daemon starts once.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.archive import SOURCES
from benchmarks.speed_run import Cost, run
from benchmarks.speed_world import World, furnish, python_path

FLAT_BAR = 1.1  # × the cost beside nothing
STARTS = 3  # runs of one source that tell what a start costs
LATE = timedelta(days=2)  # an archive that ends longer ago has nothing a start would read


@dataclass(frozen=True, slots=True)
class Turn:
    """One crawl beside an archive, or beside nothing."""

    article: float  # CPU seconds of one, the start left out
    start: float  # CPU seconds of a start: imports, readers, and what is read of recent articles
    first: float  # CPU seconds of the first run, which makes the database or syncs it, 1/50 of all
    whole: float  # CPU seconds an article of the run over all sites, its start included
    articles: int  # stored in all runs
    main_mib: float  # peak resident memory of the main process


def beside(of: World, archive: Path, rounds: int) -> dict[str, Any]:
    """The figures of ``rounds`` turns beside nothing and beside ``archive`` (a folder that
    ``benchmarks.db --keep`` made; it stays as it is), printed and returned."""
    kept = archive / "bench.db"
    if not of.is_simulated or not kept.exists():
        raise SystemExit("--beside needs the simulator and an archive of SQLite: bench.db")
    with closing(sqlite3.connect(f"{kept.absolute().as_uri()}?mode=ro", uri=True)) as rows:
        count, end = rows.execute("SELECT max(id), max(published_at) FROM article").fetchone()
    late = datetime.now(UTC) - datetime.fromisoformat(end)
    if late > LATE:
        print(f"the archive ends {late.days} days ago: with --until now a start has more to read")
    of = _of_the_archive(of)
    turns: dict[str, list[Turn]] = {"nothing": [], f"{count:,}": []}
    for number in range(rounds):
        for name in list(turns) if number % 2 == 0 else reversed(list(turns)):
            turn = _turn(of, None if name == "nothing" else kept)
            turns[name].append(turn)
            print(
                f"  beside {name:12}{turn.article * 1000:8.2f} ms an article, start "
                f"{turn.start:.2f} s, first run {turn.first:.2f} s, with its start "
                f"{turn.whole * 1000:.2f} ms, main {turn.main_mib:.0f} MiB, {turn.articles} stored",
                flush=True,
            )
    nothing, much = (min(one, key=lambda turn: turn.article) for one in turns.values())
    return {
        "archive": count,
        "archive_ends": end,
        "ratio": much.article / nothing.article,
        "ratio_with_start": much.whole / nothing.whole,
        "turns": {
            name: [
                {
                    "article_ms": turn.article * 1000,
                    "start_s": turn.start,
                    "first_s": turn.first,
                    "with_start_ms": turn.whole * 1000,
                    "main_mib": turn.main_mib,
                    "articles": turn.articles,
                }
                for turn in done
            ]
            for name, done in turns.items()
        },
    }


def _of_the_archive(of: World) -> World:
    """The sites under the names of the archive's sources."""
    sites = of.sources.count("[[source]]")
    if sites > SOURCES:
        raise SystemExit(f"the archive has {SOURCES} sources, not {sites}")
    return replace(of, sources=of.sources.replace('slug = "site', 'slug = "source-'))


def _turn(of: World, archive: Path | None) -> Turn:
    with tempfile.TemporaryDirectory(prefix="techwire-beside-") as name:
        folder = Path(name)
        furnish(folder, of)
        if archive is not None:
            for suffix in ("", "-wal"):  # nobody writes to it: the two belong together
                if (part := archive.with_name(archive.name + suffix)).exists():
                    shutil.copyfile(part, folder / f"speed.db{suffix}")
        first, one = _run(folder, "source-0")
        starts = [_run(folder, f"source-{number}") for number in range(1, 1 + STARTS)]
        every, rest = _run(folder, "--once")
    some = sum(stored for _, stored in starts)
    spent, each = sum(cost.cpu for cost, _ in starts) / STARTS, some / STARTS
    article = (every.cpu - spent) / (rest - each)
    return Turn(
        article=article,
        start=spent - each * article,
        first=first.cpu,
        whole=every.cpu / rest,
        articles=one + some + rest,
        main_mib=every.main_mib,
    )


def _run(folder: Path, what: str) -> tuple[Cost, int]:
    """``techwire run`` of a source or of all, and how many articles it stored."""
    before = _last(folder)
    cost = run([sys.executable, "-m", "techwire", "-q", "run", what], folder, python_path())
    if cost.code:
        raise SystemExit(f"techwire run {what} failed:\n{cost.stderr[-2000:]}")
    return cost, _last(folder) - before


def _last(folder: Path) -> int:
    """The number of the last article: they follow each other."""
    if not (folder / "speed.db").exists():
        return 0
    with closing(sqlite3.connect(folder / "speed.db")) as rows:
        return int(rows.execute("SELECT max(id) FROM article").fetchone()[0] or 0)
