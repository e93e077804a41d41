"""Answers that cost much are kept, and made anew behind the back of who asks."""

from __future__ import annotations

import re
import shutil
import threading
from pathlib import Path

import httpx
import pytest

from db import connect, sources
from techwire.errors import NotFound
from techwire.types import Source
from tests.web.conftest import NO_TLS, running
from tests.web.news import NOW
from web.house import STALE, Kept
from web.pages import SOURCES_SHOWN


def test_who_asks_for_an_old_answer_gets_it_while_a_new_one_is_made_once() -> None:
    now, made = [0.0], []
    started, may_end = threading.Event(), threading.Event()
    kept = Kept(10.0, clock=lambda: now[0])

    def slowly() -> str:
        made.append(threading.current_thread())
        started.set()
        assert may_end.wait(60)
        return "new"

    assert kept.get("a", lambda: "old") == "old"
    now[0] = 9.0
    assert kept.get("a", slowly) == "old"
    assert not made  # young enough
    now[0] = 11.0
    assert kept.get("a", slowly) == "old"
    assert started.wait(60)
    assert kept.get("a", slowly) == "old"  # nor does this one wait, or make a second
    may_end.set()
    for thread in made:
        thread.join(60)
    assert kept.get("a", lambda: "newer") == "new"
    assert len(made) == 1
    assert made[0] is not threading.current_thread()


def test_who_asks_for_an_answer_that_is_much_too_old_waits_for_a_new_one() -> None:
    now = [0.0]
    kept = Kept(10.0, clock=lambda: now[0])
    assert kept.get("a", lambda: "old") == "old"
    now[0] = 10.0 * STALE
    assert kept.get("a", lambda: "new") == "new"


def test_what_cannot_be_made_leaves_nothing_behind() -> None:
    kept = Kept(10.0)

    def fails() -> str:
        raise NotFound("company", "nobody")

    for number in range(100):
        with pytest.raises(NotFound):
            kept.get(f"company {number}", fails)
    assert not kept._making
    assert kept.get("company 7", lambda: "somebody") == "somebody"


def test_many_sources_fill_several_pages_each_source_once(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = shutil.copy(sqlite_template, tmp_path / "techwire.db")
    names = [f"paper-{n:02}" for n in range(SOURCES_SHOWN + 7)]
    with connect(str(path)) as database:
        with database.writing() as connection:
            listed = [Source(slug=n, name=n.title(), url=f"https://{n}.example/") for n in names]
            sources.sync(connection, listed, NOW)
        with running(database) as address, httpx.Client(base_url=address, verify=NO_TLS) as client:
            first, second = (client.get(f"/sources?page={n}").text for n in (1, 2))
            beyond = client.get("/sources?page=3")
    shown = [sorted(set(re.findall(r"Paper-\d\d", page))) for page in (first, second)]
    assert [len(page) for page in shown] == [SOURCES_SHOWN, 7]
    assert shown[0] + shown[1] == [name.title() for name in names]
    assert 'href="/sources?page=2"' in first
    assert '<strong aria-current="page">2</strong>' in second
    assert beyond.status_code == 200
    assert "Paper-" not in beyond.text
