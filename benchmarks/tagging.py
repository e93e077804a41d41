"""Company tagging, measured: our own sentences, and the labelled articles beside the project.

``python -m benchmarks.tagging`` prints the table with a plain gazetteer beside the product.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.companies import Catalogue, Kind, Spelling
from pipelines.tag import tag
from pipelines.tag_masks import Masks
from pipelines.tag_names import Matcher
from pipelines.tag_text import fold, key, slug

SHARED = Path(__file__).parents[2] / "shared" / "tagging"
TRAPS = Path(__file__).parent / "tagging" / "traps.txt"
NEWS = TRAPS.with_name("news.txt")  # sentences that no weight was learned from


@dataclass(frozen=True, slots=True)
class Trap:
    """A sentence of ours, the companies it names, and those that may be named too."""

    language: str
    companies: tuple[str, ...]
    text: str
    also: tuple[str, ...] = ()


@dataclass(slots=True)
class Score:
    """Counts over sentences."""

    right: int = 0  # tags that are companies of the sentence
    tagged: int = 0
    found: int = 0  # companies of the sentences that were tagged
    named: int = 0
    negatives: int = 0  # sentences that name no company …
    negatives_tagged: int = 0  # … and were tagged all the same

    @property
    def precision(self) -> float:
        """Share of the tags that are right."""
        return self.right / max(1, self.tagged)

    @property
    def recall(self) -> float:
        """Share of the named companies that were found."""
        return self.found / max(1, self.named)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def traps(path: Path = TRAPS) -> list[Trap]:
    """Our own sentences: language | companies | sentence | companies that also count."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            language, companies, sentence, *also = line.split("|")
            named = tuple(name for name in companies.split(";") if name)
            extra = tuple(name for name in ";".join(also).split(";") if name)
            found.append(Trap(language, named, sentence, extra))
    return found


def score(sentences: list[Trap], catalogue: Catalogue) -> tuple[Score, list[str]]:
    """How the tagger does, and a line for each mistake. A brand's owner is right too."""
    total = Score()
    mistakes: list[str] = []
    for sentence in sentences:
        wanted = {_id(name, catalogue): name for name in sentence.companies}
        allowed = {_id(name, catalogue) for name in sentence.also}
        tags = tag("", None, sentence.text, language=sentence.language, catalogue=catalogue)
        hit: set[str] = set()
        wrong = 0
        for one in tags:
            ids = {one.company, one.owner or one.company, slug(one.name)}
            if match := ids & wanted.keys():
                hit |= match
                total.right += 1
            elif ids & allowed:
                continue
            else:
                wrong += 1
                mistakes.append(f"+{one.name} ({one.confidence:.2f}) | {sentence.text}")
            total.tagged += 1
        mistakes += [f"-{wanted[id_]} | {sentence.text}" for id_ in wanted.keys() - hit]
        total.found += len(hit)
        total.named += len(wanted)
        if not wanted:
            total.negatives += 1
            total.negatives_tagged += wrong > 0
    return total, mistakes


def _id(name: str, catalogue: Catalogue) -> str:
    known = catalogue.find(name)
    return known.id if known else slug(name)


def gazetteer(title: str, text: str, lang: str) -> list[dict[str, object]]:
    """The baseline: every name of the scorer's list that stands in the text as a whole word."""
    matcher, names = _list()
    whole = f"{title}\n{text}"
    folded = fold(whole)
    counts: dict[str, int] = {}
    for hit in matcher.find(whole, folded, Masks("", "")):
        counts[hit.spellings[0].company] = counts.get(hit.spellings[0].company, 0) + 1
    return [
        {"company": names[id_], "score": count}
        for id_, count in sorted(counts.items(), key=lambda pair: -pair[1])
    ]


@cache
def _list() -> tuple[Matcher, dict[str, str]]:
    names: dict[str, str] = {}
    spellings: list[Spelling] = []
    for line in (SHARED / "companies.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, _, aliases = [*line.split("|"), "", "", ""][:4]
            names[key(name)] = name
            spellings += [
                Spelling(alias, key(name), Kind.NAME)
                for alias in (name, *aliases.split(";"))
                if alias
            ]
    return Matcher(Catalogue({}, tuple(spellings), {}, {}, "baseline")), names


def labelled(tagger: str) -> dict[str, Any]:
    """What the scorer beside the project says of ``tagger`` (module:function)."""
    done = subprocess.run(
        [
            sys.executable,
            str(SHARED / "score_tagging.py"),
            "--tagger",
            tagger,
            "--json",
            "--articles",
            "articles.jsonl",
            "articles_g3.jsonl",
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


Found = dict[str, Any]
ROWS: tuple[tuple[str, Callable[[Found], object]], ...] = (
    ("articles F1", lambda r: r["G1_all"]["f1"]),
    ("French articles F1", lambda r: r["G1_by_lang"]["fr"]["f1"]),
    ("real articles F1", lambda r: r["G1_by_file"]["articles.jsonl"]["f1"]),
    ("written articles F1", lambda r: r["G1_by_file"]["articles_g3.jsonl"]["f1"]),
    ("primary + secondary F1", lambda r: r["G1_primary_secondary"]["f1"]),
    ("right primary company", lambda r: r["G1_top1_primary"]["accuracy"]),
    ("trap sentences F1", lambda r: r["G2"]["f1"]),
    ("traps wrongly tagged", lambda r: r["G2_negatives_with_false_tag"]),
    ("CPU ms an article", lambda r: r["cpu_ms_per_article"]),
)


def main() -> None:
    """Prints the tables."""
    from pipelines import companies

    own, mistakes = score(traps(), companies.load())
    print(f"own sentences        F1 {own.f1:.3f}, recall {own.recall:.3f}")
    print(f"  wrongly tagged     {own.negatives_tagged} of {own.negatives} without a company")
    news, more = score(traps(NEWS), companies.load())
    print(f"not trained on       F1 {news.f1:.3f}, recall {news.recall:.3f}")
    print(f"  wrongly tagged     {news.negatives_tagged} of {news.negatives} without a company")
    if "--errors" in sys.argv:
        print(*mistakes, *more, sep="\n")
    if not SHARED.exists():
        print("no labelled articles beside the project: ../shared/tagging is absent")
        return
    print("\nDevelopment halves. The weights were learned on them: see docs/companies.md for the")
    print("cross-validated figures, which are the honest ones.\n")
    product = labelled("benchmarks.adapters:tag")
    baseline = labelled("benchmarks.tagging:gazetteer")
    print(f"{'':<26}{'techwire':>10}{'gazetteer':>12}")
    for label, value in ROWS:
        print(f"{label:<26}{value(product)!s:>10}{value(baseline)!s:>12}")


if __name__ == "__main__":
    main()
