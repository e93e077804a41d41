"""A daemon in a process of its own, and a folder with a newsroom for it to watch."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from techwire.demo import hosts, sources_toml
from tests import nursery
from tests.command import ROOT
from tests.nursery import Forked

INLINE = "tests.scheduler.killed:command"


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
def daemon(folder: Path, *, readers: bool = False, **environ: str) -> Iterator[Forked]:
    """A daemon of its own process; killed at the end if it still lives.

    It reads pages in its own process unless ``readers`` are wanted."""
    ours, theirs = os.pipe()
    with open(ours, encoding="utf-8") as said, open(os.devnull) as nothing:  # noqa: PTH123
        try:
            process = nursery.start(
                ["daemon"],
                folder=folder,
                environ={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"} | environ,
                streams=(nothing.fileno(), theirs, theirs),
                target=nursery.COMMAND if readers else INLINE,
            )
        finally:
            os.close(theirs)
        process.stderr = said
        try:
            yield process
        finally:
            process.kill()
            process.wait(30)


def heard(process: Forked, *words: str) -> None:
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


def ended(process: Forked, number: int = signal.SIGTERM) -> int:
    """The exit code after a signal."""
    process.send_signal(number)
    return process.wait(timeout=30)
