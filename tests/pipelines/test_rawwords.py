"""Words taken from bytes are those that regular expressions and ``str.split`` find."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.rawwords import Splitter, single_spaced

WORDS = Splitter(lambda letter: letter.isalnum() or letter == "_")
LETTERS = Splitter(lambda letter: letter.isalnum() and not letter.isdecimal())
TEXTS = st.text(st.sampled_from("aZ_9é ’“\u00a0\u2028\u3000\x1c\x85\t\n.-ß٣²Ω漢\u0301\udcff🙂"))


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_words_are_those_of_the_expressions(text: str) -> None:
    assert WORDS.words(text) == [word.encode() for word in re.findall(r"\w+", text)]
    assert LETTERS.words(text) == [word.encode() for word in re.findall(r"[^\W\d_]+", text)]


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_single_spaces_are_those_of_a_split(text: str) -> None:
    assert single_spaced(text) == " ".join(text.split()).encode("utf-8", "replace")


@pytest.mark.parametrize("first", [0, 0x250, 0x600, 0x1FF0, 0x2FF0, 0xFF00, 0x1D7C0])
def test_every_letter_counts_as_the_expressions_have_it(first: int) -> None:
    text = " ".join(f"a{chr(code)}b" for code in range(first, first + 0x100))
    assert WORDS.words(text) == [word.encode() for word in re.findall(r"\w+", text)]
    assert single_spaced(text) == " ".join(text.split()).encode("utf-8", "replace")


def test_a_page_of_a_thousand_symbols_is_split_alike() -> None:
    text = "".join(f"é{chr(code)}" for code in range(0x2190, 0x2190 + 1000)) + "\udcff漢 fin"
    assert WORDS.words(text) == [word.encode() for word in re.findall(r"\w+", text)]
