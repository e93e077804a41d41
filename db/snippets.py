"""The piece of a text around what was searched, the hits between « »: the same on both engines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from db.search_query import And, Node, Not, Or, Words
from db.words import LANGUAGES, fold, sought, stems

OPEN, CLOSE = "«", "»"
WIDTH = 180  # characters around the hits: two lines of a terminal
_LETTERS = {  # folded letters → the letters people write
    "a": "aàáâãäå",
    "c": "cç",
    "e": "eèéêë",
    "i": "iìíîïı",
    "l": "lł",
    "n": "nñ",
    "o": "oòóôõöø",
    "s": "sšş",
    "u": "uùúûü",
    "y": "yýÿ",
    "z": "zžż",
}
_PAIRS = {"oe": "œ", "ae": "æ", "ss": "ß"}
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Hits:
    """Finds the words of a question in a text as it was written."""

    pattern: re.Pattern[str]  # finds too much: words that begin alike
    exact: frozenset[str]  # folded forms and stems that are hits
    prefixes: tuple[str, ...]

    def find(self, text: str, language: str | None) -> Iterator[tuple[int, int]]:
        """Where the hits stand, in order."""
        stem = stems(language) if language in LANGUAGES else None
        for found in self.pattern.finditer(text):
            word = fold(found[0])
            if (
                word in self.exact
                or word.startswith(self.prefixes)
                or (stem is not None and stem[word] in self.exact)
            ):
                yield found.span()


def hits(node: Node, language: str | None) -> Hits | None:
    """What to mark for ``node``; None when it only excludes."""
    exact: dict[str, None] = {}
    prefixes: dict[str, None] = {}
    for words in _wanted(node):
        for place, word in enumerate(words.words):
            exact |= dict.fromkeys([word, *sought(word, language)])
            if words.is_prefix and place == len(words.words) - 1:
                prefixes[word] = None
    if not exact:
        return None
    starts = sorted({*exact, *prefixes}, key=len)
    needed = [start for n, start in enumerate(starts) if not start.startswith(tuple(starts[:n]))]
    loose = "|".join(_as_written(start) for start in needed)
    return Hits(
        re.compile(rf"(?<![^\W_])(?:{loose})[^\W_]*", re.IGNORECASE),
        frozenset(exact),
        tuple(prefixes),
    )


def _wanted(node: Node) -> Iterator[Words]:
    if isinstance(node, Words):
        yield node
    elif isinstance(node, And | Or):
        for part in node.nodes:
            yield from _wanted(part)
    else:
        assert isinstance(node, Not)  # noqa: S101  (the last kind; what is excluded is not marked)


def _as_written(folded: str) -> str:
    """A regular expression for the spellings that fold to ``folded``."""
    pieces = []
    place = 0
    while place < len(folded):
        pair = folded[place : place + 2]
        if pair in _PAIRS:
            pieces.append(f"(?:{_class(pair[0])}{_class(pair[1])}|{_PAIRS[pair]})")
            place += 2
        else:
            pieces.append(_class(folded[place]))
            place += 1
    return "".join(pieces)


def _class(letter: str) -> str:
    return f"[{_LETTERS[letter]}]\\u0301?" if letter in _LETTERS else re.escape(letter)


def mark(text: str, found: Hits, language: str | None) -> str:
    """``text`` with its hits marked."""
    return _marked(text, list(found.find(text, language)))


def snippet(text: str, found: Hits, language: str | None) -> str | None:
    """The stretch of ``text`` that holds most of the first hits; None when there is none."""
    spans: list[tuple[int, int]] = []
    for span in found.find(text, language):
        spans.append(span)
        if len(spans) == 12:  # a better place further down is not worth reading everything
            break
    if not spans:
        return None
    best = max(range(len(spans)), key=lambda n: (_reached(spans, n), -n))
    first, last = spans[best][0], spans[best + _reached(spans, best) - 1][1]
    room = max(0, WIDTH - (last - first)) // 2
    start = _word_start(text, max(0, first - room))
    end = _word_end(text, min(len(text), last + room))
    piece = _marked(
        text[start:end], [(a - start, b - start) for a, b in spans if a >= start and b <= end]
    )
    piece = " ".join(piece.split())
    return f"{'… ' if start else ''}{piece}{' …' if end < len(text) else ''}"


def _reached(spans: list[tuple[int, int]], n: int) -> int:
    """How many hits from the ``n``-th on fit into one snippet."""
    return sum(1 for _, end in spans[n:] if end - spans[n][0] <= WIDTH) or 1


def _word_start(text: str, place: int) -> int:
    """The next beginning of a word from ``place`` on."""
    if place == 0 or text[place - 1].isspace():
        return place
    found = re.compile(r"\s+").search(text, place, place + 40)
    return found.end() if found else place


def _word_end(text: str, place: int) -> int:
    """The last end of a word before ``place``."""
    if place == len(text) or text[place].isspace():
        return place
    space = max(text.rfind(" ", place - 40, place), text.rfind("\n", place - 40, place))
    return space if space > 0 else place


def _marked(text: str, spans: list[tuple[int, int]]) -> str:
    pieces = []
    place = 0
    for start, end in spans:
        pieces += [text[place:start], OPEN, text[start:end], CLOSE]
        place = end
    return "".join([*pieces, text[place:]])
