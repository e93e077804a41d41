"""Scores article extraction on real pages, ours beside the peers'. ``make bench-extraction``.

    python -m benchmarks.extraction [--corpus ../shared/corpus] [--peers] [--dataset NAME …]

The corpus (pages with their true texts) belongs to its publishers and is not part of the project;
without it the command says so and ends. ``--peers`` makes a virtual environment for each peer
under ``.venv-peers`` and runs it on the same pages with the same scorer.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.peers import PEERS

ROOT = Path(__file__).resolve().parent.parent
SETS = ("scrapinghub", "fundus-eval", "fundus-tests", "trafilatura", "readability", "postlight")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--dataset", nargs="+", default=list(SETS))
    parser.add_argument("--peers", action="store_true", help="run the other extractors, too")
    arguments = parser.parse_args()
    scorer = arguments.corpus.parent / "tools" / "score_extraction.py"
    datasets = [arguments.corpus / name for name in arguments.dataset]
    datasets = [path for path in datasets if (path / "manifest.jsonl").exists()]
    if not datasets or not scorer.exists():
        print(f"no corpus at {arguments.corpus}: nothing to measure", file=sys.stderr)
        return 1
    ours = score(Path(sys.executable), scorer, "benchmarks.adapters:extract", datasets)
    if not arguments.peers:
        return ours
    for name, (packages, function) in PEERS.items():
        python = environment(packages)
        score(python, scorer, f"benchmarks.peers:{function}", datasets)
        print(f"   above: {name}")
    return ours


def score(python: Path, scorer: Path, extractor: str, datasets: list[Path]) -> int:
    command = [str(python), str(scorer), "--extractor", extractor, "--dataset", *map(str, datasets)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def environment(packages: tuple[str, ...]) -> Path:
    """The Python of a virtual environment that holds ``packages``; made at its first use."""
    home = ROOT / ".venv-peers" / packages[0]
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(install, check=True)
    return python


if __name__ == "__main__":
    raise SystemExit(main())
