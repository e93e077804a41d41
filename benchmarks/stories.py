"""Headlines grouped into stories: B-cubed F1, cross-validated, and the fit of the weights.

`make bench-stories` fits the weights on the stories of one half and scores the headlines of the
other, and the other way round: no headline is scored by weights that saw its story. The last line
walks all headlines with the shipped weights, twice as dense a stream and so a harder one; those
were fitted on it, thirty numbers on forty thousand comparisons. `--write` fits on all stories and
writes pipelines/story_weights.toml. The headlines (tab-separated, gzipped: id, title, host, story,
unix_seconds) are those of ../shared when it lies beside the project, or `--headlines FILE`, for
instance the public UCI news aggregator set.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines import story
from pipelines.story import Item, StoryIndex
from pipelines.story_weights import FEATURES, Weights, shipped_weights

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "stories" / "headlines.tsv.gz"
WEIGHTS = ROOT / "pipelines" / "story_weights.toml"
RIDGE = 3.0  # penalty on standardised weights, in observations
THRESHOLDS = (0.25, 0.30, 0.35, 0.40)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline and the story people put it in."""

    item: Item
    story: str


def read_headlines(path: Path) -> list[Headline]:
    """The headlines in time order."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        names = file.readline().rstrip("\n").split("\t")
        rows = [dict(zip(names, line.rstrip("\n").split("\t"), strict=True)) for line in file]
    rows.sort(key=lambda row: (int(row["unix_seconds"]), row["id"]))
    return [
        Headline(Item(row["title"], row["host"], float(row["unix_seconds"])), row["story"])
        for row in rows
    ]


def in_first_half(name: str) -> bool:
    """A coin thrown for a story, always falling the same way."""
    return hashlib.blake2b(name.encode(), digest_size=1).digest()[0] < 128


class Recording(StoryIndex):
    """An index told the truth, that notes what each headline and each candidate had in common."""

    def __init__(self) -> None:
        super().__init__(Weights(1.0, 0.0, (0.0,) * len(FEATURES)))
        self.values: list[tuple[float, ...]] = []
        self.same: list[bool] = []
        self._labels: dict[str, int] = {}

    def take(self, headline: Headline) -> None:
        """Note the candidates of a headline, then put it where it belongs."""
        label = self._labels.setdefault(headline.story, len(self._labels))
        item = headline.item
        self._forget(item.at)
        weighed = self._weigh(item.title)
        for candidate in self._candidates(weighed):
            self.values.append(story.common(candidate, weighed, item, self._idf))
            self.same.append(candidate.label == label)
        self._remember(item, weighed, label)


def fit(headlines: Sequence[Headline], threshold: float) -> Weights:
    """Logistic regression with a ridge, by Newton's method on standardised values."""
    recording = Recording()
    for headline in headlines:
        recording.take(headline)
    values = np.array(recording.values, dtype=np.float64)
    truth = np.array(recording.same, dtype=np.float64)
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    rows = np.hstack([(values - mean) / spread, np.ones((len(values), 1))])
    beta = np.zeros(rows.shape[1])
    ridge = np.diag([RIDGE] * len(FEATURES) + [0.0])
    for _ in range(25):
        likely = 1 / (1 + np.exp(-rows @ beta))
        gradient = rows.T @ (truth - likely) - ridge @ beta
        curvature = (rows * (likely * (1 - likely))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curvature, gradient)
        beta += step
        if float(np.abs(step).max()) < 1e-6:
            break
    of: Floats = beta[:-1] / spread
    return Weights(threshold, float(beta[-1] - of @ mean), tuple(map(float, of)))


def walk(headlines: Sequence[Headline], weights: Weights) -> list[int]:
    """The labels of an index with these weights."""
    index = StoryIndex(weights)
    return [index.add(headline.item, n) for n, headline in enumerate(headlines)]


def b_cubed(found: Sequence[int], truth: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall, F1 (Bagga and Baldwin 1998)."""
    by_found, by_truth = Counter(found), Counter(truth)
    both = Counter(zip(found, truth, strict=True))
    precision = sum(n * n / by_found[f] for (f, _), n in both.items()) / len(found)
    recall = sum(n * n / by_truth[t] for (_, t), n in both.items()) / len(found)
    return precision, recall, 2 * precision * recall / (precision + recall)


def cross_validate(headlines: Sequence[Headline]) -> None:
    """Print the held-out figures of both halves at each threshold, and the shipped weights'."""
    print(f"{'scored':12}{'threshold':>10}{'precision':>11}{'recall':>8}{'F1':>8}{'ms each':>9}")
    one, two = (
        [h for h in headlines if in_first_half(h.story) == first] for first in (True, False)
    )
    for name, train, held in (("first half", two, one), ("second half", one, two)):
        fitted = fit(train, 0.5)
        for threshold in THRESHOLDS:
            report(name, held, Weights(threshold, fitted.constant, fitted.of))
    report("all, shipped", headlines, shipped_weights())


def report(name: str, headlines: Sequence[Headline], weights: Weights) -> None:
    """Print one line of the table."""
    began = time.process_time()
    labels = walk(headlines, weights)
    each = 1000 * (time.process_time() - began) / len(headlines)
    precision, recall, f1 = b_cubed(labels, [headline.story for headline in headlines])
    row = f"{weights.threshold:10.2f}{precision:11.3f}{recall:8.3f}{f1:8.3f}{each:9.3f}"
    print(f"{name:12}{row}", flush=True)


def write(weights: Weights, headlines: int) -> None:
    """Write the fitted weights where the index reads them."""
    lines = [
        "# How what a headline and a story have in common speaks for their belonging together.",
        f"# Fitted on {headlines} headlines by `python -m benchmarks.stories --write`;",
        "# the names are those of FEATURES in story_weights.py.",
        "",
        f"threshold = {weights.threshold}",
        f"constant = {weights.constant:.5f}",
        "",
        "[weights]",
        *(f"{name} = {value:.5f}" for name, value in zip(FEATURES, weights.of, strict=True)),
    ]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Cross-validate, or fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--headlines", type=Path, default=SHARED)
    parser.add_argument("--write", action="store_true", help="fit on all stories, write weights")
    parser.add_argument("--threshold", type=float, default=0.3, help="with --write")
    options = parser.parse_args()
    if not options.headlines.exists():
        parser.error(f"no headlines at {options.headlines}: name a file with --headlines")
    headlines = read_headlines(options.headlines)
    if options.write:
        write(fit(headlines, options.threshold), len(headlines))
    else:
        cross_validate(headlines)


if __name__ == "__main__":
    main()
