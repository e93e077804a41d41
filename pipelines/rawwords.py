"""A text's words as UTF-8: what a regular expression finds, several times as fast.

Bytes are translated and split in a single run through memory each, where an expression looks at
every character. Only the few different characters beyond ASCII are judged one by one.
"""

from __future__ import annotations

from collections.abc import Callable

MANY = 64  # letters blanked one by one; a page of a thousand symbols is better judged as text
_ASCII = bytes(range(128))
_TO_SPACES = bytes(0x20 if code < 128 and chr(code).isspace() else code for code in range(256))


class Splitter:
    """Splits texts into runs of the characters that a rule takes for part of a word."""

    def __init__(self, is_part: Callable[[str], bool]) -> None:
        self._is_part = is_part
        parts = bytes(code if is_part(chr(code)) else 0x20 for code in _ASCII)
        self._table = parts + bytes(range(128, 256))

    def words(self, text: str) -> list[bytes]:
        """The words of ``text`` in reading order, in UTF-8."""
        raw = text.encode("utf-8", "replace")
        if not text.isascii():
            blanks = [letter for letter in set(beyond_ascii(raw)) if not self._is_part(letter)]
            if len(blanks) > MANY:
                table = dict.fromkeys(map(ord, blanks), " ")
                raw = text.translate(table).encode("utf-8", "replace")
            else:
                for letter in blanks:
                    raw = raw.replace(letter.encode(), b" ")
        return raw.translate(self._table).split()


def single_spaced(text: str) -> bytes:
    """``" ".join(text.split())`` in UTF-8, without an object for each word."""
    raw = text.encode("utf-8", "replace")
    if not text.isascii():
        for blank in filter(str.isspace, set(beyond_ascii(raw))):
            raw = raw.replace(blank.encode(), b" ")
    raw = raw.translate(_TO_SPACES)
    while b"  " in raw:
        raw = raw.replace(b"  ", b" ")
    return raw.strip(b" ")


def beyond_ascii(raw: bytes) -> str:
    """What is not ASCII in a text given in UTF-8."""
    return raw.translate(None, _ASCII).decode()
