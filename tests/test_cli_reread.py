"""Pages read again by command: block by block, and the archive with the code of today."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import db
from crawler import sources
from db import articles, pages
from db.articles import Saving
from techwire.cli import reread
from techwire.types import Article, Outcome, Page, Rejected
from tests.command import techwire_here as techwire

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCES = '[[source]]\nslug = "gazette"\nname = "Gazette"\nurl = "https://gazette.example/"\n'
URL = "https://gazette.example/"
PARAGRAPHS = (
    "Orange a mis en service mardi un câble sous-marin entre Bayonne et Bilbao, long de cent "
    "vingt kilomètres et posé en neuf semaines par deux navires partis de Brest.",
    "Le chantier, retardé deux fois par la houle, aura coûté quarante millions d’euros, dont un "
    "tiers payé par les régions, qui attendent des loyers pendant vingt ans.",
    "Les premiers clients sont des hôpitaux et une banque ; les autres attendront que la station "
    "d’atterrissage, encore en travaux, soit raccordée au réseau d’ici à l’automne.",
)


def html(title: str, *paragraphs: str) -> bytes:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<html lang=fr><head><title>{title}</title>"
        '<meta property="article:published_time" content="2026-03-01T08:00:00+01:00"></head>'
        f"<body><nav><a href=/>Accueil</a></nav><article><h1>{title}</h1>{body}</article>"
        "</body></html>"
    ).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive whose reader was poor: one article cut short, one page rejected wrongly, one
    taken for an article wrongly."""
    (tmp_path / "techwire.toml").write_text("")
    (tmp_path / "sources.toml").write_text(SOURCES)
    listed = sources.load(tmp_path / "sources.toml")
    with (
        db.connect(f"sqlite:///{tmp_path}/techwire.db") as database,
        database.writing() as connection,
    ):
        db.sources.sync(connection, listed, NOW)
        pages_of = {
            "1": html("Un câble vers Bilbao", *PARAGRAPHS),
            "2": html("Un câble vers Porto", *reversed(PARAGRAPHS)),
            "3": html("Abonnez-vous", "Court."),
        }
        for key, body in pages_of.items():
            page = Page(
                url=URL + key,
                final_url=URL + key,
                source="gazette",
                fetched_at=NOW,
                body=body,
                content_type="text/html; charset=utf-8",
            )
            pages.keep(connection, page)
        for key in "13":
            articles.save_many(connection, [Saving(poor(URL + key), NOW)])
        reject = Rejected(
            url=f"{URL}2",
            source="gazette",
            outcome=Outcome.TOO_SHORT,
            detail="9 words",
            fetched_at=NOW,
        )
        articles.reject(connection, reject, NOW)
    return tmp_path


def poor(url: str) -> Article:
    return Article(
        url=url,
        source="gazette",
        title="Un câble vers Bilbao",
        body="Orange a mis en service.",
        language="fr",
        published_at=NOW,
        published_origin="test",
        fetched_at=NOW,
        content_hash=url,
    )


def stored(folder: Path) -> list[tuple[str, int]]:
    with (
        db.connect(f"sqlite:///{folder}/techwire.db") as database,
        database.reading() as connection,
    ):
        rows = connection.exec_driver_sql("SELECT url, revisions, body FROM article ORDER BY url")
        return [(row.url.removeprefix(URL), row.revisions) for row in rows]


def test_what_would_change_is_shown_and_nothing_is_written(folder: Path) -> None:
    shown = techwire("reread", folder=folder)
    assert shown.returncode == 0, shown.stderr
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert ["articles", "2", "3"] in lines
    assert ["gained", "1"] in lines
    assert ["lost", "1"] in lines
    assert ["changed", "1"] in lines
    assert ["text", "1"] in lines
    assert "nothing was written: --yes writes it" in shown.stderr
    assert stored(folder) == [("1", 0), ("3", 0)]


def test_what_was_asked_for_is_written_and_then_nothing_changes(folder: Path) -> None:
    done = techwire("reread", "--yes", "--source", "gazette", folder=folder)
    assert done.returncode == 0, done.stderr
    assert stored(folder) == [("1", 1), ("2", 0), ("3", 0)]
    again = techwire("reread", folder=folder)
    lines = [line.split() for line in again.stdout.splitlines()]
    assert ["gained", "0"] in lines
    assert ["changed", "0"] in lines


def test_an_interrupted_run_goes_on_where_it_stopped(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reread, "BATCH", 1)
    whole = reread._batch
    calls: list[tuple[object, ...]] = []

    def stopped(*arguments: object) -> None:
        if calls:
            raise KeyboardInterrupt
        calls.append(arguments)
        whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(reread, "_batch", stopped)
    assert techwire("reread", "--yes", folder=folder).returncode == 130
    assert stored(folder) == [("1", 1), ("3", 0)]
    monkeypatch.setattr(reread, "_batch", whole)
    done = techwire("reread", "--yes", folder=folder)
    assert "going on where an earlier run stopped" in done.stderr
    assert stored(folder) == [("1", 1), ("2", 0), ("3", 0)]
    assert "going on" not in techwire("reread", "--yes", folder=folder).stderr


def test_a_source_nobody_listed_is_named_with_the_nearest(folder: Path) -> None:
    done = techwire("reread", "--source", "gazete", folder=folder)
    assert done.returncode == 1
    assert "did you mean gazette?" in done.stderr


def test_a_page_is_explained_block_by_block(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(html("Un câble vers Bilbao", *PARAGRAPHS))
    told = techwire("read", "page.html", "--explain", folder=tmp_path)
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    kept = [line for line in lines if line.startswith("+ ")]
    assert len(kept) == 3
    assert all("article > p" in line for line in kept)
    assert any(line.startswith("- ") for line in lines)
    assert lines[-1].endswith("blocks kept: an article")
    rows = json.loads(
        techwire("read", "page.html", "--explain", "--format", "json", folder=tmp_path).stdout
    )
    assert sum(row["kept"] for row in rows) == 3
    assert all(row["reason"] for row in rows)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"  \n", "empty"), (b"%PDF-1.7 \n", "PDF"), (b"just words", "no markup")],
)
@pytest.mark.parametrize("options", [(), ("--explain",)])
def test_a_file_that_is_no_page_is_one_line_and_exit_code_1(
    tmp_path: Path, content: bytes, said: str, options: tuple[str, ...]
) -> None:
    (tmp_path / "saved").write_bytes(content)
    done = techwire("read", "saved", *options, folder=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert said in line or "no text" in line
