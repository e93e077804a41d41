"""A daemon in a process of its own, and a folder with a newsroom for it to watch."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from techwire.demo import hosts, sources_toml
from tests.command import ROOT


def furnish(folder: Path, address: str, *more: str) -> None:
    """Configuration and sources of a newsroom that listens at ``address``; ``more`` TOML lines."""
    hosts_map = "\n".join(f'"{host}" = "{address}"' for host in hosts())
    extra = "\n".join(more)
    (folder / "techwire.toml").write_text(
        f"{extra}\n[schedule]\ntick_seconds = 0.5\n[reading]\nworkers = 1\n"
        f"[network]\ndelay_seconds = 0.0\n[network.host_map]\n{hosts_map}\n"
    )
    (folder / "sources.toml").write_text(sources_toml())


@contextmanager
def daemon(folder: Path, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """A daemon of its own process; killed at the end if it still lives."""
    with subprocess.Popen(
        [sys.executable, "-m", "techwire", "daemon"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"} | environ,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str], *words: str) -> None:
    """Read the daemon's log until each of ``words`` has been in it."""
    missing = set(words)
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        missing = {word for word in missing if word not in line}
        if not missing:
            return
    pytest.fail(f"the daemon ended without saying {missing}: {''.join(said)}")


def ended(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> int:
    """The exit code after a signal."""
    process.send_signal(number)
    return process.wait(timeout=30)
