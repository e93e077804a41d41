"""Rows for people and for programs: table, JSON, JSON lines, CSV, Markdown."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from techwire.cli.desk import Desk

FORMATS = ("table", "json", "jsonl", "csv", "markdown")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run it (OWASP CSV injection)

NARROW = 110  # columns below which a table gives up wrapping
NARROWEST = 40  # a smaller COLUMNS is a mistake
PIPED = 160  # columns where there is no terminal

ID = click.IntRange(1, 2**63 - 1)  # of an article or a story: what a database counts to
MOST_ROWS = 1_000_000  # asked for at once

format_option = click.option(
    "--format", "shape", type=click.Choice(FORMATS), default="table", show_default=True
)


def rows(
    columns: Sequence[str],
    values: Iterable[Mapping[str, Any]],
    *,
    shape: str,
    table: Sequence[str] | None = None,
    narrow: Sequence[str] | None = None,
) -> None:
    """Print ``values``; ``table`` names the columns people see when not all fit, ``narrow`` those
    of a narrow terminal."""
    if shape == "json":
        click.echo(as_json([_plain(row, columns) for row in values]))
    elif shape == "jsonl":
        for row in values:
            click.echo(json.dumps(_plain(row, columns), ensure_ascii=False))
    elif shape == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        for row in values:
            writer.writerow([csv_cell(row.get(column)) for column in columns])
    elif shape == "markdown":
        _markdown(table or columns, values)
    elif some := list(values):
        _table((narrow if is_narrow() else None) or table or columns, some)


def as_json(value: Any) -> str:
    """JSON for programs: times as every export spells them, whatever else as its text."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=text_of)


def moment(desk: Desk, when: datetime | None, shape: str) -> str:
    """A time in a cell: local with its offset; short where the terminal is narrow."""
    if shape == "table" and when is not None and is_narrow():
        return f"{when.astimezone(desk.config.zone):%m-%d %H:%M}"
    return desk.local(when)


def is_narrow() -> bool:
    """Whether tables are drawn for a narrow terminal."""
    return (_width() or shutil.get_terminal_size().columns) < NARROW


def _plain(row: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    return {column: _json_value(row.get(column)) for column in columns}


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, (list, tuple)):
        return [_json_value(item) for item in value]
    return value


def text_of(value: Any) -> str:
    """A value in a cell."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


def csv_cell(value: Any) -> str:
    """A value in a CSV file; text that a spreadsheet would run as a formula gets an apostrophe."""
    text = text_of(value)
    return "'" + text if isinstance(value, str) and text.startswith(_FORMULA) else text


def _markdown(columns: Sequence[str], values: Iterable[Mapping[str, Any]]) -> None:
    click.echo("| " + " | ".join(columns) + " |")
    click.echo("|" + "---|" * len(columns))
    for row in values:
        cells = (text_of(row.get(c)).replace("|", "\\|").replace("\n", " ") for c in columns)
        click.echo("| " + " | ".join(cells) + " |")


def _table(columns: Sequence[str], values: Sequence[Mapping[str, Any]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=_width(), highlight=False, soft_wrap=False)
    narrow = is_narrow()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        is_wide = column in ("title", "companies", "snippet", "article", "url", "detail", "why")
        # on a narrow terminal a row is a line, and the title has what the others leave
        fold = is_wide and not (narrow and column in ("title", "companies"))
        table.add_column(
            column,
            justify="right" if _is_number(column, values) else "left",
            overflow="fold" if fold else "ellipsis",
            no_wrap=not fold,
            ratio=1 if narrow and column == "title" else None,
            max_width=16 if narrow and column == "companies" else None,
        )
    table.expand = narrow and "title" in columns
    for row in values:
        table.add_row(*(Text(_printable(text_of(row.get(column)))) for column in columns))
    with console.capture() as drawn:
        console.print(table)
    for line in drawn.get().splitlines():
        click.echo(line.rstrip())


def _is_number(column: str, values: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a column holds numbers alone, which stand under each other by their last digit."""
    cells = [row[column] for row in values if row.get(column) is not None]
    return bool(cells) and all(type(cell) in (int, float) for cell in cells)


def _width() -> int | None:
    """Columns of the output; None: ask the terminal.

    Piped output is not cut to 80 columns: grep and less see whole lines."""
    named = os.environ.get("COLUMNS", "")
    if named.isdigit() and int(named) >= NARROWEST:
        return int(named)
    return None if sys.stdout is not None and sys.stdout.isatty() else PIPED


def _printable(text: str) -> str:
    """Without control characters: a title must not drive the terminal."""
    return "".join(ch if ch == "\n" or ch.isprintable() else " " for ch in text)
