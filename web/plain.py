"""Answers as JSON and as CSV: every program reads them, and no spreadsheet runs what they say."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run it (OWASP CSV injection)
AT_ONCE = 64 * 1024  # characters of CSV in one piece
LINES = 3  # levels of JSON whose items have lines of their own: the answer, its list, its rows


def plain(value: Any) -> Any:
    """``value`` in the types of JSON; times in ISO 8601, UTC."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def as_json(value: Any) -> str:
    """JSON, times as in ``plain``. Each field of each answer has a line of its own, because people
    read it too; what is deeper stands on that line, which the encoder's C code writes."""
    pieces: list[str] = []
    _write(value, LINES, "\n", pieces)
    return "".join([*pieces, "\n"])


def _write(value: Any, deep: int, pad: str, pieces: list[str]) -> None:
    """Adds ``value`` with a line for each item of its ``deep`` outer levels."""
    if is_dataclass(value) and not isinstance(value, type):
        value = _fields(value)
    if not deep or not value or not isinstance(value, (dict, list, tuple)):
        pieces.append(_ENCODER.encode(value))
        return
    comma, inner = pad + " ", pad + " "
    if isinstance(value, dict):
        pieces.append("{")
        for key, item in value.items():
            pieces += (comma, _ENCODER.encode(str(key)), ": ")
            _write(item, deep - 1, inner, pieces)
            comma = "," + inner
        pieces += (pad, "}")
        return
    pieces.append("[")
    for item in value:
        pieces.append(comma)
        _write(item, deep - 1, inner, pieces)
        comma = "," + inner
    pieces += (pad, "]")


def _fields(value: Any) -> dict[str, Any]:
    """A dataclass as a dictionary, as deep as itself."""
    kind: Any = type(value)
    return {name: getattr(value, name) for name in _names(kind)}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def _encodable(value: Any) -> Any:
    """What the encoder does not know, in the types of JSON."""
    kind = type(value)
    if kind is date:  # thousands of them in a list of sources
        return value.isoformat()
    if kind is datetime:
        return value.isoformat().replace("+00:00", "Z")
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    simple = plain(value)
    if simple is value:
        raise TypeError(f"{type(value).__name__} is no JSON")
    return simple


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=_encodable)


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """CSV with a header, in pieces."""
    piece = io.StringIO()
    writer = csv.writer(piece, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
        if piece.tell() > AT_ONCE:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()


def flat(answer: Any) -> dict[str, Any]:
    """A dataclass as one row: what it holds several of becomes one cell."""
    return {name: _joined(value) for name, value in plain(answer).items()}


def _joined(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(str(v.get("name", v) if isinstance(v, dict) else v) for v in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        value = value.replace("\0", "")
        return "'" + value if value.startswith(_FORMULA) else value
    return value
