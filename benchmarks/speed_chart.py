"""The chart of ``benchmarks.speed``: CPU per article of every contender, as one SVG file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from rich.bar import Bar
from rich.console import Console
from rich.table import Table

WIDTH = 46  # characters of the longest bar


def draw(milliseconds: Mapping[str, float], title: str, file: Path) -> None:
    """One bar for each contender, the first one is ours; the numbers stand beside them."""
    most, ours = max(milliseconds.values()), next(iter(milliseconds.values()))
    table = Table(title=title, box=None, pad_edge=True)
    table.add_column("")
    table.add_column("ms of CPU an article", justify="right")
    table.add_column("", width=WIDTH)
    table.add_column("× techwire", justify="right")
    for place, (name, value) in enumerate(milliseconds.items()):
        bar = Bar(most, 0, value, width=WIDTH, color="green" if place == 0 else "bright_blue")
        table.add_row(name, f"{value:.1f}", bar, f"{value / ours:.1f}")
    console = Console(record=True, width=WIDTH + 56, file=io.StringIO())
    console.print(table)
    console.save_svg(str(file), title="make bench-speed")
