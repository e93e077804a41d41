"""Counts the words that news writes in lower case: ``python -m benchmarks.count_words [--check]``.

Writes ``pipelines/tagging/common_words.txt`` from the pages of ``../shared/corpus`` and the texts
of ``../shared/tagging``: a word that is written in lower case in several texts is no company by its
look alone. German writes its nouns with capitals: there a word counts that follows a determiner in
several texts, unless it is a name the lists or the catalogue know. Only the words are kept.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from benchmarks.news_pages import NewsPage, news_pages
from benchmarks.tagging import SHARED
from pipelines.companies import load
from pipelines.tag_text import key
from pipelines.tag_words import words

OUT = Path(__file__).parents[1] / "pipelines" / "tagging" / "common_words.txt"
HEAD = (
    "# Words that news writes in lower case (or, in German, as common nouns), folded; counted by\n"
    "# `python -m benchmarks.count_words` over 1,100 news texts; nothing else of them is kept.\n"
)
WORD = re.compile(r"(?<![\w@#./_-])[^\W\d_]+(?![\w@/_]|\.\w)")  # of addresses none
LANGUAGES = ("en", "de", "fr")
TEXTS = 2  # texts that must have the word in lower case …
SHARE = 0.25  # … and for each that has it with a capital, so many (a known name: as many)
NOUN_TEXTS = 2  # … after a German determiner …
LONGEST = 24  # letters; longer ones are nobody's name
DETERMINERS = """
der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner im zum zur
beim vom am ins ihre ihren ihrer sein seine seinen seiner unser unsere diese dieser dieses diesen
jede jeder jeden jedes viele vielen mehr weniger einige mehrere alle allen neue neuen neuer neues
und oder mit von auf in an bei für über ohne nach aus als
"""
BEFORE_NOUN = frozenset(DETERMINERS.split())


def texts() -> Iterator[NewsPage]:
    """The pages of the corpus, then the labelled articles."""
    yield from news_pages()
    for name in ("articles.jsonl", "articles_g3.jsonl"):
        for line in (SHARED / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            body = (SHARED / "text" / f"{row['id']}.txt").read_text(encoding="utf-8")
            yield NewsPage(row["title"], body, row["lang"])


def counted(pages: Iterable[NewsPage], names: Set[str]) -> dict[str, list[str]]:
    """The common words of these texts by language, folded, in order; ``names`` are mostly none."""
    lower: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    capital: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    nouns: Counter[str] = Counter()
    for page in pages:
        if page.language not in LANGUAGES:
            continue
        small: set[str] = set()
        large: set[str] = set()
        after: set[str] = set()
        before = ""
        for match in WORD.finditer(page.text):
            word = match[0]
            if len(word) <= LONGEST:
                if word.islower():
                    small.add(key(word))
                else:
                    large.add(key(word))
                if page.language == "de" and word[1:].islower() and before in BEFORE_NOUN:
                    after.add(key(word))
            before = word
        lower[page.language].update(small)
        capital[page.language].update(large)
        nouns.update(after)
    found = {
        language: {
            word
            for word, count in lower[language].items()
            if count >= max(TEXTS, capital[language][word] * (1 if word in names else SHARE))
        }
        for language in LANGUAGES
    }
    found["de"] |= {w for w, count in nouns.items() if count >= NOUN_TEXTS and w not in names}
    return {language: sorted(words) for language, words in found.items()}


def known_names() -> set[str]:
    """What the lists and the catalogue know as names, folded."""
    lists = words()
    spellings = {key(spelling.text) for spelling in load().spellings if not spelling.ambiguous}
    genitives = {f"{spelling}s" for spelling in spellings}
    return spellings | genitives | lists.world.keys() | lists.first_names


def written(found: Mapping[str, Sequence[str]]) -> str:
    """The file: for each language a line in brackets, then its words in lines of 100 columns."""
    lines: list[str] = []
    for language, kept in found.items():
        lines.append(f"[{language}]")
        line = ""
        for word in kept:
            if len(line) + len(word) >= 100:
                lines.append(line)
                line = ""
            line = f"{line} {word}" if line else word
        lines.append(line)
    return HEAD + "\n".join(lines) + "\n"


def main() -> int:
    """Writes the file; with ``--check`` only says whether it would change."""
    if not SHARED.exists():
        print("no texts beside the project: ../shared is absent")
        return 1
    text = written(counted(texts(), known_names()))
    before = OUT.read_text(encoding="utf-8")
    new, old = (set(whole.split("\n", 2)[2].split()) for whole in (text, before))
    print(f"{len(new)} words; {len(new - old)} new, {len(old - new)} gone")
    if "--check" in sys.argv:
        return int(text != before)
    OUT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
