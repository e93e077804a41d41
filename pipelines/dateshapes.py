"""How calendar dates are spelt in five languages, and what beside one says that it is no publication.

Regular expressions over folded lines: lower case, NFKC, single spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.datewords import MONTHS


def any_of(words: Iterable[str]) -> str:
    """An alternation of ``words``, longest first."""
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


_MONTH = rf"(?P<month>{any_of(MONTHS)})(?![^\W\d_])\.?"
_GUARD = r"(?<![\d.,:/+-])(?<![^\W\d_])"
_DAY = r"(?P<day>[0-3]?\d)"
SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "ymd",
        re.compile(
            r"(?<![\d.,/+-])(?<!\d:)(?P<year>(?:19|20)\d{2})\s?(?P<sep>[-/.年])\s?(?P<m>[01]?\d)\s?(?:(?P=sep)|月)"
            r"\s?(?P<day>[0-3]?\d)(?![\d])(?![./-]\d)日?t?"
        ),
    ),
    (
        "d month y",
        re.compile(
            rf"{_GUARD}{_DAY}(?:er|st|nd|rd|th|°|[oa](?![^\W\d_]))?\.?(?:\s*(?:de|d'|of|[/-])\s*|\s*){_MONTH}"
            r"(?:\s*(?:del?(?: año)?|,|[/-])\s*|\s*'?\s*)(?P<year>(?:19|20)\d{2})(?![\d])"
        ),
    ),
    (
        "month d y",
        re.compile(
            rf"(?<![^\W\d_]){_MONTH}[\s/-]*{_DAY}(?:st|nd|rd|th)?(?:\s*[,/-]\s*|\s+|\s*de(?:l)?\s+)"
            r"(?P<year>(?:19|20)\d{2})(?![\d])"
        ),
    ),
    (
        "numbers",
        re.compile(
            r"(?<![\d.,:/+-])(?<![^\W\d_])(?P<a>[0-3]?\d)\s?(?P<sep>[./-])\s?(?P<b>[0-3]?\d)\s?(?P=sep)\s?"
            r"(?P<year>(?:19|20)\d{2})(?![\d])(?![./-]\d)"
        ),
    ),
)
# Weaker shapes: believed only when nothing else stands in their part of the line.
WEAK_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "numbers",
        re.compile(
            r"(?<![\d.,:/+-])(?<![^\W\d_])(?P<a>[0-3]?\d)(?P<sep>[./-])(?P<b>[0-3]?\d)(?P=sep)(?P<year>\d{2})"
            r"(?![\d])(?![./-]\d)"
        ),
    ),
    (
        "d month y",
        re.compile(
            rf"{_GUARD}{_DAY}(?:er|st|nd|rd|th|°|[oa](?![^\W\d_]))?\.?(?:\s*(?:de|d'|of|[/-])\s*|\s*){_MONTH}"
            r"\s*(?:de\s|[/-])?\s*'?(?P<year>\d{2})(?!\d)(?!\s?[:h.]\s?\d)(?!\s?(?:h|uhr|am|pm)\b)"
        ),
    ),
    (
        "d month y",
        re.compile(
            rf"{_GUARD}{_DAY}(?:er|st|nd|rd|th|°|[oa](?![^\W\d_]))?\.?(?:\s*(?:de|d'|of|[/-])\s*|\s*){_MONTH}(?P<year>)"
        ),
    ),
    (
        "month d y",
        re.compile(rf"(?<![^\W\d_]){_MONTH}\s*{_DAY}(?:st|nd|rd|th)?,?\s*'(?P<year>\d{{2}})(?!\d)"),
    ),
    (
        "month d y",
        re.compile(
            rf"(?<![^\W\d_]){_MONTH}\s*{_DAY}(?:st|nd|rd|th)?(?P<year>)(?!\d)(?!\s?[:.]\d)(?!\s?[ap]\.?m)"
        ),
    ),
    (
        "numbers",
        re.compile(
            r"(?<![\d.,:/+-])(?P<a>[0-3]?\d)(?P<sep>[./])(?P<b>[0-3]?\d)\.?(?P<year>)(?![\d/])"
            r"(?=\s*(?:,|um|à|alle|ore|a las?|-|–|\|)?\s*(?:[01]?\d|2[0-3])\s?(?:[:h]|(?:\.\d\d)?\s?uhr))"
        ),
    ),
)
_TO = r"(?:-|–|—|au|to|through|bis(?: zum)?|al|hasta(?: el)?)"
RANGE_BEFORE = re.compile(
    r"(?<![\dh:.])\d{1,2}\.?\s*(?:-|–|—|/|au|to|bis(?: zum)?|al|a|y|und|and|&)\s*$"
    rf"|\d(?:er)?\.?\s*(?:de\s)?(?:{any_of(MONTHS)})(?![^\W\d_])\.?\s*{_TO}\s*$"
    r"|(?:19|20)\d{2}\s*(?:au|to|through|bis(?: zum)?|al|hasta(?: el)?)\s*$"
)
RANGE_AFTER = re.compile(
    r"^\s*(?:-|–|—|au|to|bis(?: zum)?|al)\s*\d{1,2}(?:er|\.)?\s*(?:de\s)?"
    r"(?!h|uhr|heures?|hrs?|horas|ore|[ap]\.?\s?m\b)[^\W\d_]{3}"
    rf"|^\s*{_TO}\s*(?:{any_of(MONTHS)})(?![^\W\d_])\.?\s*\d{{1,2}}(?!\d)"
)
DEADLINE = re.compile(
    r"(?<![^\W\d_])(?:jusqu'au|jusqu'à|avant le|à partir du|depuis(?: le)?|dès le|d'ici(?: au| le)?|until|till|before|by|from|starting|"
    r"starts|ends|expires?(?: on)?|valid(?: until)?|due|since|born(?: on)?|née? le|bis(?: zum)?|ab(?: dem)?|"
    r"vor dem|seit(?: dem)?|geboren am|hasta(?: el)?|antes del?|desde(?: el)?|a partir del?|"
    r"fino al|entro il|dal|prima del|scade il|expire le|sortie(?: le)?|release date|due date|rendez-vous le|"
    r"save the date|copyright|©|offre valable|nato il|nacido el)\s*:?\s*$"
)
# Before three numbers with dots: a version, a paragraph, a part.
NUMBERED = re.compile(
    r"(?<![^\W\d_])(?:android|ios|macos|windows|linux|firmware|build|version|v|release|kernel|model|modell|modèle|modelo|modello|chapter|kapitel|chapitre|"
    r"capítulo|capitolo|section|abschnitt|paragraf|§|n[°º]|nr\.?|no\.)\s*$"
)
