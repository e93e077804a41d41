"""Trains the scorer of text segments and writes ``pipelines/body_model.json``.

    pip install lightgbm rapidfuzz
    python -m benchmarks.train_body ../shared/corpus [--folds 5 [--seed 3]] [--write]

Every segment of every page is labelled by aligning the page with the page's true text: it belongs
to the article when most of its tokens do. ``--folds`` cross-validates by registrable domain first,
so that no site is in both halves. A few trees are trained to rule out what a template made
alike and the scorer would leave (``pipelines.kin``). Nothing here is needed at run time.
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
from pipelines.features import features_of, kin_rows_of
from pipelines.forest import Forest, Trees
from pipelines.metadata import read_metadata
from pipelines.rows import KIN_NAMES, NAMES, Part, Row, values_of
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
FIRST_ROUNDS, FIRST_LEAVES, FIRST_RATE, FIRST_MIN_ROWS = 8, 16, 0.5, 100
FIRST_LOSS = 0.0006  # share of the true texts' tokens that the first trees may rule out
_TOKEN = re.compile(r"\w+")


@dataclass
class Sample:
    """One page: its segments' rows and labels (None: unknown)."""

    domain: str
    weight: float
    rows: list[list[float]]
    kins: list[Part | None]  # what each may be ruled out by; None: is not
    labels: list[float | None]
    tokens: list[int]
    places: list[int]  # of the segments the rows are of, among the page's
    dataset: str
    truth: str | None  # the whole true text
    pieces: tuple[Sequence[str], Sequence[str]]  # that a text holds and does not, else
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
            every = features_of(reader.page, reader.witnesses)
            rows = [row and values_of(row) for row in every]
            kins = kin_rows_of(reader.page, reader.witnesses)
            kept = [i for i, r in enumerate(rows) if r]
            yield Sample(
                row["domain"],
                weight,
                [rows[i] or [] for i in kept],
                [kins[i] for i in kept],
                [labels[i] for i in kept],
                [len(_TOKEN.findall(texts[i])) for i in kept],
                kept,
                name,
                truth.get("text"),
                (truth.get("with", ()), truth.get("without", ())),
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


def train_first(pages: Sequence[Sample], scorer: lightgbm.Booster) -> dict[str, object]:
    """The trees that rule out kins, as ``pipelines.forest`` reads it.

    It learns to leave what is no true text and what ``scorer`` would leave anyway."""
    known = [(page, i) for page in pages for i, kin in enumerate(page.kins) if kin is not None]
    true = np.array([(p.labels[i] or 0.0) >= ALIGNED for p, i in known])
    tokens = np.array([p.tokens[i] for p, i in known])
    says = np.asarray(scorer.predict(np.array([p.rows[i] for p, i in known], dtype=np.float32)))
    kins = np.array([p.kins[i] for p, i in known], dtype=np.float32)
    booster = lightgbm.train(
        {
            "objective": "binary", "num_leaves": FIRST_LEAVES, "learning_rate": FIRST_RATE,
            "max_bin": 63, "min_data_in_leaf": FIRST_MIN_ROWS, "lambda_l2": 2, "num_threads": 1,
            "deterministic": True, "seed": 1, "verbose": -1,
        },
        lightgbm.Dataset(kins, true | (says > HOPELESS), weight=(tokens + 1) ** 0.5),
        FIRST_ROUNDS,
    )  # fmt: skip
    scores = np.asarray(booster.predict(kins, raw_score=True))
    order = np.argsort(scores)
    lost = np.cumsum((tokens * true)[order])
    whole = sum(
        tokens
        for page in pages
        for label, tokens in zip(page.labels, page.tokens, strict=True)
        if (label or 0.0) >= ALIGNED
    )
    below = float(scores[order[int(np.searchsorted(lost, FIRST_LOSS * whole))]])
    return {"features": list(KIN_NAMES), "below": round(below, 5), "trees": trees_of(booster)}


def trees_of(booster: lightgbm.Booster) -> list[object]:
    """Its trees as ``pipelines.forest`` reads them."""

    def node(tree: dict[str, object]) -> object:
        if "leaf_value" in tree:
            return round(float(str(tree["leaf_value"])), 5)
        left, right = tree["left_child"], tree["right_child"]
        assert isinstance(left, dict)
        assert isinstance(right, dict)
        threshold = float(f"{float(str(tree['threshold'])):.7g}")
        return [tree["split_feature"], threshold, node(left), node(right)]

    return [node(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]


def as_json(booster: lightgbm.Booster, pages: Sequence[Sample]) -> dict[str, object]:
    """The scorer as ``pipelines.forest`` reads it, the trees that rule out with it."""
    return {
        "features": list(NAMES),
        "early": [EARLY, round(giving_up(booster, pages), 4)],
        "trees": trees_of(booster),
        "first": train_first(pages, booster),
    }


def fitted(pages: Sequence[Sample]) -> tuple[Trees, Forest]:
    """The trees and the forest of ``pages``, ready to rule out and to score."""
    model = as_json(train(pages), pages)
    first = model["first"]
    assert isinstance(first, dict)
    return Trees(first), Forest(model)


def giving_up(booster: lightgbm.Booster, pages: Sequence[Sample]) -> float:
    """The sum of the first ``EARLY`` trees below which nearly every row ends as no text."""
    rows = np.array([row for page in pages for row in page.rows], dtype=np.float32)
    early = booster.predict(rows, raw_score=True, num_iteration=EARLY)
    late = booster.predict(rows)
    kept = np.sort(np.asarray(early)[np.asarray(late) > HOPELESS])
    return float(kept[int(len(kept) * WRONGLY)])


def cross_validate(pages: Sequence[Sample], folds: int, seed: int) -> None:
    """Prints how well unseen sites are read: tokens of segments, then whole texts of each set."""
    domains = sorted({p.domain for p in pages})
    random.Random(seed).shuffle(domains)  # a reproducible split, no secret
    fold = {domain: i % folds for i, domain in enumerate(domains)}
    hit = false = missed = asked = every = 0
    texts: dict[str, list[tuple[float, float, bool]]] = {}
    pieces: dict[str, list[tuple[int, int, int]]] = {}
    for number in range(folds):
        first, forest = fitted([p for p in pages if fold[p.domain] != number])
        for page in (p for p in pages if fold[p.domain] == number):
            rows = features_of(page.reader.page, page.reader.witnesses, first)
            scores = forest.scores(rows)
            asked += sum(row is not None for row in rows)
            every += len(page.rows)
            for at, label, tokens in zip(page.places, page.labels, page.tokens, strict=True):
                if label is None:
                    continue
                says = scores[at] >= 0.5
                hit += tokens * (says and label >= ALIGNED)
                false += tokens * (says and label < ALIGNED)
                missed += tokens * (not says and label >= ALIGNED)
            text = read(page, rows, scores)
            if page.truth is not None:
                texts.setdefault(page.dataset, []).append(agreement(page.truth, text))
            else:
                pieces.setdefault(page.dataset, []).append(held(page.pieces, text))
    print(
        f"{folds} folds, seed {seed}: tokens P {hit / (hit + false):.4f} "
        f"R {hit / (hit + missed):.4f}; {asked / every:.3f} of the segments scored"
    )
    for name, found in texts.items():
        precision, recall = (sum(page[k] for page in found) / len(found) for k in (0, 1))
        exact = sum(page[2] for page in found) / len(found)
        f1 = 2 * precision * recall / (precision + recall)
        print(f"  {name}: {len(found)} pages, F1 {f1:.4f}, exact {exact:.3f}")
    for name, counts in pieces.items():
        right, wrong, left = (sum(page[k] for page in counts) for k in range(3))
        print(
            f"  {name}: {len(counts)} pages, pieces F1 {2 * right / (2 * right + wrong + left):.4f}"
        )


def read(page: Sample, rows: list[Row | None], scores: list[float]) -> str:
    """The text of a page with these scores, the second opinion included."""
    reader = Reader(page.reader.document, page.reader.witnesses)
    known = {"markup": page.reader.markup, "page": page.reader.page, "rows": rows}
    reader.__dict__.update(known, first_scores=scores)
    blocks = [reader.block(index) for index in reader.chosen]
    return "\n".join(b.text for b in blocks if b.kind not in (BlockKind.CAPTION, BlockKind.EMBED))


def held(pieces: tuple[Sequence[str], Sequence[str]], text: str) -> tuple[int, int, int]:
    """How many wanted pieces a text holds, how many unwanted ones, and how many wanted it lacks."""
    words = " ".join(text.split())
    wanted, unwanted = (sum(" ".join(p.split()) in words for p in side) for side in pieces)
    return wanted, unwanted, len(pieces[0]) - wanted


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
    parser.add_argument("--seed", type=int, default=3, help="of the split into folds")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    pages = list(samples(arguments.corpus))
    print(f"{len(pages)} pages, {sum(len(p.rows) for p in pages)} segments")
    if arguments.folds:
        cross_validate(pages, arguments.folds, arguments.seed)
    if arguments.write:
        target = Path(__file__).parent.parent / "pipelines" / "body_model.json"
        text = json.dumps(as_json(train(pages), pages), separators=(",", ":"))
        target.write_text(text + "\n", "utf-8")
        print(f"{target.name}: {len(text)} bytes")


if __name__ == "__main__":
    main()
