"""``scrapy list`` and ``scrapy crawl`` in a user's folder; the reactor for programs."""

from __future__ import annotations

import asyncio
import inspect
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scrapy import signals
from scrapy.utils import deprecate, signal

from crawler.handler import unexamined
from crawler.heard import Heard
from crawler.spiders.watch import Watch
from tests.crawler.town import Town, rss

ROOT = Path(__file__).parent.parent.parent


def scrapy(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Scrapy's own command, run in ``folder`` with our settings."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SCRAPY_SETTINGS_MODULE": "crawler.settings",
    }
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_scrapy_lists_a_spider_per_way_of_finding(tmp_path: Path) -> None:
    done = scrapy(tmp_path, "list")
    assert done.stdout.split() == ["feed", "listing", "sitemap", "watch"]
    assert done.returncode == 0


def test_scrapy_crawl_visits_a_source_of_the_working_folder(tmp_path: Path, town: Town) -> None:
    text = " ".join(["La puce venue de Grenoble divise par deux la consommation."] * 20)
    town["gazette.example/feed.xml"] = rss("https://gazette.example/a")
    town["gazette.example/a"] = (
        f"<html><head><title>Une puce de Grenoble</title></head><body><article>"
        f"<h1>Une puce de Grenoble</h1><p>{text}</p><p>{text}</p></article></body></html>"
    )
    (tmp_path / "techwire.toml").write_text(
        "[network]\ndelay_seconds = 0\n"
        f'host_map = {{ "gazette.example" = "127.0.0.1:{town.port}" }}\n'
    )
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nslug = "gazette"\nname = "La Gazette"\nurl = "https://gazette.example/"\n'
        'feeds = ["https://gazette.example/feed.xml"]\n'
    )
    done = scrapy(tmp_path, "crawl", "feed", "-a", "source=gazette")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    with sqlite3.connect(tmp_path / "techwire.db") as database:
        titles = database.execute("SELECT title FROM article").fetchall()
    database.close()
    assert titles == [("Une puce de Grenoble",)]


PROGRAM = """\
import asyncio, signal, os, sys
from crawler.reactor import run
async def main():
    {body}
{call}
"""


@pytest.mark.parametrize(
    ("body", "call", "says"),
    [
        ("return 3", "print(run(main))", "3"),
        (
            "raise KeyError('x')",
            "try: run(main)\nexcept KeyError as e: print('raised', e)",
            "raised 'x'",
        ),
        (
            "os.kill(os.getpid(), signal.SIGTERM); await asyncio.sleep(30)",
            "try: run(main)\nexcept KeyboardInterrupt: print('cancelled')",
            "cancelled",
        ),
        (
            "os.kill(os.getpid(), signal.SIGINT); await asyncio.sleep(0.2); return 'went on'",
            "print(run(main, on_signal=lambda s: print(s.name)))",
            "SIGINT\nwent on",
        ),
    ],
    ids=["returns", "raises", "is cancelled", "is told"],
)
def test_a_program_lives_as_long_as_its_coroutine(body: str, call: str, says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(body=body, call=call)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout.strip() == says, done.stderr
    assert done.stderr == ""


def test_scrapy_s_old_names_are_made_without_a_look_at_their_callers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stack(context: int = 1) -> None:
        raise AssertionError("the source of every caller is read")  # a warning, which is an error

    monkeypatch.setattr(inspect, "stack", stack)
    with unexamined():
        old = deprecate.create_deprecated_class("Old", Watch)
    assert issubclass(old, Watch)
    assert vars(deprecate)["inspect"] is inspect


def test_only_signals_that_somebody_listens_to_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    dispatched = vars(signal)["getAllReceivers"]

    def receivers(sender: object, which: object) -> Any:
        sent.append(which)
        return dispatched(sender, which)

    monkeypatch.setattr(signal, "getAllReceivers", receivers)
    heard, told = Heard(object()), []

    def listen(response: str) -> str:
        told.append(response)
        return "yes"

    heard.connect(listen, signals.response_received)
    assert heard.send_catch_log(signals.response_received, response="A") == [(listen, "yes")]
    assert heard.send_catch_log(signals.bytes_received, data=b"A") == []
    assert asyncio.run(heard.send_catch_log_async(signals.item_scraped, item=1)) == []
    assert told == ["A"]
    assert sent == [signals.response_received]
    heard.disconnect(listen, signals.response_received)
    assert heard.send_catch_log(signals.response_received, response="B") == []
