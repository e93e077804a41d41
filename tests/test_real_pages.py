"""Real pages under their real hosts, crawled by the daemon's own code, checked against truth."""

from pathlib import Path

import pytest

from benchmarks import real_pages

pytestmark = pytest.mark.skipif(
    not real_pages.CORPUS.is_dir(), reason="the saved pages are not beside this repository"
)


def test_what_the_daemon_stores_of_real_pages_is_true(tmp_path: Path) -> None:
    result = real_pages.measure(real_pages.saved_pages(100), tmp_path)
    assert result.pages == 100
    assert result.stored_share >= 0.98, result.lost
    assert result.day_share >= 0.95, result.wrong_days
    assert result.author_share >= 0.75, result.wrong_authors
