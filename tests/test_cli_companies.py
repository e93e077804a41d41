"""Companies of one's own: added after a rehearsal, adopted, imported, and found by retag."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import db
from db import articles
from techwire.types import Article, Source
from tests.command import techwire_here as techwire
from tests.db.build import with_sources

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEXTS = {
    "a": "Nuagora ouvre un centre de calcul à Lille. Les serveurs de Nuagora sont à l’eau.",
    "b": "La jeune pousse nantaise Veloria lève deux millions. Veloria emploie dix personnes. "
    "« Nous recrutons », annonce la directrice générale de Veloria.",
    "c": "Le maire inaugure la fibre. Nuagoras, le festival, revient en juin.",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three articles that nobody has tagged."""
    tmp_path = tmp_path_factory.mktemp("archive")
    assert techwire("init", folder=tmp_path).returncode == 0
    with db.connect(f"sqlite:///{tmp_path}/techwire.db") as database:
        with_sources(
            database, Source(slug="gazette", name="Gazette", url="https://gazette.example/")
        )
        with database.writing() as connection:
            for key, text in TEXTS.items():
                article = Article(
                    url=f"https://gazette.example/{key}",
                    source="gazette",
                    title=f"Titre {key}",
                    body=text,
                    language="fr",
                    published_at=NOW,
                    published_origin="test",
                    fetched_at=NOW,
                    content_hash=key,
                )
                articles.save(connection, article, NOW)
    return tmp_path


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    shutil.copytree(made, tmp_path / "archive")
    return tmp_path / "archive"


def test_a_company_is_rehearsed_then_saved_then_found(folder: Path) -> None:
    tried = techwire("companies", "add", "Nuagora", "--dry-run", folder=folder)
    assert tried.returncode == 0, tried.stderr
    assert "1 articles  Nuagora" in tried.stdout
    assert "Nuagoras (1)" in tried.stdout
    assert not (folder / "companies.toml").exists()
    saved = techwire("companies", "add", "Nuagora", "--country", "FR", "--yes", folder=folder)
    assert saved.returncode == 0, saved.stderr
    assert 'name = "Nuagora"' in (folder / "companies.toml").read_text()
    assert techwire("companies", "check", folder=folder).stdout.startswith("ok: ")
    done = techwire("retag", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "3 articles tagged again" in done.stderr
    assert (
        "gazette.example/a"
        in techwire("company", "nuagora", "--format", "csv", folder=folder).stdout
    )
    again = techwire("retag", folder=folder)
    assert "0 articles tagged again" in again.stderr


def test_an_unknown_company_is_listed_and_adopted(folder: Path) -> None:
    assert techwire("retag", folder=folder).returncode == 0
    listed = techwire("companies", "unknown", folder=folder)
    assert "Veloria" in listed.stdout
    adopted = techwire("companies", "adopt", "veloria", "--yes", folder=folder)
    assert adopted.returncode == 0, adopted.stderr
    assert techwire("retag", "--company", "veloria", folder=folder).returncode == 0
    assert "Veloria" not in techwire("companies", "unknown", folder=folder).stdout
    nobody = techwire("companies", "adopt", "Velorio", "--yes", folder=folder)
    assert nobody.returncode == 1


def test_a_list_is_imported_and_a_wrong_one_changes_nothing(folder: Path) -> None:
    own = folder / "companies.toml"
    own.write_text('# mine\n[[company]]\nid = "zz-a"\nname = "Zzalpha"\n')
    (folder / "list.csv").write_text("name,aliases,country\nZzbeta,Zzb;Zzbe,FR\nZzgamma,,\n")
    done = techwire("companies", "import", "list.csv", folder=folder)
    assert done.returncode == 0, done.stderr
    text = own.read_text()
    assert text.startswith("# mine\n")
    assert 'aliases = ["Zzb", "Zzbe"]' in text
    (folder / "wrong.csv").write_text("name,owner\nZzdelta,zz-nobody\n")
    wrong = techwire("companies", "import", "wrong.csv", folder=folder)
    assert wrong.returncode == 2
    assert "zz-nobody" in wrong.stderr
    assert own.read_text() == text


def test_a_company_nobody_knows_cannot_be_asked_for(folder: Path) -> None:
    done = techwire("retag", "--company", "Nuagorra", folder=folder)
    assert done.returncode == 1
    assert "no company named" in done.stderr


def test_a_tag_or_its_absence_is_explained(folder: Path) -> None:
    url = "https://gazette.example/b"
    told = techwire("why", url, "--company", "Veloria", folder=folder)
    assert told.returncode == 0, told.stderr
    assert "Veloria: " in told.stdout
    assert "believed (" in told.stdout
    absent = techwire("why", url, "--company", "Apple", folder=folder)
    assert absent.stdout.startswith("Apple: not tagged; it is not named at all")
