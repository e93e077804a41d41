"""Read a TOML file of the user's, and say where in it something is wrong.

``tomllib`` gives values without places; ``line_of`` finds the line of a key again, so that every
complaint can name ``file:line``.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from techwire.errors import ConfigError

_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)|\s*\(at end of document\)")
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")

Path_ = tuple[str | int, ...]  # ("source", 2, "slug"): arrays of tables count from 0


def read(path: Path) -> tuple[dict[str, Any], str]:
    """The values of a TOML file and its text.

    Raises ConfigError when it is missing, not UTF-8 or not TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError("no such file", path=path, hint="`techwire init` writes one") from None
    except IsADirectoryError:
        raise ConfigError("is a folder, not a file", path=path) from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", path=path) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError("is not UTF-8", path=path, line=line, hint="save it as UTF-8") from None
    return parse(text, path), text


def parse(text: str, path: Path) -> dict[str, Any]:
    """The values of a TOML text; ``path`` is named in the ConfigError when it is malformed."""
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else text.rstrip("\n").count("\n") + 1
        raise ConfigError(_AT_LINE.sub("", str(error)), path=path, line=line) from None
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits; 1,000 brackets
        raise ConfigError(f"cannot be read: {error}", path=path) from None


def line_of(text: str, path: Path_) -> int | None:
    """The 1-based line where ``path`` is set (or its table begins); None when it is not found."""
    seen: dict[Path_, int] = {}
    here: Path_ = ()
    for number, line in enumerate(text.split("\n"), 1):  # splitlines would count U+2028 as well
        if header := _HEADER.match(line):
            here = _enter(_parts(header[2]), array=header[1] == "[[", seen=seen)
            spot = here
        elif key := _KEY.match(line):
            spot = here + _parts(key[1])
        else:
            continue
        if spot == path:
            return number
        seen.setdefault(spot, number)
    return seen.get(path)


def _parts(dotted: str) -> Path_:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _enter(parts: Path_, *, array: bool, seen: dict[Path_, int]) -> Path_:
    """The path of a table header; the parents that are arrays mean their last element."""
    path: Path_ = ()
    for depth, part in enumerate(parts):
        path = (*path, part)
        last = max((int(p[len(path)]) for p in seen if _is_element(p, path)), default=None)
        if depth == len(parts) - 1 and array:
            path = (*path, 0 if last is None else last + 1)
        elif last is not None:
            path = (*path, last)
    return path


def _is_element(candidate: Path_, parent: Path_) -> bool:
    return (
        len(candidate) == len(parent) + 1
        and candidate[: len(parent)] == parent
        and isinstance(candidate[-1], int)
    )


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The option that ``word`` is most likely a slip of, or None."""
    found = difflib.get_close_matches(word, list(options), n=1, cutoff=0.5)
    return found[0] if found else None
