"""Folds text for matching without moving anything: one code point in, one code point out."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from pipelines.rawwords import beyond_ascii

OTHER_SCRIPTS = re.compile(r"[\u0370-\u04ff]")
MIXED_SCRIPTS = re.compile(r"\w*(?:[A-Za-z][\u0370-\u04ff]|[\u0370-\u04ff][A-Za-z])\w*")
LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһԛΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαν",
    "ABESIJKMHOPCTYXaesijopcyxdhqABEZHIKMNOPTYXoav",
)


class _Folds(dict[int, int]):
    """code point → folded code point, worked out once for each that is met."""

    def __missing__(self, code: int) -> int:
        plain = unicodedata.normalize("NFKD", chr(code))
        letter = plain[0].lower()
        if letter in "ıȷ":
            letter = "i" if letter == "ı" else "j"
        folded = ord(letter) if letter.isalnum() and len(letter) == 1 else ord(" ")
        self[code] = folded
        return folded


FOLDS = _Folds()


def untwin(text: str) -> str:
    """``text`` with Cyrillic and Greek twins of Latin letters made Latin, in mixed words."""
    if text.isascii() or not OTHER_SCRIPTS.search(_not_ascii(text)):
        return text
    return MIXED_SCRIPTS.sub(lambda word: word[0].translate(LOOK_ALIKES), text)


def _not_ascii(text: str) -> str:
    return beyond_ascii(text.encode("utf-8", "replace"))


def fold(text: str) -> str:
    """Lower case, accents off, everything that is no letter or digit a space; same length."""
    if not text.isascii():  # replacing is several times as fast as translating letter by letter
        for letter in set(_not_ascii(text)):
            text = text.replace(letter, chr(FOLDS[ord(letter)]))
    return text.translate(FOLDS)


def key(name: str) -> str:
    """How a name is compared with another: ``fold`` with runs of spaces as one; & and + count."""
    if name.isascii() and not (name.count("&") or name.count("+")):
        return " ".join(name.translate(FOLDS).split())
    parts = re.split(r"([&+])", untwin(name))
    return " ".join(" ".join(p if p in ("&", "+") else fold(p) for p in parts).split())


def slug(name: str) -> str:
    """An id made of a name: lower case, digits, hyphens; never empty, stable across runs."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(untwin(name)).replace("ß", "ss")).strip("-")
    return plain or "x-" + hashlib.sha256(name.encode()).hexdigest()[:10]
