"""What people and monitors ask: doctor, status and quarantine without a daemon."""

from pathlib import Path

import pytest

from tests.command import techwire


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert techwire("init", "--contact", "you@example.org", folder=tmp_path).returncode == 0
    return tmp_path


def test_the_doctor_names_what_is_wrong(folder: Path) -> None:
    well = techwire("doctor", folder=folder)
    assert well.returncode == 0, well.stdout
    assert "!!" not in well.stdout
    config = folder / "techwire.toml"
    config.write_text(config.read_text().replace("you@example.org", ""))
    ill = techwire("doctor", folder=folder)
    assert ill.returncode == 1
    assert "!!  no contact in techwire.toml" in ill.stdout
    assert ill.stderr == "techwire: one thing wants a look\n"


def test_the_status_of_a_new_database_is_a_line_a_source(folder: Path) -> None:
    shown = techwire("status", folder=folder).stdout.splitlines()
    assert shown[0] == "daemon: not running"
    assert shown[-1].endswith(" sources, 0 failing, 0 pages waiting")
    assert all(line.endswith("new") for line in shown[2:-1])


def test_an_empty_quarantine_is_empty(folder: Path) -> None:
    listed = techwire("quarantine", folder=folder)
    assert (listed.returncode, listed.stdout) == (0, "")
    missing = techwire("quarantine", "--retry", "https://x.example/1", folder=folder)
    assert missing.returncode == 1


def test_nobody_home_is_exit_1(folder: Path) -> None:
    for command, says in (("healthcheck", "no daemon is running"), ("reload", "no daemon of this")):
        done = techwire(command, folder=folder)
        assert done.returncode == 1
        assert done.stderr.startswith(f"techwire: {says}")
