"""The comparison of extractors: pages of our own, one scorer for all, failures counted."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.extraction import own_pages
from benchmarks.score_pages import score


def truths(folder: Path) -> dict[str, str]:
    lines = (folder / "manifest.jsonl").read_text("utf-8").splitlines()
    return {row["url"]: row["truth"]["text"] for row in map(json.loads, lines)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return own_pages(tmp_path_factory.mktemp("own"))


def test_our_own_pages_are_written_out_with_their_truth(folder: Path) -> None:
    found = truths(folder)
    assert len(found) >= 80
    assert all(len(text) > 250 for text in found.values())
    first = json.loads((folder / "manifest.jsonl").read_text("utf-8").splitlines()[0])
    assert b"<!DOCTYPE html>" in gzip.decompress((folder / first["html"]).read_bytes())


def test_the_truth_scores_one_and_half_of_it_loses_recall_only(folder: Path) -> None:
    known = truths(folder)
    whole = score(folder, lambda html, url: {"text": known[url]}, 8)
    assert (whole["f1"], whole["exact"], whole["pages"], whole["failed"]) == (1.0, 1.0, 8, 0)
    half = score(folder, lambda html, url: {"text": known[url][: len(known[url]) // 2]}, 8)
    assert 0.5 < half["f1"] < 0.8
    assert half["exact"] == 0


def test_a_failure_is_an_empty_text_and_counted(folder: Path) -> None:
    def broken(html: str, url: str) -> dict[str, str]:
        raise ValueError(url)

    found = score(folder, broken, 5)
    assert (found["f1"], found["failed"], found["pages"]) == (0.0, 5, 5)
