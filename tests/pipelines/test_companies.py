"""The catalogue says what is wrong with a file, and finds companies by any of their names."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from pipelines import companies_ship, companies_snapshot
from pipelines.companies import from_rows, load, load_shipped, parse, shipped
from techwire.errors import ConfigError


def catalogue_file(folder: Path, text: str, name: str = "companies.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


BROKEN = [
    pytest.param(
        '[[company]]\nid = "zz-a"\nname = "Zz A"\nalias = ["Q"]', 4, "alias", id="unknown key"
    ),
    pytest.param(
        '[[company]]\nid = "zz-a"\nname = "Zz A"\n[[company]]\nid = "zz-a"\nname = "B"',
        4,
        "twice",
        id="duplicate id",
    ),
    pytest.param(
        '[[company]]\nid = "zz-a"\nname = "Zz A"\naliases = ["Zed", " "]',
        4,
        "empty",
        id="empty alias",
    ),
    pytest.param(
        '[[company]]\nid = "zz-a"\nname = "Zz A"\nowner = "zz-nobody"',
        1,
        "zz-nobody",
        id="unknown owner",
    ),
    pytest.param(
        '[[company]]\nid = "zz-a"\nname = "Zz A"\nowner = "zz-b"\n'
        '[[company]]\nid = "zz-b"\nname = "Zz B"\nowner = "zz-a"',
        1,
        "circular",
        id="circular owner",
    ),
    pytest.param('[[company]]\nid = "zz-a"\nname = "Zz', 3, "", id="not TOML"),
    pytest.param('[[company]]\nid = "Zz A"\nname = "Zz A"', 2, "slug", id="id is no slug"),
    pytest.param('[[company]]\nid = "zz-a"', 1, "name", id="no name"),
]


@pytest.mark.parametrize(("text", "line", "word"), BROKEN)
def test_a_broken_file_is_refused_with_file_and_line(
    tmp_path: Path, text: str, line: int, word: str
) -> None:
    path = catalogue_file(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.exit_code == 2
    assert caught.value.path == path
    assert caught.value.line == line
    assert word in str(caught.value)


def test_a_spelling_of_two_companies_must_be_declared_ambiguous_by_both(tmp_path: Path) -> None:
    text = (
        '[[company]]\nid = "zz-a"\nname = "Zz A"\naliases = ["Zork"]\n'
        '[[company]]\nid = "zz-b"\nname = "Zz B"\naliases = ["ZORK"]\n'
    )
    both = text.replace('["Zork"]', '["Zork"]\nambiguous = ["Zork"]')
    both = both.replace('["ZORK"]', '["ZORK"]\nambiguous = ["ZORK"]')
    load(catalogue_file(tmp_path, both, "both.toml"))
    # Two entries of one user's file are both the user's: nobody gives way.
    with pytest.raises(ConfigError, match="ambiguous"):
        load(catalogue_file(tmp_path, text))


def test_a_company_is_found_by_any_spelling_whatever_its_case_and_accents(tmp_path: Path) -> None:
    path = catalogue_file(
        tmp_path,
        '[[company]]\nid = "zephelia"\nname = "Zéphélia"\n'
        'aliases = ["Zéphélia Systèmes"]\nproducts = ["Zefbook"]\n',
    )
    catalogue = load(path)
    for name in ("zephelia", "ZÉPHÉLIA", "Zephelia systemes", "zefbook"):
        found = catalogue.find(name)
        assert found is not None
        assert found.id == "zephelia"
    assert catalogue.find("Zephelie") is None
    assert "Zéphélia" in catalogue.nearest("Zephelie")
    assert len(catalogue.nearest("zzzzqqqq")) <= 3


def test_the_owner_is_the_one_of_the_day(tmp_path: Path) -> None:
    path = catalogue_file(
        tmp_path,
        '[[company]]\nid = "zz-top"\nname = "Zz Top"\n'
        '[[company]]\nid = "zz-mid"\nname = "Zz Mid"\nowner = "zz-top"\n'
        '[[company]]\nid = "zz-low"\nname = "Zz Low"\n'
        'owners = [{ id = "zz-mid", since = "2020-05-01" }]\n',
    )
    catalogue = load(path)
    assert catalogue.owner("zz-low", date(2019, 1, 1)) is None
    assert catalogue.parent("zz-low", date(2021, 1, 1)) == "zz-mid"
    assert catalogue.owner("zz-low", date(2021, 1, 1)) == "zz-top"
    assert catalogue.owner("zz-top") is None


def test_the_users_file_overrides_key_by_key(tmp_path: Path) -> None:
    base = catalogue_file(
        tmp_path,
        '[[company]]\nid = "zz-a"\nname = "Zz A"\naliases = ["Zork"]\ncountry = "FR"\n'
        '[[company]]\nid = "zz-b"\nname = "Zz B"\n',
        "base.toml",
    )
    mine = catalogue_file(
        tmp_path,
        '[[company]]\nid = "zz-a"\naliases = ["Zark"]\n[[company]]\nid = "zz-b"\nremove = true\n',
    )
    catalogue = load(base, mine)
    assert catalogue.companies["zz-a"].aliases == ("Zark",)
    assert catalogue.companies["zz-a"].country == "FR"
    assert catalogue.find("Zork") is None
    assert "zz-b" not in catalogue.companies


def test_a_spelling_i_give_is_taken_from_the_company_that_had_it(tmp_path: Path) -> None:
    base = catalogue_file(
        tmp_path, '[[company]]\nid = "zz-a"\nname = "Zz A"\naliases = ["Zork"]\n', "base.toml"
    )
    mine = catalogue_file(tmp_path, '[[company]]\nid = "zz-c"\nname = "Zork"\n')
    # The first file stands for what was known before; only the last one is newer.
    found = load(base, mine).find("Zork")
    assert found is not None
    assert found.id == "zz-c"


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    path = catalogue_file(tmp_path, '[[company]]\nid = "zz-a"\nname = "Zz A"\n')
    assert load(path).version == load(path).version != load().version


def test_a_catalogue_travels_between_processes() -> None:
    catalogue = load()
    assert pickle.loads(pickle.dumps(catalogue)) == catalogue  # noqa: S301 (our own bytes)


def test_the_shipped_snapshot_is_in_step_with_the_files() -> None:
    """After a change of the catalogue: ``python -m pipelines.companies_ship``."""
    kept = companies_snapshot.path_beside(shipped()).read_text(encoding="utf-8")
    assert kept == companies_ship.written(shipped()), "run: python -m pipelines.companies_ship"


SHIPPED = """
[[company]]
id = "zz-a"
name = "Zz A"
aliases = ["Zeta A", { name = "Old A", until = "2011-02-03" }]
products = ["Aphone"]
ambiguous = ["Zeta A"]
owners = [{ id = "zz-b", since = 2020-01-02 }, { id = "" , since = 2022-01-01 }]
ticker = "ZZA"
country = "FR"
context = ["phone"]

[[company]]
id = "zz-b"
name = "Zz B"
ambiguous = true
not_context = ["river"]
"""


def test_a_snapshot_gives_back_the_catalogue_it_was_made_of(tmp_path: Path) -> None:
    paths = [catalogue_file(tmp_path, SHIPPED)]
    kept = companies_snapshot.path_beside(paths)
    kept.write_text(companies_ship.written(paths), encoding="utf-8")
    found = companies_snapshot.read(paths)
    assert found is not None
    assert from_rows(*found) == parse(paths)


def test_a_snapshot_that_is_stale_broken_or_missing_is_not_used(tmp_path: Path) -> None:
    paths = [catalogue_file(tmp_path, SHIPPED)]
    kept = companies_snapshot.path_beside(paths)
    assert companies_snapshot.read(paths) is None
    whole = companies_ship.written(paths)
    for broken in ("", "{", "[]", "[1]", '["zz"]', "{}", whole[:-30]):
        kept.write_text(broken, encoding="utf-8")
        assert companies_snapshot.read(paths) is None
    kept.write_text(whole, encoding="utf-8")
    assert companies_snapshot.read(paths) is not None
    catalogue_file(tmp_path, SHIPPED.replace("river", "stream"))
    assert companies_snapshot.read(paths) is None


def test_loading_the_shipped_catalogue_parses_no_toml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tomllib.loads", None)
    assert len(load_shipped()) > 2_500
