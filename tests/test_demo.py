"""``make demo`` as a newcomer sees it: the real pipeline over the bundled newsroom."""

import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import db
from db import queries
from db.engine import Database
from db.why import why
from techwire.demo import truth
from techwire.types import Outcome
from tests.command import techwire


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newcomer")
    first = techwire("demo", folder=folder)
    assert first.returncode == 0, first.stderr
    (folder / "first.out").write_text(first.stdout)
    (folder / "first.err").write_text(first.stderr)
    return folder


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    with db.connect(str(folder / "demo" / "techwire.db"), read_only=True) as database:
        yield database


def test_every_page_of_the_newsroom_ends_as_it_should(database: Database) -> None:
    with database.reading() as connection:
        ended = {piece.url: why(connection, piece.url).outcome for piece in truth()}
    copies = {piece.url for piece in truth() if piece.outcome is Outcome.COPY}
    originals = {piece.copy_of for piece in truth() if piece.copy_of}
    wrong = {
        piece.url: f"{ended[piece.url]} instead of {piece.outcome}"
        for piece in truth()
        if ended[piece.url] is not piece.outcome and piece.url not in copies | originals
    }
    assert not wrong
    # of a pair, the one read last is the copy: which one that is, the network decides
    assert Counter(ended[url] for url in copies | originals) == Counter(
        {Outcome.NEW: len(originals), Outcome.COPY: len(copies)}
    )


def test_title_authors_time_and_language_are_those_of_the_page(database: Database) -> None:
    wrong = []
    with database.reading() as connection:
        for piece in truth():
            article = why(connection, piece.url).article
            if article is None:
                continue
            told = (article.title, article.authors, article.published_at, article.language)
            true = (piece.title, piece.authors, piece.published_at, piece.language)
            if told != true:
                wrong.append(f"{piece.url}\n  stored {told}\n  truth  {true}")
    assert not wrong, "\n".join(wrong)


def test_an_article_is_tagged_with_the_companies_it_is_about(database: Database) -> None:
    missed = []
    with database.reading() as connection:
        for piece in truth():
            article = why(connection, piece.url).article
            if article is None or not piece.companies:
                continue
            names = [tag.name for tag in article.tags]
            if piece.companies[0] not in names:
                missed.append(f"{piece.url}: {piece.companies[0]} is not among {names}")
    assert len(missed) <= len(truth()) // 20, "\n".join(missed)


def test_the_end_of_the_demo_counts_names_and_invites(folder: Path) -> None:
    said = (folder / "first.err").read_text()
    new = Counter(piece.outcome for piece in truth())[Outcome.NEW]
    counted = re.search(r"listed: (\d+) new, 0 updated, 0 unchanged, 1 copy", said)
    assert counted is not None
    assert int(counted[1]) - new in (0, 1)
    assert str(folder / "demo" / "techwire.db") in said
    assert "company TikTok" in said
    table = (folder / "first.out").read_text()
    newest = max((p for p in truth() if p.outcome is Outcome.NEW), key=lambda p: p.published_at)
    assert newest.title.split()[0] in table


def test_the_answers_of_the_readme_are_those_of_the_demo(folder: Path) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    shown = re.findall(
        r'^\$ sqlite3 -box demo/techwire\.db "([^"]+)"\n((?:[┌│├└].*\n)+)', readme, re.MULTILINE
    )
    assert len(shown) == readme.count("$ sqlite3 ")
    with closing(sqlite3.connect(folder / "demo" / "techwire.db")) as archive:
        for question, box in shown:
            asked = archive.execute(question)
            answer = [[column[0] for column in asked.description], *asked.fetchall()]
            told = [line for line in box.splitlines() if line.startswith("│")]
            cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in told]
            assert cells == [[str(cell).strip() for cell in row] for row in answer], question


def test_a_second_demo_finds_nothing_new_and_the_next_morning_three_changes(
    folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(
        folder, tmp_path / "next"
    )  # the others' stays as the first one left it

    def stored() -> tuple[int, int]:
        with (
            db.connect(str(folder / "demo" / "techwire.db"), read_only=True) as database,
            database.reading() as connection,
        ):
            counts = queries.counts(connection)
            return counts.articles, counts.revisions

    articles, revisions = stored()
    again = techwire("demo", folder=folder)
    assert again.returncode == 0, again.stderr
    assert ": 0 new, 0 updated" in again.stderr
    assert "answered 304" in again.stderr
    assert stored() == (articles, revisions)
    later = techwire("demo", "--later", folder=folder)
    assert later.returncode == 0, later.stderr
    assert ": 2 new, 1 updated" in later.stderr
    assert stored() == (articles + 2, revisions + 1)
    plain = techwire("demo", folder=folder)  # the newsroom's clock does not go back
    assert ": 0 new, 0 updated" in plain.stderr
