"""Keeps the shipped catalogue in a form that loads in a tenth of the time, as Python does modules.

The snapshot lies in ``__pycache__`` beside the files, named after their content, so it can never
be stale. Where that folder cannot be written the files are simply parsed each time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from pipelines.companies_file import Owned

FORMAT = "1"  # changes when the shape below does
Row = list[str | None]


def name_of(paths: Sequence[Path]) -> Path:
    """Where the snapshot of these files lies."""
    content = hashlib.sha256(FORMAT.encode())
    for path in paths:
        content.update(path.name.encode() + b"\0" + path.read_bytes())
    return paths[0].parent / "__pycache__" / f"catalogue-{content.hexdigest()[:16]}.json"


def read(path: Path) -> dict[str, list[Row]] | None:
    """The rows that ``write`` was given, or None when there is no usable snapshot."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write(path: Path, rows: dict[str, list[Row]]) -> None:
    """Keeps ``rows``; older snapshots go. A folder that cannot be written is no error."""
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")  # two processes may come at once
        fresh.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        fresh.replace(path)
        for old in path.parent.glob("catalogue-*.json"):
            if old != path:
                old.unlink(missing_ok=True)


def day(text: str | None) -> date | None:
    """A day as it stands in a row."""
    return date.fromisoformat(text) if text else None


def owner_rows(owners: dict[str, tuple[Owned, ...]]) -> list[Row]:
    """Ownership as rows: company, owner, since."""
    return [
        [company, span.id, span.since.isoformat() if span.since else None]
        for company, spans in owners.items()
        for span in spans
    ]
