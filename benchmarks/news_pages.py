"""Unlabelled news texts: the pages of the corpus beside the project, read by our own reader.

They teach two things, of which only counts and weights are kept: which words news writes in lower
case (``benchmarks/count_words.py``), and what stands around company names
(``benchmarks/train_tagging.py``). Reading them takes a minute; the texts are kept in ``.bench``.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.decode import decode
from pipelines.extract import extract
from techwire.types import Source

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus"
KEPT = ROOT / ".bench" / "news_pages.jsonl"
SETS = ("scrapinghub", "fundus-eval", "fundus-tests", "trafilatura", "readability", "postlight")
SHORTEST = 300  # characters; shorter texts are no news
NOBODY = Source(slug="benchmark", name="", url="")
NOW = datetime(2026, 11, 22, tzinfo=UTC)  # when the pages are taken to be fetched


@dataclass(frozen=True, slots=True)
class NewsPage:
    """One text."""

    title: str
    text: str
    language: str


def news_pages() -> list[NewsPage]:
    """Every page of the corpus that has a text, in the corpus' order; empty without the corpus."""
    if not KEPT.exists():
        if not CORPUS.exists():
            return []
        KEPT.parent.mkdir(exist_ok=True)
        part = KEPT.with_suffix(".part")
        with part.open("w", encoding="utf-8") as out:
            for page in _read():
                row = {"title": page.title, "text": page.text, "lang": page.language}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        part.replace(KEPT)
    rows = map(json.loads, KEPT.read_text(encoding="utf-8").splitlines())
    return [NewsPage(row["title"], row["text"], row["lang"]) for row in rows]


def _read() -> Iterator[NewsPage]:
    for name in SETS:
        manifest = CORPUS / name / "manifest.jsonl"
        for line in manifest.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            html = gzip.decompress((CORPUS / name / row["html"]).read_bytes())
            found = extract(decode(html).text, row["url"], NOBODY, NOW)
            if len(found.body) >= SHORTEST and "orem ipsum" not in found.body:
                title = found.metadata.title.value if found.metadata.title else ""
                yield NewsPage(title, found.body, found.language or row["lang"] or "")
