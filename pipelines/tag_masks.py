"""Finds what names nobody in a text: addresses, code, bylines, credits, "follow us"."""

from __future__ import annotations

import re
from bisect import bisect_right

ADDRESS = re.compile(
    r"(?:https?|ftp)://\S+|\bwww\.\S+"  # URLs
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)*"  # e-mail addresses
    r"|(?<!\w)@\w+"  # handles
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|fr|de|uk|io|eu|be|ch|at|ca|co|tv|info|gov|edu|example)"
    r"\b(?:/\S*)?"
    r"|(?<![\w.])\.[A-Z]{2,6}\b"  # index codes: .DJI
    r"|\b\w+_\w+\b|\b\w+\(\)"  # code
    r"|`[^`\n]{1,80}`",
    re.IGNORECASE,
)
# A line of the page's furniture, or a sentence of it: masked to its end.
FURNITURE = re.compile(
    r"^[ \t]*(?:by|par|von|text(?:e)?|story|words|reported by|reporting by|editing by)[ :]+"
    r"(?-i:[A-ZÀ-Þ][\w'’.-]+[ ,|&]*|and |et |und |pour |for |de |du |von ){1,9}$"
    r"|^[ \t]*(?:photo|image|picture|illustration|video|bild|foto|crédits?|credits?|source|quelle"
    r"|bildquelle|crédit photo|photo credit|image credit|image source|featured image)s?"
    r"(?: (?:by|de|par|von|via|credit|source|courtesy))*[ \t]*[:©/][^\n]*"
    r"|[©Ⓒ][^\n]{0,80}|\((?:photo|image|foto|bild|crédits?|credits?|ap photo|reuters/)"
    r"[^)\n]{0,90}\)"
    r"|\(?(?:reporting|additional reporting|editing|writing) by [^\n]{3,160}$"
    r"|(?:^|(?<=[.!?…»”|] ))[^.!?\n|]{0,70}\b(?:follow (?:us|me|him|her|them|@?\w+) on"
    r"|like us on|find us on"
    r"|join us on|share (?:this|on|via|it)|subscribe to our|sign up for (?:our|the)"
    r"|retrouvez-nous sur|suivez[- ](?:nous|-le|-la|moi)|suivre (?:nous )?sur|rejoignez-nous sur"
    r"|abonnez-vous|partage(?:z|r) (?:sur|cet|l['’]article)|folgen sie uns|folgt uns|folge uns"
    r"|teilen (?:auf|bei|via)|síguenos en|seguici su)\b[^.!?\n]*"
    r"|^[ \t]*(?:tweet|share|partager|teilen|e-?mail|print|facebook|twitter|linkedin|whatsapp"
    r"|pinterest|reddit|pocket|flipboard|messenger|telegram|copy link|[ \t|,·•/]){2,}$",
    re.IGNORECASE | re.MULTILINE,
)


class Masks:
    """The masked spans of one text."""

    def __init__(self, text: str) -> None:
        spans = [match.span() for match in ADDRESS.finditer(text)]
        self.addresses = spans
        furniture = [match.span() for match in FURNITURE.finditer(text)]
        self._addresses = spans
        self._furniture = sorted(furniture)
        self._address_starts = [start for start, _ in spans]
        self._furniture_starts = [start for start, _ in self._furniture]

    def hides(self, start: int, end: int) -> bool:
        """The span lies in page furniture, or in an address that is more than the span itself."""
        at = bisect_right(self._furniture_starts, start) - 1
        if at >= 0 and self._furniture[at][1] >= end:
            return True
        at = bisect_right(self._address_starts, end - 1) - 1
        if at < 0 or self._addresses[at][1] <= start:
            return False
        return self._addresses[at] != (start, end)
