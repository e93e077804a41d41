"""The sources that techwire ships with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from crawler import sources
from tests.command import techwire

CATALOGUE = Path(sources.__file__).parent / "catalogue.toml"


def test_the_catalogue_is_large_french_first_and_in_groups() -> None:
    found = sources.load(CATALOGUE)
    languages = Counter(source.language for source in found)
    assert len(found) >= 80
    assert languages["fr"] >= 30
    assert {"fr", "en", "de", "es", "it"} == set(languages)
    assert found[0].language == "fr"
    groups = Counter(group for source in found for group in source.groups)
    assert groups["startups"] >= 8
    assert all(source.language in source.groups for source in found)


def test_nothing_in_the_catalogue_claims_to_be_verified_or_is_there_twice() -> None:
    found = sources.load(CATALOGUE)
    assert not any(source.verified for source in found)
    channels = [url for source in found for url in (*source.feeds, *source.listings)]
    assert len(channels) == len(set(channels))
    assert all(source.feeds or source.sitemaps or source.listings for source in found)


def test_init_copies_the_groups_asked_for(tmp_path: Path) -> None:
    done = techwire("init", "--groups", "startups,games", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    copied = sources.load(tmp_path / "sources.toml")
    assert {"maddyness", "gamekult", "sifted"} <= {source.slug for source in copied}
    assert all({"startups", "games"} & set(source.groups) for source in copied)


def test_a_group_that_does_not_exist_is_named_with_the_nearest(tmp_path: Path) -> None:
    done = techwire("init", "--groups", "startup", folder=tmp_path)
    assert done.returncode == 1
    assert "did you mean startups" in done.stderr
