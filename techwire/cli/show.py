"""Rows for people and for programs: table, JSON, JSON lines, CSV, Markdown."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

FORMATS = ("table", "json", "jsonl", "csv", "markdown")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run it (OWASP CSV injection)

format_option = click.option(
    "--format", "shape", type=click.Choice(FORMATS), default="table", show_default=True
)


def rows(
    columns: Sequence[str],
    values: Iterable[Mapping[str, Any]],
    *,
    shape: str,
    table: Sequence[str] | None = None,
) -> None:
    """Print ``values``; ``table`` names the columns people see when not all fit."""
    if shape == "json":
        click.echo(
            json.dumps([_plain(row, columns) for row in values], ensure_ascii=False, indent=1)
        )
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
        _table(table or columns, some)


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


def _table(columns: Sequence[str], values: Iterable[Mapping[str, Any]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # piped output is not cut to 80 columns: grep and less see whole lines
    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "160"))
    console = Console(width=width, highlight=False, soft_wrap=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        wide = column in ("title", "companies", "snippet", "url", "detail", "why")
        table.add_column(column, overflow="fold" if wide else "ellipsis", no_wrap=not wide)
    for row in values:
        table.add_row(*(Text(_printable(text_of(row.get(column)))) for column in columns))
    console.print(table)


def _printable(text: str) -> str:
    """Without control characters: a title must not drive the terminal."""
    return "".join(ch if ch == "\n" or ch.isprintable() else " " for ch in text)
