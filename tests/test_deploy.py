"""The units and the image of deploy/: what they call exists, and systemd understands them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from techwire.cli import COMMANDS

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = [*sorted(path.name for path in DEPLOY.glob("*.service")), "techwire-once.timer"]


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_a_service_starts_a_command_there_is(name: str) -> None:
    text = (DEPLOY / name).read_text()
    line = re.search(r"^ExecStart=\S+/techwire (.*)$", text, re.MULTILINE)
    assert line is not None
    words = [word for word in line[1].split() if not word.startswith(("-", "/"))]
    assert words[0] in COMMANDS
    for wanted in ("User=techwire", "NoNewPrivileges=yes", "ProtectSystem=strict", "MemoryMax="):
        assert wanted in text


def test_the_daemon_tells_systemd_that_it_lives() -> None:
    text = (DEPLOY / "techwire.service").read_text()
    assert "Type=notify" in text
    watchdog = re.search(r"^WatchdogSec=(\d+)$", text, re.MULTILINE)
    assert watchdog is not None
    assert int(watchdog[1]) >= 8 * 15  # as many ticks as the daemon itself forgives
    stop = re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)
    assert stop is not None
    assert int(stop[1]) > 10  # schedule.grace_seconds


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for name in UNITS:  # the program need not be installed here
        text = (DEPLOY / name).read_text()
        (tmp_path / name).write_text(re.sub(r"=\S+/bin/techwire", "=/bin/true", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in UNITS)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "techwire" in line]
    assert ours == []


def test_the_image_runs_as_nobody_in_particular_and_is_checked() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    last = text[text.rindex("FROM ") :]
    assert last.index("\nUSER techwire") < last.index("\nENTRYPOINT")
    check = re.search(r'^HEALTHCHECK .*CMD \["techwire", "(\w+)"\]$', last, re.MULTILINE)
    start = re.search(r'^CMD \["(\w+)"\]$', last, re.MULTILINE)
    assert check is not None
    assert start is not None
    assert {check[1], start[1]} <= COMMANDS.keys()
