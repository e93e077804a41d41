"""Company tagging, cross-validated: every article is tagged by weights that never saw it.

``python -m benchmarks.cross_tagging [--errors] [--quick]`` prints the honest figures, for the whole
catalogue and for catalogues from which a third of the gold's rarer companies was taken, because
tomorrow's articles name companies that no catalogue has. Needs ``../shared/tagging``.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import runpy
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.adapters import shown
from benchmarks.tagging import ROWS, SHARED
from benchmarks.train_tagging import (
    THIRDS,
    Gold,
    Samples,
    article_samples,
    page_samples,
    reduced,
    samples_of,
    sentence_samples,
    trained,
)
from pipelines.companies import Catalogue, load
from pipelines.tag import tag as tag_article
from pipelines.tag_score import Weights

FOLDS = 6


def fold_of(text: str) -> int:
    """Which part an article or a sentence belongs to, by its text."""
    return hashlib.sha256(text.encode()).digest()[0] % FOLDS


@dataclass(slots=True)
class Crossed:
    """The tagger under test: a model for each part, and the catalogue it may know."""

    models: list[Weights]
    catalogue: Catalogue

    def tag(self, title: str, text: str, lang: str) -> list[dict[str, object]]:
        """As ``benchmarks.adapters.tag``."""
        found = tag_article(
            title,
            None,
            text,
            language=lang or None,
            catalogue=self.catalogue,
            model=self.models[fold_of(text)],
        )
        return shown(found)


CURRENT: list[Crossed] = []  # the scorer asks for a function by name


def tag(title: str, text: str, lang: str) -> list[dict[str, object]]:
    """What the scorer calls."""
    return CURRENT[-1].tag(title, text, lang)


def models(gold: Gold, catalogue: Catalogue, with_pages: bool) -> Iterator[Weights]:
    """For each part, the weights that the others teach."""
    under = [catalogue, *(reduced(catalogue, gold, third) for third in range(THIRDS))]
    taught: list[tuple[int, Samples]] = []
    for article in gold.articles:
        part = samples_of(article_samples(gold, article, under))
        taught.append((fold_of(article["text"]), part))
    for sentence in gold.sentences:
        part = samples_of(sentence_samples(gold, sentence, catalogue))
        taught.append((fold_of(sentence["text"]), part))
    if with_pages:
        taught.append((-1, {"unknown": list(page_samples(gold, catalogue)), "claimed": []}))
    for fold in range(FOLDS):
        articles = [a for a in gold.articles if fold_of(a["text"]) != fold]
        yield trained(gold, articles, catalogue, [part for at, part in taught if at != fold])


def scored(crossed: Crossed, errors: int = 0) -> dict[str, Any]:
    """What the scorer beside the project says of it, in this process."""
    CURRENT.append(crossed)
    out = io.StringIO()
    before = sys.argv
    sys.argv = ["score", "--tagger", "benchmarks.cross_tagging:tag", "--json"]
    sys.argv += ["--articles", "articles.jsonl", "articles_g3.jsonl", "--errors", str(errors)]
    try:
        with contextlib.redirect_stdout(out):
            runpy.run_path(str(SHARED / "score_tagging.py"), run_name="__main__")
    finally:
        sys.argv = before
        CURRENT.pop()
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def main() -> int:
    """Prints the table."""
    if not Path(SHARED).exists():
        print("no labelled articles beside the project: ../shared/tagging is absent")
        return 1
    errors = 1000 if "--errors" in sys.argv else 0
    gold, catalogue = Gold(), load()
    taught = list(models(gold, catalogue, "--quick" not in sys.argv))
    whole = scored(Crossed(taught, catalogue), errors)
    without = [
        scored(Crossed(taught, reduced(catalogue, gold, third)), errors) for third in range(THIRDS)
    ]
    print(f"{'cross-validated':<26}{'whole':>10}{'a third of the rarer taken out':>36}")
    for label, value in ROWS[:-1]:
        shown = "".join(f"{value(one)!s:>10}" for one in without)
        numbers = [str(value(one)) for one in without]
        mean = "" if "/" in numbers[0] else f"{sum(map(float, numbers)) / THIRDS:.4f}"
        print(f"{label:<26}{value(whole)!s:>10}{mean:>10}  ={shown}")
    return 0


if __name__ == "__main__":
    from benchmarks.cross_tagging import main as run  # one copy of CURRENT

    sys.exit(run())
