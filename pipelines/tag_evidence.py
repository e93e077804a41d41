"""Gathers what the words around a name say about it: features for the scorer, by name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter

from ahocorasick_rs import AhoCorasick

from pipelines.tag_spans import Span
from pipelines.tag_words import DETERMINERS, FUNCTION_WORDS, GRAMMAR, OF, Words, words

LIST_SIZE = 14  # code points; a longer gap between two names is no coordination
LEFT = 56  # code points looked at before a name …
RIGHT = 64  # … and after it
STOP = re.compile(r"[.!?…:;\n•|](?=\s|$)")
JOINED = tuple(  # cues written with a hyphen, made one word of the same length
    (parted, parted.replace(" ", "") + " ")
    for parted in (
        "start up",
        "start ups",
        "porte parole",
        "spin off",
        "spin offs",
        "scale up",
        "co founder",
        "co founders",
        "co fondateur",
        "co fondatrice",
        "maison mere",
        "plate forme",
        "vice president",
        "sous traitant",
        "joint venture",
    )
)
_JOINED = AhoCorasick([parted for parted, _ in JOINED])  # one search for all of them
EXCHANGE = re.compile(
    r"\s?\((?:NASDAQ|NYSE|Euronext(?: Paris| Growth)?|LSE|TSX|XETRA|ETR|EPA|AMS|ISIN|WKN|HKEX"
    r"|TSE)\b",
    re.IGNORECASE,
)
CAMEL = re.compile(r"\w[A-ZÀ-Þ]")
DIGIT = re.compile(r"\d")
TICKER = re.compile(
    r"\s?\((?:(?:NASDAQ|Nasdaq|NYSE|Euronext|LSE|TSX|XETRA|Xetra|ETR|EPA|AMS|ISIN|WKN|OTC|HKEX|TSE)\b|[A-Z]{2,5}\)"
    r"|[A-Z]{1,5}[ ,+\-–]{1,3}\d)"
)
OWNED = GRAMMAR["owned"]
RAISES = GRAMMAR["raises"]  # verbs of whoever gets money …
MONEY = GRAMMAR["money"]  # … and what they get: "lève 3 millions", "raised $12m"
GERMAN_COMPANY = (
    "hersteller",
    "konzern",
    "anbieter",
    "firma",
    "riese",
    "riesen",
    "handler",
    "bauer",
    "tochter",
    "unternehmen",
    "dienstleister",
    "bank",
    "betreiber",
    "entwickler",
    "spezialist",
    "ausruster",
    "zulieferer",
    "gesellschaft",
    "plattform",
    "portal",
    "marke",
)
COORDINATION = frozenset(
    (
        ",",
        "et",
        "and",
        "und",
        "ou",
        "or",
        "oder",
        "&",
        ", et",
        ", and",
        ", or",
        "e",
        "y",
        "/",
        "ou a",
        "et de",
        "et d’",
        "et d'",
        "de",
        ", de",
        ", d’",
        "and the",
        "ou de",
        "as well as",
        "sowie",
        "bzw.",
        ", le",
        "·",
        "•",
        "-",
    )
)
FRENCH_ARTICLES = frozenset(
    ("le", "la", "l", "les", "un", "une", "du", "au", "aux", "des", "d", "ce", "cet")
)


class Sentences:
    """A text, its folded form, and where its sentences end."""

    __slots__ = ("folded", "stops", "text")

    def __init__(self, text: str, folded: str) -> None:
        self.text = text
        if _JOINED.find_matches_as_indexes(folded):
            for parted, joined in JOINED:
                folded = folded.replace(parted, joined)
        self.folded = folded
        self.stops = [match.start() for match in STOP.finditer(text)]

    def around(self, start: int, end: int) -> tuple[list[str], list[str], str, str]:
        """Words before (nearest last) and after within the sentence; both sides' raw text."""
        low = max(0, start - LEFT)
        at = bisect_left(self.stops, start)
        cut = self.stops[at - 1] + 1 if at else 0
        low, is_cut = (cut, True) if cut >= low else (low, low == 0)
        at = bisect_left(self.stops, end)
        high = min(end + RIGHT, self.stops[at] if at < len(self.stops) else len(self.text))
        before = self.folded[low:start].split()
        if not is_cut and before:
            before = before[1:]  # may be half a word
        return before, self.folded[end:high].split(), self.text[low:start], self.text[end:high]


def context(
    sentences: Sentences, span: Span, out: Counter[str], lists: Words | None = None
) -> None:
    """Adds to ``out`` what one occurrence's context says."""
    known = lists or words()
    cues = known.cues
    before, after, left, right = sentences.around(span.start, span.end)
    one = before[-1] if before else ""
    two = before[-2] if len(before) > 1 else ""
    three = before[-3] if len(before) > 2 else ""
    _left(cues, one, two, three, left, span, out)
    _right(cues, after, right, out)
    if span.role_before and span.role_before[0] != "=":
        out["Ltitle"] += 1
    if span.role_after:
        if span.role_after[0] != "=":
            out["Rrole"] += 1
        else:
            rest = span.role_after[1:].split()
            if any(word in cues["body_word"] or word in known.world for word in rest):
                out["rest body"] += 1
            elif any(word in cues["suffix_word"] for word in rest):
                out["rest suffix"] += 1
            elif any(word in cues["product_word"] or word.isdigit() for word in rest):
                out["rest product"] += 1
            else:
                out["rest"] += 1


def _left(
    cues: dict[str, frozenset[str]],
    one: str,
    two: str,
    three: str,
    left: str,
    span: Span,
    out: Counter[str],
) -> None:
    if span.initial:
        out["Linit"] += 1
    stripped = left.rstrip()
    if stripped.endswith(","):
        out["Lcomma"] += 1
    elif one:
        company = cues["company_noun"]
        if one in company or one.endswith(GERMAN_COMPANY):
            out["Lnoun"] += 1
            if two in FRENCH_ARTICLES or two in DETERMINERS:
                out["Lnoun_det"] += 1
        elif one not in FUNCTION_WORDS and (two in company or three in company):
            out["Lnoun2"] += 1
        if one in cues["people_noun"]:
            out["Lpeople_fr" if two in FRENCH_ARTICLES else "Lpeople"] += 1
        if one in OF:
            if two in cues["role"] or three in cues["role"]:
                out["Lrole_of"] += 1
            if two in cues["belonging"]:
                out["Lbelong_of"] += 1
            if two in company:
                out["Lnoun_of"] += 1
        if one in cues["person_title"]:
            out["Ltitle"] += 1
        if one in cues["speech"]:
            out["Lspeech"] += 1
        if one == "told" or (one == "by" and two in ("cited", "reported", "quoted")):
            out["Lquoted"] += 1
        if one in cues["locative"]:
            out["Lloc"] += 1
        if one in cues["role"]:
            out["Lrole"] += 1
        if one in cues["verb"]:
            out["Lverb"] += 1
        if one in DETERMINERS:
            out["Ldet"] += 1
        if one in cues["product_word"]:
            out["Lprod"] += 1
        if one in cues["body_word"]:
            out["Lbody"] += 1
        if one in FUNCTION_WORDS:
            out["L1=" + one] += 1
        elif one.isdigit():
            out["Lnum"] += 1
    if one in cues["deal"] or two in cues["deal"] or three in cues["deal"]:
        out["Ldeal"] += 1
    if stripped[-1:] in "«“\"„‘'" and stripped:
        out["Lquote"] += 1


def _right(
    cues: dict[str, frozenset[str]], after: list[str], right: str, out: Counter[str]
) -> None:
    if right[:1] == "s" and after[:1] == ["s"]:  # German genitive: "Amazons Fahrer"
        right = "'" + right
    head = right[:3]
    if head[:2] in ("'s", "’s") or (head[:1] in ("'", "’") and head[1:2] == " "):
        out["Rposs"] += 1
        after = after[1:] if after[:1] == ["s"] else after
        if (after and (after[0] in cues["belonging"] or after[0] in cues["role"])) or (
            len(after) > 1 and (after[1] in cues["belonging"] or after[1] in cues["role"])
        ):
            out["Rposs_bel"] += 1
        return
    if head[:1] == "-":
        out["Rhyphen"] += 1
        if right[1:2].isupper():
            out["Rhyphen_cap"] += 1  # German compounds: "Oracle-Datenbank"
        if after and after[0] in OWNED:
            out["Rhyphen_owned"] += 1
        return
    if not after:
        out["Rend"] += 1
        return
    one = after[0]
    if not RAISES.isdisjoint(after) and not MONEY.isdisjoint(after):
        out["Rfund"] += 1
    if head[:1] == "," or head[:2] in (" –", " —", " (") or head[:2] == " -":
        out["Rparen" if head[:2] == " (" else "Rcomma"] += 1
        _apposition(cues, after, out)
        if TICKER.match(right):
            out["Rticker"] += 1
            if EXCHANGE.match(right):
                out["Rexchange"] += 1
        return
    if head[:1] not in (" ", "\u00a0", "\u202f"):
        out["Rpunct"] += 1
        return
    if one in cues["verb"]:
        out["Rverb"] += 1
    elif (len(after) > 1 and one in FUNCTION_WORDS and after[1] in cues["verb"]) or (
        (one.endswith("ly") or one in ("a", "has", "se", "s", "n", "ne")) and len(after) > 1
    ):
        out["Rverb2"] += 1
    if one in cues["role"]:
        out["Rrole"] += 1
    if one in cues["belonging"]:
        out["Rbel"] += 1
    if one in cues["company_noun"]:
        out["Rnoun"] += 1
    if one in cues["product_word"]:
        out["Rprod"] += 1
    if one.isdigit():
        out["Rnum"] += 1
    if one in FUNCTION_WORDS:
        out["R1=" + one] += 1
    else:
        if one.endswith("ed"):
            out["Red"] += 1
        elif one.endswith("s"):
            out["Rs"] += 1
        if not (
            one in cues["verb"]
            or one in cues["role"]
            or one in cues["belonging"]
            or one in cues["company_noun"]
        ):
            out["Rcap" if right[1:2].isupper() else "Rother"] += 1


def _apposition(cues: dict[str, frozenset[str]], after: list[str], out: Counter[str]) -> None:
    """What is said of the name after a comma, a dash or a bracket."""
    first = after[0]
    if first.isdigit() and len(first) == 2:
        out["Rage"] += 1
        return
    near = after[:6]
    opens = first in DETERMINERS or first in FRENCH_ARTICLES or first not in FUNCTION_WORDS
    for i, word in enumerate(near):
        if word in cues["role"] and (opens or i < 2) and i < 4 and word not in cues["company_noun"]:
            out["Rapp_person"] += 1
            return
        if opens and (word in cues["company_noun"] or word.endswith(GERMAN_COMPANY)):
            out["Rapp_company"] += 1
            return
    if first in ("qui", "which", "dont", "das", "die", "der", "who", "whose"):
        out["Rrel=" + first] += 1
    elif first.endswith(("e", "ed")):
        out["Rapp_e"] += 1
    if any(word in words().world and words().world[word] == "places" for word in near[:3]):
        out["Rplace"] += 1


def shape(name: str, key: str, lists: Words | None = None) -> list[str]:
    """What the spelling of a name says about it."""
    known = lists or words()
    cues = known.cues
    parts = key.split()
    out = [f"words={min(len(parts), 4)}"]
    letters = name.replace("-", "").replace("&", "").replace(" ", "")
    if len(parts) == 1 and letters.isupper() and len(letters) <= 5:
        out.append("acronym")
    if CAMEL.search(name) and not name.isupper():
        out.append("camel")
    if DIGIT.search(name):
        out.append("digit")
    if name[:1].islower():
        out.append("lower_start")
    if "&" in name:
        out.append("amp")
    if "-" in name:
        out.append("hyphen")
    if "." in name:
        out.append("dot")
    last = parts[-1]
    if len(parts) > 1:
        if last in cues["suffix"]:
            out.append("legal")
        if last in cues["suffix_word"]:
            out.append("suffix_word")
        elif any(part in cues["suffix_word"] for part in parts[:-1]):
            out.append("suffix_inside")
        if last in cues["product_word"] or last.isdigit():
            out.append("product_word")
        if parts[0] in known.first_names:
            out.append("first_name")
        common = sum(part in known.common for part in parts)
        if common == len(parts):
            out.append("all_common")
        elif common:
            out.append("some_common")
        if any(part in known.world for part in parts):
            out.append("world_inside")
    else:
        if key in known.first_names:
            out.append("first_name_only")
        if key in known.common:
            out.append("common")
        if len(letters) <= 3:
            out.append("short")
    if any(part in cues["body_word"] for part in parts):
        out.append("body_word")
    return out
