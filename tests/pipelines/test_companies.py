"""The catalogue says what is wrong with a file, and finds companies by any of their names."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from pipelines import companies_snapshot
from pipelines.companies import build, load, load_shipped, shipped
from pipelines.companies_file import read_entries
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


def test_the_snapshot_holds_what_the_files_say() -> None:
    from_snapshot = load_shipped()
    entries = [entry for path in shipped() for entry in read_entries(path)]
    made = build(entries)
    assert from_snapshot == made
    assert from_snapshot.version == made.version


def test_a_broken_snapshot_is_made_again() -> None:
    kept = companies_snapshot.name_of(shipped())
    version = load_shipped().version
    kept.write_text("{", encoding="utf-8")
    assert load_shipped().version == version
    assert companies_snapshot.read(kept) is not None
