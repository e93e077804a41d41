"""Trains the scorer of text segments and writes ``pipelines/body_model.json``.

    pip install lightgbm rapidfuzz
    python -m benchmarks.train_body ../shared/corpus [--folds 5] [--write]

Every segment of every page is labelled by aligning the page with the page's true text: it belongs
to the article when most of its tokens do. ``--folds`` cross-validates by registrable domain first,
so that no site is in both halves. Nothing here is needed at run time.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import lightgbm
import numpy as np
from rapidfuzz.distance import LCSseq

from benchmarks.adapters import NOBODY
from pipelines.body import Reader, witnesses_of
from pipelines.clean import tidy
from pipelines.decode import decode
from pipelines.document import parse
from pipelines.forest import Forest
from pipelines.metadata import read_metadata
from pipelines.rows import NAMES, values_of
from techwire.types import BlockKind

# Data sets with whole texts, and how much a page of each counts. The last gives only segments.
SETS = {
    "scrapinghub": 1.5, "fundus-eval": 1.4, "fundus-tests": 1.4, "readability": 0.5,
    "newspaper4k": 0.5, "trafilatura": 1.0,
}  # fmt: skip
ALIGNED = 0.6  # share of a segment's tokens found in the true text that makes it part of it
# What can only speak for, or only against, a segment: the forest may not learn the opposite.
AGAINST = (
    "link_share class_comment hidden in_aside repeats says_signup class_hidden class_author "
    "up1_links alike_links up2_links"
).split()
FOR = "body_prop class_body up1_prose_share vote".split()
ROUNDS, LEAVES, RATE, MIN_ROWS, COLUMNS = 160, 16, 0.06, 120, 0.3
EARLY = 48  # trees heard before a row may be given up
HOPELESS = 0.2  # score up to which a row is no text, whatever its neighbours are
WRONGLY = 0.002  # share of the other rows that may be given up
_TOKEN = re.compile(r"\w+")


@dataclass
class Sample:
    """One page: its segments' rows and labels (None: unknown)."""

    domain: str
    weight: float
    rows: list[list[float]]
    labels: list[float | None]
    tokens: list[int]
    dataset: str
    truth: str | None  # the whole true text
    reader: Reader


def samples(corpus: Path) -> Iterator[Sample]:
    """The labelled pages of every data set found under ``corpus``."""
    for name, weight in SETS.items():
        manifest = corpus / name / "manifest.jsonl"
        for line in manifest.read_text("utf-8").splitlines() if manifest.exists() else ():
            row = json.loads(line)
            truth = row["truth"]
            if "text" not in truth and "with" not in truth:
                continue
            raw = gzip.decompress((corpus / name / row["html"]).read_bytes())
            encoding = row.get("encoding")
            text = raw.decode(encoding, "replace") if encoding else decode(raw).text
            document = parse(text, row["url"])
            metadata = read_metadata(document, NOBODY, datetime.now(UTC))
            reader = Reader(document, witnesses_of(document, metadata))
            texts = [s.text for s in reader.page.segments]
            labels = (
                by_alignment(texts, tidy(truth["text"]))
                if "text" in truth
                else by_segments(texts, truth["with"], truth["without"])
            )
            rows = [row and values_of(row) for row in reader.rows]
            kept = [i for i, r in enumerate(rows) if r]
            yield Sample(
                row["domain"],
                weight,
                [rows[i] or [] for i in kept],
                [labels[i] for i in kept],
                [len(_TOKEN.findall(texts[i])) for i in kept],
                name,
                truth.get("text"),
                reader,
            )


def by_alignment(texts: Sequence[str], truth: str) -> list[float | None]:
    """Of each segment, the share of tokens on the longest common subsequence with the truth."""
    true = _TOKEN.findall(truth)
    grams = {tuple(true[i : i + 4]) for i in range(max(1, len(true) - 3))}
    words = set(true)
    tokens = [_TOKEN.findall(text) for text in texts]
    flat: list[str] = []
    owner: list[int] = []
    for index, of_segment in enumerate(tokens):
        own = [tuple(of_segment[i : i + 4]) for i in range(len(of_segment) - 3)]
        inside = sum(g in grams for g in own) / len(own) if own else None
        if inside is None and not all(t in words for t in of_segment):
            continue
        if inside is None or inside > 0.3:
            flat += of_segment
            owner += [index] * len(of_segment)
    matched: collections.Counter[int] = collections.Counter()
    for step in LCSseq.opcodes(flat, true):
        if step.tag == "equal":
            matched.update(owner[step.src_start : step.src_end])
    return [matched[i] / len(t) if t else 0.0 for i, t in enumerate(tokens)]


def by_segments(
    texts: Sequence[str], wanted: Sequence[str], unwanted: Sequence[str]
) -> list[float | None]:
    """1 for a segment that holds a wanted piece, 0 for an unwanted one, None when unknown."""
    labels: list[float | None] = []
    for text in texts:
        good = any(len(w) > 3 and " ".join(w.split()) in text for w in wanted)
        bad = any(len(w) > 3 and " ".join(w.split()) in text for w in unwanted)
        labels.append(None if good == bad else float(good))
    return labels


def train(pages: Sequence[Sample]) -> lightgbm.Booster:
    """A forest of ``pages``. Pages weigh alike, whatever their length; long segments weigh more."""
    rows: list[list[float]] = []
    labels: list[int] = []
    weights: list[float] = []
    for page in pages:
        known = [i for i, label in enumerate(page.labels) if label is not None]
        roots = [(page.tokens[i] + 1) ** 0.5 for i in known]
        whole = all(label is not None for label in page.labels)
        scale = 30 / max(1.0, sum(roots)) if whole else 0.0
        for i, root in zip(known, roots, strict=True):
            rows.append(page.rows[i])
            labels.append(int((page.labels[i] or 0.0) >= ALIGNED))
            weights.append(page.weight * (root * scale + 0.12 if whole else 1.0))
    signs = [-1 if n in AGAINST else 1 if n in FOR else 0 for n in NAMES]
    return lightgbm.train(
        {
            "objective": "binary", "num_leaves": LEAVES, "learning_rate": RATE, "max_bin": 63,
            "min_data_in_leaf": MIN_ROWS, "feature_fraction": COLUMNS, "bagging_fraction": 0.8,
            "bagging_freq": 1, "lambda_l2": 2, "monotone_constraints": signs, "num_threads": 1,
            "deterministic": True, "seed": 1, "verbose": -1,
        },
        lightgbm.Dataset(np.array(rows, dtype=np.float32), labels, weight=weights),
        ROUNDS,
    )  # fmt: skip


def as_json(booster: lightgbm.Booster, pages: Sequence[Sample]) -> dict[str, object]:
    """The forest as ``pipelines.forest`` reads it."""

    def node(tree: dict[str, object]) -> object:
        if "leaf_value" in tree:
            return round(float(str(tree["leaf_value"])), 5)
        left, right = tree["left_child"], tree["right_child"]
        assert isinstance(left, dict)
        assert isinstance(right, dict)
        threshold = float(f"{float(str(tree['threshold'])):.7g}")
        return [tree["split_feature"], threshold, node(left), node(right)]

    dumped = booster.dump_model()
    return {
        "features": list(NAMES),
        "early": [EARLY, round(giving_up(booster, pages), 4)],
        "trees": [node(tree["tree_structure"]) for tree in dumped["tree_info"]],
    }


def fitted(pages: Sequence[Sample]) -> Forest:
    """The forest of ``pages``, ready to score."""
    return Forest(as_json(train(pages), pages))


def giving_up(booster: lightgbm.Booster, pages: Sequence[Sample]) -> float:
    """The sum of the first ``EARLY`` trees below which nearly every row ends as no text."""
    rows = np.array([row for page in pages for row in page.rows], dtype=np.float32)
    early = booster.predict(rows, raw_score=True, num_iteration=EARLY)
    late = booster.predict(rows)
    kept = np.sort(np.asarray(early)[np.asarray(late) > HOPELESS])
    return float(kept[int(len(kept) * WRONGLY)])


def cross_validate(pages: Sequence[Sample], folds: int) -> None:
    """Prints how well unseen sites are read: tokens of segments, then whole texts of each set."""
    domains = sorted({p.domain for p in pages})
    random.Random(3).shuffle(domains)  # a reproducible split, no secret
    fold = {domain: i % folds for i, domain in enumerate(domains)}
    hit = false = missed = 0
    texts: dict[str, list[tuple[float, float, bool]]] = {}
    for number in range(folds):
        forest = fitted([p for p in pages if fold[p.domain] != number])
        for page in (p for p in pages if fold[p.domain] == number):
            for row, label, tokens in zip(page.rows, page.labels, page.tokens, strict=True):
                if label is None:
                    continue
                says = forest.score(row) >= 0.5
                hit += tokens * (says and label >= ALIGNED)
                false += tokens * (says and label < ALIGNED)
                missed += tokens * (not says and label >= ALIGNED)
            if page.truth is not None:
                texts.setdefault(page.dataset, []).append(agreement(page.truth, read(page, forest)))
    print(f"{folds} folds: tokens P {hit / (hit + false):.4f} R {hit / (hit + missed):.4f}")
    for name, found in texts.items():
        precision, recall = (sum(page[k] for page in found) / len(found) for k in (0, 1))
        exact = sum(page[2] for page in found) / len(found)
        f1 = 2 * precision * recall / (precision + recall)
        print(f"  {name}: {len(found)} pages, F1 {f1:.4f}, exact {exact:.3f}")


def read(page: Sample, forest: Forest) -> str:
    """The text of a page when ``forest`` scores it, the second opinion included."""
    reader = Reader(page.reader.document, page.reader.witnesses)
    known = {"markup": page.reader.markup, "page": page.reader.page, "rows": page.reader.rows}
    reader.__dict__.update(known, first_scores=forest.scores(page.reader.rows))
    blocks = [reader.block(index) for index in reader.chosen]
    return "\n".join(b.text for b in blocks if b.kind not in (BlockKind.CAPTION, BlockKind.EMBED))


def agreement(truth: str, text: str) -> tuple[float, float, bool]:
    """Precision and recall of 4-word shingles, and whether the words are the same."""
    a, b = _TOKEN.findall(truth), _TOKEN.findall(text)
    true, told = (
        collections.Counter(tuple(w[i : i + 4]) for i in range(max(1, len(w) - 3))) for w in (a, b)
    )
    same = (true & told).total()
    return same / max(1, told.total()), same / max(1, true.total()), a == b


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    pages = list(samples(arguments.corpus))
    print(f"{len(pages)} pages, {sum(len(p.rows) for p in pages)} segments")
    if arguments.folds:
        cross_validate(pages, arguments.folds)
    if arguments.write:
        target = Path(__file__).parent.parent / "pipelines" / "body_model.json"
        text = json.dumps(as_json(train(pages), pages), separators=(",", ":"))
        target.write_text(text + "\n", "utf-8")
        print(f"{target.name}: {len(text)} bytes")


if __name__ == "__main__":
    main()
