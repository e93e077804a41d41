"""Finds the spellings of a catalogue in a text: one Aho-Corasick pass over whole words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ahocorasick_rs import AhoCorasick, MatchKind

from pipelines.companies import Catalogue, Kind, Spelling
from pipelines.tag_masks import Masks
from pipelines.tag_text import fold

APOSTROPHES = "'’‘`´ʼ"
HYPHENS = "-\u2010\u2011\u2013"
SPACES = " \u00a0\u202f\u2009\n-\u2010\u2011\u2013"
PLURAL_MIN = 4  # letters; below, a final s makes another word ("HPs" is rare, "AIs" is not a name)
LOOSE_MIN = 4  # letters; shorter names must be written exactly ("Arm", "SAP", "Box")


@dataclass(frozen=True, slots=True)
class Hit:
    """A spelling found at a place; more than one when companies share it."""

    start: int
    end: int  # exclusive; of the name, without possessive or genitive
    spellings: tuple[Spelling, ...]  # the best kind first


class Matcher:
    """Every spelling of one catalogue, ready to run over texts."""

    def __init__(
        self,
        catalogue: Catalogue,
        phrases: Sequence[str] = (),
        is_doubtful: Callable[[str], bool] = lambda spelling: False,
    ) -> None:
        """``phrases`` are longer names and idioms that hide the spellings inside them;
        ``is_doubtful`` tells of a spelling that it is ambiguous though the catalogue is sure."""
        by_pattern: dict[str, list[Spelling | None]] = {}
        for spelling in catalogue.spellings:
            if not spelling.ambiguous and is_doubtful(spelling.text):
                spelling = replace(spelling, ambiguous=True)
            by_pattern.setdefault(" " + fold(spelling.text), []).append(spelling)
        for phrase in phrases:
            by_pattern.setdefault(" " + fold(phrase), []).append(None)
        self._claims = list(by_pattern.values())
        self._phrases = {" " + fold(phrase): phrase for phrase in phrases}
        self._patterns = list(by_pattern)
        self._automaton = AhoCorasick(self._patterns, matchkind=MatchKind.Standard)

    def find(
        self, text: str, folded: str, masks: Masks, *, german: bool = False, on: date | None = None
    ) -> list[Hit]:
        """Hits in reading order, the longest of overlapping ones; ``folded`` is ``fold(text)``.

        A hit without spellings is one of the phrases that hide."""
        found: list[tuple[int, int, tuple[Spelling, ...]]] = []
        size = len(text)
        for index, start, end in self._automaton.find_matches_as_indexes(
            " " + folded, overlapping=True
        ):
            end -= 1  # both were shifted by the space put before; start now stands on the name
            if end < size and (folded[end] != " " or text[end] == "_"):
                if not (
                    folded[end] == "s"
                    and (end + 1 == size or folded[end + 1] == " ")
                    and text[end] == "s"
                ):
                    continue
                claims = [
                    claim
                    for claim in self._claims[index]
                    if claim and _takes_s(claim, german) and agrees(text[start:end], claim.text)
                ]
                if not claims:
                    continue
            else:
                surface = text[start:end]
                claims = []
                hides = False
                for claim in self._claims[index]:
                    if claim is None:
                        hides = hides or self._is_phrase(index, surface)
                    elif claim.ambiguous and surface.islower() and not claim.text.islower():
                        continue
                    elif agrees(surface, claim.text) and _stands(claim, text, start, end):
                        claims.append(claim)
                if not claims and not hides:
                    continue
            if start and (
                text[start - 1] in "_@"
                or (
                    text[start - 1] == "-" and end - start < LOOSE_MIN and text[start - 2].isupper()
                )
            ):  # "GPT-X" is no X
                continue
            if masks.hides(start, end):
                continue
            found.append((start, end, tuple(claims)))
        return _longest(found)

    def _is_phrase(self, index: int, surface: str) -> bool:
        """A phrase with a hyphen hides only what is written with one: "free-lance", not "Free
        lance un forfait"."""
        phrase = self._phrases[self._patterns[index]]
        return "-" not in phrase or any(sign in surface for sign in HYPHENS)


def agrees(surface: str, spelling: str) -> bool:
    """``surface`` may be ``spelling`` written in a text: capitals, accents, hyphens are free.

    A text may leave accents out but not add them ("méta" is not Meta), may write a name all in
    capitals, and may forget inner capitals ("Tiktok"); a lower-case word is a name only when the
    spelling has a capital inside ("youtube", but not "apple").
    """
    if surface == spelling:
        return True
    for ours, theirs in zip(surface, spelling, strict=True):
        if ours == theirs or ours.lower() == theirs.lower():
            continue
        if theirs.isalnum():
            if not ours.isascii() and theirs.isascii() and ours.isalpha() and ord(ours) < 0x2000:
                return False
        elif theirs in SPACES:
            if ours not in SPACES:
                return False
        elif theirs in APOSTROPHES:
            if ours not in APOSTROPHES:
                return False
        else:
            return False
    letters = sum(map(str.isalpha, spelling))
    if letters < LOOSE_MIN:
        return [c for c in surface if c.isalpha() and c.isascii()] == [
            c for c in spelling if c.isalpha() and c.isascii()
        ]
    if surface.isupper():
        return True
    words, names = surface.replace("-", " ").split(), spelling.replace("-", " ").split()
    if len(words) == len(names) and all(
        w[0].isupper() or w[0] == n[0] or not n[0].isalpha() or n[0].islower()
        for w, n in zip(words, names, strict=True)
    ):
        return not any(  # "NIke" is a slip, "aPPLE" is none of ours
            w[1:].isupper() and len(w) > 2 and not n[1:].isupper() and w[0].islower()
            for w, n in zip(words, names, strict=True)
        )
    if len(names) == 1 and letters > LOOSE_MIN and any(c.isupper() for c in surface[1:]):
        return surface.isalnum() and any(c.isupper() for c in spelling[1:])  # "stockX", "iphoneX"
    inner = len(names) == 1 and any(c.isupper() for c in spelling[1:]) and spelling.isalnum()
    return inner and letters > LOOSE_MIN and not spelling.isupper() and surface.islower()


def _takes_s(spelling: Spelling, german: bool) -> bool:
    """A final s may follow: German genitive, or plural of a product ("iPhones")."""
    letters = sum(map(str.isalpha, spelling.text))
    if letters < PLURAL_MIN or spelling.text[-1] in "sS" or spelling.kind is Kind.TICKER:
        return False
    return german or (spelling.kind is Kind.PRODUCT and not spelling.ambiguous)


def _stands(spelling: Spelling, text: str, start: int, end: int) -> bool:
    """Tickers count only as cashtags or after an exchange's name, in brackets."""
    if spelling.kind is not Kind.TICKER:
        return True
    if text[start:end] != spelling.text:
        return False
    before = text[max(0, start - 24) : start]
    if before.endswith("$"):
        return not spelling.text.isdigit()
    bracket = before.rfind("(")
    return bracket >= 0 and ")" not in before[bracket:] and text[end : end + 1] in ").,;:-"


def _longest(found: list[tuple[int, int, tuple[Spelling, ...]]]) -> list[Hit]:
    """The longest of overlapping spans; those without a spelling only hide others."""
    found.sort(key=lambda span: (span[0], -span[1]))
    kept: list[tuple[int, int, tuple[Spelling, ...]]] = []
    for span in found:
        if kept and span[0] < kept[-1][1]:
            if span[1] - span[0] > kept[-1][1] - kept[-1][0]:
                kept[-1] = span
            elif span[:2] == kept[-1][:2]:
                kept[-1] = (span[0], span[1], kept[-1][2] + span[2])
            continue
        kept.append(span)
    return [Hit(start, end, spellings) for start, end, spellings in kept]
