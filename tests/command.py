"""Runs the ``techwire`` command as a person would, in a folder of its own."""

import contextlib
import io
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

from techwire.cli import main
from tests import nursery

ROOT = Path(__file__).parent.parent
ENVIRON = {
    "PYTHONPATH": str(ROOT),
    "PATH": "/usr/bin:/bin",
    "TZ": "Europe/Paris",
    "TECHWIRE_READING_WORKERS": "1",  # a second one would only cost its start
}
READ_ONCE = ("PYTHON", "LANG", "LC_")  # an interpreter heeds these when it starts


def techwire(
    *words: str, folder: Path, stdin: bytes = b"", **environ: str
) -> subprocess.CompletedProcess[str]:
    """The finished command: its exit code, and what it said on stdout and stderr."""
    if any(name.startswith(READ_ONCE) for name in environ):
        return _fresh(words, folder, stdin, environ)
    with TemporaryFile() as asked, TemporaryFile() as out, TemporaryFile() as err:
        asked.write(stdin)
        asked.seek(0)
        process = nursery.start(
            words,
            folder=folder,
            environ=ENVIRON | environ,
            streams=(asked.fileno(), out.fileno(), err.fileno()),
        )
        try:
            code = process.wait(120)
        finally:
            process.kill()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(words, code, out.read().decode(), err.read().decode())


def _fresh(
    words: tuple[str, ...], folder: Path, stdin: bytes, environ: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """The same in an interpreter of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "techwire", *words],
        cwd=folder,
        env=ENVIRON | environ,
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def techwire_here(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The same without a new process, which costs half a second: for what needs none."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(list(words))
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
