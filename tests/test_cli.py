"""The command line: what it says, where it says it, and how it ends."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from techwire import config
from techwire.cli import show
from techwire.cli.words import counted
from tests.command import techwire, techwire_here


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    assert techwire("init", folder=folder).returncode == 0
    return folder


@pytest.fixture
def ready(made: Path, tmp_path: Path) -> Path:
    """A folder of its own in which ``techwire init`` has been run."""
    shutil.copytree(made, tmp_path / "ready")
    return tmp_path / "ready"


def test_init_writes_a_configuration_that_checks(tmp_path: Path) -> None:
    made = techwire("init", "--contact", "me@example.org", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "techwire.db").exists()
    checked = techwire("config", "check", folder=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.startswith("ok: techwire.toml, 13 sources, ")
    assert 'contact = "me@example.org"\n' in (tmp_path / "techwire.toml").read_text()
    assert 'contact = "me@example.org"' in techwire("config", "show", folder=tmp_path).stdout


def test_what_is_shown_of_a_configuration_is_one(tmp_path: Path) -> None:
    (tmp_path / "techwire.toml").write_text(
        'contact = "É \\"x\\" <me@example.org>"\n[schedule]\nevery = "90m"\nat_least = "45s"\n'
        '[network]\nhost_map = { "a.example" = "127.0.0.1:80" }\n[digest]\ncompanies = ["X", "Y"]\n'
    )
    shown = techwire_here("config", "show", folder=tmp_path)
    assert shown.returncode == 0, shown.stderr
    (tmp_path / "again.toml").write_text(shown.stdout)
    first, again = (
        config.load(tmp_path / name, environ={}) for name in ("techwire.toml", "again.toml")
    )
    assert again == replace(first, path=again.path, timezone=again.timezone)


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("# mine\n")
    made = techwire("init", folder=tmp_path)
    assert "kept  sources.toml" in made.stderr
    assert (tmp_path / "sources.toml").read_text() == "# mine\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("techwire.toml", "[network]\ndelay_secnds = 3\n", "techwire.toml:2: network.delay_secnds"),
        ("sources.toml", '[[source]]\nslug = "a"\nfeed = ["x"]\n', "sources.toml:3: "),
        ("sources.toml", '[[source]\nslug = "a"\n', "sources.toml:1: "),
        ("companies.toml", '[[company]]\nid = "a"\nnaem = "A"\n', "companies.toml:3: "),
    ],
)
def test_a_malformed_file_is_one_line_and_exit_code_2(
    ready: Path, name: str, text: str, said: str
) -> None:
    (ready / name).write_text(text)
    done = techwire("config", "check", folder=ready)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_nothing_is_fetched_before_every_file_is_right(ready: Path) -> None:
    (ready / "sources.toml").write_text('[[source]]\nslug = "a"\nfeed = ["x"]\n')
    done = techwire("run", "--once", folder=ready)
    assert done.returncode == 2
    assert "sources.toml:3: " in done.stderr


def test_a_slip_in_a_command_names_the_right_one(tmp_path: Path) -> None:
    done = techwire("lastest", folder=tmp_path)
    assert done.returncode == 2
    assert "did you mean `techwire latest`?" in done.stderr


def test_an_empty_database_is_said_and_exit_code_1(ready: Path) -> None:
    done = techwire("latest", folder=ready)
    assert (done.returncode, done.stdout) == (1, "") or "no article yet" in done.stderr
    assert done.returncode == 1


def test_a_database_that_is_none_is_one_line_and_exit_code_3(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("these are my notes, and no database at all\n" * 99)
    done = techwire("--db", "notes.db", "latest", folder=tmp_path)
    assert done.returncode == 3
    assert "notes.db" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_bad_since_says_what_may_be_written(ready: Path) -> None:
    done = techwire("latest", "--since", "lately", folder=ready)
    assert done.returncode == 2
    assert "write 7d, 24h, today, 2026-01-01" in done.stderr


def test_a_company_nobody_knows_gets_the_three_nearest_names(ready: Path) -> None:
    done = techwire("company", "Tiktokk", folder=ready)
    assert done.returncode == 1
    assert "TikTok" in done.stderr


def test_read_of_what_is_no_page_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_text("")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)
    for name in ("empty.html", "picture.png", "absent.html"):
        done = techwire("read", name, folder=tmp_path)
        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1
        assert name in done.stderr


def test_an_odd_terminal_is_no_reason_for_a_traceback(ready: Path) -> None:
    done = techwire("latest", folder=ready, COLUMNS="abc", PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_init_writes_the_configuration_that_was_named(tmp_path: Path) -> None:
    named = ("--config", "etc/desk.toml")
    assert techwire_here(*named, "init", folder=tmp_path).returncode == 0
    assert sorted(path.name for path in (tmp_path / "etc").glob("*.toml")) == [
        "desk.toml",
        "sources.toml",
    ]
    both = techwire_here(*named, "init", "elsewhere", folder=tmp_path)
    assert both.stderr == "techwire: init: name a FOLDER or a --config FILE, not both\n"


def test_init_says_what_a_kept_file_did_not_get(ready: Path) -> None:
    again = techwire_here("init", "--contact", "me@example.org", folder=ready)
    assert "note  techwire.toml does not get --contact and --db: it was kept" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("init", "sources.toml"), "init: sources.toml is a file, not a folder"),
        (("init", "--groups", "nosuch", "new"), "no group named 'nosuch'"),
        (("read", "http://"), "http:// is no web address"),
        (("read", "file:///etc/passwd"), "file:///etc/passwd is no web address"),
        (("digest", "--since", "9000d"), "--since '9000d': at most 3653d"),
        (("digest", "--since", "9999999d"), "--since '9999999d': write 24h, 7d or 4w"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    ready: Path, words: tuple[str, ...], said: str
) -> None:
    before = sorted((path, path.read_bytes()) for path in ready.glob("*.toml"))
    done = techwire_here(*words, folder=ready)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode in (1, 2)
    assert sorted((path, path.read_bytes()) for path in ready.glob("*.toml")) == before
    assert not (ready / "new").exists()


def test_a_question_without_an_answer_changes_nothing(ready: Path) -> None:
    before = (ready / "sources.toml").read_bytes()
    done = techwire("source", "remove", "numerama", folder=ready)
    assert done.returncode == 2
    assert done.stderr.endswith("[y/N]: \ntechwire: nobody has answered: --yes does not ask\n")
    assert (ready / "sources.toml").read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ("story", "99999999999999999999"),
        ("diff", "99999999999999999999"),
        ("sql", "select 1", "--limit", "99999999999999999999"),
        ("companies", "unknown", "--limit", "99999999999999999999"),
        ("reread", "--examples", "-1"),
    ],
)
def test_a_number_no_database_holds_is_a_usage_error(ready: Path, words: tuple[str, ...]) -> None:
    done = techwire_here(*words, folder=ready)
    assert done.returncode == 2
    assert "is not in the range" in done.stderr


def test_sources_are_listed_without_a_database_and_not_with_a_broken_one(ready: Path) -> None:
    (ready / "techwire.db").unlink()
    listed = techwire_here("source", "list", folder=ready)
    assert (listed.returncode, "new" in listed.stdout) == (0, True)
    (ready / "techwire.db").write_text("these are my notes, and no database at all\n" * 99)
    broken = techwire_here("source", "list", folder=ready)
    assert (broken.returncode, broken.stdout) == (3, "")
    assert "file is not a database" in broken.stderr


def test_a_broken_file_of_companies_is_named_before_an_import(ready: Path) -> None:
    (ready / "companies.toml").write_text("[[company]\n")
    (ready / "mine.csv").write_text("name\nHalcyra\n")
    done = techwire_here("companies", "import", "mine.csv", folder=ready)
    assert done.returncode == 2
    assert "companies.toml:1: " in done.stderr


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (1, "source", "1 source"),
        (0, "entry", "0 entries"),
        (1024, "address", "1,024 addresses"),
        (2, "day", "2 days"),
    ],
)
def test_one_is_no_plural(number: int, noun: str, said: str) -> None:
    assert counted(number, noun) == said


def test_a_table_fits_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"id": 7, "when": "09-15 15:05", "title": "Une manchette bien longue " * 9, "n": 12}
    monkeypatch.setenv("COLUMNS", "80")
    show.rows(("id", "when", "title", "n"), [row, {**row, "n": 3}], shape="table")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4  # a head, a rule, a line for each row: nothing above, nothing below
    assert all(len(line) <= 80 and line == line.rstrip() for line in lines)
    assert lines[2].endswith("12")
    assert lines[3].endswith(" 3")
    show.rows(("id", "title"), [row], shape="table", narrow=("id", "when"))
    assert "09-15 15:05" in capsys.readouterr().out


def test_a_watch_that_needs_a_mail_server_says_so(ready: Path) -> None:
    words = ("watch", "add", "Apple", "--notify", "mailto:me@example.org")
    added = techwire_here(*words, folder=ready)
    assert added.returncode == 0, added.stderr
    assert "no [mail] host" in added.stderr
