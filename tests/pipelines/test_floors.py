"""Quality is a ratchet: ten layouts by eight articles of our own, and floors they may not fall below.

A floor in ``benchmarks/floors.json`` is lowered only with a reason in the same commit.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.extract import Extract, extract
from techwire.types import Source
from tests.pages.copies import copies
from tests.pages.layouts import LAYOUTS, Copy, Layout

FLOORS = json.loads((Path(__file__).parents[2] / "benchmarks" / "floors.json").read_text("utf-8"))
SOURCE = Source(
    slug="phare", name="Le Phare", url="https://phare.example/", timezone="Europe/Paris"
)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


def f1(copy: Copy, found: Extract) -> float:
    true, told = shingles("\n".join(copy.paragraphs)), shingles(found.body)
    return 2 * sum((true & told).values()) / (sum(true.values()) + sum(told.values()))


def read(layout: Layout, copy: Copy) -> Extract:
    now = datetime(2025, 12, 1, tzinfo=UTC)
    return extract(layout(copy), "https://phare.example/un-article.html", SOURCE, now)


@pytest.fixture(scope="module")
def measured() -> dict[str, float]:
    cases = [(layout, copy, read(layout, copy)) for layout in LAYOUTS for copy in copies()]
    assert len(cases) >= 80

    def share(hits: list[bool]) -> float:
        return sum(hits) / len(hits)

    return {
        "body F1": sum(f1(copy, found) for _, copy, found in cases) / len(cases),
        "exact text": share([f.body == "\n\n".join(c.paragraphs) for _, c, f in cases]),
        "title": share([f.metadata.title is not None and f.metadata.title.value == c.title for _, c, f in cases]),
        "authors": share(
            [f.metadata.authors is not None and f.metadata.authors.value == (c.author,) for _, c, f in cases]
        ),
        "instant": share(
            [f.metadata.published is not None and f.metadata.published.value.at == c.at for _, c, f in cases]
        ),
        "language": share([f.language == c.language for _, c, f in cases]),
    }  # fmt: skip


@pytest.mark.parametrize("what", sorted(FLOORS["extraction"]))
def test_extraction_of_our_own_pages_stays_above_its_floor(
    what: str, measured: dict[str, float]
) -> None:
    assert measured[what] >= FLOORS["extraction"][what], measured
