"""The command line: what it says, where it says it, and how it ends."""

from pathlib import Path

import pytest

from tests.command import techwire


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
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    assert techwire("init", folder=tmp_path).returncode == 0
    (tmp_path / name).write_text(text)
    for command in (["config", "check"], ["run", "--once"]):
        done = techwire(*command, folder=tmp_path)
        assert done.returncode == 2, done.stderr
        assert said in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_slip_in_a_command_names_the_right_one(tmp_path: Path) -> None:
    done = techwire("lastest", folder=tmp_path)
    assert done.returncode == 2
    assert "did you mean `techwire latest`?" in done.stderr


def test_an_empty_database_is_said_and_exit_code_1(tmp_path: Path) -> None:
    techwire("init", folder=tmp_path)
    done = techwire("latest", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "") or "no article yet" in done.stderr
    assert done.returncode == 1


def test_a_database_that_is_none_is_one_line_and_exit_code_3(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("these are my notes, and no database at all\n" * 99)
    done = techwire("--db", "notes.db", "latest", folder=tmp_path)
    assert done.returncode == 3
    assert "notes.db" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_bad_since_says_what_may_be_written(tmp_path: Path) -> None:
    techwire("init", folder=tmp_path)
    done = techwire("latest", "--since", "lately", folder=tmp_path)
    assert done.returncode == 2
    assert "write 7d, 24h, today, 2026-01-01" in done.stderr


def test_a_company_nobody_knows_gets_the_three_nearest_names(tmp_path: Path) -> None:
    techwire("init", folder=tmp_path)
    done = techwire("company", "Tiktokk", folder=tmp_path)
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


def test_an_odd_terminal_is_no_reason_for_a_traceback(tmp_path: Path) -> None:
    techwire("init", folder=tmp_path)
    done = techwire("latest", folder=tmp_path, COLUMNS="abc", PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
