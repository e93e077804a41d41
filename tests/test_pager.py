"""A pager on a terminal, and nowhere else."""

from __future__ import annotations

import io
import os
import pty
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout

import click
import pytest

from techwire.cli.pager import paged

LONG = "".join(f"row {n}\n" for n in range(40))
MARK = "sed s/row/paged/"  # as a pager that can be seen


@pytest.fixture
def pager(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("TECHWIRE_PAGER", "PAGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return monkeypatch


class Terminal:
    """A real pseudo-terminal, and what was written to it."""

    def __init__(self) -> None:
        self._near, far = pty.openpty()
        self.stream = os.fdopen(far, "w")

    def shown(self) -> str:
        self.stream.flush()
        return os.read(self._near, 65_536).decode().replace("\r\n", "\n")

    def close(self) -> None:
        self.stream.close()
        os.close(self._near)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


def printed(terminal: Terminal, text: str, *, is_wanted: bool = True) -> str:
    with redirect_stdout(terminal.stream), paged(is_wanted=is_wanted):
        assert sys.stdout.isatty()  # colours stay
        click.echo(text, nl=False)
    return terminal.shown()


@pytest.mark.parametrize(
    ("environ", "is_paged"),
    [
        ({"PAGER": MARK}, True),
        ({"TECHWIRE_PAGER": MARK, "PAGER": "cat"}, True),
        ({"TECHWIRE_PAGER": "", "PAGER": MARK}, False),
        ({"PAGER": ""}, False),
        ({"PAGER": "cat"}, False),
        ({"PAGER": "no-such-pager-anywhere"}, False),
        ({"PAGER": "sed 's/row"}, False),
        ({"PAGER": MARK, "TERM": "dumb"}, False),
    ],
)
def test_a_long_answer_goes_through_the_pager_that_is_named(
    terminal: Terminal, pager: pytest.MonkeyPatch, environ: dict[str, str], is_paged: bool
) -> None:
    for name, value in environ.items():
        pager.setenv(name, value)
    assert printed(terminal, LONG) == (LONG.replace("row", "paged") if is_paged else LONG)


def test_a_short_answer_and_an_unwanted_pager_are_printed_as_they_are(
    terminal: Terminal, pager: pytest.MonkeyPatch
) -> None:
    pager.setenv("PAGER", MARK)
    assert printed(terminal, "row 1\n") == "row 1\n"
    assert printed(terminal, LONG, is_wanted=False) == LONG


def test_what_was_printed_before_an_error_is_shown(
    terminal: Terminal, pager: pytest.MonkeyPatch
) -> None:
    pager.setenv("PAGER", MARK)
    with pytest.raises(OSError, match="gone"), redirect_stdout(terminal.stream), paged():  # noqa: PT012
        click.echo("row 1")
        raise OSError("gone")
    assert terminal.shown() == "row 1\n"


def test_what_is_piped_is_never_paged(pager: pytest.MonkeyPatch) -> None:
    pager.setenv("PAGER", MARK)
    pipe = io.StringIO()
    with redirect_stdout(pipe), paged():
        click.echo(LONG, nl=False)
    assert pipe.getvalue() == LONG
