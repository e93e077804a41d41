"""Finds what names nobody in a text: addresses, code, bylines, credits, "follow us"."""

from __future__ import annotations

import re
from bisect import bisect_right

from ahocorasick_rs import AhoCorasick

URL = re.compile(r"(?:https?|ftp)://\S+|\bwww\.\S+", re.IGNORECASE)
# Domains are found by their ends, which are rare, and then followed to the left.
DOMAIN_END = re.compile(
    r"\.(?:com|org|net|fr|de|uk|io|eu|be|ch|at|ca|co|tv|info|gov|edu|example)\b(?:/\S*)?",
    re.IGNORECASE,
)
INDEX_CODE = re.compile(r"(?<![\w.])\.[A-Z]{2,6}\b")  # .DJI
BACKTICKS = re.compile(r"`[^`\n]{1,80}`")
CALL = re.compile(r"\b\w+\(\)")
HOST_CHARS = frozenset("-.")
WORD_CHARS = frozenset("_.+-@")

BYLINE_MAX = 160  # code points; a longer line is prose, whatever it begins with
BYLINE = re.compile(
    r"[ \t]*(?:(?i:by|par|von|texte?|story|words|reported by|reporting by|editing by)[ :]+"
    r"(?:[A-ZÀ-Þ][\w'’.-]+[ ,|&]*|and |et |und |pour |for |de |du |von ){1,9}$"
    r"|(?i:photo|image|picture|illustration|video|bild|foto|crédits?|credits?|source|quelle"
    r"|bildquelle|crédit photo|photo credit|image credit|image source|featured image)s?"
    r"(?i: (?:by|de|par|von|via|credit|source|courtesy))*[ \t]*[:©/]"
    r"|\(?(?i:reporting|additional reporting|editing|writing) by "
    r"|(?i:(?:tweet|share|partager|teilen|e-?mail|print|facebook|twitter|linkedin|whatsapp"
    r"|pinterest|reddit|pocket|flipboard|messenger|telegram|copy link|[ \t|,·•/]){2,}$))"
)
CREDIT = re.compile(  # a set comes first: such a start is searched for ten times as fast
    r"[©Ⓒ(](?:(?<!\()[^\n]{0,80}"
    r"|(?<=\()(?i:photo|image|foto|bild|crédits?|credits?|ap photo|reuters/)[^)\n]{0,90}\))"
)
INVITING = (  # folded; one of these makes a sentence an invitation to follow or subscribe
    "follow us on",
    "follow me on",
    "follow him on",
    "follow her on",
    "follow them on",
    "like us on",
    "find us on",
    "join us on",
    "share this",
    "share on ",
    "share via",
    "subscribe to our",
    "sign up for our",
    "sign up for the",
    "retrouvez nous sur",
    "suivez nous",
    "suivez le sur",
    "suivez la sur",
    "suivez moi",
    "suivre sur",
    "nous suivre sur",
    "rejoignez nous sur",
    "abonnez vous",
    "partager sur",
    "partagez sur",
    "partager cet article",
    "folgen sie uns",
    "folgt uns",
    "folge uns",
    "teilen auf",
    "teilen via",
    "siguenos en",
    "seguici su",
)
_INVITING = AhoCorasick(INVITING)  # one search for all of them
SENTENCE_ENDS = ".!?\n"


class Masks:
    """The masked spans of one text. ``folded`` is the text folded: same length."""

    def __init__(self, text: str, folded: str) -> None:
        self._addresses = _merged(_addresses(text))
        self._furniture = _merged(_furniture(text, folded))
        self._address_starts = [start for start, _ in self._addresses]
        self._furniture_starts = [start for start, _ in self._furniture]

    def hides(self, start: int, end: int) -> bool:
        """The span lies in page furniture, or in an address that is more than the span itself."""
        if self._furniture:
            at = bisect_right(self._furniture_starts, start) - 1
            if at >= 0 and self._furniture[at][1] >= end:
                return True
        if not self._addresses:
            return False
        at = bisect_right(self._address_starts, end - 1) - 1
        if at < 0 or self._addresses[at][1] <= start:
            return False
        return self._addresses[at] != (start, end)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, overlapping ones as one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _addresses(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    if "://" in text or "www." in text:
        found += [match.span() for match in URL.finditer(text)]
    for match in DOMAIN_END.finditer(text):
        found.append((_left(text, match.start(), HOST_CHARS), match.end()))
    for sign in "@_":
        at = text.find(sign)
        while at >= 0:
            end = at + 1
            while end < len(text) and (text[end].isalnum() or text[end] in "-_."):
                end += 1
            while end > at + 1 and text[end - 1] in ".-":
                end -= 1
            found.append((_left(text, at, WORD_CHARS), end))
            at = text.find(sign, end)
    if "`" in text:
        found += [match.span() for match in BACKTICKS.finditer(text)]
    if "()" in text:
        found += [match.span() for match in CALL.finditer(text)]
    if " ." in text or "(." in text or text.startswith("."):
        found += [match.span() for match in INDEX_CODE.finditer(text)]
    return found


def _left(text: str, at: int, chars: frozenset[str]) -> int:
    """Where the run of letters, digits and ``chars`` that ends at ``at`` begins."""
    while at and (text[at - 1].isalnum() or text[at - 1] in chars):
        at -= 1
    return at


def _furniture(text: str, folded: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if len(line) <= BYLINE_MAX and BYLINE.match(line):
            found.append((start, end))
        start = end + 1
    if "©" in text or "Ⓒ" in text or "(" in text:
        found += [match.span() for match in CREDIT.finditer(text)]
    plain = folded.replace("  ", " ") if "  " in folded else folded
    # rare: only now the exact places are looked for
    for phrase in set(_INVITING.find_matches_as_strings(plain, overlapping=True)):
        spaced = re.compile(r" +".join(map(re.escape, phrase.split())))
        found += [_sentence(text, match.start()) for match in spaced.finditer(folded)]
    return found


def _sentence(text: str, at: int) -> tuple[int, int]:
    """The sentence around ``at``, within its line."""
    start = max(text.rfind(sign, 0, at) for sign in SENTENCE_ENDS) + 1
    ends = [end for sign in SENTENCE_ENDS if (end := text.find(sign, at)) >= 0]
    return start, min(ends, default=len(text))
