"""Text made tidy: Unicode NFC, white space, invisible characters; and names that are no authors."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Zero-width and direction marks, soft hyphens, byte order marks, lone surrogates, controls.
# ZWNJ and ZWJ (200c, 200d) stay: Persian and emoji need them.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")


def tidy(text: str) -> str:
    """One line: NFC, no invisible characters, single spaces."""
    if not text.isprintable():  # what is printable has nothing invisible
        text = _INVISIBLE.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


MAX_AUTHORS = 12  # a longer list is a masthead, not a byline
MAX_NAME = 70  # characters of one name

_PREFIX = re.compile(
    r"^(?:(?:written|posted|published|reported|edited|words|text|story|analysis|review|interview)\s+by\b|"
    r"(?:by|par|von|vom|de|por|di|door|av|autor(?:in)?|auteure?|author|authors|autore|redacción|écrit par|"
    r"publié par|un article de|propos recueillis par|text|texte|testo|texto|fotos?|interview|beitrag)\s*:|"
    r"(?:zeige |alle |view |see |voir |ver |vedi )(?:alle |all |more |tous les |toutes las |todas las |tutti gli )?"
    r"(?:beiträge|artikel|posts|articles|stories|entradas|artículos|articoli) (?:von|by|from|de|par|por|di)\s|"
    r"(?:beitrag von|author|©)\s|"
    r"(?:by|par|von|vom|por|door|av)\s|(?:eine? \w+ von)\s|(?:de|di)\s(?=[A-ZÀ-Ý]))\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:;|\||\s/\s|·|•|\s&\s|\n|\s+(?:and|et|und|y|avec|with|mit|con)\s+|,\s*(?:and|et|und|y)\s+)\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:\(.*?\)|\[.*?\]|<[^>]*>|\bfor\b .*|\bpour\b .*|\bfür\b .*|@\w+.*|\S+@\S+.*|https?:\S+.*"
    r"|\s[-–—→]\s?.*|\s(?:is|est|ist)\s.*|\bon\b .*|\b\d.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ROLE = re.compile(
    r"\b(?:editors?|reporters?|writers?|correspondents?|journalists?|columnists?|contributors?|producers?|"
    r"staff|chief|senior|associate|deputy|managing|director|professor|analyst|journaliste|rédact\w+|"
    r"correspondant\w*|redakt\w+|korrespondent\w*|redattore|giornalista|periodista|redactor\w*|"
    r"photograph\w*|author|team|desk|ceo|founder)\b",
    re.IGNORECASE,
)
_LAST_WORDS = re.compile(
    r"(?:\s+(?:staff writer|staff|writer|reporter|correspondent|journalist|columnist|ceo|cto|기자|記者|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|am|le|hace|vor|stand|im gespräch|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)\.?)+$",
    re.IGNORECASE,
)
# "Meg Wagner HARBOUR DAILY NEWS": whom she works for, set in capitals.
_SHOUTED_TAIL = re.compile(r"(?<=[a-zß-ÿ])(?:\s+[A-ZÀ-Ý]{2,}){2,}$")
_EDGES = " ,.;:-–—|*»\"'"
_LAST_INITIAL = re.compile(r"\s[A-ZÀ-Ý]\.$")
_NO_NAME = frozenset(
    "admin administrator editor editors editorial staff team anonymous unknown author authors guest "
    "le la les on am at the um il el du de by par von user webmaster null none undefined n/a home news "
    "redaction rédaction redaktion redacción redazione true false object agencies agenturen agences agencias "
    "agenzie nachrichten noticias actualités notizie link phd md mba".split()
)
_NO_WORD = re.compile(
    r"\b(?:ago|minutes?|hours?|updated|published|posted|comments?|share|follow|view|read more|subscribe|"
    r"newsletter|see (?:all|full)|get author|find this|search|rss|full bio|copyright|rights reserved|cookies?|twitter|facebook|email|click|sign up|no author|last modified|january|february|"
    r"march \d|april \d|june|july|august|september|october|november|december|publié|mis à jour|http)\b|@|\b\d{2}|\($",
    re.IGNORECASE,
)


def authors(candidates: Iterable[str], publisher: Iterable[str] = ()) -> tuple[str, ...]:
    """The people among ``candidates``, each once, in order; noise and the ``publisher`` left out.

    A candidate may hold several names ("A, B and C") and what stands around them ("By A for B").
    """
    own = {_squeezed(p) for p in publisher if p}
    found: dict[str, str] = {}
    for candidate in candidates:
        names = split_names(candidate)
        joined = len(names) > 1 and "," not in candidate and not _PREFIX.match(candidate)
        if joined and any(_squeezed(name) in own for name in names):
            names = [tidy(html.unescape(candidate))]  # "Le Courrier et AFP" signs as one
        for name in names:
            key = name.casefold()
            if key not in found and is_name(name) and _squeezed(name) not in own:
                found[key] = name
    return tuple(found.values())[:MAX_AUTHORS]


def split_names(text: str) -> list[str]:
    """The names in one byline, stripped of what introduces and follows them."""
    line = tidy(html.unescape(text))
    line = _PREFIX.sub("", line, count=1)
    names: list[str] = []
    for part in _SPLIT.split(line):
        pieces = part.split(",")
        for piece in pieces:
            name = _trimmed(_TAIL.sub("", _PREFIX.sub("", piece.strip(), count=1)))
            name = _trimmed(_SHOUTED_TAIL.sub("", _LAST_WORDS.sub("", name)))
            if name.startswith("in "):
                return names  # "By TPN, in News": where it stands
            after_name = len(pieces) > 1 and names
            if not name or (after_name and _ROLE.search(name)):
                continue
            if after_name and name.isupper() and not names[-1].isupper():
                continue  # "Lou Ferrand, AGENCE RIVE": where she works
            names.append(_cased(name))
    return names


def _trimmed(name: str) -> str:
    """Without what punctuation leaves behind; "Nicolas Gutierrez C." keeps the dot of his initial."""
    bare = name.strip(_EDGES)
    return f"{bare}." if _LAST_INITIAL.search(name) else bare


def _cased(name: str) -> str:
    """ "JOHN SMITH" is shouting; "dpa" and "AFP" are spelt so."""
    words = name.split()
    if len(words) > 1 and name.isupper() and all(len(w.strip(".")) > 1 for w in words):
        return name.title()
    return name


def is_name(name: str) -> bool:
    """Could be a person, or an agency that signs as one."""
    words = name.split()
    return (
        1 < len(name) <= MAX_NAME
        and 0 < len(words) <= 7
        and any(c.isalpha() for c in name)
        and name.casefold() not in _NO_NAME
        and not _NO_WORD.search(name)
        and not _LAST_WORDS.fullmatch(f" {name}")
    )


@lru_cache(maxsize=1024)  # mostly of a publisher's names, on every page of its
def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
