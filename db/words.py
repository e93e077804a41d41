"""The words of a text as the full-text index knows them: accents folded, stemmed by language.

Both engines index what this file makes, so that a search finds the same on both:
elysee finds Élysée, coeur finds cœur, entreprise finds entreprises.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import metadata

import snowballstemmer

LANGUAGES = {
    "en": "english",
    "fr": "french",
    "de": "german",
    "es": "spanish",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
}
"""ISO 639-1 → the stemmer; a text in another language is indexed by its folded words."""


LONGEST = 40  # characters; longer runs are no words but addresses and base64
KNOWN_STEMS = 200_000  # kept per language: the vocabulary of a press archive, about 20 MB

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_WORD = re.compile(r"[^\W_]+")
_UNEVEN = re.compile(
    "[^\x00-\xa9\xab-\xb1\xb4-\xb8\xbb\xbf-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u01c3\u2010-\u2027\u202f-\u203a\u20ac]"
)
"""Characters by which a text may fall into other words once it is folded (½, ²), or none of our
alphabets: texts without them are taken apart first and folded word by word, from memory."""
_WESTERN = "cp1252"  # nearly every text of our languages fits into its 256 characters
_STRANGE = 0  # what becomes of the others, and of uneven ones


def _western(byte: int) -> int:
    """A byte of ``_WESTERN`` as it stands in a word: in lower case, a space when it stands in none,
    or ``_STRANGE``."""
    char = bytes([byte]).decode(_WESTERN, "replace").lower()
    if _UNEVEN.search(char):
        return _STRANGE
    return char.encode(_WESTERN)[0] if _WORD.fullmatch(char) else ord(" ")


_IN_WORDS = bytes(_western(byte) for byte in range(256))


@cache
def version() -> str:
    """What makes the words; when a database says another, its index has to be made again."""
    return f"1/{metadata.version('snowballstemmer')}"


def fold(text: str) -> str:
    """``text`` in lower case without accents and ligatures."""
    text = text.lower()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)


def folded_words(text: str) -> list[str]:
    """The words of ``text``, folded, in order; an apostrophe ends a word (l'Élysée: l, elysee)."""
    return [word[:LONGEST] for word in _WORD.findall(fold(text))]


class Stems(dict[str, str]):
    """Word in lower case → its folded stem in one language; remembers what it has worked out.

    ``language`` None folds and leaves the rest."""

    def __init__(self, language: str | None) -> None:
        super().__init__()
        self._stem = snowballstemmer.stemmer(LANGUAGES[language]).stemWord if language else str

    def __missing__(self, word: str) -> str:
        if len(self) >= KNOWN_STEMS:
            self.clear()
        folded = fold(word)[:LONGEST]
        stem = str(self._stem(folded)) or folded
        if stem == word:
            stem = word  # three words of five: half the memory, and half as far to look
        self[word] = stem
        return stem


@cache
def stems(language: str | None) -> Stems:
    """The stems of a language of ``LANGUAGES``."""
    return Stems(language)


def indexed(text: str, language: str | None) -> list[str]:
    """The words under which ``text`` is found, in order."""
    known = stems(language if language in LANGUAGES else None)
    return list(map(known.__getitem__, _words(text)))


def _words(text: str) -> list[str]:
    """The words of ``text``, in lower case or folded, in order."""
    if text.isascii():
        return text.encode().translate(_IN_WORDS).decode("ascii").split()
    try:  # bytes are translated twenty times faster than characters are matched
        western = text.replace("\u202f", " ").encode(_WESTERN).translate(_IN_WORDS)
    except UnicodeEncodeError:
        western = bytes([_STRANGE])
    if _STRANGE not in western:
        return western.decode(_WESTERN).split()
    lower = text.lower()
    return folded_words(text) if _UNEVEN.search(lower) else _WORD.findall(lower)


def sought(word: str, language: str | None = None) -> list[str]:
    """The forms under which a folded ``word`` may stand in the index.

    One per language it may be written in, without repetition; one alone when ``language`` is known.
    """
    if language is not None:
        return [stems(language)[word] if language in LANGUAGES else word]
    return list(dict.fromkeys([word, *(stems(code)[word] for code in LANGUAGES)]))
