"""Where a command's words go: pipes that break, streams that are closed, devices, full disks."""

import os
import sys
from pathlib import Path

import pytest

from db.engine import connect
from techwire.cli import main
from techwire.cli.files import whole_file
from techwire.errors import UsageError
from tests import nursery
from tests.command import ENVIRON, techwire_here


def _code(*words: str, folder: Path, out: int) -> int:
    """How a command ends whose stdout is ``out``."""
    nothing = os.open(os.devnull, os.O_RDWR)
    process = nursery.start(words, folder=folder, environ=ENVIRON, streams=(nothing, out, nothing))
    try:
        return process.wait(60)
    finally:
        process.kill()
        os.close(nothing)


@pytest.mark.parametrize("words", [("--help",), ("stats", "--help"), ("config", "show")])
def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path: Path, words: tuple[str]) -> None:
    theirs, ours = os.pipe()
    os.close(theirs)
    assert _code(*words, folder=tmp_path, out=ours) == 0
    os.close(ours)


def test_a_full_disk_is_exit_code_1(tmp_path: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    assert _code("config", "show", folder=tmp_path, out=full) == 1
    os.close(full)


def test_a_closed_stdout_takes_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(str(tmp_path / "techwire.db")).close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(SystemExit) as end:
        main(["export", "articles", "--format", "csv"])
    sys.stdout.close()
    assert end.value.code == 0


def test_a_question_nobody_can_answer_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    said = techwire_here("forget", "example.org", folder=tmp_path)
    sys.stdin.close()
    assert said.returncode == 2
    assert said.stderr == "techwire: forget: add --yes; removed text does not come back\n"


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    fifo, link, target = tmp_path / "fifo", tmp_path / "link", tmp_path / "target"
    os.mkfifo(fifo)
    target.write_text("old")
    link.symlink_to(target)
    with whole_file(fifo) as part:
        assert part == fifo
    with whole_file(link) as part:
        part.write_text("new")
    assert fifo.is_fifo()
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder: name a file"), whole_file(tmp_path):
        pass
    with pytest.raises(UsageError, match="is a folder"), whole_file(Path()):
        pass


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    said = techwire_here("init", "taken/deeper", folder=tmp_path)
    assert (said.returncode, said.stderr) == (1, "techwire: taken/deeper: Not a directory\n")
