"""The terms of a headline or a lead: what two texts about one event have in common."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from sys import intern

WORDS_KEPT = 16_384  # words whose terms are remembered, 0.2 KiB each
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_TEASER_END = re.compile(r"\s*(?:\.\.\.|…)\s*$")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)

# Words that say nothing about the event: articles, prepositions, pronouns, auxiliaries, and what
# headlines say of all events. Folded: lower case, without accents.
_EMPTY = frozenset(
    # English
    "a about after all also amid an and are as at be been but by can could for from get gets had"
    " has have he her here his how i if in into is it its just may might more most new no not now"
    " of off on or our out over per report reports said say says she so than that the their them then"
    " there these they this those to up us via vs was we were what when where which who why will"
    " with would you your"
    # French
    " alors apres au aussi aux avant avec c ce ces cet cette chez comme comment contre d dans de"
    " depuis des dit du elle elles en encore entre est et etait ete etre eu fait font il ils j je"
    " l la le les leur leurs lors lui mais meme moins n ne non nos notre nous on ont ou par pas plus"
    " pour pourquoi pres qu que quel quelle qui quoi s sa sans se selon sera ses son sont sous sur t"
    " tous tout toute tres un une vers voici vos votre vous y"
    # German
    " aber alle als am an auch auf aus bei beim bis das dass dem den der des die dies diese dieser"
    " doch durch ein eine einem einen einer eines er es fur gegen hat hatte ich ihr ihre im in ins"
    " ist jetzt kann kein keine man mehr mit nach neu neue neuen neuer nicht noch nun nur oder ohne"
    " schon sein seine seit sich sie sind so soll uber um und uns unter vom von vor war warum was"
    " weil wenn werden wer wie will wird wir zu zum zur zwischen".split()
)


def terms(text: str) -> tuple[str, ...]:
    """The stems of the words of ``text`` that say something, in reading order, repeats kept.

    Digits stay whole ("4.4.2", "489,000"); accents and case are folded; a word that a teaser cuts
    off ("…") stays as it is."""
    return tuple(term for word in _WORD.findall(_bare(text)) if (term := _term(word)))


def _bare(text: str) -> str:
    """``text`` without what is no part of a word: elided articles, possessives, a teaser's end."""
    if text.rstrip().endswith(("...", "…")):
        text = _TEASER_END.sub("", text)
    if "'" in text or "’" in text:
        text = _ELISION.sub(" ", _POSSESSIVE.sub(" ", text))
    return text


@lru_cache(maxsize=WORDS_KEPT)
def _term(word: str) -> str:
    """The stem of a word, "" of a word that says nothing."""
    folded = fold(word)
    if folded in _EMPTY or (len(folded) < 2 and not folded.isdigit()):
        return ""
    return intern(folded if folded[0].isdigit() else _stem(folded))


def fold(word: str) -> str:
    """Lower case, without accents; ß as ss."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


# Endings of the three languages, longest first: plural, tense, person, degree. A stemmer of one
# language would need to know which it is, and a headline is too short to tell.
_ENDINGS = (
    *("issement", "ements", "ations", "ingly", "ement", "ation", "ments", "tions", "ungen"),
    *("ings", "ment", "tion", "aient", "ing", "ers", "ies", "ier", "ent", "ait", "ung", "est"),
    *("ed", "er", "es", "en", "em", "ly", "s", "e", "n", "y"),
)
_STEM_LEAST = 4  # letters that an ending must leave


def _stem(folded: str) -> str:
    for ending in _ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) >= _STEM_LEAST:
            return folded[: -len(ending)]
    return folded


def common_terms(text: str) -> tuple[str, ...]:
    """The words and numbers of ``text`` that may be the same in another language: names, figures,
    words both languages have; spelled without accents, not stemmed. Short ones say too little.

    Each once, in reading order: a set's order would change from one process to the next."""
    found = dict.fromkeys(map(_common_term, _WORD.findall(_bare(text))))
    found.pop("", None)
    return tuple(found)


@lru_cache(maxsize=WORDS_KEPT)
def _common_term(word: str) -> str:
    """The word as two languages may share it, "" when it says too little."""
    folded = fold(word)
    if folded in _EMPTY or len(folded) < (2 if folded[:1].isdigit() else 4):
        return ""
    return intern(folded.replace(",", "."))  # thousands of stories hold the same words: once
