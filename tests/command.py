"""Runs the ``techwire`` command as a person would, in a folder of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def techwire(
    *words: str, folder: Path, stdin: bytes = b"", **environ: str
) -> subprocess.CompletedProcess[str]:
    """The finished command: its exit code, and what it said on stdout and stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "techwire", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "TZ": "Europe/Paris"} | environ,
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )
