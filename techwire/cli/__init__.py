"""The command line: one file per noun, imported only when it is used.

Data goes to stdout, progress and logs to stderr. Exit codes: 0 done; 1 nothing succeeded (or
anything failed, with ``--strict``), nothing found; 2 usage or configuration; 3 database;
4 already running; 130 interrupted.
"""

from __future__ import annotations

import errno
import gc
import importlib
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from techwire import __version__
from techwire.cli.commands import COMMANDS, SECTIONS
from techwire.cli.desk import Desk
from techwire.cli.pager import PAGED, paged
from techwire.errors import TechwireError

# Objects between two garbage collections. What a command imports is no garbage: at Python's own
# pace, looking at it again and again takes a twelfth of the CPU of its start.
GARBAGE = 50_000, 20, 50


class ReaderGone(Exception):
    """Nobody reads what we print any more: ``techwire latest | head``."""


@contextmanager
def _noticing() -> Iterator[None]:
    """Takes a broken pipe away from click, which would end with exit code 1."""
    try:
        yield
    except BrokenPipeError:
        raise ReaderGone from None


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called: a query starts in 0.3 s."""

    def make_context(self, *words: Any, **more: Any) -> click.Context:
        with _noticing():  # --help prints here
            return super().make_context(*words, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _noticing():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].place.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 - a slip in COMMANDS, not in the input
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(one.name, one.does) for one in commands])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from techwire.toml import nearest

            close = nearest(args[0], COMMANDS)
            hint = f"; did you mean `techwire {close}`?" if close else ""
            raise click.UsageError(f"{error.format_message().rstrip('.')}{hint}", ctx) from None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="techwire")
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="techwire.toml (default: TECHWIRE_CONFIG, else the one in this folder).",
)
@click.option(
    "--db",
    "database_url",
    metavar="URL",
    help="Database, over the configuration's: a SQLite path or a postgres:// URL.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress, errors only.")
@click.option("-v", "--verbose", is_flag=True, help="More on stderr.")
@click.option("--no-pager", is_flag=True, help="Print long answers straight on the terminal.")
@click.pass_context
def cli(
    ctx: click.Context,
    config_path: Path | None,
    database_url: str | None,
    quiet: bool,
    verbose: bool,
    no_pager: bool,
) -> None:
    """Watch the tech press by company: fetch, clean, tag, store, query."""
    ctx.obj = Desk(config_path=config_path, database_url=database_url, quiet=quiet, verbose=verbose)
    if ctx.invoked_subcommand in PAGED:
        ctx.with_resource(paged(is_wanted=not no_pager))


def main(argv: list[str] | None = None) -> NoReturn:
    """Run one command; every expected failure is one line on stderr and its exit code."""
    _open_streams()
    gc.set_threshold(*GARBAGE)
    try:
        code = cli.main(argv, prog_name="techwire", standalone_mode=False)
    except (KeyboardInterrupt, click.exceptions.Abort):
        click.echo("techwire: interrupted", err=True)
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except TechwireError as error:
        click.echo(f"techwire: {error}", err=True)
        code = error.exit_code
    except ReaderGone:
        _let_go()
        code = 0
    except OSError as error:
        if error.strerror is None:  # ours to find, not the disk's or the network's
            raise
        where = f"{error.filename}: " if error.filename else ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF) and not where:
            where = "cannot write: "
            _let_go()
        click.echo(f"techwire: {where}{error.strerror}", err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _let_go() -> None:
    """What could not be printed is not tried once more at the very end, which would be 120."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_streams() -> None:
    """Streams that were closed by the caller lead nowhere; else a database would be opened as
    number 1, and what is printed go into it. Under LANG=C a letter is "?", not a traceback."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
        elif name != "stdin" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
