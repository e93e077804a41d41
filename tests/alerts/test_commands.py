"""``techwire watch`` at the keyboard."""

from pathlib import Path

import pytest

from db import connect
from tests.command import techwire
from tests.web.news import fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration, and news in its database."""
    assert techwire("init", folder=tmp_path).returncode == 0
    with connect(str(tmp_path / "techwire.db")) as database:
        fill(database)
    return tmp_path


def test_a_watch_is_added_rehearsed_listed_and_removed(folder: Path) -> None:
    made = techwire("watch", "add", "Apple", "--notify", "https://example.org/hook", folder=folder)
    assert made.returncode == 0, made.stderr
    assert len(made.stdout.strip()) == 64
    rehearsed = techwire("watch", "test", "apple primary", "--format", "csv", folder=folder)
    assert "Apple ouvre enfin un atelier" in rehearsed.stdout
    assert "1 message in 30 days" in rehearsed.stderr
    listed = techwire("watch", "list", "--format", "json", folder=folder)
    assert '"apple primary"' in listed.stdout
    assert made.stdout.strip() not in listed.stdout
    assert techwire("watch", "list", "--log", folder=folder).returncode == 1
    assert techwire("watch", "remove", "apple primary", folder=folder).returncode == 0
    assert techwire("watch", "list", folder=folder).returncode == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Apple", "--notify", "http://example.org/"], "a webhook is https:"),
        (["Apple", "--notify", "https://192.168.0.9/"], "is a private address"),
        (["Apple", "--notify", "mailto:a@b.example", "--quiet-hours", "22"], "write 22:00-07:00"),
    ],
)
def test_a_wrong_watch_is_one_line_and_exit_code_2(
    folder: Path, words: list[str], said: str
) -> None:
    done = techwire("watch", "add", *words, folder=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
