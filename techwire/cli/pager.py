"""Long answers go through a pager, as in git: on a terminal only, and only what does not fit."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import TextIO

PAGED = frozenset(
    "latest company search companies stories story trends diff why digest stats".split()  # noqa: SIM905
)
"""Commands that answer with a text that ends."""
USUAL = "less"
LESS = "FRX"  # leave when it fits, keep colours, leave the text on the screen
LINES = 24  # of a terminal that does not say


class _Screen(io.StringIO):
    """What is kept back; to those who write it is still a terminal."""

    def isatty(self) -> bool:
        return True


@contextlib.contextmanager
def paged(*, is_wanted: bool = True) -> Iterator[None]:
    """What is printed on stdout inside is shown with the pager at the end.

    Only on a terminal. TECHWIRE_PAGER goes before PAGER; either empty, or ``cat``: no pager.
    """
    terminal, pager = sys.stdout, command()
    if not is_wanted or pager is None or terminal is None or not terminal.isatty():
        yield
        return
    screen = _Screen()
    try:
        with contextlib.redirect_stdout(screen):
            yield
    finally:
        _show(screen.getvalue(), terminal, pager)


def command() -> list[str] | None:
    """The pager's command line; None when there is to be none."""
    named = os.environ.get("TECHWIRE_PAGER", os.environ.get("PAGER", USUAL))
    try:
        words = shlex.split(named)
    except ValueError:  # a quotation that does not end
        return None
    return None if words in ([], ["cat"]) or os.environ.get("TERM") == "dumb" else words


def _show(text: str, terminal: TextIO, pager: list[str]) -> None:
    if text.count("\n") < _height(terminal) or not _piped(text, terminal, pager):
        terminal.write(text)
        terminal.flush()


def _height(terminal: TextIO) -> int:
    try:
        return os.get_terminal_size(terminal.fileno()).lines or LINES
    except OSError:
        return LINES


def _piped(text: str, terminal: TextIO, pager: list[str]) -> bool:
    """Whether there was such a pager."""
    terminal.flush()
    try:
        reader = subprocess.Popen(  # noqa: S603 - the person's own choice
            pager,
            stdin=subprocess.PIPE,
            stdout=terminal.fileno(),
            env={"LESS": LESS, **os.environ},
        )
    except OSError:
        return False
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):  # left before the end
        reader.communicate(text.encode(errors="replace"))
    while reader.poll() is None:
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is the pager's while it shows
            reader.wait()
    return True
