"""Rows into files: JSON lines, CSV, Parquet; under its final name a file is whole."""

from __future__ import annotations

import csv
import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from techwire.cli.show import csv_cell
from techwire.errors import TechwireError, UsageError

if TYPE_CHECKING:
    from types import ModuleType

FORMATS = ("jsonl", "csv", "parquet")
ROW_GROUP = 5_000  # rows of a Parquet file held in memory

Row = Mapping[str, Any]
Write = Callable[[Row], object]


@contextmanager
def writing(path: Path | None, shape: str, columns: Sequence[str]) -> Iterator[Write]:
    """Gives a function that writes one row; the file takes its name when all of them are written.

    ``path`` None is stdout, which Parquet cannot be written to."""
    if shape == "parquet":
        if path is None:
            raise UsageError("export: a Parquet file needs --output FILE")
        with whole_file(path) as part, _parquet(part, columns) as write:
            yield write
        return
    if path is None:
        yield _text(sys.stdout, shape, columns)
        return
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        yield _text(file, shape, columns)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file to write to, beside ``path``; renamed to it at the end, removed on any failure.

    A device, a pipe or a link (/dev/null, /dev/stdout) is written to as it is, not replaced."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        yield path
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except OSError as problem:
        raise TechwireError(f"{path}: {problem.strerror or problem}") from problem
    finally:
        with suppress(OSError):  # a folder where nothing can be written holds nothing to remove
            part.unlink(missing_ok=True)


def _text(file: IO[str], shape: str, columns: Sequence[str]) -> Write:
    if shape == "jsonl":
        return lambda row: file.write(_line(row))
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    return lambda row: writer.writerow([csv_cell(_flat(row[name])) for name in columns])


def _line(row: Row) -> str:
    return json.dumps(dict(row), ensure_ascii=False, default=_plain) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} is no JSON")


def _flat(value: Any) -> Any:
    """A list in one cell of a table: names joined by "; "."""
    if isinstance(value, (list, tuple)):
        return "; ".join(str(item["name"] if isinstance(item, dict) else item) for item in value)
    return value


@contextmanager
def _parquet(path: Path, columns: Sequence[str]) -> Iterator[Write]:
    arrow = _pyarrow()
    waiting: list[Row] = []
    writer: Any = None

    def flush() -> None:
        nonlocal writer
        schema = arrow.schema([(name, _arrow_type(arrow, name)) for name in columns])
        table = arrow.Table.from_pylist([dict(row) for row in waiting], schema=schema)
        if writer is None:
            writer = arrow.parquet.ParquetWriter(path, schema, compression="zstd")
        writer.write_table(table)
        waiting.clear()

    def write(row: Row) -> None:
        waiting.append(row)
        if len(waiting) >= ROW_GROUP:
            flush()

    try:
        yield write
        flush()
    finally:
        if writer is not None:
            writer.close()


def _pyarrow() -> ModuleType:
    try:
        importlib.import_module("pyarrow.parquet")
    except ModuleNotFoundError:
        raise UsageError("export: Parquet needs pip install 'techwire[parquet]'") from None
    return importlib.import_module("pyarrow")


_WHOLE = {"id", "article_id", "story_id", "copy_of_id", "words", "revisions", "mention_count"}
_WHOLE |= {"start", "end", "articles", "outlets", "lag_seconds"}


def _arrow_type(arrow: ModuleType, name: str) -> Any:
    if name.endswith("_at"):
        return arrow.timestamp("ms", tz="UTC")
    if name in _WHOLE:
        return arrow.int64()
    if name in ("relevance", "confidence"):
        return arrow.float64()
    if name in ("known", "is_free"):
        return arrow.bool_()
    if name in ("authors", "keywords", "languages"):
        return arrow.list_(arrow.string())
    if name == "companies":
        return arrow.list_(
            arrow.struct(
                [
                    ("id", arrow.string()),
                    ("name", arrow.string()),
                    ("relevance", arrow.float64()),
                    ("level", arrow.string()),
                    ("confidence", arrow.float64()),
                    ("known", arrow.bool_()),
                    ("mentions", arrow.int64()),
                ]
            )
        )
    return arrow.string()
