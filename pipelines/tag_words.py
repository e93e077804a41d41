"""The word lists behind the tagger: cues, names that are no companies, given and common names."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipelines.tag_text import key

FOLDER = files("pipelines") / "tagging"


def _grammar() -> dict[str, frozenset[str]]:
    content = tomllib.loads((FOLDER / "grammar.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(text.split()) for kind, text in content.items()}


GRAMMAR = _grammar()
FUNCTION_WORDS = GRAMMAR["function_words"]
DETERMINERS = GRAMMAR["determiners"]
OF = GRAMMAR["of"]


@dataclass(frozen=True, slots=True)
class Words:
    """Every list, folded, as sets."""

    cues: dict[str, frozenset[str]]  # by the role they play
    world: dict[str, str]  # name → places, peoples, persons, media, bodies, technology, works …
    first_names: frozenset[str]
    common: frozenset[str]  # words that are written in lower case, or German common nouns …
    common_in: dict[str, frozenset[str]]  # … by language (en, de, fr)
    strong: frozenset[str]  # ambiguous spellings that mostly are the company
    weak: frozenset[str]  # … that mostly are not
    also_ambiguous: frozenset[str]  # … that the catalogue takes for sure
    hiding: tuple[str, ...]  # idioms, and titles of works, that hide a spelling inside them


@cache
def words() -> Words:
    """The shipped lists, read once in a process (~15 ms)."""

    def lists(name: str) -> dict[str, list[str]]:
        content = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
        return {
            kind: [word for word in text.replace("\n", "|").split("|") if word]
            for kind, text in content.items()
        }

    def sections(name: str) -> dict[str, frozenset[str]]:
        """Words by the ``[title]`` they stand under; "" without one."""
        found: dict[str, list[str]] = {}
        title = ""
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                title = line.strip("[]")
            elif not line.startswith("#"):
                found.setdefault(title, []).extend(line.split())
        return {title: frozenset(words) for title, words in found.items()}

    world: dict[str, str] = {}
    known = lists("world.toml")
    works = known["works"]
    for kind, names in known.items():
        for name in names:
            world.setdefault(key(name), kind)
    cues = {
        kind: frozenset(key(word).replace(" ", "") for word in found)
        for kind, found in lists("cues.toml").items()
    }
    common_in = sections("common_words.txt")
    doubts = {kind: [key(w) for w in found] for kind, found in lists("ambiguity.toml").items()}
    return Words(
        cues,
        world,
        sections("first_names.txt")[""],
        frozenset().union(*common_in.values()),
        common_in,
        frozenset(doubts["strong"]),
        frozenset(doubts["weak"]),
        frozenset(doubts["also_ambiguous"]),
        (*lists("ambiguity.toml")["phrases"], *(work for work in works if " " in work)),
    )


def is_doubtful(spelling: str) -> bool:
    """Whether a spelling is also a word, a given name, a place or the like, by the lists alone."""
    known = words()
    folded = key(spelling)
    if folded in known.also_ambiguous:
        return True
    if " " in folded:
        return False
    return (
        folded in known.common
        or folded in FUNCTION_WORDS
        or folded in known.first_names
        or known.world.get(folded, "media") != "media"
    )
