"""Near copies have near fingerprints; texts that only share their stock of sentences have not."""

from itertools import combinations
from random import Random

import pytest

from pipelines.fingerprint import NEAR, Copies, bands, distance, fingerprint

COMPANIES = ["Nordlicht", "Calanque", "Brightwell", "Ferrotec", "Ondine", "Kestrel", "Halberd"]
SENTENCES = [
    "{c} announced on Monday a new service in order to {w}.",
    "According to {p}, {c} has been preparing the move for {n} months.",
    "Revenue rose {n} percent from a year earlier, a first in this fiercely contested market.",
    "Whether customers will follow remains to be seen in an uncertain economy.",
    "The timetable could still slip by a few weeks, {p} added.",
    "The decision comes as {c} recently hired {n} engineers in Lyon.",
    "Shares gained {n} percent before falling back at the close.",
    "The stated goal is clear: {w}.",
    "« Nous voulons {w} », explique {p}, qui compte {n} clients.",
]
REASONS = ["cut energy use", "catch up with its rivals", "meet demand", "comply with the rules"]
PEOPLE = ["a spokesperson", "the chief executive", "an analyst", "the regulator"]


def article(random: Random, sentences: int) -> str:
    """Sentences of one stock, their blanks filled: articles that resemble each other a lot."""
    return " ".join(
        random.choice(SENTENCES)
        .replace("{c}", random.choice(COMPANIES))
        .replace("{w}", random.choice(REASONS))
        .replace("{p}", random.choice(PEOPLE))
        .replace("{n}", str(random.randint(2, 950)))
        for _ in range(sentences)
    )


def articles(number: int) -> list[str]:
    random = Random(1)
    return [article(random, random.randint(12, 60)) for _ in range(number)]


def test_layout_and_case_change_nothing() -> None:
    text = "Calanque lève 40 millions d’euros\n\nLa jeune pousse de Marseille…"
    assert fingerprint(text) == fingerprint(text.upper().replace("\n\n", "   "))


def test_it_is_the_same_on_every_machine_and_fits_a_signed_integer() -> None:
    assert fingerprint("Nordlicht opens a data centre in Kiel.") == 1329036471728292646
    assert all(-(2**63) <= fingerprint(text) < 2**63 for text in articles(50))
    accents = "Zork vend sa filiale de Lyon à Nova pour trois cents millions. La vente sera conclue"
    assert fingerprint(f"{accents} en mars, dit-on à Lyon.") == -8152553733790106968
    assert fingerprint("Une fusée décolle") == -7013596298888868428  # fewer words than a gram


@pytest.mark.parametrize("text", ["", " \n ", "…!?", "🚀"])
def test_no_words_is_zero(text: str) -> None:
    assert fingerprint(text) == 0


def test_one_word_or_broken_text_has_a_fingerprint_too() -> None:
    assert fingerprint("Halberd") != 0
    assert fingerprint("half a pair \ud83d stays") != 0


def test_a_copy_with_a_line_added_is_near() -> None:
    texts = articles(200)
    pairs = [
        (fingerprint(text), fingerprint(f"{text} Update: {COMPANIES[0]} gave details at night."))
        for text in texts
    ]
    assert sum(distance(*pair) <= NEAR for pair in pairs) >= 0.99 * len(pairs)
    assert sum(bool(set(bands(a)) & set(bands(b))) for a, b in pairs) >= 0.97 * len(pairs)


def test_other_articles_of_the_same_stock_of_sentences_are_not_near() -> None:
    prints = [fingerprint(text) for text in articles(200)]
    near = sum(distance(one, other) <= NEAR for one, other in combinations(prints, 2))
    assert near <= 1


def test_up_to_three_bits_apart_share_a_quarter() -> None:
    random = Random(4)
    for _ in range(200):
        one = random.getrandbits(64) - 2**63
        other = one
        for bit in random.sample(range(63), 3):
            other ^= 1 << bit
        assert set(bands(one)) & set(bands(other))
        assert distance(one, other) == 3


def test_only_the_latest_texts_are_looked_for_however_many_come_within_the_window() -> None:
    copies = Copies(1e9, most=10)
    prints = [number * 0x0123_4567_89AB_CDEF & (2**63 - 1) for number in range(1, 31)]
    for number, value in enumerate(prints):
        copies.add(value, number, float(number))
    assert [copies.find(value, 30.0) for value in prints[-10:]] == list(range(20, 30))
    assert {copies.find(value, 30.0) for value in prints[:20]} <= {None, *range(20, 30)}
    assert len(copies._by_band) <= 40


def test_a_text_that_came_twice_at_one_moment_is_forgotten_once_and_for_all() -> None:
    copies = Copies(60.0)
    copies.add(12345, 1, 0.0)
    copies.add(12345, 2, 0.0)
    assert copies.find(12345, 30.0) == 1
    copies.add(1 << 62, 3, 100.0)
    copies.add(1 << 61, 4, 101.0)
    assert copies.find(12345, 30.0) is None
    assert copies.find(1 << 62, 101.0) == 3
