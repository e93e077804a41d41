"""Finds the capitalised names of a text: runs of words that may be a company, a person, a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.tag_text import fold
from pipelines.tag_words import FUNCTION_WORDS, GRAMMAR, words

UPPER = "A-ZÀ-ÖØ-ÞŒŸŠŽČĆŁŚĞİÅ"
REST = rf"\w*(?:[&+](?=\w)\w+|[.](?=[\w])\w+|['’](?=[{UPPER}])\w+|-(?=[{UPPER}\d])\w+)*\+?"
WORD = re.compile(
    rf"(?<![\w@#$])(?!(?:[LDNSJMTC]|Qu|QU)['’][{UPPER}])"
    rf"(?:[{UPPER}]|[a-z]{{1,2}}(?=[A-Z])|\d{{1,3}}(?=[A-Z&])){REST}"
)
# Where a word begins with its capital, as most do, that is found and the word with it (then there
# is a group); else the capital alone. It begins with a set, whose members are found quickly.
CAPITAL = re.compile(
    rf"[{UPPER}&](?:(?<!&)(?<![\w@#$].)(?!(?:(?<=[LDNSJMTC])|(?<=Q)[uU])['’][{UPPER}]){REST}())?"
)
GAP = frozenset((" ", "\u00a0", "\u202f", " & "))
LINK = frozenset((" of ", " de ", " du ", " des ", " d’", " d'", " de la ", " for ", " et "))
LONGEST_GAP = max(map(len, GAP | LINK))
LINK_HEADS = GRAMMAR["link_heads"]
ROLE_WORDS = GRAMMAR["titles"]
GERMAN_NOUN = re.compile(
    r"(?:hersteller|konzern|anbieter|firma|riese|riesen|handler|bauer|tochter|unternehmen|dienstleister"
    r"|betreiber|entwickler|spezialist|ausruster|zulieferer|gesellschaft|plattform|portal|marke|projekt"
    r"|dienst|partner|kunde|kunden|chef|chefin|forscher|experte|analyst|manager|ung|heit|keit|schaft)$"
)
# Sets: to look for a letter in a string with wider ones, the letter is made as wide first.
SENTENCE_END = frozenset('.!?…:;\n•|–—»”"“«([')
LOOK_BACK = frozenset(" \t\u00a0\u202f«“\"'‘„([-–—•*")
OPENING = frozenset('«“"„([•*–—')


@dataclass(slots=True)
class Span:
    """A run of capitalised words."""

    start: int
    end: int  # exclusive; without possessive
    initial: bool  # opens a sentence, a line or a quotation
    role_before: str = ""  # a title that was written with a capital before it: "CEO"
    role_after: str = ""  # …or after it


def spans(text: str, folded: str, *, german: bool = False) -> list[Span]:
    """The runs in reading order. Function words that only open a sentence are left out.

    In ``german`` common nouns have capitals too: those before a name are no part of it."""
    runs: list[list[tuple[int, int]]] = []
    for start, end in capitalised(text):
        if runs and start - runs[-1][-1][1] <= LONGEST_GAP:
            last = runs[-1]
            gap = text[last[-1][1] : start]
            if gap in GAP:
                last.append((start, end))
                continue
            if gap in LINK and folded[last[0][0] : last[0][1]] in LINK_HEADS:
                last.append((start, end))
                continue
        runs.append([(start, end)])
    found: list[Span] = []
    for run in runs:
        if len(run) > 1:
            found.extend(_split(text, folded, run, german))
        elif (span := _single(text, folded, *run[0])) is not None:
            found.append(span)
    return found


def capitalised(text: str) -> Iterator[tuple[int, int]]:
    """Where ``WORD`` matches, looked for only where a capital letter stands: all begin with one,
    or with at most three letters or digits before one (ten times as fast as ``finditer``)."""
    done, more = 0, True
    while more:
        more = False
        for match in CAPITAL.finditer(text, done):
            if match.lastindex:
                yield match.span()
                done = match.end()
                continue
            start = at = match.start()
            while start > done and at - start < 3 and text[start - 1].isalnum():
                start -= 1
            if word := WORD.match(text, start):
                yield word.span()
                done = word.end()
                more = True  # behind the word, whose other letters may have been searched already
                break


def _single(text: str, folded: str, start: int, end: int) -> Span | None:
    """A run of one word; most are."""
    word = folded[start:end].strip()
    initial = opens(text, start)
    if word in FUNCTION_WORDS and (initial or word in ("the", "der", "die", "das")):
        return None
    cut = _compound(text, start, end) if "-" in text[start:end] else None
    if cut is not None:
        return Span(start, cut, initial, "", word.rpartition(" ")[2])
    return Span(start, end, initial)


def _split(text: str, whole: str, run: list[tuple[int, int]], german: bool) -> list[Span]:
    """One run as spans: function words off the front, cut at titles."""
    initial = opens(text, run[0][0])
    folded = [whole[start:end].strip() for start, end in run]
    first = 0
    while (
        first < len(run)
        and folded[first] in FUNCTION_WORDS
        and (initial or folded[first] in ("the", "der", "die", "das"))
    ):
        first += 1
    if german:
        for i in range(len(run) - 1, first, -1):
            if _is_german_noun(folded[i - 1]):
                first = i
                break
    if first:
        initial = False
    pieces: list[Span] = []
    piece: list[int] = []
    before = ""

    def close(role_after: str = "") -> None:
        nonlocal piece
        if piece:
            pieces.append(
                Span(
                    run[piece[0]][0],
                    run[piece[-1]][1],
                    initial and piece[0] == 0,
                    before,
                    role_after,
                )
            )
        piece = []

    for i in range(first, len(run)):
        word = folded[i].rstrip(" .")
        if word in ROLE_WORDS and len(run) > 1:
            close(word)
            before = word
            continue
        if not piece and i and word in FUNCTION_WORDS:
            continue
        piece.append(i)
        if (cut := _compound(text, *run[i])) is not None:
            run[i] = (run[i][0], cut)
            close(folded[i].rpartition(" ")[2])
    close()
    return pieces


def opens(text: str, start: int) -> bool:
    """Whether a word at ``start`` would be capitalised anyway."""
    while start:
        start -= 1
        letter = text[start]
        if letter not in LOOK_BACK:
            return letter in SENTENCE_END
        if letter in OPENING:
            return True
    return True


def _is_german_noun(word: str) -> bool:
    """Whether a capitalised (folded) word before a name is a common noun: "Start-up", "Firma"."""
    known = words()
    if " " not in word and GERMAN_NOUN.search(word):
        return True
    return all(part in known.common or part in known.cues["company_noun"] for part in word.split())


def _compound(text: str, start: int, end: int) -> int | None:
    """Where the name ends in a German compound ("VW-Chef"); None when the word is no such thing."""
    hyphen = text.rfind("-", start + 2, end)
    if hyphen < 0:
        return None
    tail = fold(text[hyphen + 1 : end])
    is_noun = tail in words().common or tail in words().cues["role"]
    return hyphen if is_noun and tail not in words().cues["suffix_word"] else None
