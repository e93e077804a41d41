"""Regular expressions of the user's (``include``, ``exclude``), kept from taking for ever.

Python's own ``re`` cannot be interrupted: ``(\\w+-?)+$`` holds the whole process up for years on
one address. ``regex`` reads the same language and takes a time limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import regex

SECONDS = 0.05  # for one address at most; ordinary patterns take microseconds
LONG = 600  # characters of the addresses that are tried
PLENTY = 0.5  # seconds for one of them when the file is read, on a busy machine


class Pattern:
    """A regular expression that gives up."""

    def __init__(self, text: str) -> None:
        """Raises ``re.error`` or ``regex.error`` when ``text`` is none."""
        re.compile(text)  # its messages are the ones people know
        self._compiled = regex.compile(text)

    def finds(self, address: str, seconds: float = SECONDS) -> bool | None:
        """Whether it matches somewhere in ``address``; None when that takes too long."""
        try:
            return self._compiled.search(address, timeout=seconds) is not None
        except TimeoutError:
            return None


def slow_on(text: str) -> str | None:
    """The start of an address that the pattern ``text`` takes too long on; None when it is well.

    Tried are addresses that nearly match: each repeat often, then something that does not fit."""
    pattern = Pattern(text)
    for probe in _probes(import_module("re._parser").parse(text)):
        if pattern.finds(probe, PLENTY) is None:
            return probe[:30]
    return None


def _probes(tree: Any) -> Iterator[str]:
    before = ""
    for step in tree:
        for many in _repeats(step):
            once = _sample([many]) or "a"
            yield before + once * (LONG // len(once)) + "\n!"
        before += _sample([step])


def _repeats(step: Any) -> Iterator[Any]:
    """The repeats in one step of a parsed pattern, the outermost first."""
    kind, value = step
    name = str(kind)
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        yield step
        value = value[2]
    elif name == "SUBPATTERN":
        value = value[-1]
    elif name == "BRANCH":
        value = [inner for branch in value[1] for inner in branch]
    elif name in ("ASSERT", "ASSERT_NOT"):
        value = value[1]
    else:
        return
    for inner in value:
        yield from _repeats(inner)


def _sample(tree: Any) -> str:
    """A short text that a parsed pattern matches, more or less."""
    out = []
    for kind, value in tree:
        match str(kind):
            case "LITERAL":
                out.append(chr(value))
            case "IN":
                out.append(_member(value))
            case "ANY" | "NOT_LITERAL":
                out.append("a")
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                out.append(_sample(value[2]) * max(1, min(int(value[0]), 5)))
            case "SUBPATTERN":
                out.append(_sample(value[-1]))
            case "BRANCH":
                out.append(_sample(value[1][0]))
            case _:
                pass
    return "".join(out)


def _member(listed: Any) -> str:
    """A character of a set; of a negated one, a letter."""
    for kind, value in listed:
        match str(kind):
            case "LITERAL":
                return chr(value)
            case "RANGE":
                return chr(value[0])
            case "CATEGORY":
                return {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " "}.get(str(value), "a")
            case _:
                return "a"
    return "a"
