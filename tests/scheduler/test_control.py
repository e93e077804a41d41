"""A running daemon: one per database, asked for visits, reloaded, ended, watched."""

import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from techwire.demo import Newsroom
from tests.command import techwire
from tests.daemon import daemon, ended, furnish, heard

ALL = ("gazette: ok", "lantern: ok", "comptoir: ok", "labo: ok", "devicedesk: ok")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with Newsroom().serve() as newsroom:
        furnish(tmp_path, newsroom.address)
        yield tmp_path


def children(process: int) -> list[int]:
    """The processes that ``process`` has started and that live."""
    tasks = list(Path(f"/proc/{process}/task").glob("*/children"))
    if not tasks:
        pytest.skip("needs Linux's /proc")
    return [int(number) for task in tasks for number in task.read_text().split()]


def has_ended(process: int) -> bool:
    """Whether a process that is not our child ends within ten seconds."""
    try:
        watched = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], 10)[0])
    finally:
        os.close(watched)


def test_one_daemon_a_database_is_asked_reloaded_and_shown(folder: Path) -> None:
    with daemon(folder) as process:
        heard(process, *ALL)

        second = techwire("daemon", folder=folder)  # F38
        assert second.returncode == 4
        assert f":{process.pid})" in second.stderr
        assert len(second.stderr.splitlines()) == 1

        asked = techwire("run", "gazette", folder=folder)
        assert asked.returncode == 0, asked.stderr
        assert "asked the running daemon" in asked.stderr
        assert "gazette" in asked.stderr

        shown = techwire("status", folder=folder)
        assert shown.returncode == 0, shown.stderr
        assert f":{process.pid})" in shown.stdout
        assert "adaptive: " in shown.stdout
        healthy = techwire("healthcheck", folder=folder)
        assert healthy.stdout == "ok: 5 sources\n", healthy.stderr

        sources = folder / "sources.toml"
        before = sources.read_text()
        sources.write_text(before + "\n[[source]]\nslog = 'wrong'\n")  # F40
        os.kill(process.pid, signal.SIGHUP)
        heard(process, "not reloaded, going on as before", "sources.toml:")
        refused = techwire("reload", folder=folder)
        assert refused.returncode == 2

        first = before.index("[[source]]", before.index("[[source]]") + 1)
        sources.write_text(before[:first])
        assert techwire("reload", folder=folder).returncode == 0
        heard(process, "reloaded: watching 1 sources")
        assert ended(process) == 0
    after = techwire("healthcheck", folder=folder)
    assert after.returncode == 1
    assert "no daemon is running" in after.stderr


def test_a_second_sigterm_ends_at_once_and_leaves_no_reader_behind(folder: Path) -> None:
    with daemon(folder, readers=True) as process:
        heard(process, "gazette: ok")  # something has been read: there are readers
        readers = children(process.pid)
        assert readers
        process.send_signal(signal.SIGTERM)
        assert ended(process) in (130, 0)  # 0 when it was faster than us
        assert all(map(has_ended, readers))


def test_a_killed_daemon_leaves_no_lock(folder: Path) -> None:  # F38
    with daemon(folder) as process:
        heard(process, "watching 5 sources")
        process.kill()
        process.wait()
    with daemon(folder) as process:
        heard(process, *ALL)
        assert ended(process) == 0


def test_health_and_metrics_are_served_when_asked_for(folder: Path, free_port: int) -> None:
    listen = f"127.0.0.1:{free_port}"
    with daemon(folder, TECHWIRE_HEALTH_LISTEN=listen) as process:
        heard(process, *ALL)
        for page in ("healthz", "readyz"):
            with urlopen(f"http://{listen}/{page}", timeout=10) as answer:
                assert answer.read() == b"ok\n"
        with urlopen(f"http://{listen}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        assert 'techwire_source_failures{source="gazette"} 0' in text
        assert "techwire_articles 4" in text
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"http://{listen}/elsewhere", timeout=10)
        assert ended(process) == 0
