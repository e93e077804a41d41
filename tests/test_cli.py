"""The command line: what it says, where it says it, and how it ends."""

import shutil
from pathlib import Path

import pytest

from tests.command import techwire


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
    assert 'contact = "me@example.org"' in techwire("config", "show", folder=tmp_path).stdout


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
