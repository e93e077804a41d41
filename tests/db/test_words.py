"""The words of the index: taken apart first and folded from memory, or folded first; the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from db.words import LANGUAGES, folded_words, indexed, stems

LETTERS = st.characters(codec="utf-8")  # any character at all
EUROPEAN = st.sampled_from("aàâäåãæbcçdđeéèêëfgiíîïıİlłnñoóôöøœsßtuúûüyÿÉŒẞ  '’-_.,0129½²ªﬁǅ́\n")
WORDS = "L'Élysée cœur d’IA naïve Straße 5G Übermut x² ½ entreprises Łódź İstanbul ŒUVRES 東京"
PRESS = st.sampled_from(WORDS.split())
TEXTS = st.one_of(
    st.text(EUROPEAN, max_size=60),
    st.text(LETTERS, max_size=40),
    st.lists(PRESS, max_size=8).map(" ".join),
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(TEXTS, st.sampled_from([*LANGUAGES, "ja", None]))
def test_words_from_memory_are_those_of_the_long_way(text: str, language: str | None) -> None:
    known = stems(language if language in LANGUAGES else None)
    assert indexed(text, language) == [known[word] for word in folded_words(text)]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(PRESS, max_size=8).map(" ".join), st.sampled_from([*LANGUAGES, None]))
def test_words_do_not_change_by_being_remembered(text: str, language: str | None) -> None:
    assert indexed(text, language) == indexed(text, language) == indexed(text.upper(), language)
