"""Numbers with their nouns, as people say them."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 source``, ``2 sources``, ``1,024 addresses``, ``3 entries``."""
    if number == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        noun = f"{noun[:-1]}ie"
    elif noun.endswith("s"):
        noun = f"{noun}e"
    return f"{number:,} {noun}s"
