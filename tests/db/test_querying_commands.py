"""The querying commands: what they print, in every format, and how they end."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import select
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from db import connect
from techwire.cli import main
from techwire.cli.diff import in_words
from techwire.cli.forget import looks_like
from techwire.cli.show import FORMATS
from tests.db.archive import fill

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "techwire.db"
    with connect(str(path)) as database:
        fill(database, datetime.now(UTC).replace(microsecond=0))
    return path


@pytest.fixture
def run(
    filled: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs a command on the filled archive: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words: str, db: Path | str = filled) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--db", str(db), *words])
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out, said.err

    return command


def test_stories_and_one_story(run: Run) -> None:
    code, out, _ = run("stories", "--top", "--limit", "1", "--format", "json")
    (top,) = json.loads(out)
    assert code == 0
    assert (top["title"], top["outlets"]) == ("Apple ferme une usine de puces", 2)
    code, out, err = run("story", str(top["id"]))
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[2:5]] == ["first", "+", "+"]
    assert "Apple ferme" in err
    assert run("story", "999999")[0] == 1
    assert run("stories", "--company", "Aple")[0] == 1


def test_trends_draw_a_bar_for_each_day(run: Run) -> None:
    code, out, err = run("trends", "Meta", "--since", "10d")
    assert code == 0
    assert len(out.splitlines()) == 11
    assert "█" in out
    assert "Meta: " in err
    code, out, _ = run("trends", "Meta", "--since", "80d")
    assert all(re.match(r"\d{4}-W\d\d ", line) for line in out.splitlines())
    code, out, _ = run("trends", "Meta", "--since", "10d", "--format", "csv")
    assert out.splitlines()[0] == "day,articles,originals"
    assert run("trends", "Nova", "--since", "1h")[0] == 1


def test_trends_of_nobody_tell_who_rises(run: Run) -> None:
    code, out, err = run("trends", "--format", "json")
    rising = json.loads(out)
    assert code == 0
    assert all(row["this_week"] > row["usual"] for row in rising)
    assert [row["score"] for row in rising] == sorted((r["score"] for r in rising), reverse=True)
    assert "the seven days up to" in err
    assert "this_week" in run("trends")[1].splitlines()[0]


def test_a_diff_is_told_in_words(run: Run) -> None:
    _, out, _ = run("sql", "SELECT id FROM article WHERE revisions > 0", "--format", "csv")
    key = out.split()[1]
    code, out, _ = run("diff", key)
    assert code == 0
    assert "title: Apple [-ouvre-]{+ferme+} une usine de puces" in out
    assert "{+ Une phrase de plus.+}" in out
    assert json.loads(run("diff", key, "--format", "json")[1])[0]["from"] == 1
    assert run("diff", "999999")[0] == 1


def test_words_are_compared_whole() -> None:
    assert in_words("30 M$ levés", "20 M$ levés") == "[-30-]{+20+} M$ levés"
    assert in_words("un deux trois", "un 2 3") == "un [-deux trois-]{+2 3+}"
    assert in_words("", "neuf") == "{+neuf+}"


def test_stats_count(run: Run) -> None:
    code, out, _ = run("stats", "--format", "json")
    counted = {row["what"]: row["count"] for row in json.loads(out)}
    assert code == 0
    assert counted["articles"] == 32
    assert counted["copies"] == 1
    assert counted["pages new"] == 3
    assert counted["bytes"] > 100_000


@pytest.mark.parametrize("shape", FORMATS)
def test_sql_in_every_format(run: Run, shape: str) -> None:
    statement = "SELECT source, title FROM latest WHERE title LIKE 'Apple et%'"
    code, out, _ = run("sql", statement, "--format", shape)
    assert code == 0
    assert "Apple et Meta" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["sql", "DELETE FROM article"], "allowed is one SELECT"),
        (["sql", "SELECT 1; SELECT 2"], "allowed is one SELECT"),
        (["sql", "SELECT nope FROM latest"], "nope"),
        (["stories", "--since", "soon"], "--since 'soon': write 7d"),
        (["search", 'title:"open'], "position 7: this quotation mark is not closed"),
        (["search", "colour:red"], "no field colour:"),
        (["export", "articles", "--format", "parquet"], "--output"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(run: Run, words: list[str], says: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert says in err
    assert len(err.strip().splitlines()) == 1


def test_articles_are_exported_line_by_line(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("export", "articles")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert len(rows) == 32
    assert rows[0]["published_at"].endswith("Z")
    assert rows[0]["companies"][0]["name"] == "Apple"
    code, out, err = run("export", "tags", "--company", "apple", "-o", "tags.jsonl")
    assert (code, out) == (0, "")
    assert "4 tags in tags.jsonl" in err
    assert len((tmp_path / "tags.jsonl").read_text().splitlines()) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["tags.jsonl"]


def test_csv_is_no_formula(filled: Path, run: Run, tmp_path: Path) -> None:
    from db import articles
    from tests.db.build import NOW, article

    path = tmp_path / "formula.db"
    path.write_bytes(filled.read_bytes())
    with connect(str(path)) as database, database.writing() as connection:
        evil = article("https://gazette.example/evil", title='=HYPERLINK("x")', body="-2+3")
        articles.save(connection, evil, NOW)
    _, out, _ = run("export", "articles", "--format", "csv", db=path)
    last = list(csv.DictReader(io.StringIO(out)))[-1]
    assert (last["title"], last["body"]) == ('\'=HYPERLINK("x")', "'-2+3")
    assert last["authors"] == "Ana Roux; Luc Blé"


def test_a_failing_export_leaves_no_file(run: Run, tmp_path: Path) -> None:
    assert run("export", "articles", "-o", "no/such/folder.jsonl")[0] == 1
    assert run("export", "articles", "--company", "nobody", "-o", "x.jsonl")[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_parquet_keeps_types(run: Run, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert run("export", "articles", "--format", "parquet", "-o", "a.parquet")[0] == 0
    table = parquet.read_table(tmp_path / "a.parquet")
    assert table.num_rows == 32
    assert str(table.schema.field("published_at").type) == "timestamp[ms, tz=UTC]"
    assert table.column("companies")[0].as_py()[0]["name"] == "Apple"


def test_a_company_s_feed_is_atom(run: Run) -> None:
    code, out, _ = run("export", "feed", "--company", "Apple")
    feed = ElementTree.fromstring(out)  # noqa: S314  (our own)
    atom = "{http://www.w3.org/2005/Atom}"
    assert code == 0
    assert feed.findtext(f"{atom}title") == "Apple in the tech press"
    titles = [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")]
    assert "Apple opens a chip plant" in titles
    assert "Une usine de puces" not in titles  # a copy


def test_the_database_is_checked_backed_up_and_copied(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("db", "check")
    assert (code, out.strip().endswith("sound")) == (0, True)
    assert run("db", "backup", "copy.db")[0] == 0
    code, out, err = run("db", "copy", "copy.db", "other.db")
    assert code == 0
    assert "the same on both sides" in err
    assert run("db", "copy", "copy.db", "other.db")[0] == 2
    for command in ("vacuum", "upgrade", "reindex"):
        assert run("db", command, db=tmp_path / "other.db")[0] == 0
    code, out, _ = run("db", "check", db=tmp_path / "other.db")
    assert code == 0


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_person_who_copies_sees_how_far_it_has_come(run: Run, tmp_path: Path) -> None:
    assert run("db", "backup", "mine.db")[0] == 0
    with redirect_stderr(_Screen()) as screen:
        assert run("db", "copy", "mine.db", "other.db")[0] == 0
    assert "copying" in screen.getvalue()
    assert "100%" in screen.getvalue()
    assert run("-q", "db", "copy", "mine.db", "third.db")[2] == ""


def read_lines(near: int, least: int) -> list[str]:
    """What was written to a terminal: it arrives in pieces; ``least`` lines, or what there is."""
    said = b""
    while said.count(b"\n") < least and select.select([near], [], [], 10)[0]:
        said += os.read(near, 65_536)
    return said.decode().splitlines()


def test_a_long_list_on_a_terminal_goes_through_the_pager(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")  # short enough for the terminal to hold unread
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("TECHWIRE_PAGER", "sed s/^/>/")
    for words, is_paged in (["latest"], True), (["--no-pager", "latest"], False):
        near, far = pty.openpty()
        with os.fdopen(far, "w") as terminal, redirect_stdout(terminal):
            with pytest.raises(SystemExit):
                main(["--db", str(filled), *words, "--limit", "40"])
            lines = read_lines(near, 25)
        os.close(near)
        assert len(lines) > 24
        assert all(line.startswith(">") == is_paged for line in lines)


def test_forgetting_asks_first_and_then_removes(run: Run, tmp_path: Path) -> None:
    assert run("db", "backup", "mine.db")[0] == 0
    mine = tmp_path / "mine.db"
    code, _, err = run("forget", "veille.example", db=mine)
    assert (code, "--yes" in err) == (2, True)
    code, out, _ = run("forget", "veille.example", "--yes", db=mine)
    assert (code, out) == (0, "13 articles and 13 addresses forgotten\n")


def test_what_is_forgotten_is_told_by_its_look() -> None:
    assert looks_like("https://a.example/x") == "url"
    assert looks_like("a.example") == "host"
    assert looks_like("Ana Roux") == "author"


def test_datasette_serves_the_database_with_our_metadata(
    run: Run, filled: Path, tmp_path: Path
) -> None:
    app = pytest.importorskip("datasette.app")
    import asyncio
    import warnings

    assert run("export", "datasette-metadata", "-o", "metadata.json")[0] == 0
    metadata = json.loads((tmp_path / "metadata.json").read_text())

    async def ask() -> tuple[int, str, int, str]:
        served = app.Datasette([str(filled)], metadata=metadata)
        await served.invoke_startup()
        page = await served.client.get("/techwire")
        rows = await served.client.get("/techwire/company.json?company=apple&_shape=array")
        return page.status_code, page.text, rows.status_code, rows.text

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own dependencies warn
        status, page, code, rows = asyncio.run(ask())
    assert (status, code) == (200, 200)
    assert "What is new today?" in page
    assert len(json.loads(rows)) == 4
