"""Scores one extractor on folders of pages; standard library only, so that any peer can run it.

    python -m benchmarks.score_pages MODULE:FUNCTION [--limit N] FOLDER …

A folder holds ``manifest.jsonl`` (``id``, ``url``, ``html``, ``encoding``, ``truth.text``) and the
pages. Prints a JSON object: for each folder the F1 of 4-word shingles as the article extraction
benchmark defines it (harmonic mean of the pages' mean precision and recall), the share of texts
that are exactly right, and the mean CPU milliseconds a page. A failure is an empty text.
"""

from __future__ import annotations

import gzip
import importlib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

WORDS = 4  # of a shingle
TOKEN = re.compile(r"\w+")
Extract = Callable[[Any, str], Mapping[str, Any]]


def shingles(words: list[str]) -> Counter[tuple[str, ...]]:
    """Runs of four words with their counts; a shorter text is one run."""
    if not words:
        return Counter()
    return Counter(tuple(words[i : i + WORDS]) for i in range(max(1, len(words) - WORDS + 1)))


def score(folder: Path, extract: Extract, limit: int | None) -> dict[str, float]:
    """One folder's figures."""
    precisions: list[float] = []
    recalls: list[float] = []
    exact = pages = failed = 0
    cpu = 0.0
    for row in map(json.loads, (folder / "manifest.jsonl").read_text("utf-8").splitlines()):
        truth = row["truth"].get("text")
        if not truth or (limit is not None and pages >= limit):
            continue
        raw = gzip.decompress((folder / row["html"]).read_bytes())
        html = raw.decode(row["encoding"]) if row.get("encoding") else raw
        pages += 1
        started = time.process_time()
        try:
            text = str(extract(html, row["url"]).get("text") or "")
        except Exception:  # noqa: BLE001  (a peer's failure is an empty text, counted)
            text, failed = "", failed + 1
        cpu += time.process_time() - started
        told, true = TOKEN.findall(text), TOKEN.findall(truth)
        exact += told == true
        ours, theirs = shingles(told), shingles(true)
        both = sum((ours & theirs).values())
        recalls.append(both / max(1, sum(theirs.values())))
        if ours:
            precisions.append(both / sum(ours.values()))
    precision = sum(precisions) / max(1, len(precisions))
    recall = sum(recalls) / max(1, len(recalls))
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {
        "f1": f1,
        "exact": exact / max(1, pages),
        "ms": 1000 * cpu / max(1, pages),
        "pages": pages,
        "failed": failed,
    }


def main() -> int:
    """Prints the figures."""
    words = sys.argv[1:]
    limit = None
    if "--limit" in words:
        at = words.index("--limit")
        limit = int(words[at + 1])
        del words[at : at + 2]
    module, _, function = words[0].partition(":")
    extract: Extract = getattr(importlib.import_module(module), function)
    warm = "<html><title>Warm</title><p>" + "A first page, imports included. " * 20 + "</p></html>"
    extract(warm, "https://warm.example/a")
    found = {Path(name).name: score(Path(name), extract, limit) for name in words[1:]}
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
