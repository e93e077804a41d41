"""Runs the ``techwire`` command as a person would, in a folder of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENVIRON = {
    "PYTHONPATH": str(ROOT),
    "PATH": "/usr/bin:/bin",
    "TZ": "Europe/Paris",
    "TECHWIRE_READING_WORKERS": "1",  # a second one would only cost its start
}


def techwire(
    *words: str, folder: Path, stdin: bytes = b"", **environ: str
) -> subprocess.CompletedProcess[str]:
    """The finished command: its exit code, and what it said on stdout and stderr."""
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
